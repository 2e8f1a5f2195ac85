"""Waiting for a change: the one primitive behind long polls of updates and of chats."""

import asyncio
from collections.abc import Callable


class Signal:
    """Wakes every waiter on each `set`; each then looks whether its own condition holds."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def set(self) -> None:
        """Wake all who wait now."""
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until `condition` holds, at most `timeout` seconds. Return whether it does."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not condition() and (left := deadline - loop.time()) > 0:
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiters.add(waiter)
            await asyncio.wait({waiter}, timeout=left)
            self._waiters.discard(waiter)
        return condition()
