"""What each source brought day by day, and how much of it reached readers: for operators to compare."""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import articles, issue_stories


@dataclass(frozen=True, slots=True)
class SourceDays:
    """Articles of a source in each span, oldest first, and in a week, of which `told` are in an issue."""

    days: tuple[int, ...]
    week: int
    told: int


async def count_by_day(
    connection: AsyncConnection, moments: Sequence[dt.datetime], *, week: dt.datetime
) -> dict[str, SourceDays]:
    """Count the articles of each declared source between each two of `moments`, which ascend."""
    a = articles.c
    spans = [
        func.coalesce(func.sum(case(((a.stored_at >= start) & (a.stored_at < end), 1), else_=0)), 0)
        for start, end in itertools.pairwise(moments)
    ]
    of_days = select(a.speaker, *spans).where(a.stored_at >= moments[0], a.speaker.is_not(None))
    rows = (await connection.execute(of_days.group_by(a.speaker).limit(500))).all()
    is_told = a.story_id.in_(select(issue_stories.c.story_id))
    of_week = select(a.speaker, func.count(), func.sum(case((is_told, 1), else_=0)))
    of_week = of_week.where(a.stored_at >= week, a.speaker.is_not(None)).group_by(a.speaker).limit(500)
    told = {row[0]: (row[1], int(row[2])) for row in await connection.execute(of_week)}
    return {row[0]: SourceDays(tuple(map(int, row[1:])), *told.get(row[0], (0, 0))) for row in rows}
