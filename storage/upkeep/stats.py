"""Counts for operators: what is stored, how many subscribe, what was sent, now and over days."""

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import and_, func, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import count_waiting
from storage.conversations import count_passed_over, count_set_aside
from storage.delivery import outlook
from storage.delivery.deliveries import count_open
from storage.delivery.outlook import Outcomes, Queue, WaitingIssue
from storage.delivery.refusals import LatestCopies, count_lost_chats, find_latest_copies
from storage.delivery.retractions import count_batches
from storage.delivery.states import count_finished
from storage.sources import StoredRefusal, find_refusals
from storage.tables import articles, delivery_counts, stories, subscribers

_LOST_FOR = dt.timedelta(days=7)
_IN_DELIVERY = ("queue", "waiting_issues", "outcomes", "refused", "lost_chats")


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts. `issues` and `deliveries` are of slots since a moment, but open deliveries are of any slot.

    `issues` counts the issues of one edition and slot as one, as operators do.
    """

    articles: int
    articles_waiting: int
    articles_new: int
    stories: int
    subscribers: dict[str, int]
    issues: dict[str, int]
    deliveries: dict[str, int]
    deliveries_waiting: int
    queue: Queue
    waiting_issues: list[WaitingIssue]
    outcomes: Outcomes
    refusals: list[StoredRefusal]
    refused: list[LatestCopies]
    lost_chats: int
    updates_set_aside: int
    updates_passed_over: int

    def as_dict(self) -> dict[str, Any]:
        """Return the counts under their names, refusals as objects."""
        named = [{"source": s, "path": p, "reason": r} for s, p, r, _ in self.refusals]
        refused = [{"edition": r.edition, "refused": r.refused, "reason": r.reason} for r in self.refused]
        in_delivery = {
            "refused_editions": refused,
            "lost_chats": self.lost_chats,
            "waiting_issues": [one.as_dict() for one in self.waiting_issues],
        }
        counts = asdict(self) | {
            "refusals": named,
            "delivery": outlook.as_dict(self.queue, self.outcomes) | in_delivery,
        }
        return {name: value for name, value in counts.items() if name not in _IN_DELIVERY}


async def gather_stats(connection: AsyncConnection, *, since: dt.datetime, now: dt.datetime) -> Stats:
    """Count everything; new articles, issues and finished deliveries since `since`."""
    a = articles.c
    still_open = await count_open(connection)
    finished = await count_finished(connection, delivery_counts.c.slot_at >= since)
    count_articles = select(func.count()).select_from(articles)
    return Stats(
        articles=(await connection.execute(count_articles)).scalar_one(),
        articles_waiting=await count_waiting(connection),
        articles_new=(await connection.execute(count_articles.where(a.stored_at >= since))).scalar_one(),
        stories=(await connection.execute(select(func.count()).select_from(stories))).scalar_one(),
        subscribers=await count_by_status(connection),
        issues=await count_batches(connection, since=since),
        deliveries={s.value: count for s, count in (still_open | finished.by_status).items()},
        deliveries_waiting=sum(still_open.values()),
        queue=await outlook.look_at_queue(connection, now=now),
        waiting_issues=await outlook.find_waiting_issues(connection),
        outcomes=await outlook.count_outcomes(connection, since=since, now=now),
        refusals=await find_refusals(connection, limit=5),
        refused=[one for one in await find_latest_copies(connection, since=since) if one.is_trouble],
        lost_chats=await count_lost_chats(connection, since=now - _LOST_FOR),
        updates_set_aside=await count_set_aside(connection),
        updates_passed_over=await count_passed_over(connection),
    )


# Counts over days: how many subscribe, and what was sent.


async def listeners_at(connection: AsyncConnection, moments: Sequence[dt.datetime]) -> list[int]:
    """Return how many chats were subscribed at each moment, paused ones included.

    Only the present row of a chat is known: a chat that left and came back counts all the time, a chat that
    deleted its data never.
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
    """Return the finished deliveries of the slots between successive `moments`, which are in order."""
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


async def count_by_status(connection: AsyncConnection) -> dict[str, int]:
    """Return how many subscribers are active, paused and gone."""
    query = select(subscribers.c.status, func.count().label("total")).group_by(subscribers.c.status)
    return {row.status: row.total for row in await connection.execute(query)}
