"""Updates that several processes share: each keeps what it is called with, and handles the chats it claims.

A process claims the chat of an update that it keeps, unless the chat is claimed already, and queues the
chat's oldest update. When that is handled, the next one follows; a chat with nothing waiting is released. A
check each second finds what nobody handles: chats that were left, or whose process is gone. PostgreSQL only.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

import structlog
from telegram import Update
from telegram.error import NetworkError
from telegram.ext import ExtBot

from bot.process.metrics import UPDATES_SET_ASIDE, log_errors
from bot.telegram.idle_chats import MOST_CLAIMED, IdleSearch, share_left_over
from bot.telegram.lease import machine_seconds, this_process
from bot.telegram.stored_updates import (
    UpdateQueue,
    chat_of,
    count_unhandled,
    is_update,
    parse_update,
    read_update,
)
from bot.telegram.turns import may_wait, sender_of
from bot.times.clock import Clock
from storage.chat_claims import (
    CLAIM_SECONDS,
    WaitingUpdate,
    finish_updates,
    keep_and_claim,
    note_try,
    release_claims,
    renew_claims,
)
from storage.conversations import PASSED_OVER, KeptUpdate, keep_updates, pass_over, set_aside
from storage.engine import Database
from storage.errors import StorageError

_CHECK_SECONDS = 1.0
_RENEW_SECONDS = CLAIM_SECONDS / 5
_MOST_PUT_OFF, _KEEP_SECONDS = 15, 4.0
_SURE_SECONDS = CLAIM_SECONDS - 2.0  # an older claim is renewed before an update is begun
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Claim:
    """A chat of this process: its update in work, how many wait in all, and until when the claim is sure."""

    update_id: int
    count: int
    tries: int
    sure_until: float


class SharedQueue(UpdateQueue):
    """The queue of one of several processes. `owner` names the process; the default is this one."""

    def __init__(self, database: Database, clock: Clock, owner: str | None = None) -> None:
        super().__init__()
        self._database = database
        self._clock = clock
        self._owner = owner or this_process()
        self._bot: ExtBot[Any] | None = None
        self._claims: dict[int, _Claim] = {}  # by chat
        self._in_work: dict[int, int] = {}  # the chat of each update that was queued and is not handled
        self._done: dict[int, int] = {}  # by chat: its update, handled and not yet marked
        self._again: set[int] = set()  # to be handled again, as the database failed
        self._put_off: dict[int, int] = {}  # how often
        self._marking = asyncio.Lock()
        self._search = IdleSearch(database, self._owner, self)
        self._is_ending = False

    async def keep(self, updates: Iterable[object]) -> list[dict[str, Any]]:
        """Write updates to the database and queue those whose turn it is; nothing is left for `put`."""
        for raw in updates:
            if is_update(raw):
                try:
                    async with asyncio.timeout(_KEEP_SECONDS):  # a process that was cut off may hold a lock
                        await self._keep_one(raw)
                except (StorageError, TimeoutError) as error:
                    raise NetworkError(f"update {raw['update_id']} was not kept: {error}") from error
        return []

    async def _keep_one(self, raw: dict[str, Any]) -> None:
        update, failure = read_update(raw, self._bot)
        one = KeptUpdate(raw["update_id"], json.dumps(raw), failure)
        if update is not None:
            await self._keep_readable(raw, update, one)
            return
        async with self._database.write() as connection:
            is_new = await keep_updates(connection, [one], now=self._clock.now())
        count_unhandled([one] if is_new else [])

    async def _keep_readable(self, raw: dict[str, Any], update: Update, one: KeptUpdate) -> None:
        one = replace(one, chat_id=chat_of(update), person_id=sender_of(raw).person)
        now, asked_at = self._clock.now(), machine_seconds()
        claims = len(self._claims) < MOST_CLAIMED and not (self._search.is_alone or self._is_ending)
        async with self._database.write() as connection:
            kept = await keep_and_claim(connection, one, self._owner, claims=claims, now=now)
            if kept is None:
                return
            if not may_wait(raw, kept.of_person - 1, kept.of_chat - 1, self._search.in_all):
                one = replace(one, failure=PASSED_OVER)
                await pass_over(connection, one.update_id)
        count_unhandled([one] if one.failure else [])
        if kept.first is not None:
            await self.begin(kept.first, asked_at, update)

    async def begin(self, waiting: WaitingUpdate, asked_at: float, update: Update | None = None) -> None:
        """Queue the update of a chat that this process claimed at `asked_at` or later."""
        chat, number = waiting.chat_id, waiting.update_id
        if number in self._in_work or self._is_ending:
            return
        self._claims[chat] = _Claim(number, waiting.count, waiting.tries, asked_at + _SURE_SECONDS)
        if self._done.get(chat) == number:  # it is handled; the next check marks it
            return
        if update is None or update.update_id != number:
            update = await self._read(waiting)
        if update is None:
            self._done[chat] = number
            await self._mark_done()
            return
        if not self._in_work:
            self._progress_at = time.monotonic()
        self._in_work[number] = chat
        await self.put(update)

    async def _read(self, waiting: WaitingUpdate) -> Update | None:
        """Read an update that another process may have kept; one that cannot be read is set aside."""
        raw = parse_update(waiting.payload)
        update, failure = read_update(raw, self._bot) if raw else (None, "not an update")
        if update is None:
            UPDATES_SET_ASIDE.inc()
            async with self._database.write() as connection:
                await set_aside(connection, waiting.update_id, failure or "not an update")
        return update

    async def may_begin(self, update_id: int) -> bool:
        """Tell whether this process still has the update's chat: it may have stood still meanwhile."""
        chat = self._in_work.get(update_id, 0)
        claim = self._claims.get(chat)
        if claim is not None and claim.update_id == update_id:
            with log_errors("updates", update=update_id):
                if machine_seconds() >= claim.sure_until:
                    await self._renew()
                if claim.tries:  # a process may have died at it
                    async with self._database.write() as connection:
                        await note_try(connection, claim.update_id)
                    claim.tries = 0
                if self._claims.get(chat) is claim and machine_seconds() < claim.sure_until:
                    return True
            self._drop(chat, update_id)
        self._in_work.pop(update_id, None)
        return False

    def put_off(self, update_id: int) -> bool:
        """Have an update handled again in some seconds; False once that was done `_MOST_PUT_OFF` times."""
        times = self._put_off.get(update_id, 0) + 1
        if times > _MOST_PUT_OFF or update_id not in self._in_work:
            return False
        self._put_off[update_id] = times
        self._again.add(update_id)
        return True

    async def mark_handled(self, update_id: int) -> None:
        """Mark an update as handled, with those done meanwhile, and queue the next one of its chat."""
        chat = self._in_work.pop(update_id, None)
        self._progress_at = time.monotonic()
        if update_id in self._again:
            self._again.discard(update_id)
            self._drop(chat, update_id)
        elif chat is not None:
            self._put_off.pop(update_id, None)
            self._done[chat] = update_id
            await self._mark_done()

    def _drop(self, chat: int | None, update_id: int) -> None:
        """Forget a claim in memory only: a later check finds the chat idle and takes it again."""
        claim = self._claims.get(chat or 0)
        if claim is not None and claim.update_id == update_id:
            del self._claims[chat or 0]

    async def _mark_done(self) -> None:
        async with self._marking:
            done, self._done = self._done, {}
            if not done:
                return
            asked_at, goes_on = machine_seconds(), not (self._search.is_alone or self._is_ending)
            try:
                async with self._database.write() as connection:
                    following = await finish_updates(connection, done, self._owner, goes_on=goes_on)
            except BaseException:
                self._done = done | self._done  # the next check tries again
                raise
            for chat, number in done.items():
                claim = self._claims.get(chat)
                if claim is not None and claim.update_id == number:
                    del self._claims[chat]
        for one in following:
            await self.begin(one, asked_at)

    @property
    def claimed(self) -> Collection[int]:
        return self._claims.keys()

    @property
    def is_at_work(self) -> bool:
        return bool(self._in_work)

    def waiting_of(self, chat_id: int) -> int:
        """Return how many updates of a chat of this process wait behind the one in work."""
        claim = self._claims.get(chat_id)
        return claim.count - 1 if claim else 0

    @property
    def backlog(self) -> int:
        """Return how many updates waited in the database a moment ago."""
        return self._search.in_all

    async def reload(self, bot: ExtBot[Any]) -> int:
        """Share the updates that a process kept when it was alone; return how many wait in all."""
        self._bot = bot
        return await share_left_over(self._database, bot)

    async def run(self, bot: ExtBot[Any]) -> None:
        """Renew the claims, and look each second for chats that no process handles, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._repeat(self._renew, _RENEW_SECONDS))
            tasks.create_task(self._repeat(self._take_unhandled, _CHECK_SECONDS))

    async def _repeat(self, do: Callable[[], Awaitable[None]], seconds: float) -> None:
        is_cut = False
        while True:
            with log_errors("updates"):
                try:
                    await do()
                    is_cut = False
                except StorageError as error:
                    self._search.wait_for_others()
                    if not is_cut:
                        _log.warning("the database does not answer; chats wait", error=str(error))
                    is_cut = True
            await asyncio.sleep(seconds)

    async def _renew(self) -> None:
        """Extend the claims; drop those that another process took over."""
        claims, asked_at = dict(self._claims), machine_seconds()
        if not claims:
            return
        async with self._database.write() as connection:
            ours = await renew_claims(connection, claims, self._owner)
        for chat, claim in claims.items():
            if chat in ours:
                claim.sure_until = asked_at + _SURE_SECONDS
            elif self._claims.get(chat) is claim:
                del self._claims[chat]

    async def _take_unhandled(self) -> None:
        await self._mark_done()
        if not self._is_ending:
            await self._search.take_unhandled()

    def end(self) -> None:
        """Queue nothing more; what comes is kept for the others."""
        self._is_ending = True

    async def release(self) -> None:
        """Release the chats for the other processes."""
        self.end()
        with log_errors("updates"):
            await self._mark_done()
        async with self._database.write() as connection:
            await release_claims(connection, self._owner)
