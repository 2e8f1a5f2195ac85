"""Start the emulator as a process of its own and wait until it answers."""

import asyncio
import re
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.child_processes import Program, start_async

START_SECONDS = 20.0
STOP_SECONDS = 5.0
_ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost|\[::1\]):[0-9]{1,5}")
_LONGEST_REASON = 2_000  # bytes


class StartError(Exception):
    """The process ended, or said nothing, before it had an address; the text is what it said instead."""


@asynccontextmanager
async def emulator_process(*, port: int = 0, strict: bool = False) -> AsyncIterator[str]:
    """Run `bot.emulator` and yield its address, which answers by then; port 0 takes a free one.

    Raises:
        StartError: it has no address after 20 seconds.
    """
    options = ["--port", str(port), *(["--strict"] if strict else [])]
    program = Program("bot.emulator", tuple(options))
    process = await start_async(program, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
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
            address = (await process.stdout.readline()).decode(errors="replace").strip()
            if not address:
                words = await process.stderr.read()
                await process.wait()
                raise StartError(words[-_LONGEST_REASON:].decode(errors="replace").strip())
    except TimeoutError:
        raise StartError(f"no answer within {START_SECONDS:.0f} s") from None
    if not _ADDRESS.fullmatch(address):
        raise StartError(f"this is no address: {address[:100]!r}")
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
