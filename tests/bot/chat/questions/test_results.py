"""A page of search results."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from bot.chat.questions.results import RESULTS_PER_PAGE, CitedSentence, PageHeader, Result, render_results
from bot.messages.markup import MAX_ENTITIES, MAX_UNITS, count_entities, visible_length, visible_text
from storage.times import Published

NOW = dt.datetime(2026, 11, 21, 23, 45, tzinfo=dt.UTC)
HEAD = PageHeader(Markup("17 bài"))
SENTENCE = "Mưa lớn ở Hạ Long làm 12 tuyến phố ngập."


def result(**given: object) -> Result:
    fields: dict[str, object] = {
        "title": "Hạ Long mưa lớn",
        "url": "https://vinh.example/1.html",
        "source": "Báo Vịnh",
        "published": Published(NOW - dt.timedelta(hours=1)),
        "sentence": SENTENCE,
        "highlights": ((10, 12), (13, 17)),
    }
    return Result(**{**fields, **given})  # type: ignore[arg-type]  # the fields above, some replaced


def page(*results: Result, first: int = 1, header: PageHeader = HEAD) -> str:
    return render_results(header, results, first=first, now=NOW, zone="Asia/Ho_Chi_Minh")


def test_a_page_shows_link_source_time_and_the_sentence_with_its_words() -> None:
    assert page(result(), first=6) == (
        "17 bài\n"
        "\n"
        '6. <a href="https://vinh.example/1.html">Hạ Long mưa lớn</a>\n'
        "<i>Báo Vịnh · 05:45 hôm nay</i>\n"
        "Mưa lớn ở <b>Hạ Long</b> làm 12 tuyến phố ngập."
    )


def test_above_the_articles_stands_what_was_found_with_its_sources() -> None:
    header = PageHeader(
        Markup("<b>17 bài</b>"),
        (Markup("Chỉ tìm: Báo Vịnh"),),
        "Đã xem 17 bài",
        (CitedSentence(SENTENCE, 1, "https://vinh.example/1.html"), CitedSentence("Phố < sông.", 2, None)),
        "Số liệu khác nhau",
    )
    assert page(result(sentence="", highlights=()), header=header) == (
        "Chỉ tìm: Báo Vịnh\n"
        "\n"
        "<b>17 bài</b>\n"
        "<i>Đã xem 17 bài</i>\n"
        "\n"
        f'{SENTENCE} <a href="https://vinh.example/1.html">[1]</a> Phố &lt; sông. [2]\n'
        "<i>Số liệu khác nhau</i>\n"
        "\n"
        '1. <a href="https://vinh.example/1.html">Hạ Long mưa lớn</a>\n'
        "<i>Báo Vịnh · 05:45 hôm nay</i>"
    )


def test_where_nothing_answers_the_nearest_are_introduced() -> None:
    shown = page(result(), header=PageHeader(Markup("Không thấy."), lead="Gần nhất:"))
    assert shown.startswith("Không thấy.\n\nGần nhất:\n\n1. ")


def test_what_is_not_known_is_left_out() -> None:
    shown = page(result(url="javascript:x", published=None, source="", sentence="", highlights=()))
    assert shown.endswith("\n\n1. <b>Hạ Long mưa lớn</b>")


def test_more_results_than_a_page_holds_are_refused() -> None:
    with pytest.raises(ValueError, match="6 results"):
        page(*[result()] * (RESULTS_PER_PAGE + 1))


def test_a_page_of_the_longest_results_still_fits() -> None:
    words = "đường " * 400
    highlights = tuple((n * 6, n * 6 + 4) for n in range(0, 400, 2))
    long = result(title=words, source=words, sentence=words, highlights=highlights)
    quotes = tuple(CitedSentence("🌊" * 260, number, "https://vinh.example/1.html") for number in (1, 2, 3))
    notes = (escape("x" * 200), escape("y" * 200))
    shown = page(
        *[long] * RESULTS_PER_PAGE, header=PageHeader(escape("z" * 100), notes, "t" * 90, quotes, "s" * 250)
    )
    assert visible_length(shown) <= MAX_UNITS
    assert count_entities(shown) <= MAX_ENTITIES
    assert shown.count("đường") > 5


@given(
    st.text(max_size=500).map(lambda text: f"Tin {text}."),
    st.lists(st.tuples(st.integers(-5, 600), st.integers(-5, 600)), max_size=20),
)
def test_marks_never_change_the_sentence(sentence: str, highlights: list[tuple[int, int]]) -> None:
    plain, marked = (page(result(sentence=sentence, highlights=m)) for m in ((), tuple(sorted(highlights))))
    assert visible_text(marked) == visible_text(plain)
    assert re.sub("</?b>", "", marked) == re.sub("</?b>", "", plain)
