"""A digest as Telegram messages: within the limits, whole, and safe whatever the papers write."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.cards.under_digest import number_row
from bot.messages import rendering
from bot.messages.markup import MAX_ENTITIES, MAX_UNITS, count_entities, visible_length, visible_text
from bot.messages.rendering import LONGEST_CORRECTION, RenderedPart, render_parts
from bot.news.corrections import corrected
from summarizer.digest import Digest, DigestStory, Quote, SourceLink
from summarizer.model import Disagreement, Figure, Precision, Report

SLOT = dt.datetime(2026, 11, 21, 23, 45, tzinfo=dt.UTC)
TOPICS = {"thoi-su": "Thời sự", "the-thao": "Thể thao"}
FAMILY = "👨‍👩‍👧‍👦"


def story(
    number: int = 1,
    *,
    title: str = "Bến phà Vàm Đước chạy lại",
    quotes: Sequence[str] = ("Chuyến đầu tiên rời bến lúc năm giờ.",),
    sources: Sequence[SourceLink] = (SourceLink("Báo Bến Đò", "https://bendo.example/1.html"),),
    topic: str | None = "thoi-su",
) -> DigestStory:
    cut = tuple(Quote(text, number, "body", 0, len(text)) for text in quotes)
    return DigestStory(number, title, topic, cut, tuple(sources), SLOT, 1)


def rendered(*stories: DigestStory, left_out: int = 0, title: str = "Điểm Tin sáng") -> list[str]:
    return [part.html for part in parts_of(*stories, left_out=left_out, title=title)]


def parts_of(
    *stories: DigestStory, left_out: int = 0, title: str = "Điểm Tin sáng", zone: str = "Asia/Ho_Chi_Minh"
) -> list[RenderedPart]:
    digest = Digest("sang", title, SLOT, stories, left_out)
    return render_parts(digest, zone=zone, topic_titles=TOPICS)


def most_corrected(part: RenderedPart, headline: str) -> str | None:
    """Return the part with the longest correction that there can be."""
    return corrected(part.html, headline, "a" * LONGEST_CORRECTION, at=SLOT, zone="Asia/Ho_Chi_Minh")


class _Tags(HTMLParser):
    """Tells whether tags are closed in order, and which there are."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(part: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(part)
    parser.close()
    assert not parser.open
    return parser.seen


def assert_sendable(parts: Sequence[str]) -> None:
    for part in parts:
        assert visible_length(part) <= MAX_UNITS
        assert count_entities(part) <= MAX_ENTITIES
        assert {tag for tag, _ in tags(part)} <= {"b", "u", "i", "a", "blockquote"}
        part.encode()  # no half of a surrogate pair


def test_a_digest_reads_as_the_editor_wants_it() -> None:
    sport = story(
        2,
        title="Đội Vàm Đước thắng 3-1",
        quotes=("Ba bàn đến trong hiệp hai.", "Khán đài kín chỗ."),
        sources=[SourceLink(f"Báo {name}", None) for name in "ABCDEF"],
        topic="the-thao",
    )
    assert rendered(story(1), sport, left_out=7) == [
        "<b>Điểm Tin sáng</b>\n"
        "Chủ nhật, 22/11/2026 · 14 tháng Mười âm lịch\n"
        "2 tin · đọc chừng 1 phút\n"
        "\n"
        "<u>THỜI SỰ</u>\n"
        "1. <b>Bến phà Vàm Đước chạy lại</b>\n"
        "Chuyến đầu tiên rời bến lúc năm giờ.\n"
        '<a href="https://bendo.example/1.html">Báo Bến Đò</a>\n'
        "\n"
        "<u>THỂ THAO</u>\n"
        "2. <b>Đội Vàm Đước thắng 3-1</b>\n"
        "Ba bàn đến trong hiệp hai.\n"
        "<blockquote expandable>Khán đài kín chỗ.</blockquote>\n"
        "Báo A · Báo B · Báo C · Báo D và 2 nguồn khác\n"
        "\n"
        "Còn 7 tin khác. Chạm số để đọc kỹ một tin, «Xem thêm» để đọc tiếp."
    ]


def report(article: int, paper: str, hour: int, *, day: int = 21, precision: Precision = "minute") -> Report:
    """An article of November 2026 that came out at that hour in Vietnam."""
    moment = dt.datetime(2026, 11, day, hour, 38, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    return Report(article, paper, moment.astimezone(dt.UTC), precision)


def test_a_story_says_when_its_report_came_out_no_finer_than_is_known() -> None:
    known = [report(1, "Báo Bến Đò", 19), report(1, "Báo Bến Đò", 5, day=22)]
    known += [report(1, "Báo Bến Đò", 5, day=20, precision="day")]
    lines = [rendered(replace(story(), reports=(one,)))[0].splitlines()[-1] for one in known]
    link = '<a href="https://bendo.example/1.html">Báo Bến Đò</a>'
    assert lines == [f"19:38 hôm qua · {link}", f"05:38 hôm nay · {link}", f"20/11 · {link}"]


def test_a_story_of_which_no_time_is_known_says_none() -> None:
    (part,) = rendered(replace(story(), reports=(Report(1, "Báo Bến Đò", None, "minute"),)))
    assert part.splitlines()[-1] == '<a href="https://bendo.example/1.html">Báo Bến Đò</a>'


def test_sentences_of_several_articles_say_their_paper_and_time() -> None:
    two = story(1, quotes=("Chuyến đầu rời bến.", "Bến đã đóng một tháng."))
    one_of_each = tuple(replace(quote, article_id=at) for at, quote in enumerate(two.quotes, start=1))
    told = replace(two, quotes=one_of_each, reports=(report(1, "Báo <Đò>", 19), report(2, "Tin Sông", 7)))
    (part,) = rendered(told)
    assert "Chuyến đầu rời bến. <i>(Báo &lt;Đò&gt;, 19:38 hôm qua)</i>\n" in part
    assert "Bến đã đóng một tháng. <i>(Tin Sông, 07:38 hôm qua)</i></blockquote>" in part
    assert part.splitlines()[-1] == '<a href="https://bendo.example/1.html">Báo Bến Đò</a>', "no time twice"


def test_sentences_of_three_articles_say_their_papers_too() -> None:
    papers = [report(at, f"Báo {at}", 7) for at in (1, 2, 3)]
    (part,) = rendered(replace(story(2), reports=tuple(papers)))
    assert "<i>(Báo 2, 07:38 hôm qua)</i>" in part


def test_a_headline_of_another_report_than_the_sentences_says_its_time() -> None:
    told = replace(story(2), reports=(report(1, "Báo Đò", 19), report(2, "Tin Sông", 7)))
    (part,) = rendered(told)
    assert "<i>(Tin Sông, 07:38 hôm qua)</i>" in part
    assert part.splitlines()[-1].startswith("19:38 hôm qua · ")


def test_sentences_of_one_article_do_not_repeat_its_paper() -> None:
    (part,) = rendered(
        replace(story(quotes=("Một câu.", "Hai câu.")), reports=(report(1, "Báo Bến Đò", 19),))
    )
    assert "<i>" not in part


def test_a_digest_without_stories_has_no_messages() -> None:
    assert rendered() == []


def test_a_topic_is_named_once_where_it_begins() -> None:
    (part,) = rendered(
        story(1), story(2), story(3, topic="the-thao"), story(4, topic=None), story(5, topic="lạ")
    )
    assert re.findall(r"<u>(.+?)</u>", part) == ["THỜI SỰ", "THỂ THAO", "TIN KHÁC"]


def test_without_known_topics_there_are_no_headings() -> None:
    (part,) = rendered(story(1, topic=None), story(2, topic=None))
    assert "<u>" not in part


def test_a_long_digest_is_cut_between_stories_and_its_parts_are_numbered() -> None:
    stories = [story(n, title=f"Tin số {n}.", quotes=("Một câu khá dài. " * 20,)) for n in range(30)]
    parts = rendered(*stories, left_out=3)
    assert len(parts) > 2
    assert_sendable(parts)
    for number, part in enumerate(parts, start=1):
        assert part.startswith(f"<b>Điểm Tin sáng</b> ({number}/{len(parts)})\n")
        assert part.count("<u>THỜI SỰ</u>") == 1
    told = re.findall(r"<b>(Tin số \d+\.)</b>", "".join(parts))
    assert told == [f"Tin số {n}." for n in range(30)]
    assert [("Còn 3 tin khác" in part) for part in parts] == [False] * (len(parts) - 1) + [True]


def test_stories_are_numbered_through_the_whole_digest_and_so_are_their_buttons() -> None:
    stories = [
        replace(story(n, quotes=("Nước lên. " * 40,)), reports=(report(n, "Báo Bến Đò", 5),))
        for n in range(1, 20)
    ]
    parts = parts_of(*stories)
    assert len(parts) > 1
    numbers = [int(n) for part in parts for n in re.findall(r"^(\d+)\. ", visible_text(part.html), re.M)]
    assert numbers == list(range(1, 20))
    for part in parts:
        labels = [int(label) for label, _ in number_row(part.article_ids, first=part.first_number)]
        assert labels == [number for number in numbers if number >= part.first_number][: len(part.headlines)]
        assert f"{labels[-1]}. {part.headlines[-1]}" in visible_text(part.html)


def test_a_digest_that_fits_into_a_message_with_a_correction_is_one_message() -> None:
    """However little room is left: a second message for the sake of one line would be a nuisance."""
    first, longest = story(1, quotes=("Nước dâng. " * 150,)), 0
    for words in range(300, 450):
        part, *more = parts_of(first, story(2, quotes=("nước " * words,)), left_out=43)
        fullest = most_corrected(part, part.headlines[0])
        assert fullest is not None
        longest = max(longest, 0 if more else visible_length(fullest))
    assert MAX_UNITS - 20 < longest <= MAX_UNITS


def test_parts_are_about_equally_long() -> None:
    sentence = "Nước sông Mơ dâng nhanh trong đêm, ba xã ven sông bị cô lập từ sáng sớm. " * 5
    parts = rendered(*(story(number, quotes=(sentence,)) for number in range(10)))
    lengths = [visible_length(part) for part in parts]
    assert len(parts) == 2
    assert max(lengths) - min(lengths) < 800, "less than two stories apart"


def test_parts_hold_no_more_than_a_hundred_entities() -> None:
    links = [SourceLink(f"B{n}", f"https://b{n}.example/") for n in range(4)]
    parts = rendered(*(story(n, title="Tin", quotes=("a.",), sources=links) for n in range(40)))
    assert len(parts) == 3
    assert_sendable(parts)


def test_a_story_too_long_for_a_message_loses_whole_sentences() -> None:
    first, second = "Câu đầu. " * 200, "Câu sau. " * 300
    (part,) = rendered(story(quotes=(first, second)))
    assert first in part
    assert "Câu sau" not in part
    (bare,) = rendered(story(quotes=("Dài. " * 1_000,)))
    assert "Dài" not in bare
    assert "Bến phà" in bare


@pytest.mark.parametrize(
    "title",
    [
        "<b>đậm</b>",
        "</b><a href='tg://x'>lừa</a>",
        "&lt;b&gt; &amp; &#60;",
        "\"nháy\" và 'phẩy'",
        "\u202eđảo ngược\u202c",
        "x" * 3_000,
        FAMILY * 300,
        "🇻🇳" * 500,
        "\x00\x07tin",
        "{{ 7 * 7 }}{% for %}",
    ],
)
def test_a_hostile_headline_stays_a_headline(title: str) -> None:
    (part,) = rendered(
        story(title=title, sources=[SourceLink(title, None)], quotes=(title[:200],)), title=title
    )
    assert_sendable([part])
    assert [tag for tag, _ in tags(part)] == ["b", "u", "b"]
    assert "\u202e" not in part
    if len(title) < 100 and title.isprintable():
        assert visible_text(part).count(title) == 4
    for cut_family in (f"{FAMILY[:-1]}…", f"{FAMILY[:-2]}…"):
        assert cut_family not in part


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "tg://user?id=1", 'https://x.example/" onclick="y', None]
)
def test_a_bad_address_is_dropped_to_the_papers_name(url: str | None) -> None:
    (part,) = rendered(story(sources=[SourceLink("Báo Bến Đò", url)]))
    assert not any(tag == "a" for tag, _ in tags(part))
    assert part.endswith("\nBáo Bến Đò")


def test_a_good_address_arrives_as_it_is() -> None:
    url = "https://bendo.example/?a=1&b='2'&c=<3>"
    (part,) = rendered(story(sources=[SourceLink("Báo Bến Đò", url)]))
    assert ("a", {"href": url}) in tags(part)


def test_the_date_is_that_of_the_editions_zone() -> None:
    (part,) = parts_of(story(), zone="Europe/Berlin")
    assert "Chủ nhật, 22/11/2026" in part.html
    (part,) = parts_of(story(), zone="America/New_York")
    assert "Thứ Bảy, 21/11/2026" in part.html


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
STORIES = st.builds(
    story,
    st.integers(1, 9),
    title=TEXTS | st.just(FAMILY * 50),
    quotes=st.lists(TEXTS | st.just("Câu dài. " * 150), max_size=2),
    sources=st.lists(st.builds(SourceLink, TEXTS, TEXTS | st.just("https://bao.example/")), max_size=6),
    topic=st.sampled_from(["thoi-su", "the-thao", "lạ", None]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(STORIES, min_size=1, max_size=30), st.integers(0, 99))
def test_whatever_the_papers_write_the_parts_fit_and_hold_every_story(
    stories: list[DigestStory], left_out: int
) -> None:
    parts = parts_of(*stories, left_out=left_out)
    assert_sendable([part.html for part in parts])
    headlines = sum(tag == "b" for part in parts for tag, _ in tags(part.html))
    assert headlines == len(stories) + len(parts)
    longest = [most_corrected(part, headline) for part in parts for headline in part.headlines]
    assert_sendable([html for html in longest if html is not None])
    assert None not in longest, "what was wrong could not be put right"


def test_what_the_papers_disagree_on_stands_in_one_line() -> None:
    claims = (
        Figure("Tin Sáng", "3 người", 1, "body", 0, 10),
        Figure("Báo <Biển>", "năm người", 2, "body", 0, 10),
    )
    different = replace(story(), disagreement=Disagreement("số người bị thương", claims))
    [part] = rendered(different)
    line = "Các báo đưa tin khác nhau về số người bị thương. Tin Sáng: “3 người”; Báo <Biển>: “năm người”"
    assert line in visible_text(part).splitlines()


def test_papers_that_agree_are_given_no_line() -> None:
    assert "khác nhau" not in visible_text(rendered(story())[0])


def test_a_story_told_before_opens_with_what_is_new() -> None:
    [part] = rendered(replace(story(quotes=("Phà chạy lại từ trưa nay.",)), is_update=True))
    assert "Mới: Phà chạy lại từ trưa nay." in visible_text(part).splitlines()
    assert "Mới:" not in visible_text(rendered(story())[0])


def test_a_longer_digest_opens_with_its_headlines() -> None:
    stories = tuple(story(number, title=f"Chuyện số {number}") for number in range(1, 7))
    digest = Digest("sang", "Điểm Tin sáng", SLOT, stories, 0, syllables=700, is_listed=True)
    [part] = render_parts(digest, zone="Asia/Ho_Chi_Minh", topic_titles=TOPICS)
    lines = visible_text(part.html).splitlines()
    assert lines[2:10] == ["6 tin · đọc chừng 3 phút", "", *(f"{n}. Chuyện số {n}" for n in range(1, 7))]
    assert most_corrected(part, "Chuyện số 2") is not None


def test_the_list_at_the_top_leaves_room_for_stories_however_long_headlines_are() -> None:
    stories = tuple(story(number, title=f"{number} " + "rất dài " * 40) for number in range(1, 31))
    digest = Digest("sang", "Điểm Tin sáng", SLOT, stories, 0, syllables=5_000, is_listed=True)
    parts = render_parts(digest, zone="Asia/Ho_Chi_Minh", topic_titles=TOPICS)
    assert_sendable([part.html for part in parts])
    assert all(most_corrected(part, part.headlines[0]) for part in parts)
    lines = visible_text(parts[0].html).splitlines()
    numbers = [int(line.split(".")[0]) for line in lines[4:] if re.match(r"\d+\. ", line)]
    assert numbers[:21] == [*range(1, 20), 1, 2], "nineteen headlines, then the stories"
    assert "và 11 tin nữa" in lines
    assert sum(len(part.headlines) for part in parts) == 30


def test_a_short_digest_is_headlines_with_their_papers() -> None:
    papers = tuple(SourceLink(name, None) for name in ("Báo Bến Đò", "Tin Sông", "Báo Chợ", "Nhật báo Lúa"))
    told = replace(story(quotes=(), sources=papers), reports=(report(1, "Báo Bến Đò", 19),))
    won = replace(told, story_id=2, title="Đội Vàm Đước thắng 3-1", topic="the-thao")
    digest = Digest("sang", "Điểm Tin sáng", SLOT, (told, won), 0, length="gon")
    [part] = render_parts(digest, zone="Asia/Ho_Chi_Minh", topic_titles=TOPICS)
    assert visible_text(part.html).splitlines()[-4:] == [
        "1. Bến phà Vàm Đước chạy lại",
        "19:38 hôm qua · Báo Bến Đò · Tin Sông và 2 nguồn khác",
        "2. Đội Vàm Đước thắng 3-1",
        "19:38 hôm qua · Báo Bến Đò · Tin Sông và 2 nguồn khác",
    ]


def test_a_story_that_stands_in_two_digests_is_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    measured, laid_out = rendering.measured, []
    monkeypatch.setattr(rendering, "measured", lambda html: laid_out.append(html) or measured(html))
    renderer = rendering.Renderer(slot=SLOT, zone="Asia/Ho_Chi_Minh", topic_titles=TOPICS)
    digest = Digest("sang", "Điểm Tin sáng", SLOT, (story(1), story(2)), 0)
    first = renderer.render(digest)
    before = len(laid_out)
    assert renderer.render(digest) == first
    assert len(laid_out) == before > 0
