"""Find chats whose updates no process handles, where several answer, and take them for this one.

A process that ends releases its chats. Those of one that was killed are free at once on its machine, and on
another one when its claims run out. An update at which processes died again and again is tried while nothing
else is in work, and at last set aside.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any, Protocol

import structlog
from telegram.ext import ExtBot

from bot.process.metrics import SHARED_UPDATES, UPDATES_SET_ASIDE
from bot.telegram.lease import is_gone, machine_seconds
from bot.telegram.stored_updates import DIED, chat_of, parse_update, read_update
from bot.telegram.turns import sender_of
from storage.chat_claims import (
    CLAIM_SECONDS,
    SUSPECT_TRIES,
    ClaimRules,
    IdleChat,
    WaitingUpdate,
    count_shared,
    find_claimers,
    find_idle_chats,
    take_chats,
)
from storage.conversations import find_unshared, set_aside, share_update
from storage.engine import Database

MOST_CLAIMED = 200  # chats that a process has in work or waiting for a place; others take what comes beyond
_PAGE = 1_000
_ALONE_CHECK_SECONDS, _ALONE_CHECKS = 0.02, 1_500
_log = structlog.get_logger(__name__)


class Worker(Protocol):
    """Handles the chats that are found."""

    @property
    def claimed(self) -> Collection[int]:
        """Return the chats that are its own."""

    @property
    def is_at_work(self) -> bool:
        """Tell whether an update is queued or being handled."""

    async def begin(self, waiting: WaitingUpdate, asked_at: float) -> None:
        """Handle an update whose chat was claimed at `asked_at` or later (`machine_seconds`)."""


class IdleSearch:
    """Looks for chats on behalf of the process `owner`. `in_all` updates waited at the last check."""

    def __init__(self, database: Database, owner: str, worker: Worker) -> None:
        self.in_all = 0
        self.is_alone = False  # while a suspect is tried
        self._database = database
        self._owner = owner
        self._worker = worker
        self._idle_ours: set[int] = set()  # claimed by this process, and idle at the last check
        self._expiry_counts_at = 0.0
        self.wait_for_others()

    def wait_for_others(self) -> None:
        """Give the others time to renew their claims: the database may have been unreachable for all."""
        self._expiry_counts_at = machine_seconds() + CLAIM_SECONDS

    async def take_unhandled(self) -> None:
        """Take chats that no process handles.

        Raises:
            StorageError: the database does not answer.
        """
        search, idle = await self._find()
        SHARED_UPDATES.set(self.in_all)
        chats = self._not_in_work(idle)
        plain = [one for one in chats if one.died or one.tries < SUSPECT_TRIES]
        room = max(0, MOST_CLAIMED - len(self._worker.claimed))
        await self._take(plain[:room], search)
        suspects = [one for one in chats if one not in plain]
        if suspects:
            await self._try_alone(suspects, search)

    async def _find(self) -> tuple[ClaimRules, list[IdleChat]]:
        after_expiry = machine_seconds() > self._expiry_counts_at
        async with self._database.read() as connection:
            owners = await find_claimers(connection)
            gone = tuple(one for one in owners if one != self._owner and is_gone(one))
            search = ClaimRules(self._owner, gone, after_expiry)
            self.in_all = await count_shared(connection)
            idle = await find_idle_chats(connection, search, limit=2 * MOST_CLAIMED) if self.in_all else []
        return search, idle

    def _not_in_work(self, idle: Sequence[IdleChat]) -> list[IdleChat]:
        """Return the chats to take; one that this process holds already, only if two checks found it idle."""
        ours = {one.chat_id for one in idle if one.is_ours} - set(self._worker.claimed)
        before, self._idle_ours = self._idle_ours, ours
        return [one for one in idle if not one.is_ours or one.chat_id in ours & before]

    async def _take(self, chats: Sequence[IdleChat], search: ClaimRules) -> None:
        if not chats:
            return
        asked_at = machine_seconds()
        async with self._database.write() as connection:
            taken, fatal = await take_chats(connection, chats, search)
            for number in fatal:
                await set_aside(connection, number, DIED)
        for number in fatal:
            UPDATES_SET_ASIDE.inc()
            _log.error("an update at which processes died is set aside", update=number)
        if died := sum(one.died for one in chats):
            _log.warning("chats of processes that are gone are taken over", chats=died)
        for one in taken:
            await self._worker.begin(one, asked_at)

    async def _try_alone(self, chats: Sequence[IdleChat], search: ClaimRules) -> None:
        """Handle updates at which processes died one by one, while nothing else is in work here."""
        self.is_alone = True
        _log.warning("updates at which processes died are tried alone", chats=len(chats))
        try:
            await self._until_idle()
            for chat in chats:
                await self._take([chat], search)
                await self._until_idle()
        finally:
            self.is_alone = False

    async def _until_idle(self) -> None:
        for _ in range(_ALONE_CHECKS):
            if not self._worker.is_at_work:
                return
            await asyncio.sleep(_ALONE_CHECK_SECONDS)


async def share_left_over(database: Database, bot: ExtBot[Any]) -> int:
    """Share the updates that a process kept when it was alone; return how many wait in all."""
    while rows := await _find_unshared(database):
        for number, payload in rows:
            raw = parse_update(payload)
            update, failure = read_update(raw, bot) if raw else (None, "not an update")
            async with database.write() as connection:
                if raw is None or update is None:
                    UPDATES_SET_ASIDE.inc()
                    await set_aside(connection, number, failure or "")
                else:
                    whose = {"chat_id": chat_of(update), "person_id": sender_of(raw).person}
                    await share_update(connection, number, **whose)
    async with database.read() as connection:
        return await count_shared(connection)


async def _find_unshared(database: Database) -> list[tuple[int, str]]:
    async with database.read() as connection:
        return await find_unshared(connection, limit=_PAGE)
