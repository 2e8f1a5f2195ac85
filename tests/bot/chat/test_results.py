"""A page of search results."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.markup import MAX_ENTITIES, MAX_UNITS, count_entities, visible_length, visible_text
from bot.chat.results import RESULTS_PER_PAGE, Result, render_results
from storage.times import Published

NOW = dt.datetime(2026, 11, 21, 23, 45, tzinfo=dt.UTC)
SENTENCE = "Mưa lớn ở Hạ Long làm 12 tuyến phố ngập."


def result(**given: object) -> Result:
    fields: dict[str, object] = {
        "title": "Hạ Long mưa lớn",
        "url": "https://vinh.example/1.html",
        "source": "Báo Vịnh",
        "published": Published(NOW - dt.timedelta(hours=1)),
        "sentence": SENTENCE,
        "marks": ((10, 12), (13, 17)),
    }
    return Result(**{**fields, **given})  # type: ignore[arg-type]  # the fields above, some replaced


def page(
    *results: Result, query: str = "ha long", total: int | None = None, page: int = 1, **more: bool
) -> str:
    return render_results(
        query,
        results,
        total=len(results) if total is None else total,
        page=page,
        now=NOW,
        zone="Asia/Ho_Chi_Minh",
        **more,
    )


def test_a_page_shows_link_source_time_and_the_sentence_with_its_words() -> None:
    assert page(result(), total=17, page=2) == (
        "17 bài về «<b>ha long</b>» · trang 2/4\n"
        "\n"
        '6. <a href="https://vinh.example/1.html">Hạ Long mưa lớn</a>\n'
        "<i>Báo Vịnh · 05:45 hôm nay</i>\n"
        "Mưa lớn ở <b>Hạ Long</b> làm 12 tuyến phố ngập."
    )


def test_one_page_is_not_numbered_and_an_open_total_says_so() -> None:
    assert page(result()).startswith("1 bài về «<b>ha long</b>»\n")
    assert page(result(), total=50, total_is_exact=False).startswith(
        "Hơn 50 bài về «<b>ha long</b>» · trang 1/10\n"
    )


def test_what_is_not_known_is_left_out() -> None:
    shown = page(result(url="javascript:x", published=None, source="", sentence="", marks=()))
    assert shown.endswith("\n\n1. <b>Hạ Long mưa lớn</b>")


def test_more_results_than_a_page_holds_are_refused() -> None:
    with pytest.raises(ValueError, match="6 results"):
        page(*[result()] * (RESULTS_PER_PAGE + 1))


def test_a_page_of_the_longest_results_still_fits() -> None:
    words = "đường " * 400
    marks = tuple((n * 6, n * 6 + 4) for n in range(0, 400, 2))
    long = result(title=words, source=words, sentence=words, marks=marks)
    shown = page(*[long] * RESULTS_PER_PAGE, query=words, total=999)
    assert visible_length(shown) <= MAX_UNITS
    assert count_entities(shown) <= MAX_ENTITIES


@given(
    st.text(max_size=500).map(lambda text: f"Tin {text}."),
    st.lists(st.tuples(st.integers(-5, 600), st.integers(-5, 600)), max_size=20),
)
def test_marks_never_change_the_sentence(sentence: str, marks: list[tuple[int, int]]) -> None:
    plain, marked = (page(result(sentence=sentence, marks=m)) for m in ((), tuple(sorted(marks))))
    assert visible_text(marked) == visible_text(plain)
    assert re.sub("</?b>", "", marked) == re.sub("</?b>", "", plain)
