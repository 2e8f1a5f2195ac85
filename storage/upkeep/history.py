"""Counts over days for the operator: how many listen, and what was sent."""

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import and_, func, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import delivery_counts, subscribers


async def listeners_at(connection: AsyncConnection, moments: Sequence[dt.datetime]) -> list[int]:
    """Return how many chats were subscribed at each moment, paused ones included.

    Known is only what a chat's row says today: one that left and came back counts throughout, one that
    deleted its data not at all.
    """
    s = subscribers.c
    counts = [
        func.count().filter(
            and_(s.created_at < moment, not_(and_(s.status == "gone", s.changed_at < moment)))
        )
        for moment in moments
    ]
    row = (await connection.execute(select(*counts).select_from(subscribers))).one()
    return list(row)


async def deliveries_between(
    connection: AsyncConnection, moments: Sequence[dt.datetime]
) -> list[Counter[str]]:
    """Return for each span between two moments (ascending) the finished deliveries of its slots."""
    n = delivery_counts.c
    query = select(n.slot_at, n.sent, n.gone, n.unknown).where(
        n.slot_at >= moments[0], n.slot_at < moments[-1]
    )
    spans = [Counter[str]() for _ in moments[1:]]
    for row in await connection.execute(query):
        spans[bisect_right(moments, row.slot_at) - 1].update(
            sent=row.sent, gone=row.gone, unknown=row.unknown
        )
    return spans
