"""Start the emulator as a process of its own and wait until it answers."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

START_SECONDS = 20.0
STOP_SECONDS = 5.0


class StartError(Exception):
    """The process ended, or said nothing, before it had an address; the text is what it said instead."""


@asynccontextmanager
async def emulator_process(*, port: int = 0, strict: bool = False) -> AsyncIterator[str]:
    """Run `python -m bot.emulator` and yield its address, which answers by then; port 0 takes a free one.

    Raises:
        StartError: it has no address after 20 seconds.
    """
    options = ["--port", str(port), *(["--strict"] if strict else [])]
    command = (sys.executable, "-P", "-m", "bot.emulator", *options)  # -P: no `bot` of the caller's folder
    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    try:
        yield await _read_address(process)
    finally:
        await _stop(process)


async def _read_address(process: Process) -> str:
    """Return the first line; the process listens before it prints it."""
    if process.stdout is None or process.stderr is None:
        raise StartError("no pipes")
    try:
        async with asyncio.timeout(START_SECONDS):
            address = (await process.stdout.readline()).decode().strip()
            if not address:
                words = await process.stderr.read()
                await process.wait()
                raise StartError(words.decode(errors="replace").strip())
    except TimeoutError:
        raise StartError(f"no answer within {START_SECONDS:.0f} s") from None
    return address


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()
