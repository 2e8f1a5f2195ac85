"""Counts for the operator: what is stored, who listens, what was sent."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import subscribers as people
from storage.articles import count_waiting
from storage.delivery import deliveries as ledger
from storage.delivery import outlook
from storage.delivery.outlook import Outcomes, Queue
from storage.delivery.retractions import count_batches
from storage.inbox import find_refusals
from storage.tables import articles, stories
from storage.updates import count_set_aside


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts; those by status are of what changed since the moment asked for, subscribers are all.

    `issues` counts those of one edition and slot as one, as operators do.
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
    outcomes: Outcomes
    refusals: list[tuple[str, str, str]]
    updates_set_aside: int

    def as_dict(self) -> dict[str, Any]:
        """Return the counts under their names, refusals as objects."""
        named = [{"source": s, "path": p, "reason": r} for s, p, r in self.refusals]
        counts = asdict(self) | {"refusals": named, "delivery": outlook.as_dict(self.queue, self.outcomes)}
        return {name: value for name, value in counts.items() if name not in ("queue", "outcomes")}


async def gather_stats(connection: AsyncConnection, *, since: dt.datetime, now: dt.datetime) -> Stats:
    """Count everything once; what has a time, since `since`."""
    a = articles.c
    count_articles = select(func.count()).select_from(articles)
    return Stats(
        articles=(await connection.execute(count_articles)).scalar_one(),
        articles_waiting=await count_waiting(connection),
        articles_new=(await connection.execute(count_articles.where(a.stored_at >= since))).scalar_one(),
        stories=(await connection.execute(select(func.count()).select_from(stories))).scalar_one(),
        subscribers=await people.count_by_status(connection),
        issues=await count_batches(connection, since=since),
        deliveries=await ledger.count_by_status(connection, since=since),
        deliveries_waiting=await ledger.count_waiting(connection),
        queue=await outlook.look_at_queue(connection, now=now),
        outcomes=await outlook.count_outcomes(connection, since=since, now=now),
        refusals=await find_refusals(connection, limit=5),
        updates_set_aside=await count_set_aside(connection),
    )
