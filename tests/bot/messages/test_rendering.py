"""A digest as Telegram messages: within the limits, whole, and safe whatever the papers write."""

import datetime as dt
import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.chat.cards.digest_buttons import number_row
from bot.messages import rendering
from bot.messages.markup import visible_text, without_dates
from summarizer.digest import Digest
from summarizer.model import Disagreement, Figure, Precision, Report, SourceLink
from tests.bot.messages.rendered import (
    SLOT,
    TOPICS,
    assert_sendable,
    most_corrected,
    parts_of,
    render_parts,
    rendered,
    story,
)


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
    lines = [without_dates(rendered(replace(story(), reports=(one,)))[0]).splitlines()[-1] for one in known]
    link = '<a href="https://bendo.example/1.html">Báo Bến Đò</a>'
    assert lines == [f"19:38 hôm qua · {link}", f"05:38 hôm nay · {link}", f"20/11 · {link}"]


def test_a_story_with_more_dates_than_a_message_may_hold_loses_sentences() -> None:
    reports = (report(1, "Báo A", 19), report(2, "Báo B", 20))
    (part,) = rendered(replace(story(quotes=("Nước lên.",) * 120), reports=reports))
    assert part.count("Nước lên.") == 46, "two entities each, four for all else"
    assert_sendable([part])


def test_a_time_is_a_date_that_can_be_tapped_where_its_minute_is_known() -> None:
    (part,) = rendered(replace(story(), reports=(report(1, "Báo Bến Đò", 19),)))
    unix = int(dt.datetime(2026, 11, 21, 12, 38, tzinfo=dt.UTC).timestamp())
    assert f'<tg-time unix="{unix}">19:38 hôm qua</tg-time> · ' in part
    (part,) = rendered(replace(story(), reports=(report(1, "Báo Bến Đò", 5, precision="day"),)))
    assert "tg-time" not in part


def test_a_story_of_which_no_time_is_known_says_none() -> None:
    (part,) = rendered(replace(story(), reports=(Report(1, "Báo Bến Đò", None, "minute"),)))
    assert part.splitlines()[-1] == '<a href="https://bendo.example/1.html">Báo Bến Đò</a>'


def test_sentences_of_several_articles_say_their_paper_and_time() -> None:
    two = story(1, quotes=("Chuyến đầu rời bến.", "Bến đã đóng một tháng."))
    one_of_each = tuple(replace(quote, article_id=at) for at, quote in enumerate(two.quotes, start=1))
    told = replace(two, quotes=one_of_each, reports=(report(1, "Báo <Đò>", 19), report(2, "Tin Sông", 7)))
    part = without_dates(rendered(told)[0])
    assert "Chuyến đầu rời bến. <i>(Báo &lt;Đò&gt;, 19:38 hôm qua)</i>\n" in part
    assert "Bến đã đóng một tháng. <i>(Tin Sông, 07:38 hôm qua)</i></blockquote>" in part
    assert part.splitlines()[-1] == '<a href="https://bendo.example/1.html">Báo Bến Đò</a>', "no time twice"


@pytest.mark.parametrize("ids", [("1001", "1002"), ("1002", "1001")])
def test_a_sentence_says_the_paper_of_its_own_article_whichever_was_the_first(ids: tuple[str, str]) -> None:
    """A headline whose report is quoted says no time. Equal numbers are different objects, as in rows."""
    papers = (report(int(ids[0]), "Báo Đò", 19), report(int(ids[1]), "Tin Sông", 7))
    both = story(1, quotes=("Chuyến đầu rời bến.", "Bến đã đóng một tháng."))
    quotes = tuple(replace(quote, article_id=int(at)) for quote, at in zip(both.quotes, ids, strict=True))
    part = without_dates(rendered(replace(both, quotes=quotes, reports=papers))[0])
    assert "Chuyến đầu rời bến. <i>(Báo Đò, 19:38 hôm qua)</i>\n" in part
    assert "Bến đã đóng một tháng. <i>(Tin Sông, 07:38 hôm qua)</i>" in part
    assert part.splitlines()[-1].startswith("<a "), "no time twice"
    part = without_dates(rendered(replace(both, quotes=quotes[1:], reports=papers))[0])
    assert part.splitlines()[-1].startswith("19:38 hôm qua · ")


def test_only_a_time_that_is_known_to_the_minute_can_be_tapped() -> None:
    for precision, tags in (("".join(("min", "ute")), 1), ("day", 0), ("month", 0)):
        told = replace(story(), reports=(report(1, "Báo Bến Đò", 5, precision=precision),))  # type: ignore[arg-type]
        assert rendered(told)[0].count("<tg-time") == tags


def test_a_headline_without_sentences_names_two_papers_in_a_digest_and_alone() -> None:
    papers = [SourceLink(name, None) for name in ("Báo A", "Báo B", "Báo C", "Báo D")]
    told = story(quotes=(), sources=papers)
    alone = rendering.story_html(told, now=SLOT, zone="Asia/Ho_Chi_Minh")
    for html in (rendered(told)[0], alone):
        assert html.splitlines()[-1] == "Báo A · Báo B và 2 nguồn khác"


def test_sentences_of_three_articles_say_their_papers_too() -> None:
    papers = [report(at, f"Báo {at}", 7) for at in (1, 2, 3)]
    [part] = parts_of(replace(story(2), reports=tuple(papers)))
    assert "<i>(Báo 2, 07:38 hôm qua)</i>" in without_dates(part.html)
    assert part.article_ids == (1,), "the button opens the headline's article"


def test_a_headline_of_another_report_than_the_sentences_says_its_time() -> None:
    told = replace(story(2), reports=(report(1, "Báo Đò", 19), report(2, "Tin Sông", 7)))
    part = without_dates(rendered(told)[0])
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


def test_topics_of_one_title_have_one_heading() -> None:
    topics = {"xe": "Xe cộ", "tau": " ".join(("Xe", "cộ"))}
    renderer = rendering.Renderer(slot=SLOT, zone="Asia/Ho_Chi_Minh", topic_titles=topics)
    [part] = renderer.render(Digest("sang", "", SLOT, (story(1, topic="xe"), story(2, topic="tau")), 0))
    assert part.html.count("<u>") == 1


def test_without_known_topics_there_are_no_headings() -> None:
    (part,) = rendered(story(1, topic=None), story(2, topic=None))
    assert "<u>" not in part


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


def test_the_date_is_that_of_the_editions_zone() -> None:
    (part,) = parts_of(story(), zone="Europe/Berlin")
    assert "Chủ nhật, 22/11/2026" in part.html
    (part,) = parts_of(story(), zone="America/New_York")
    assert "Thứ Bảy, 21/11/2026" in part.html


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
    [part] = parts_of(story())
    assert "khác nhau" not in visible_text(part.html)
    assert part.article_ids == (0,), "no report is known"


def test_a_story_told_before_opens_with_what_is_new() -> None:
    [part] = rendered(replace(story(quotes=("Phà chạy lại từ trưa nay.",)), is_update=True))
    assert "Mới: Phà chạy lại từ trưa nay." in visible_text(part).splitlines()
    assert "Mới:" not in visible_text(rendered(story())[0])


def test_a_longer_digest_opens_with_its_headlines() -> None:
    stories = tuple(story(number, title=f"Chuyện số {number}") for number in range(1, 7))
    digest = Digest("sang", "Điểm Tin sáng", SLOT, stories, 0, syllables=700, is_listed=True)
    [part] = render_parts(digest)
    lines = visible_text(part.html).splitlines()
    assert lines[2:10] == ["6 tin · đọc chừng 3 phút", "", *(f"{n}. Chuyện số {n}" for n in range(1, 7))]
    assert most_corrected(part, "Chuyện số 2") is not None


def test_a_headline_in_the_list_is_cut_where_it_is_longer_than_a_hundred_characters() -> None:
    stories = tuple(story(number, title="x" * (99 + number)) for number in (1, 2))
    digest = Digest("sang", "Điểm Tin sáng", SLOT, stories, 0, is_listed=True)
    [part] = render_parts(digest)
    assert visible_text(part.html).splitlines()[4:6] == [f"1. {'x' * 100}", f"2. {'x' * 99}…"]


def test_a_short_digest_is_headlines_with_their_papers() -> None:
    papers = tuple(SourceLink(name, None) for name in ("Báo Bến Đò", "Tin Sông", "Báo Chợ", "Nhật báo Lúa"))
    told = replace(story(quotes=(), sources=papers), reports=(report(1, "Báo Bến Đò", 19),))
    won = replace(told, story_id=2, title="Đội Vàm Đước thắng 3-1", topic="the-thao")
    digest = Digest("sang", "Điểm Tin sáng", SLOT, (told, won), 0, length="gon")
    [part] = render_parts(digest)
    assert visible_text(part.html).splitlines()[-4:] == [
        "1. Bến phà Vàm Đước chạy lại",
        "19:38 hôm qua · Báo Bến Đò +3",
        "2. Đội Vàm Đước thắng 3-1",
        "19:38 hôm qua · Báo Bến Đò +3",
    ]


def test_a_full_digest_has_headings_and_blank_lines_as_a_usual_one() -> None:
    usual = Digest("sang", "Điểm Tin sáng", SLOT, (story(1), story(2)), 0)
    assert render_parts(replace(usual, length="daydu")) == render_parts(usual)
    assert render_parts(replace(usual, length="gon")) != render_parts(usual)


def test_a_story_that_stands_in_two_digests_is_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out = []
    for name in ("measured", "_headline"):
        real = getattr(rendering, name)
        monkeypatch.setattr(rendering, name, lambda what, real=real: laid_out.append(what) or real(what))
    renderer = rendering.Renderer(slot=SLOT, zone="Asia/Ho_Chi_Minh", topic_titles=TOPICS)
    digest = Digest("sang", "Điểm Tin sáng", SLOT, (story(1), story(2)), 0)
    first = renderer.render(digest)
    before = len(laid_out)
    assert renderer.render(digest) == first
    assert len(laid_out) == before > 0


def test_when_as_many_stories_are_kept_as_may_be_all_of_them_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rendering, "_MOST_KEPT", 3.0)  # equal to 3, but not the same object
    renderer, kept = rendering.Renderer(slot=SLOT, zone="Asia/Ho_Chi_Minh", topic_titles=TOPICS), []
    told = [story(number) for number in range(5)]
    for one in told:
        renderer.render(Digest("sang", "Điểm Tin sáng", SLOT, (one,), 0))
        kept.append(len(renderer._headlines))
    assert kept == [1, 2, 3, 1, 2]
