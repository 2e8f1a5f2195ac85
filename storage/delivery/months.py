"""The ledger by month, on PostgreSQL: a partition of `deliveries` for the messages of each month.

Partitions are ranges of message ids, because (subscriber, message) must stay unique over all partitions.
When a month begins, ids continue in the next range. An old month is dropped as a whole in milliseconds; to
delete its rows one by one would take minutes and need a vacuum.

On SQLite the ledger is one table, and these functions do nothing.
"""

import datetime as dt

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import is_postgres
from storage.tables import messages

IDS = 10_000_000_000  # message ids of one partition, as in schema 0302
_YOUNG = dt.timedelta(days=3)  # a younger range is used for the next month too
_PATIENCE = text("SET LOCAL lock_timeout = '3s'")  # other users of the ledger wait no longer than this
_PARTS = text(
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
    " WHERE i.inhparent = 'deliveries'::regclass"
)


async def find_months(connection: AsyncConnection) -> list[int]:
    """Return the numbers of the partitions in order; none on SQLite."""
    if not is_postgres(connection):
        return []
    names = (await connection.execute(_PARTS)).scalars()
    return sorted(int(name.rpartition("_")[2]) for name in names)


async def begin_month(connection: AsyncConnection, *, now: dt.datetime) -> bool:
    """If message ids are in the range of an earlier month, continue them in the next partition.

    Return whether that was done. The partition after the next is made too. `now` must come from a correct
    clock.
    """
    if not is_postgres(connection):
        return False
    m = messages.c
    last = (await connection.execute(text("SELECT last_value FROM messages_id_seq"))).scalar_one()
    month = last // IDS
    first = select(m.made_at).where(m.id >= month * IDS).order_by(m.id).limit(1)
    began = (await connection.execute(first)).scalar_one_or_none()
    if began is None or (began.year, began.month) == (now.year, now.month) or now - began < _YOUNG:
        return False
    await connection.execute(_PATIENCE)
    await make_months(connection, up_to=(month + 1) * IDS)
    await connection.execute(text(f"SELECT setval('messages_id_seq', {(month + 1) * IDS})"))
    return True


async def make_months(connection: AsyncConnection, *, up_to: int) -> None:
    """Make the missing partitions for messages up to the id `up_to`, and one more."""
    months = await find_months(connection)
    for number in range(months[-1] + 1, up_to // IDS + 2) if months else ():
        bounds = f"FROM ({number * IDS}) TO ({(number + 1) * IDS})"
        await connection.execute(
            text(f"CREATE TABLE deliveries_{number} PARTITION OF deliveries FOR VALUES {bounds}")
        )


async def drop_month(connection: AsyncConnection, *, before: dt.datetime) -> bool:
    """Drop the oldest partition if all its messages were made before `before`; return whether it was.

    Its messages and issues, which then have no deliveries, are deleted later like all others.
    """
    m = messages.c
    months = await find_months(connection)
    if len(months) < 3:  # the current one and the next
        return False
    last = (await connection.execute(text("SELECT last_value FROM messages_id_seq"))).scalar_one()
    oldest = months[0]
    newest = select(m.made_at).where(m.id < (oldest + 1) * IDS).order_by(m.id.desc()).limit(1)
    made_at = (await connection.execute(newest)).scalar_one_or_none()
    if oldest >= last // IDS or (made_at is not None and made_at >= before):
        return False
    await connection.execute(_PATIENCE)
    await connection.execute(text(f"DROP TABLE deliveries_{oldest}"))
    return True


async def first_kept_message(connection: AsyncConnection) -> int | None:
    """Return the message id from which deliveries are deleted by whole months only; None on SQLite.

    Older deliveries, on SQLite all, are deleted row by row. So are those of the first partition, which is
    older than the partitions by month.
    """
    months = await find_months(connection)
    return max(months[0], 1) * IDS if months else None
