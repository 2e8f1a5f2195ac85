"""Telegram's updates, durable and in order.

`DurableQueue.put` is awaited before the next getUpdates confirms what was received, so an update is on disk
before Telegram forgets it. `DurableApplication` marks it handled afterwards. `OrderedByChat` lets chats run
beside each other, and one chat's updates one after the other; a tapped button that has to wait says so.
"""

import asyncio
import contextlib
import inspect
import json
from collections.abc import Awaitable
from typing import Any

from telegram import Update
from telegram.error import NetworkError, TelegramError
from telegram.ext import Application, BaseUpdateProcessor, ExtBot

from bot.chat.messages import texts
from bot.failures import contained
from bot.times.clock import Clock
from storage.engine import Database
from storage.errors import StorageError
from storage.updates import find_unhandled, keep_update, mark_handled

_MOST_AT_ONCE = 32
_MOST_WAITING = 4_096
_TAP_SECONDS = 1.5  # a button that turns for longer is tapped again, and Telegram gives it up after fifteen


class DurableQueue(asyncio.Queue[object]):
    """A queue whose updates survive a kill."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__()
        self._database = database
        self._clock = clock

    async def put(self, item: object) -> None:
        """Keep the update, then queue it; one that was seen before is dropped.

        Raises:
            NetworkError: it could not be kept. The poller takes that for a failed poll: it does not confirm
                the update, and asks for it again.
        """
        if isinstance(item, Update):
            try:
                is_new = await self._keep(item)
            except StorageError as error:
                raise NetworkError(f"update {item.update_id} was not kept: {error}") from error
            if not is_new:
                return
        await super().put(item)

    async def _keep(self, update: Update) -> bool:
        async with self._database.write() as connection:
            return await keep_update(connection, update.update_id, update.to_json(), now=self._clock.now())

    async def forget(self, update_id: int) -> None:
        """Mark an update as handled."""
        async with self._database.write() as connection:
            await mark_handled(connection, update_id)

    async def reload(self, bot: ExtBot[Any]) -> int:
        """Queue what an earlier process kept and did not handle; return how many."""
        async with self._database.read() as connection:
            payloads = await find_unhandled(connection)
        for payload in payloads:
            await super().put(Update.de_json(json.loads(payload), bot))
        return len(payloads)


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

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's update before this one and for a free place, then run `coroutine`."""
        key = _chat_of(update)
        before = self._last.get(key)
        done = asyncio.get_running_loop().create_future()
        self._last[key] = done
        try:
            if before is not None:
                await _wait_for(before, update)
            async with self._places:
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
