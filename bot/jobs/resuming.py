"""Pauses that end by themselves: the chats whose time has come get digests again."""

import structlog

from bot.chat.settings.choices import join
from bot.news.services import Desk
from bot.process.metrics import contained
from storage.subscribers import find_rested, find_subscriber, set_status

_MOST = 10_000  # in one tick
_BATCH = 500
_log = structlog.get_logger(__name__)


async def resume_rested(desk: Desk) -> int:
    """Make every chat whose pause is over active again; return how many were made so."""
    resumed = 0
    while resumed < _MOST:
        async with desk.database.read() as connection:
            chats = await find_rested(connection, now=desk.clock.now(), limit=_BATCH)
        before = resumed
        for chat_id in chats:
            with contained("resuming", chat=chat_id):
                resumed += await _resume(desk, chat_id)
        if resumed == before:
            break
    if resumed:
        _log.info("pauses ended", chats=resumed)
    return resumed


async def _resume(desk: Desk, chat_id: int) -> bool:
    now = desk.clock.now()
    async with desk.database.write() as connection:
        subscriber = await find_subscriber(connection, chat_id)
        if subscriber is None or subscriber.status != "paused" or subscriber.paused_until is None:
            return False  # it was resumed, left or paused anew in the meantime
        if subscriber.paused_until > now:
            return False
        await join(connection, subscriber.choices, desk.newsroom, now=now)
        await set_status(connection, chat_id, "active", now=now)
    return True
