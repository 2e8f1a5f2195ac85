"""The log of changed articles, which the search index follows.

A row is written in the transaction that changes an article, so none is missed. Rows are read in the order
(transaction, id): on PostgreSQL only those of transactions older than every one still open, because a later
number may be committed first. SQLite has one writer, and its order is that of the ids.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, insert, literal_column, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import chunks, is_postgres
from storage.tables import article_changes

_KEPT = 1_000_000  # changes; an index that is further behind is built anew
_c = article_changes.c
_OWN_TRANSACTION: ColumnElement[int] = literal_column("pg_current_xact_id()::text::bigint")
_OLDEST_OPEN: ColumnElement[int] = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


@dataclass(frozen=True, slots=True)
class Position:
    """A row of the log: everything up to it has been looked at. The first one is before every row."""

    transaction_id: int = 0
    id: int = 0
    mark: int = 0


START = Position()


async def write_changes(connection: AsyncConnection, article_ids: Collection[int]) -> None:
    """Write down that these articles were processed, changed or deleted."""
    own = _OWN_TRANSACTION if is_postgres(connection) else 0
    mark = secrets.randbits(62)
    for batch in chunks(list(article_ids), 1_000):
        rows = [{"article_id": article_id, "mark": mark} for article_id in batch]
        await connection.execute(insert(article_changes).values(transaction_id=own), rows)


async def find_head(connection: AsyncConnection) -> Position:
    """Return the last row of the log that can be read."""
    newest = select(_c.transaction_id, _c.id, _c.mark).where(_is_settled(connection))
    newest = newest.order_by(_c.transaction_id.desc(), _c.id.desc()).limit(1)
    row = (await connection.execute(newest)).first()
    return Position(*row) if row else START


async def is_known(connection: AsyncConnection, position: Position) -> bool:
    """Tell whether the log holds this very row: a log of another past does not."""
    if position == START:
        oldest = await connection.execute(select(func.min(_c.id)))
        return (oldest.scalar_one() or 1) == 1
    here = _c.id == position.id, _c.transaction_id == position.transaction_id, _c.mark == position.mark
    return (await connection.execute(select(_c.id).where(*here))).first() is not None


async def find_changed(
    connection: AsyncConnection, after: Position, limit: int
) -> tuple[list[int], Position]:
    """Return the articles of at most `limit` rows after a position, and the position of the last row."""
    place = tuple_(_c.transaction_id, _c.id)
    later = select(_c.transaction_id, _c.id, _c.mark, _c.article_id).where(
        place > (after.transaction_id, after.id), _is_settled(connection)
    )
    rows = (await connection.execute(later.order_by(_c.transaction_id, _c.id).limit(limit))).all()
    if not rows:
        return [], after
    return list(dict.fromkeys(row.article_id for row in rows)), Position(*rows[-1][:3])


async def count_after(connection: AsyncConnection, position: Position) -> int:
    """Return how many changes were written after a position."""
    place = tuple_(_c.transaction_id, _c.id)
    later = select(func.count()).where(place > (position.transaction_id, position.id))
    return (await connection.execute(later)).scalar_one()


async def prune_changes(connection: AsyncConnection) -> None:
    """Delete changes that no index should still have to follow."""
    newest = (await connection.execute(select(func.max(_c.id)))).scalar_one() or 0
    await connection.execute(delete(article_changes).where(_c.id < newest - _KEPT))


def _is_settled(connection: AsyncConnection) -> ColumnElement[bool]:
    return _c.transaction_id < _OLDEST_OPEN if is_postgres(connection) else true()
