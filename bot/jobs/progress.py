"""A broadcast's progress: one message to each admin, edited in place while it runs.

Only broadcasts of half a minute and more are shown. An edit every fifteen seconds takes nothing that readers
would notice. It is kept in memory: after a restart what is left is shown in a new message.
"""

import time
from dataclasses import dataclass, field

import structlog
from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.desk import Desk
from bot.operators import delivery_notices as notices
from storage.delivery.outlook import FULL_RATE, Queue, find_oldest_due

_SHORTEST_SECONDS = 30.0
_EDIT_SECONDS = 15.0
_MOST_ADMINS = 5  # who are shown it; alerts go to all
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Broadcast:
    """One that is shown: its title, where the count began, and the message in each admin's chat."""

    title: str
    sent_before: int
    shown_at: float
    messages: dict[int, int] = field(default_factory=dict)


class BroadcastProgress:
    """Shows how the broadcast under way goes."""

    def __init__(self, desk: Desk, bot: Bot) -> None:
        self._desk = desk
        self._bot = bot
        self._broadcast: _Broadcast | None = None

    async def look(self, queue: Queue, *, sent: int, rate: float, is_paused: bool) -> None:
        """Begin, go on with, or end the message; `sent` counts since the start of the program."""
        broadcast, zone = self._broadcast, self._desk.newsroom.zone
        if broadcast is None:
            if queue.due >= _SHORTEST_SECONDS * FULL_RATE and not is_paused:
                self._broadcast = await self._begin(queue, sent)
        elif not queue.due:
            self._broadcast = None
            done = notices.progress_done(broadcast.title, sent - broadcast.sent_before, queue.at, zone)
            await self._edit(broadcast, done)
        elif time.monotonic() - broadcast.shown_at >= _EDIT_SECONDS:
            broadcast.shown_at = time.monotonic()
            count = sent - broadcast.sent_before
            await self._edit(
                broadcast, notices.progress(broadcast.title, count, queue, rate, zone, is_paused=is_paused)
            )

    async def _begin(self, queue: Queue, sent: int) -> _Broadcast:
        title = await self._find_title(queue)
        broadcast = _Broadcast(title, sent, time.monotonic())
        html = notices.progress(title, 0, queue, FULL_RATE, self._desk.newsroom.zone, is_paused=False)
        for chat_id in sorted(self._desk.admins)[:_MOST_ADMINS]:
            try:
                message = await self._bot.send_message(chat_id, html, parse_mode=ParseMode.HTML)
            except TelegramError as error:
                _log.error("admin not told", chat_id=chat_id, error=str(error))
            else:
                broadcast.messages[chat_id] = message.message_id
        return broadcast

    async def _find_title(self, queue: Queue) -> str:
        async with self._desk.database.read() as connection:
            found = await find_oldest_due(connection, now=queue.at)
        edition = self._desk.newsroom.find_edition(found[0]) if found else None
        return edition.title if edition else (found[0] if found else "")

    async def _edit(self, broadcast: _Broadcast, html: str) -> None:
        for chat_id, message_id in broadcast.messages.items():
            try:
                await self._bot.edit_message_text(html, chat_id, message_id, parse_mode=ParseMode.HTML)
            except TelegramError as error:  # the next edit says more anyway
                _log.debug("progress not shown", chat_id=chat_id, error=str(error))
