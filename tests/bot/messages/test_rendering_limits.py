"""Digests within Telegram's limits, whole and safe, whatever the papers write."""

import re
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages.markup import MAX_UNITS, visible_length, visible_text
from bot.messages.rendering import RenderedPart, Renderer, listed
from summarizer.digest import Digest
from summarizer.model import DigestStory, SourceLink
from tests.bot.messages.rendered import (
    FAMILY,
    SLOT,
    TOPICS,
    assert_sendable,
    most_corrected,
    parts_of,
    render_parts,
    rendered,
    story,
    tags,
)


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


@pytest.mark.parametrize(
    "title", ["Điểm Tin sáng", "Điểm Tin cuối tuần: chuyện đáng đọc nhất trong bảy ngày"]
)
def test_a_digest_that_fits_into_a_message_with_a_correction_is_one_message(title: str) -> None:
    """A second message for a single line would annoy readers."""
    first, longest = story(1, quotes=("Nước dâng. " * 150,)), 0
    for words in range(300, 450):
        part, *more = parts_of(first, story(2, quotes=("nước " * words,)), left_out=43, title=title)
        fullest = most_corrected(part, part.headlines[0])
        assert fullest is not None
        longest = max(longest, 0 if more else visible_length(fullest))
    assert MAX_UNITS - 20 < longest <= MAX_UNITS


NUMBERING = len(" (12/34)")
CORRECTION = len("\nĐính chính (23:59): ") + 300


def test_the_first_part_is_filled_up_to_its_numbering_and_a_correction() -> None:
    """With a box and a list above the stories no unit is lost, whatever one renderer laid out before."""
    renderer = Renderer(slot=SLOT, zone="Asia/Ho_Chi_Minh", topic_titles=TOPICS)

    def parts_with(letters: int, title: str) -> list[RenderedPart]:
        told = (story(1), story(2, quotes=("x" * letters,)))
        return renderer.render(Digest("sang", title, SLOT, told, 0, is_listed=True), box="Chú ý")

    most = MAX_UNITS - NUMBERING - CORRECTION
    for title in ("Điểm Tin", "Điểm 🌊🌊🌊"):  # of eight signs each
        letters = 1_000 + most - visible_length(parts_with(1_000, title)[0].html)
        assert [visible_length(part.html) for part in parts_with(letters, title)] == [most]
        assert len(parts_with(letters + 1, title)) == 2


def test_a_box_of_more_than_a_thousand_signs_is_left_out() -> None:
    renderer = Renderer(slot=SLOT, zone="Asia/Ho_Chi_Minh", topic_titles=TOPICS)
    digest = Digest("sang", "Điểm Tin sáng", SLOT, (story(1),), 0)
    assert ["xxx" in renderer.render(digest, box="x" * most)[0].html for most in (1_000, 1_001)] == [
        True,
        False,
    ]


def test_headlines_and_titles_are_cut_where_they_are_too_long() -> None:
    whole, cut = (rendered(story(title="x" * n), title="y" * m)[0] for n, m in ((300, 128), (301, 129)))
    assert visible_text(whole).startswith("y" * 128 + "\n")
    assert f"1. {'x' * 300}\n" in visible_text(whole)
    assert visible_text(cut).startswith("y" * 127 + "…\n")
    assert f"1. {'x' * 299}…\n" in visible_text(cut)


@pytest.mark.parametrize(("count", "listed_lines", "more"), [(20, 20, []), (21, 19, ["và 2 tin nữa"])])
def test_up_to_twenty_headlines_are_listed(count: int, listed_lines: int, more: list[str]) -> None:
    told = tuple(story(number, title=f"Tin {number}", quotes=()) for number in range(1, count + 1))
    [part] = render_parts(Digest("sang", "", SLOT, told, 0, is_listed=True))
    lines = visible_text(part.html).splitlines()
    top = [f"{number}. Tin {number}" for number in range(1, listed_lines + 1)]
    assert lines[4 : 4 + len(top) + len(more) + 1] == [*top, *more, ""]


def test_parts_are_about_equally_long() -> None:
    sentence = "Nước sông Mơ dâng nhanh trong đêm, ba xã ven sông bị cô lập từ sáng sớm. " * 5
    parts = rendered(*(story(number, quotes=(sentence,)) for number in range(10)))
    lengths = [visible_length(part) for part in parts]
    assert len(parts) == 2
    assert max(lengths) - min(lengths) < 800, "less than two stories apart"


@pytest.mark.parametrize(("box", "counts"), [("", [3, 3]), ("x" * 1_000, [2, 4])])
def test_the_longest_part_is_as_short_as_it_can_be(box: str, counts: list[int]) -> None:
    told = tuple(story(number, quotes=("Nước sông Mơ dâng nhanh trong đêm. " * 20,)) for number in range(6))
    renderer = Renderer(slot=SLOT, zone="Asia/Ho_Chi_Minh", topic_titles=TOPICS)
    parts = renderer.render(Digest("sang", "Điểm Tin sáng", SLOT, told, 0), box=box)
    assert [len(part.headlines) for part in parts] == counts


def test_a_list_of_stories_uses_its_room_to_the_last_sign() -> None:
    """In one that is too small for all sentences there are none, and in a smaller one fewer stories."""
    stories = [story(1), story(2, title="Đội Vàm Đước thắng 3-1")]
    layout = partial(listed, now=SLOT, zone="Asia/Ho_Chi_Minh", topic_titles=TOPICS)
    whole, bare = (
        layout(told, room=MAX_UNITS) for told in (stories, [replace(one, quotes=()) for one in stories])
    )
    room, least_room = (sum(visible_length(one) + 2 for one in blocks) for blocks in (whole, bare))
    assert visible_text(whole[0]).startswith("THỜI SỰ\n1. Bến phà"), "headings as in a digest"
    rooms = (room, room - 1, least_room, least_room - 1)
    assert [layout(stories, room=each) for each in rooms] == [whole, bare, bare, bare[:1]]


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


def test_a_story_loses_a_sentence_when_a_single_unit_is_missing_for_it_and_its_heading() -> None:
    layout = partial(listed, [story()], now=SLOT, zone="Asia/Ho_Chi_Minh", topic_titles=TOPICS)
    (whole,) = layout(room=MAX_UNITS)
    room = visible_length(whole) + 2
    assert layout(room=room) == [whole]
    assert all("Chuyến đầu tiên" not in layout(room=room - missing)[0] for missing in range(1, 33))


def test_a_headline_that_is_too_long_for_the_room_stands_without_sentences() -> None:
    two = story(quotes=("Chuyến đầu tiên rời bến.", "Bến đã đóng một tháng."))
    [alone] = listed([two], now=SLOT, zone="Asia/Ho_Chi_Minh", topic_titles=TOPICS, room=1)
    assert "Bến phà Vàm Đước chạy lại" in alone
    assert "Chuyến" not in alone


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


def test_the_list_at_the_top_leaves_room_for_stories_however_long_headlines_are() -> None:
    stories = tuple(story(number, title=f"{number} " + "rất dài " * 40) for number in range(1, 41))
    digest = Digest("sang", "Điểm Tin sáng", SLOT, stories, 0, syllables=5_000, is_listed=True)
    parts = render_parts(digest)
    assert_sendable([part.html for part in parts])
    assert all(most_corrected(part, part.headlines[0]) for part in parts)
    lines = visible_text(parts[0].html).splitlines()
    numbers = [int(line.split(".")[0]) for line in lines[4:] if re.match(r"\d+\. ", line)]
    assert numbers[:21] == [*range(1, 20), 1, 2], "nineteen headlines, then the stories"
    assert "và 21 tin nữa" in lines
    assert sum(len(part.headlines) for part in parts) == 40
