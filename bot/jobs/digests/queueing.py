"""When readers may get a queued message, and the readers of large issues, queued in parts."""

import datetime as dt

import structlog

from bot.news.services import Services
from bot.times.schedule import QuietHours
from storage.delivery.fanouts import queue_part
from storage.delivery.messages import Release

_log = structlog.get_logger(__name__)


def release_in(zone: str, now: dt.datetime) -> Release:
    """Return when readers in `zone` may get a message that is queued now."""
    return lambda start, end: QuietHours(start, end).release(now, zone)


async def queue_rest(services: Services) -> int:
    """Queue the readers of issues that have too many for one transaction; return how many deliveries.

    A part that another process is queueing is left to it. After a kill the next call goes on.
    """
    queued = 0
    while True:
        async with services.database.write() as connection:
            part = await queue_part(connection, release_in)
        if part is None:
            break
        queued += part
    if queued:
        _log.info("readers queued in parts", queued=queued)
    return queued
