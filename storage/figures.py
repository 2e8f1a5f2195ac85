"""The latest daily figures of each source."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.intake.figure_rows import Figure
from storage.tables import figures

_MOST = 2_000
_F = figures.c


@dataclass(frozen=True, slots=True)
class SourcedFigure:
    """A figure and the source that gave it."""

    source: str
    figure: Figure


async def replace_figures(connection: AsyncConnection, source: str, given: Sequence[Figure]) -> int:
    """Replace the figures of a source; return how many are new."""
    before = {one.figure for one in await find_figures(connection, source=source)}
    await connection.execute(delete(figures).where(_F.source == source))
    rows = [
        {
            "source": source, "label": one.label, "position": position, "name": one.name,
            "place": one.place, "value": one.value, "unit": one.unit, "at": one.at,
        }
        for position, one in enumerate(given)
    ]  # fmt: skip
    if rows:
        await connection.execute(insert(figures), rows)
    return len(set(given) - before)


async def find_figures(
    connection: AsyncConnection, *, source: str | None = None, since: dt.datetime | None = None
) -> list[SourcedFigure]:
    """Return the figures in the order of each source; with `since`, those of that time or later."""
    query = select(figures).order_by(_F.source, _F.position).limit(_MOST)
    if source is not None:
        query = query.where(_F.source == source)
    if since is not None:
        query = query.where(_F.at >= since)
    return [
        SourcedFigure(row.source, Figure(row.name, row.value, row.unit, row.at, row.place))
        for row in await connection.execute(query)
    ]
