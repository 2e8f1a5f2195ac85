"""Deliveries on their way out: each waits for its moment to leave, and is recalled if it has not left.

A delivery that waits for the pace was not seen by Telegram. So a process that ends puts it back at once, and
waits only for those that have left.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.telegram.transport import NotSentError


class RecalledError(NotSentError):
    """A delivery was recalled before it left."""


class Departures:
    """The deliveries that wait to leave."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Timeout] = set()
        self._is_closed = False

    @asynccontextmanager
    async def waiting(self) -> AsyncIterator[Callable[[], None]]:
        """Let one delivery wait during the block, which calls the function that it gets when it leaves.

        Raises:
            RecalledError: the delivery was recalled, and has not left.
        """
        wait = asyncio.timeout(None)

        def leave() -> None:
            self._waiting.discard(wait)
            if wait.when() is not None:
                raise RecalledError("recalled")

        if self._is_closed:
            raise RecalledError("recalled")
        try:
            async with wait:
                self._waiting.add(wait)
                yield leave
        except TimeoutError:
            if not wait.expired():
                raise
            raise RecalledError("recalled") from None
        finally:
            self._waiting.discard(wait)

    def recall(self) -> None:
        """Let no delivery leave any more; those that have left go on."""
        self._is_closed = True
        now = asyncio.get_running_loop().time()
        for wait in self._waiting:
            wait.reschedule(now)
        self._waiting.clear()
