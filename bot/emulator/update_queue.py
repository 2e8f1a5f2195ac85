"""The queue of updates behind `getUpdates`: offsets, long polling, and the conflict of two pollers."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.emulator.refusals import OTHER_POLLER, conflict


class Signal:
    """Wakes every waiter on each `set`; each then checks its own condition. For long polls."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def set(self) -> None:
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


# Telegram sends these only to bots that ask for them by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
FIRST_UPDATE_ID = 100_000_001


@dataclass(slots=True)
class UpdateQueue:
    """Updates that no poller has confirmed yet, oldest first.

    `allowed` is what the bot last asked for; an empty set stands for everything but `ON_REQUEST`.
    """

    next_id: int = FIRST_UPDATE_ID
    allowed: frozenset[str] = frozenset()
    pending: deque[dict[str, Any]] = field(default_factory=deque)
    queued: int = 0
    confirmed: int = 0
    _arrived: Signal = field(default_factory=Signal)
    _polls_begun: int = 0
    _wakes: int = 0
    _is_closed: bool = False

    def put(self, kind: str, body: dict[str, Any]) -> int | None:
        """Queue an update and return its id, or None if the bot does not want this `kind`."""
        if (kind not in self.allowed) if self.allowed else (kind in ON_REQUEST):
            return None
        return self.put_raw({kind: body})

    def put_raw(self, update: dict[str, Any]) -> int:
        """Queue any `update`; its own `update_id` is kept, so that an update can come twice."""
        update_id = int(update.get("update_id", self.next_id))
        self.next_id = max(self.next_id, update_id + 1)
        self.pending.append({"update_id": update_id, **update})
        self.queued += 1
        self._arrived.set()
        return update_id

    def confirm(self, offset: int) -> None:
        """Remove confirmed updates: all ids below `offset`; a negative one keeps that many newest updates."""
        before = len(self.pending)
        if offset > 0:
            self.pending = deque(update for update in self.pending if update["update_id"] >= offset)
        elif offset < 0:
            self.pending = deque(list(self.pending)[offset:])
        self.confirmed += before - len(self.pending)

    def drop_all(self) -> None:
        self.confirmed += len(self.pending)
        self.pending.clear()

    def take(self, update: dict[str, Any]) -> None:
        """Remove `update`, which a webhook has taken."""
        if self.pending and self.pending[0] is update:
            self.pending.popleft()
            self.confirmed += 1

    def wake(self) -> None:
        """Wake the waiters: a webhook was set."""
        self._wakes += 1
        self._arrived.set()

    async def changed(self, timeout: float) -> None:
        """Wait, at most `timeout` seconds, for another update, a webhook, or the end."""
        known = (self.queued, self._wakes)
        await self._arrived.wait_until(
            lambda: (self.queued, self._wakes) != known or self._is_closed, timeout
        )

    async def poll(self, limit: int, timeout: float) -> list[dict[str, Any]]:
        """Return up to `limit` updates, waiting `timeout` seconds for a first one.

        Raises:
            Refusal: another poll began meanwhile (409); the older of the two fails.
        """
        self._polls_begun += 1
        mine = self._polls_begun
        self._arrived.set()

        def may_answer() -> bool:
            return bool(self.pending) or self._is_closed or self._polls_begun != mine

        await self._arrived.wait_until(may_answer, timeout)
        if self._polls_begun != mine:
            raise conflict(OTHER_POLLER)
        return list(self.pending)[:limit]

    def close(self) -> None:
        """Let a waiting poll return at once, now and later."""
        self._is_closed = True
        self._arrived.set()
