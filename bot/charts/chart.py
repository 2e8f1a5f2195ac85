"""A chart: days across, panels of counts above them, and drawing it in a process of its own."""

import asyncio
import datetime as dt
import os
import struct
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass

from pydantic import TypeAdapter

from storage.off_loop import Limits, Program, start_async


@dataclass(frozen=True, slots=True)
class Series:
    """Counts a day, the first for the chart's first day. `name` tells it from others in the same panel."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Bars that stand on one another, or a line. `labels` are words above a day, by its number from 0."""

    title: str
    series: tuple[Series, ...]
    is_line: bool = False
    labels: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels under each other over the same days. All series are `days` long."""

    title: str
    first_day: dt.date
    panels: tuple[Panel, ...]

    @property
    def days(self) -> int:
        return len(self.panels[0].series[0].counts)


AS_JSON = TypeAdapter(Chart)  # for the process that draws

# Drawing has its own process: the loop never waits for it, and its memory is freed when it ends.

_TIMEOUT_SECONDS = 20.0
_ONE_AT_A_TIME = asyncio.Semaphore(1)  # each costs a second of a core
_LARGEST_PICTURE = 5_000_000  # bytes; Telegram takes a photo of 10 MB
_LONGEST_SIDE = 5_000  # pixels; Telegram takes 10,000 for width and height together
_LIMITS = Limits(  # it writes matplotlib's list of fonts, once
    cpu_seconds=20, memory_bytes=2_000_000_000, file_bytes=4_000_000, open_files=128
)
_FOLDERS = ("HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")  # where that list may be kept
_PNG = struct.Struct(">8s4x4sII")  # signature, length of the header, its name, width, height


class DrawingError(Exception):
    """The picture could not be drawn in time."""


async def draw_in_process(chart: Chart) -> bytes:
    """Return `chart` as a PNG.

    Raises:
        DrawingError: it took longer than twenty seconds, its wait for others included, or failed.
    """
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS), _ONE_AT_A_TIME:
            return await _draw(chart)
    except TimeoutError as error:
        raise DrawingError("too slow") from error


async def _draw(chart: Chart) -> bytes:
    environment = {name: os.environ[name] for name in _FOLDERS if name in os.environ}
    environment["OPENBLAS_NUM_THREADS"] = "1"  # each thread would reserve memory of its own
    program = Program("bot.charts.draw", limits=_LIMITS, environment=environment)
    process = await start_async(program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    try:
        picture = await _exchange(process, AS_JSON.dump_json(chart))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise DrawingError(f"the drawing process ended with {process.returncode}")
    if not _is_picture(picture):
        raise DrawingError(f"the drawing process wrote {len(picture)} bytes that are no picture to send")
    return picture


async def _exchange(process: Process, question: bytes) -> bytes:
    """Return what `process` writes before it ends, at most one byte more than a picture may have."""
    assert process.stdin is not None  # noqa: S101 - opened as a pipe
    assert process.stdout is not None  # noqa: S101 - the same
    process.stdin.write(question)
    process.stdin.close()
    answer = bytearray()
    while len(answer) <= _LARGEST_PICTURE and (piece := await process.stdout.read(65_536)):
        answer += piece
    if len(answer) <= _LARGEST_PICTURE:
        await process.wait()
    else:
        process.kill()
        await process.communicate()  # an unread pipe would keep it from being waited for
    return bytes(answer)


def _is_picture(data: bytes) -> bool:
    """Tell whether `data` is a PNG of a size that Telegram takes.

    >>> _is_picture(b"<html>"), _is_picture(_PNG.pack(b"\\x89PNG\\r\\n\\x1a\\n", b"IHDR", 960, 600))
    (False, True)
    """
    if not _PNG.size <= len(data) <= _LARGEST_PICTURE:
        return False
    signature, header, width, height = _PNG.unpack_from(data)
    is_png: bool = (signature, header) == (b"\x89PNG\r\n\x1a\n", b"IHDR")
    return is_png and max(width, height) <= _LONGEST_SIDE
