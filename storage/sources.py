"""How each polled source fares: what its host said last, when it is due, what is wrong and who was told."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.identity import text_hash
from storage.intake.date_text import DateOrder
from storage.statements import chunks, replacing
from storage.tables import articles, web_sources


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a polled source at `url`.

    `etag`, `last_modified` and `body_hash` name the version taken in last. `tried_at` is the last attempt,
    `fetched_at` the last that succeeded, `new_at` the last that brought something new or changed, in all
    `items`. `gap_seconds` is the longest pause between publications that is usual here. `failures` counts
    attempts in a row that failed, the last of them with `trouble` (a code) and `detail`. `moved_to` is where
    the host says that it lives now. `told` names what the admins were told of and not yet that it is over.
    `date_order` is the order of day and month that the feed's own times proved.
    Of the last answer's items `elsewhere` lead to another host's articles, and `left_out` were too many.
    """

    source: str
    url: str
    next_at: dt.datetime
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    tried_at: dt.datetime | None = None
    fetched_at: dt.datetime | None = None
    new_at: dt.datetime | None = None
    gap_seconds: int | None = None
    items: int = 0
    failures: int = 0
    trouble: str | None = None
    detail: str = ""
    moved_to: str | None = None
    told: tuple[str, ...] = ()
    date_order: DateOrder | None = None
    elsewhere: int = 0
    left_out: int = 0


async def find_source_states(connection: AsyncConnection) -> dict[str, SourceState]:
    """Return what is known of each polled source, by name."""
    rows = await connection.execute(select(web_sources))
    found = (SourceState(**row._mapping) for row in rows)
    return {state.source: _typed(state) for state in found}


def _typed(state: SourceState) -> SourceState:
    order = DateOrder(state.date_order) if state.date_order else None
    return replace(state, told=tuple(state.told), date_order=order)


async def save_source_state(connection: AsyncConnection, state: SourceState) -> None:
    """Write down what is known of a source, in place of what was."""
    values = asdict(state) | {"told": list(state.told)}
    await connection.execute(replacing(connection, web_sources, **values))


async def find_lead_hashes(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, str]:
    """Return `text_hash` of title and sapo alone of each stored article, by its key."""
    a = articles.c
    found: dict[str, str] = {}
    for batch in chunks(keys, 500):
        rows = await connection.execute(select(a.key, a.title, a.sapo).where(a.key.in_(batch)))
        found |= {row.key: text_hash(row.title, row.sapo, "") for row in rows}
    return found
