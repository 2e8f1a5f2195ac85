"""Telegram's updates, durable and in order.

`DurableQueue.keep` writes each update to the database as it came, before the library reads it and before the
next getUpdates confirms it. Reading is a later step, which may fail for one update alone: that one is set
aside. `DurableApplication` marks an update handled afterwards. `OrderedByChat` handles updates as the chats'
turns come; a tapped button that has to wait says so.
"""

import asyncio
import contextlib
import inspect
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog
from telegram import Update
from telegram.error import NetworkError, TelegramError
from telegram.ext import Application, BaseUpdateProcessor, ExtBot

from bot.messages import texts
from bot.process.metrics import UPDATES_SET_ASIDE, log_errors
from bot.telegram.stored_updates import (
    DIED,
    MOST_TRIES,
    Suspects,
    UpdateQueue,
    chat_of,
    count_unhandled,
    is_update,
    parse_update,
    read_update,
)
from bot.telegram.turns import Backlog, Turn, Turns
from bot.times.clock import Clock
from storage.conversations import (
    PASSED_OVER,
    KeptUpdate,
    find_unhandled,
    keep_updates,
    mark_handled,
    set_aside,
)
from storage.engine import Database
from storage.errors import StorageError

_MOST_WAITING = 1_000_000  # no bound: the backlog has its own
_MOST_TOGETHER = 100  # updates that Telegram returns at once
_BEHIND_SECONDS = 3.0  # after a full poll, how long more updates are assumed to wait at Telegram
_SUSPECT_SECONDS = 30.0
_TAP_SECONDS = 1.5  # people tap again when a button shows nothing for longer; Telegram drops it after 15 s
_log = structlog.get_logger(__name__)


class DurableQueue(UpdateQueue):
    """The queue of a process that handles all updates alone. Call `keep` first; `put` queues the new ones."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__()
        self._database = database
        self._clock = clock
        self._open: set[int] = set()  # queued and not yet handled
        self._new: set[int] = set()  # kept by this process and not yet queued
        self._backlog = Backlog()
        self._suspects = Suspects(database, clock)
        self._suspected: list[dict[str, Any]] = []
        self._handled = asyncio.Event()
        self._done: set[int] = set()  # handled and not yet marked
        self._marking = asyncio.Lock()
        self._full_at = float("-inf")  # when a poll last brought as many updates as fit

    async def keep(self, updates: Iterable[object]) -> list[dict[str, Any]]:
        """Write updates to the database as they came; return what the library is to read of each.

        Only the number is left of an update that was seen before, that cannot be read, or that is beyond its
        sender's share: it is confirmed to Telegram, and `put` drops it. An object without a number can be
        neither kept nor confirmed, and is left out. For the poller the poll failed: it confirms none of them
        and asks for them again.

        Raises:
            NetworkError: they could not be kept. For the poller the poll failed: it confirms none of them and
                asks for them again.
        """
        numbered = {each["update_id"]: each for each in updates if is_update(each)}
        self._full_at = time.monotonic() if len(numbered) >= _MOST_TOGETHER else float("-inf")
        if not numbered:
            return []
        kept = [self._to_keep(raw) for raw in numbered.values() if raw["update_id"] not in self._open]
        new: set[int] = set()
        try:
            async with self._database.write() as connection:
                new = await keep_updates(connection, kept, now=self._clock.now())
        except StorageError as error:
            raise NetworkError(f"update {min(numbered)} was not kept: {error}") from error
        finally:
            for one in kept:
                if one.update_id not in new:
                    self._backlog.remove(one.update_id)
        count_unhandled([one for one in kept if one.update_id in new])
        self._new |= {one.update_id for one in kept if one.failure is None} & new
        return [raw if number in self._new else {"update_id": number} for number, raw in numbered.items()]

    def _to_keep(self, raw: dict[str, Any]) -> KeptUpdate:
        """Decide whether an update is to be handled, and count it in the backlog if so."""
        number = raw["update_id"]
        if not self._backlog.has_room(raw):
            return KeptUpdate(number, None, PASSED_OVER)
        _, failure = read_update(raw, None)
        if failure is None:
            self._backlog.add(raw)
        return KeptUpdate(number, json.dumps(raw), failure)

    async def put(self, item: object) -> None:
        """Queue an item, unless it is an update that `keep` did not find new."""
        if isinstance(item, Update):
            if item.update_id not in self._new:
                return
            self._new.discard(item.update_id)
            self._note_queued(item.update_id)
        await super().put(item)

    async def mark_handled(self, update_id: int) -> None:
        """Mark an update as handled, together with those that ended during the previous transaction."""
        self._open.discard(update_id)
        self._backlog.remove(update_id)
        self._progress_at = time.monotonic()
        self._handled.set()
        self._done.add(update_id)
        async with self._marking:
            if update_id not in self._done:
                return
            done, self._done = self._done, set()
            async with self._database.write() as connection:
                await mark_handled(connection, done)

    @property
    def is_behind(self) -> bool:
        return time.monotonic() - self._full_at < _BEHIND_SECONDS

    def _note_queued(self, number: int) -> None:
        if not self._open:
            self._progress_at = time.monotonic()
        self._open.add(number)

    @property
    def is_at_work(self) -> bool:
        return bool(self._open)

    async def reload(self, bot: ExtBot[Any]) -> int:
        """Queue the updates that an earlier process kept and did not handle; return how many.

        Unreadable rows are set aside, and updates at which the bot died again and again. Updates that were
        tried before wait for `run`.
        """
        async with self._database.read() as connection:
            rows = await find_unhandled(connection)
        tried = await self._suspects.begin([number for number, _ in rows])
        left_over: list[dict[str, Any]] = []
        for number, payload in rows:
            raw = parse_update(payload)
            failure = _why_not_again(number, raw, tried[number])
            if raw is not None and failure is None:
                left_over.append(raw)
                continue
            async with self._database.write() as connection:
                await set_aside(connection, number, failure or "")
            UPDATES_SET_ASIDE.inc()
        self._suspected = [raw for raw in left_over if tried[raw["update_id"]]]
        fresh = [raw for raw in left_over if not tried[raw["update_id"]]]
        for raw in fresh:
            await self._queue_again(raw, bot)
        return len(fresh)

    async def _queue_again(self, raw: dict[str, Any], bot: ExtBot[Any]) -> None:
        self._backlog.add(raw)
        self._note_queued(raw["update_id"])
        await super().put(Update.de_json(raw, bot))

    async def run(self, bot: ExtBot[Any], *, most_seconds: float = _SUSPECT_SECONDS) -> None:
        """Handle updates that were left over more than once: one at a time, with no other in work."""
        while self._suspected:
            await self._until_handled(None, most_seconds)
            raw = self._suspected.pop(0)
            number = raw["update_id"]
            _log.warning("an update left over more than once is tried alone", update=number)
            await self._suspects.begin_alone(number)
            await self._queue_again(raw, bot)
            await self._until_handled(number, most_seconds)

    async def _until_handled(self, number: int | None, most_seconds: float) -> None:
        """Wait until this update is handled; None: until all are."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(most_seconds):
                while number in self._open or (number is None and self._open):
                    self._handled.clear()
                    await self._handled.wait()

    async def release(self) -> None:
        """Note that the process ends in the ordinary way: forget the tries of the updates that are left."""
        await self._suspects.forget_tries()


def _why_not_again(number: int, raw: dict[str, Any] | None, tried: int) -> str | None:
    """Say why an update that an earlier process left is not handled, None when it is."""
    if raw is None:
        return "not an update"
    if tried >= MOST_TRIES:
        _log.error("an update at which the bot died is set aside", update=number, tries=tried)
        return DIED
    return read_update(raw, None)[1]


class DurableApplication(Application[Any, Any, Any, Any, Any, Any]):
    """An application that marks each update as handled once its handlers are done."""

    async def process_update(self, update: object) -> None:
        """Run the handlers, and mark the update as handled even if they failed."""
        queue = self.update_queue
        if not isinstance(update, Update) or not isinstance(queue, UpdateQueue):
            await super().process_update(update)
            return
        if not await queue.may_begin(update.update_id):
            return
        await super().process_update(update)
        with log_errors("updates", update=update.update_id):  # if not, a restart handles it again
            await queue.mark_handled(update.update_id)


class OrderedByChat(BaseUpdateProcessor):
    """Handles updates beside each other as the turns of their chats come, never two of one chat."""

    def __init__(
        self, is_behind: Callable[[], bool] = lambda: False, waiting_of: Callable[[int], int] = lambda _: 0
    ) -> None:
        super().__init__(max_concurrent_updates=_MOST_WAITING)
        self._turns = Turns(is_behind, waiting_of)
        self._running: set[asyncio.Task[Any]] = set()
        self._is_ending = False

    async def end(self) -> None:
        """Cancel the running handlers and begin no more; the next start handles their updates."""
        self._is_ending = True
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's turn, then run `coroutine`."""
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        chat = chat_of(update)
        turn = self._turns.ask(chat)
        try:
            if not turn.done():
                await _wait_for(turn, update)
            if not self._is_ending:
                await coroutine
        finally:
            if inspect.iscoroutine(coroutine):
                coroutine.close()  # it never ran if this task is cancelled before its turn
            self._turns.give_back(chat, turn)

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""


async def _wait_for(turn: Turn, update: object) -> None:
    # A plain await would cancel the turn together with this task.
    done, _ = await asyncio.wait([turn], timeout=_TAP_SECONDS)
    if not done and isinstance(update, Update) and update.callback_query is not None:
        with contextlib.suppress(TelegramError):  # the tap is handled in any case
            await update.callback_query.answer(texts.WAIT_FOR_YOUR_TURN)
    await asyncio.wait([turn])
