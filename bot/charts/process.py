"""Draw in a process of its own, so that the loop never waits for it and its memory goes when it ends."""

import asyncio
import sys

from bot.charts.model import Chart, to_json

_PATIENCE_SECONDS = 20.0
_ONE_AT_A_TIME = asyncio.Semaphore(1)  # each costs a second of a core


class DrawingError(Exception):
    """The picture could not be drawn in time."""


async def draw_apart(chart: Chart) -> bytes:
    """Return `chart` as a PNG.

    Raises:
        DrawingError: it took longer than twenty seconds, its wait for others included, or failed.
    """
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), _ONE_AT_A_TIME:
            return await _draw(chart)
    except TimeoutError as error:
        raise DrawingError("too slow") from error


async def _draw(chart: Chart) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.charts",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        picture, _ = await process.communicate(to_json(chart).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0 or not picture:
        raise DrawingError(f"the drawing process ended with {process.returncode}")
    return picture
