"""The end of the bot's process, which no thread may hold up.

A thread that computes cannot be stopped from outside, and Python waits at its exit for every thread of a
pool. The database is closed by then, and what such a thread works on is done again at the next start.
"""

import asyncio
import logging
import os
import sys
import threading
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

_PATIENCE_SECONDS = 0.5


class UnawaitedThreads(ThreadPoolExecutor):
    """A pool whose threads the event loop does not wait for when it closes."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work and drop what has not begun; `wait` is left out of account."""
        super().shutdown(wait=False, cancel_futures=True)


def leave_threads_behind() -> None:
    """Let the running loop close without waiting for the threads of its default pool."""
    asyncio.get_running_loop().set_default_executor(UnawaitedThreads(thread_name_prefix="asyncio"))


def end_process_within(seconds: float) -> None:
    """End this process in `seconds` at the latest, whatever hangs then."""
    timer = threading.Timer(seconds, _end, [1])
    timer.daemon = True
    timer.start()


def end_process_if_threads_remain(code: int, before: Collection[threading.Thread]) -> None:
    """End this process with `code` at once when a thread that is not among `before` would be waited for."""
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
