"""Telegram's updates, durable and in order.

`DurableQueue.keep` writes each update to the database as it came, before the library reads it and before the
next getUpdates confirms it. Reading is a later step, which may fail for one update alone: that one is set
aside. `DurableApplication` marks an update handled afterwards. `OrderedByChat` lets chats run beside each
other, and one chat's updates one after the other; a tapped button that has to wait says so.
"""

import asyncio
import contextlib
import inspect
import json
import time
from collections.abc import Awaitable, Iterable
from typing import Any, TypeGuard

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Update
from telegram.error import NetworkError, TelegramError
from telegram.ext import Application, BaseUpdateProcessor, ExtBot

from bot.chat.messages import texts
from bot.failures import contained
from bot.metrics import UPDATES_SET_ASIDE
from bot.times.clock import Clock
from storage.engine import Database
from storage.errors import StorageError
from storage.updates import find_unhandled, keep_update, mark_handled, set_aside

_MOST_AT_ONCE = 32
_MOST_WAITING = 4_096
_TAP_SECONDS = 1.5  # a button that turns for longer is tapped again, and Telegram gives it up after fifteen
_log = structlog.get_logger(__name__)


class DurableQueue(asyncio.Queue[object]):
    """A queue whose updates survive a kill. `keep` comes first; `put` then takes what was new."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__()
        self._database = database
        self._clock = clock
        self._open: set[int] = set()  # queued and not yet handled
        self._progress_at = time.monotonic()
        self._new: set[int] = set()  # kept by this process and not yet queued

    async def keep(self, found: Iterable[object]) -> list[dict[str, Any]]:
        """Write updates to the database as they came; return what the library is to read of each.

        Of one seen before, or set aside as unreadable, that is its bare number: it is confirmed to Telegram,
        and `put` drops it. What has no number can be neither kept nor confirmed, and is left out.

        Raises:
            NetworkError: they could not be kept. The poller takes that for a failed poll: it confirms none,
                and asks for them again.
        """
        numbered = [each for each in found if has_number(each)]
        if not numbered:
            return []
        try:
            async with self._database.write() as connection:
                new = {each["update_id"] for each in numbered if await self._keep(connection, each)}
        except StorageError as error:
            first = numbered[0]["update_id"]
            raise NetworkError(f"update {first} was not kept: {error}") from error
        self._new |= new
        return [each if each["update_id"] in self._new else _bare(each) for each in numbered]

    async def _keep(self, connection: AsyncConnection, raw: dict[str, Any]) -> bool:
        """Keep one update; return whether it is new and can be read."""
        failure = why_unreadable(raw)
        payload, now = json.dumps(raw), self._clock.now()
        is_new = await keep_update(connection, raw["update_id"], payload, now=now, failure=failure)
        if is_new and failure is not None:
            UPDATES_SET_ASIDE.inc()
        return is_new and failure is None

    async def put(self, item: object) -> None:
        """Queue an update that `keep` found new, and whatever is no update."""
        if isinstance(item, Update):
            if item.update_id not in self._new:
                return
            self._new.discard(item.update_id)
            self._note_queued(item.update_id)
        await super().put(item)

    async def forget(self, update_id: int) -> None:
        """Mark an update as handled."""
        self._open.discard(update_id)
        self._progress_at = time.monotonic()
        async with self._database.write() as connection:
            await mark_handled(connection, update_id)

    def _note_queued(self, number: int) -> None:
        if not self._open:
            self._progress_at = time.monotonic()
        self._open.add(number)

    @property
    def seconds_stuck(self) -> float:
        """Return for how long no update was handled although some are queued; 0 when none is."""
        return time.monotonic() - self._progress_at if self._open else 0.0

    async def reload(self, bot: ExtBot[Any]) -> int:
        """Queue what an earlier process kept and did not handle; return how many. Odd rows are set aside."""
        async with self._database.read() as connection:
            rows = await find_unhandled(connection)
        left_over = 0
        for number, payload in rows:
            raw = _parsed(payload)
            failure = "not an update" if raw is None else why_unreadable(raw)
            if raw is not None and failure is None:
                self._note_queued(number)
                await super().put(Update.de_json(raw, bot))
                left_over += 1
            else:
                async with self._database.write() as connection:
                    await set_aside(connection, number, failure or "")
                UPDATES_SET_ASIDE.inc()
        return left_over


def has_number(raw: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether `raw` is an object with the number of an update."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63


def why_unreadable(raw: dict[str, Any]) -> str | None:
    """Say for operators why the library cannot read an update, without its words; None when it can."""
    number = raw["update_id"]
    try:
        update = Update.de_json(raw, None)
        _chat_of(update)
    except Exception as error:  # noqa: BLE001 - one update of a stranger: whatever is odd about it ends here
        failure = f"{', '.join(key for key in raw if key != 'update_id')[:80]}: {type(error).__name__}"
        _log.error("an update cannot be read and is set aside", update=number, failure=failure)
        return failure
    return None


def _bare(raw: dict[str, Any]) -> dict[str, Any]:
    return {"update_id": raw["update_id"]}


def _parsed(payload: str) -> dict[str, Any] | None:
    try:
        found: object = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return found if has_number(found) else None


class DurableApplication(Application[Any, Any, Any, Any, Any, Any]):
    """An application that marks each update as handled once its handlers are done."""

    async def process_update(self, update: object) -> None:
        """Run the handlers; whatever they did, the update is not run again."""
        await super().process_update(update)
        if isinstance(update, Update) and isinstance(self.update_queue, DurableQueue):
            with contained("updates", update=update.update_id):  # at worst it is handled again at a restart
                await self.update_queue.forget(update.update_id)


class OrderedByChat(BaseUpdateProcessor):
    """Up to 32 updates at once, but never two of one chat: a chat that floods waits for itself alone."""

    def __init__(self) -> None:
        super().__init__(max_concurrent_updates=_MOST_WAITING)
        self._last: dict[int, asyncio.Future[None]] = {}
        self._places = asyncio.Semaphore(_MOST_AT_ONCE)
        self._running: set[asyncio.Task[Any]] = set()
        self._is_ending = False

    async def end(self) -> None:
        """Break off what is being handled, and begin nothing more: all of it is handled at the next start."""
        self._is_ending = True
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's update before this one and for a free place, then run `coroutine`."""
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        key = _chat_of(update)
        before = self._last.get(key)
        done = asyncio.get_running_loop().create_future()
        self._last[key] = done
        try:
            if before is not None:
                await _wait_for(before, update)
            async with self._places:
                if not self._is_ending:
                    await coroutine
        finally:
            if inspect.iscoroutine(coroutine):
                coroutine.close()  # when we are stopped before its turn; else it is closed already
            done.set_result(None)
            if self._last.get(key) is done:
                del self._last[key]

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""


async def _wait_for(before: asyncio.Future[None], update: object) -> None:
    # A plain await would cancel it with us.
    done, _ = await asyncio.wait([before], timeout=_TAP_SECONDS)
    if not done and isinstance(update, Update) and update.callback_query is not None:
        with contextlib.suppress(TelegramError):  # a sign only: the tap is obeyed all the same
            await update.callback_query.answer(texts.WAIT_FOR_YOUR_TURN)
    await asyncio.wait([before])


def _chat_of(update: object) -> int:
    if not isinstance(update, Update):
        return 0
    whose = update.effective_chat or update.effective_user
    return whose.id if whose else 0
