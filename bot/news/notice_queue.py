"""Queue announcements and corrections for very many readers, part by part."""

import datetime as dt

from sqlalchemy import true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.news.reader_notices import groups_of
from bot.news.services import Services
from bot.times.schedule import release_in
from storage.delivery.message_fanouts import Groups, Rules, queue_messages
from storage.delivery.messages import Release


async def queue_notices(services: Services) -> int:
    """Queue what operators sent to more readers than one transaction queues; return how many deliveries.

    A part that another process is queueing is left to it. After a kill the next call goes on.
    """
    queued, rules = 0, rules_of(services)
    while True:
        async with services.database.write() as connection:
            part = await queue_messages(connection, rules)
        if part is None:
            return queued
        queued += part


def rules_of(services: Services) -> Rules:
    """Return what the newsroom in place says about readers and their quiet hours."""

    async def groups(connection: AsyncConnection, edition: str | None, now: dt.datetime) -> Groups:
        found = await groups_of(connection, services.newsroom, edition, now)
        if edition is None:  # a reader may choose another zone between two statements
            found.append((true(), release_in(services.newsroom.default_edition.schedule.zone, now)))
        return found

    def release_in_edition(name: str, now: dt.datetime) -> Release:
        edition = services.newsroom.find_edition(name) or services.newsroom.default_edition
        return release_in(edition.schedule.zone, now)

    return Rules(groups, release_in_edition)
