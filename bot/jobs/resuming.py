"""Pauses that end by themselves: the chats whose time has come get digests again."""

import structlog

from bot.chat.settings.choices import join
from bot.news.services import Services
from bot.process.metrics import log_errors
from storage.subscribers import find_rested, find_subscriber, set_status

_MOST = 10_000  # in one tick
_BATCH = 500
_log = structlog.get_logger(__name__)


async def resume_rested(services: Services) -> int:
    """Make every chat whose pause is over active again; return how many were made so."""
    resumed = 0
    while resumed < _MOST:
        async with services.database.read() as connection:
            chats = await find_rested(connection, now=services.clock.now(), limit=_BATCH)
        before = resumed
        for chat_id in chats:
            with log_errors("resuming", chat=chat_id):
                resumed += await _resume(services, chat_id)
        if resumed == before:
            break
    if resumed:
        _log.info("pauses ended", chats=resumed)
    return resumed


async def _resume(services: Services, chat_id: int) -> bool:
    now = services.clock.now()
    async with services.database.write() as connection:
        subscriber = await find_subscriber(connection, chat_id)
        if subscriber is None or subscriber.status != "paused" or subscriber.paused_until is None:
            return False  # it was resumed, left or paused anew in the meantime
        if subscriber.paused_until > now:
            return False
        await join(connection, subscriber.choices, services.newsroom, now=now)
        await set_status(connection, chat_id, "active", now=now)
    return True
