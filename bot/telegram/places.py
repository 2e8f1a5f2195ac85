"""The places of a pace: each lets one message leave, and is free again a second after Telegram's answer.

So Telegram never sees more messages within any second than there are places. Where several processes send
for one bot, each has some of the places (`bot.telegram.shares`). A process that sends nothing may have none.
"""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.telegram.lease import machine_seconds

_PLACE_SECONDS = 1.005
_PRESSED = 0.8  # with this part of its places in use a process wants more
_IDLE_SECONDS = 5.0  # a process that sent nothing for so long wants no place
_LONGEST_UNSURE_SECONDS = 15.0


class Places:
    """So many places, `count`, of this process."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.needed = asyncio.Event()  # set when a message waits and none of the places is ours
        self._free = asyncio.Semaphore(count)
        self._waiting = 0
        self._busy = 0
        self._left_at = float("-inf")
        self._sure_until = math.inf  # until then no other process can have the places (`machine_seconds`)
        self._renewed = asyncio.Event()

    def most_a_second(self, seconds_a_message: float) -> float:
        """Return how many messages a second can leave where Telegram takes so long for each."""
        return self.count / (seconds_a_message + _PLACE_SECONDS)

    def wanted(self, total: int) -> int:
        """Return how many of `total` places could be used now; 0 for a process that sends nothing."""
        if not self._waiting and not self._busy and machine_seconds() - self._left_at > _IDLE_SECONDS:
            return 0
        is_pressed = self._waiting > 0 or self._busy >= _PRESSED * self.count
        return total if is_pressed and self.count > 1 else min(total, self._busy + self._waiting + 1)

    @property
    def is_sure(self) -> bool:
        """Tell whether no other process can have taken the places by now."""
        return machine_seconds() <= self._sure_until

    def be_sure(self, until: float) -> None:
        """Note until when (`machine_seconds`) no other process can take the places."""
        self._sure_until = until
        self._renewed.set()

    def grow(self, count: int) -> None:
        """Raise the number of places to `count`."""
        for _ in range(count - self.count):
            self._free.release()
        self.count = max(count, self.count)

    async def shrink(self, count: int) -> int:
        """Give free places back until `count` are left; return how many are left."""
        while self.count > count and not self._free.locked():
            await self._free.acquire()  # returns at once
            self.count -= 1
        return self.count

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a place, and hold it during the block and a second longer."""
        self._waiting += 1
        try:
            await self._take()
        finally:
            self._waiting -= 1
        self._busy += 1
        try:
            await self._until_sure()
            yield
        finally:
            asyncio.get_running_loop().call_later(_PLACE_SECONDS, self._leave)

    async def _take(self) -> None:
        """Take a place. Without one of our own, ask for one, which needs the database."""
        if not self.count:
            self.needed.set()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LONGEST_UNSURE_SECONDS):
                    await self._free.acquire()
                    return
            if not self.count and not self.is_sure:  # admins must hear that the database is gone
                self.grow(1)

    def _leave(self) -> None:
        self._busy -= 1
        self._left_at = machine_seconds()
        self._free.release()

    async def _until_sure(self) -> None:
        """Wait while others may have taken the places: after a standstill, or without the database.

        Wait 15 s at most: admins must hear that the database is gone.
        """
        loop = asyncio.get_running_loop()
        latest = loop.time() + _LONGEST_UNSURE_SECONDS
        while not self.is_sure and loop.time() < latest:
            self._renewed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._renewed.wait(), latest - loop.time())
