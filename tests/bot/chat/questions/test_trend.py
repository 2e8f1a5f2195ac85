"""/xuhuong: a picture of thirty days, with the headline of each peak."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.charts.chart import DrawingError
from bot.chat.questions import trend
from bot.chat.questions.trend import find_peaks

FIRST = dt.date(2026, 10, 24)


def days(*counts: int) -> list[tuple[dt.date, int, int | None]]:
    """Return days with these counts."""
    return [(FIRST + dt.timedelta(days=number), count, number) for number, count in enumerate(counts)]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_peaks_are_few_high_apart_and_in_order(counts: list[int]) -> None:
    peaks = find_peaks(days(*counts))
    assert len(peaks) <= 3
    assert peaks == sorted(peaks)
    assert all(count > 1 and count * len(counts) > sum(counts) for _, count, _ in peaks)
    assert all(abs(one[0] - other[0]).days > 1 for one in peaks for other in peaks if one != other)


async def test_the_picture_says_how_much_and_when_most(an: Any, publish: Any) -> None:
    await publish("Bão số chín vào bờ", "Bão số chín suy yếu", "Giá gạo tăng")
    (answer,) = await an.says("/xuhuong bão")
    assert answer["photo"]
    assert "bão: 2 bài trong 30 ngày, 24/10–22/11." in answer["text"]
    assert "① Ngày 22/11, 2 bài: Bão số chín" in answer["text"]
    assert "(Báo Biển)" in answer["text"]


async def test_words_that_nobody_wrote_and_no_words_have_a_way_on(an: Any, publish: Any) -> None:
    await publish("Giá gạo tăng")
    await an.says("/xuhuong voi rừng")
    await an.sees("chưa có bài nào về «voi rừng»", "/tim voi rừng")
    await an.says("/xuhuong")
    await an.sees("/xuhuong giá xăng")


async def test_a_picture_that_fails_leaves_the_words(
    an: Any, publish: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def _fail(_: object) -> bytes:
        raise DrawingError("too slow")

    monkeypatch.setattr(trend, "draw_in_process", _fail)
    await publish("Bão số chín vào bờ")
    (answer,) = await an.says("/xuhuong bão")
    assert answer["text"].startswith("bão: 1 bài trong 30 ngày")


async def test_hostile_words_are_shown_as_they_are(an: Any, publish: Any) -> None:
    await publish("Bão số chín vào bờ")
    (answer,) = await an.says('/xuhuong bão <b>"$x^2$" 🌊')
    assert answer["from"] == "bot"
    assert '<b>"$x^2$"' in answer["text"]


async def test_a_source_that_there_is_not_is_told_and_nothing_counted(an: Any, publish: Any) -> None:
    await publish("Bão số chín vào bờ")
    await an.says("/xuhuong nguon:xa bão")
    message = await an.sees("Không có nguồn hay chủ đề «xa», nên chưa đếm được.")
    assert "photo" not in message
