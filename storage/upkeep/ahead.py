"""Rows that wait for a moment which no right clock can have given them: they wait no longer.

A wall clock that is far ahead for a while dates waits by its word: the end of quiet hours, of a chat's wait,
of a source's pause. When the clock is right again, those would hold for as long as it was wrong.
"""

import datetime as dt

from sqlalchemy import ColumnElement, Table, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.refusals import find_limit, lift_limit
from storage.delivery.states import DeliveryStatus
from storage.tables import deliveries, subscribers, watch_hits, web_sources

_LONGEST_WEEK = dt.timedelta(days=8)
FURTHEST = dt.timedelta(days=3)  # quiet hours take a day at most, a chat's wait two, a source's pause one


async def end_impossible_waits(connection: AsyncConnection, *, now: dt.datetime) -> int:
    """End the waits that last longer than any can; return how many did. `now` must be of a right clock."""
    far = now + FURTHEST
    d, s, h, w = deliveries.c, subscribers.c, watch_hits.c, web_sources.c
    waits: list[tuple[Table, list[ColumnElement[bool]], dict[str, dt.datetime | None]]] = [
        (deliveries, [d.status == DeliveryStatus.PENDING, d.not_before > far], {"not_before": now}),
        (watch_hits, [h.alerted_at.is_(None), h.not_before > far], {"not_before": now}),
        (subscribers, [s.held_until > far], {"held_until": None, "told_at": None}),
        (web_sources, [w.next_at > far], {"next_at": now}),
        # One that is late by days is left out, and the next one dated anew: see bot.jobs.recapping.
        (subscribers, [s.weekly_at > now + _LONGEST_WEEK], {"weekly_at": now - FURTHEST}),
    ]
    ended = 0
    for table, wait, values in waits:
        ended += (await connection.execute(update(table).where(*wait).values(values))).rowcount
    limited_until = await find_limit(connection)
    if limited_until is not None and limited_until > far:
        await lift_limit(connection)
        ended += 1
    return ended
