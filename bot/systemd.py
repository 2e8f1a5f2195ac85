"""Tell systemd how the process fares: started, alive, stopping. Does nothing when systemd did not start it.

Source: sd_notify(3). Twenty lines of our own: the package `sdnotify` has not been released since 2017.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

_PINGS_A_TIMEOUT = 3


def notify(state: str) -> None:
    """Send `state` (`READY=1` …) to systemd; a manager that does not listen stops nobody."""
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
    """Say that this process is ready, then that it is alive, as long as its event loop turns and `is_well`.

    Without a sign of life for `WatchdogSec=` systemd kills the process and starts it anew. `is_well` is False
    only when something is broken that a new start mends: Telegram out of reach, say, is no reason.
    """
    notify("READY=1")
    pinging = asyncio.create_task(_ping(is_well))
    try:
        yield
    finally:
        pinging.cancel()


async def _ping(is_well: Callable[[], bool]) -> None:
    timeout_seconds = _watchdog_seconds()
    while timeout_seconds:
        if is_well():
            notify("WATCHDOG=1")
        await asyncio.sleep(timeout_seconds / _PINGS_A_TIMEOUT)


def _watchdog_seconds() -> float:
    """Return the time that systemd gives between signs of life; 0 where it asks for none."""
    is_for_us = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    digits = os.environ.get("WATCHDOG_USEC", "")
    return int(digits) / 1e6 if is_for_us and digits.isascii() and digits.isdigit() else 0.0
