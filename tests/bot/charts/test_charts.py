"""Charts of any words and counts are drawn in another process, within a time limit."""

import asyncio
import datetime as dt
import os
import signal
import struct
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.charts import chart as process
from bot.charts.chart import AS_JSON, Chart, DrawingError, Panel, Series, draw_in_process
from bot.charts.draw import draw

DAY = dt.date(2026, 10, 24)


def chart(*counts: int, title: str = "Xu hướng: bão", labels: tuple[tuple[int, str], ...] = ()) -> Chart:
    """Return a chart of one panel."""
    return Chart(title, DAY, (Panel("Số bài mỗi ngày", (Series("", counts),), labels=labels),))


def size_of(picture: bytes) -> tuple[int, int]:
    """Return the width and height that a PNG tells."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def test_a_picture_is_as_wide_as_a_phone_is_sharp_and_small() -> None:
    picture = draw(chart(*range(30), labels=((29, "1"),)))
    assert size_of(picture)[0] == 960
    assert len(picture) < 100_000


@pytest.mark.parametrize("counts", [(0,), (0,) * 30, (1,), (10**9,) * 400])
def test_any_counts_are_drawn(counts: tuple[int, ...]) -> None:
    assert size_of(draw(chart(*counts)))[1] > 300


@pytest.mark.parametrize(
    "title", ["", "$x^2$ \\frac{", "<b>", "\x00\u202e", "🌊🌊 lũ", "x" * 5_000, "ngườ\u0300i"]
)
def test_any_title_is_drawn_as_plain_letters_that_the_font_has(title: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a letter that it has not
        draw(chart(1, 2, title=title))


@settings(max_examples=50)
@given(st.text(), st.lists(st.integers(0, 10**6), min_size=1, max_size=40), st.booleans())
def test_what_is_drawn_reaches_the_other_process_unchanged(title: str, counts: list[int], line: bool) -> None:
    panel = Panel(title, (Series(title, tuple(counts)),), line, ((0, title),))
    told = Chart(title, DAY, (panel, panel))
    assert AS_JSON.validate_json(AS_JSON.dump_json(told)) == told


async def test_the_picture_comes_out_of_a_process_of_its_own() -> None:
    assert size_of(await draw_in_process(chart(1, 2, 3)))[0] == 960


async def test_a_killed_drawing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = asyncio.create_subprocess_exec

    async def _start_and_kill(*arguments: str, **options: object) -> asyncio.subprocess.Process:
        running = await started(*arguments, **options)  # type: ignore[arg-type]  # passed on as given
        os.kill(running.pid, signal.SIGKILL)
        return running

    monkeypatch.setattr(asyncio, "create_subprocess_exec", _start_and_kill)
    with pytest.raises(DrawingError, match="-9"):
        await draw_in_process(chart(1))


async def test_a_drawing_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_TIMEOUT_SECONDS", 0.01)
    with pytest.raises(DrawingError, match="slow"):
        await draw_in_process(chart(1))
