"""The life of the process: short pauses, messages to systemd, and an end that no thread can delay."""

import asyncio
import gc
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

_log = structlog.get_logger(__name__)

# Pauses of the interpreter delay replies, as benchmarks/replies_under_intake.py measures.

# A computing thread lets others run after this time, not after Python's 5 ms: a reply switches between event
# loop and database thread some forty times, and may wait that long each time.
_TURN_SECONDS = 0.001
# Full collections visit all live objects, such as the window of recent stories, so they are made rare.
_THRESHOLDS = (2_000, 10, 50)


def shorten_pauses() -> None:
    """Make threads switch faster and garbage collections rarer. Call it when all modules are loaded."""
    sys.setswitchinterval(_TURN_SECONDS)
    gc.collect()
    gc.freeze()  # loaded modules stay: no collection needs to visit them again (50-120 ms each)
    gc.set_threshold(*_THRESHOLDS)


# Messages to systemd; without it they do nothing. Source: sd_notify(3). Twenty lines of our own: the package
# `sdnotify` has not been released since 2017.

_PINGS_A_TIMEOUT = 3


def notify(state: str) -> None:
    """Send `state` (`READY=1` …) to systemd; errors are ignored."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with (
        suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as speaker,
    ):
        speaker.connect("\0" + address[1:] if address.startswith("@") else address)
        speaker.send(state.encode())


@asynccontextmanager
async def watched(is_well: Callable[[], bool]) -> AsyncIterator[None]:
    """Tell systemd that this process is ready, and that it is alive while its event loop runs and `is_well`.

    If no such message comes for `WatchdogSec=`, systemd restarts the process. `is_well` must be False only
    for faults that a restart repairs: not, for example, if Telegram cannot be reached.
    """
    notify("READY=1")
    async with beside(_ping(is_well)):
        yield


async def _ping(is_well: Callable[[], bool]) -> None:
    timeout_seconds = _watchdog_seconds()
    while timeout_seconds:
        if is_well():
            notify("WATCHDOG=1")
        await asyncio.sleep(timeout_seconds / _PINGS_A_TIMEOUT)


def _watchdog_seconds() -> float:
    """Return the most seconds between two messages that systemd allows; 0 if it expects none."""
    is_for_us = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    digits = os.environ.get("WATCHDOG_USEC", "")
    return int(digits) / 1e6 if is_for_us and digits.isascii() and digits.isdigit() else 0.0


@asynccontextmanager
async def beside(
    work: Coroutine[Any, Any, None], name: str | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Run `work` in a task beside the block, which cancels it at the end and waits for that."""
    task = asyncio.create_task(work, name=name)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


# The end of the process must not wait for threads.
# A computing thread cannot be stopped from outside, and Python waits at its exit for every thread of
# a pool. The database is closed by then, and the work of such a thread is repeated at the next start.

_PATIENCE_SECONDS = 0.5


class UnawaitedThreads(ThreadPoolExecutor):
    """A pool whose threads the event loop does not wait for when it closes."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Accept no more work and drop work that has not begun; `wait` is ignored."""
        super().shutdown(wait=False, cancel_futures=True)


def leave_threads_behind() -> None:
    """Let the running loop close without waiting for the threads of its default pool."""
    asyncio.get_running_loop().set_default_executor(UnawaitedThreads(thread_name_prefix="asyncio"))


def end_process_within(seconds: float) -> None:
    """End this process in `seconds` at the latest, and log which tasks and threads of the loop hang."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        try:
            tasks = sorted(_name_of(task) for task in asyncio.all_tasks(loop))
            threads = sorted(thread.name for thread in threading.enumerate() if _is_waited_for(thread))
            _log.warning("ended at once", after_seconds=seconds, tasks=tasks, threads=threads)
        finally:
            _end(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


def _name_of(task: asyncio.Task[object]) -> str:
    return str(getattr(task.get_coro(), "__qualname__", task.get_name()))


def end_process_if_threads_remain(code: int, before: Collection[threading.Thread]) -> None:
    """End this process with `code` at once if it would wait for a thread that is not in `before`."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while any(_is_waited_for(thread) for thread in threading.enumerate() if thread not in before):
        if time.monotonic() > deadline:
            _end(code)
        time.sleep(0.02)


def _is_waited_for(thread: threading.Thread) -> bool:
    return thread is not threading.main_thread() and not thread.daemon


def _end(code: int) -> None:
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
