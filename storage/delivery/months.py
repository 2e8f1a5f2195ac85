"""The ledger by month, on PostgreSQL: a partition of `deliveries` for the messages of each month.

Partitions are ranges of message numbers, so that a subscriber's copy of a message stays unique whatever the
month. When a month begins, the numbers go on in the next range. A month that is old goes as a whole, in
milliseconds; to delete its rows one by one costs minutes, and leaves room that only a vacuum finds.

On SQLite the ledger is one table, and nothing here does anything.
"""

import datetime as dt

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import is_postgres
from storage.tables import messages

IDS = 10_000_000_000  # message numbers of one partition, as in schema 0302
_YOUNG = dt.timedelta(days=3)  # a range that began lately goes on over the turn of the month
_PATIENCE = text("SET LOCAL lock_timeout = '3s'")  # whoever works with the ledger must not wait for long
_PARTS = text(
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
    " WHERE i.inhparent = 'deliveries'::regclass"
)


async def find_months(connection: AsyncConnection) -> list[int]:
    """Return the numbers of the partitions that there are, in order; none on SQLite."""
    if not is_postgres(connection):
        return []
    names = (await connection.execute(_PARTS)).scalars()
    return sorted(int(name.rpartition("_")[2]) for name in names)


async def begin_month(connection: AsyncConnection, *, now: dt.datetime) -> bool:
    """Where the messages' numbers are of an earlier month, let them go on in the next partition.

    Returns whether that was done. The partition after that one is made ready. `now` must be of a right clock.
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
    """Make the partitions for messages up to the number `up_to`, and one more, where they are missing."""
    months = await find_months(connection)
    for number in range(months[-1] + 1, up_to // IDS + 2) if months else ():
        bounds = f"FROM ({number * IDS}) TO ({(number + 1) * IDS})"
        await connection.execute(
            text(f"CREATE TABLE deliveries_{number} PARTITION OF deliveries FOR VALUES {bounds}")
        )


async def drop_month(connection: AsyncConnection, *, before: dt.datetime) -> bool:
    """Drop the oldest partition if all its messages are from before `before`; return whether it was.

    The messages stay: they and their issues are deleted like all others, with nothing that hangs on them.
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
    """Return the number from which messages go by the month only; None on SQLite, where all go by the day.

    Those of the first partition, which is older than the months, go by the day as well.
    """
    months = await find_months(connection)
    return max(months[0], 1) * IDS if months else None
