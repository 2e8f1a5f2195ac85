"""How many articles matched a question on each of the last days, and the best one of each."""

import datetime as dt
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.search.model import NO_FILTERS, Filters
from storage.search.rank import judged
from storage.search.reader import reader_of
from storage.threads import SEARCH
from summarizer.questions.query import Query

_WINDOW = 300  # matches that are read
Day = tuple[dt.date, int, int | None]


async def matches_by_day(
    connection: AsyncConnection,
    query: Query,
    *,
    now: dt.datetime,
    zone: str | dt.tzinfo,
    filters: Filters = NO_FILTERS,
    days: int = 30,
) -> tuple[Day, ...]:
    """Count the articles with all words in title or sapo on each of the last `days` local days, oldest first.

    A day is given with its count and the id of its best article, None where nothing matched. Only the newest
    few hundred matches are looked at; days before the oldest of these are left out.
    """
    zone = ZoneInfo(zone) if isinstance(zone, str) else zone
    last = now.astimezone(zone).date()
    first = last - dt.timedelta(days=days - 1)
    begin = dt.datetime.combine(first, dt.time(), zone).astimezone(dt.UTC)
    since = max(filters.since, begin) if filters.since else begin
    narrowed = Filters(filters.source_names, filters.topics, since, filters.until or now)
    reader = await reader_of(connection, query, narrowed, now)
    hits, total = await reader.newest(_WINDOW)
    ranked = await SEARCH.run(judged, hits, reader.groups, now=now)
    own = [one for one in ranked if one.is_own]
    on_day: dict[dt.date, list[int]] = {}
    for one in own or ranked:
        on_day.setdefault(one.hit.at.astimezone(zone).date(), []).append(one.hit.article_id)
    if total > len(hits) and on_day:
        first = min(on_day)
    shown = [first + dt.timedelta(days=day) for day in range((last - first).days + 1)]
    return tuple((day, len(on_day.get(day, ())), next(iter(on_day.get(day, ())), None)) for day in shown)
