"""Copy a whole database into another one, SQLite or PostgreSQL, while no bot works with either.

Tables are copied one after the other, in pages by primary key. Each page is one transaction of the target,
which also stores the position, so the next run continues. Until the copy is whole and verified, the target
has no schema revision of ours, so that no bot opens it.

Rows of running processes are not copied, nor is the log that the search index follows. The target's index is
built again: its new log begins with the number 2, which no index of an empty database has read.
"""

import asyncio
import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import asyncpg
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.deliveries import make_months
from storage.engine import Database, is_postgres
from storage.errors import StorageError, without_values
from storage.processes.leases import find_live_owners
from storage.tables import (
    admissions,
    article_changes,
    chat_claims,
    leases,
    messages,
    metadata,
    processes,
    senders,
)
from storage.upkeep.comparing import (
    FIRST_ROWS,
    Rows,
    TableHash,
    count_rows,
    find_page,
    next_limit,
    pages,
    position_of,
)
from storage.upkeep.upgrade import UNFINISHED_COPY, find_revision, head_revision, upgrade

_OWN = (leases, processes, senders, chat_claims, admissions, article_changes)  # each database has its own
COPIED = tuple(table for table in metadata.sorted_tables if table not in _OWN)

_own = MetaData()
_progress = Table(  # in the target, while the copy is unfinished
    "copy_progress",
    _own,
    Column("name", Text, primary_key=True),  # of a table
    Column("source", Text, nullable=False),  # the place that is copied
    Column("position", Text),  # the primary key of the last row copied, as JSON; null: none yet
    Column("rows", BigInteger, nullable=False),
    Column("is_done", Boolean, nullable=False),
)
_revision = Table("alembic_version", MetaData(), Column("version_num", Text, primary_key=True))

Side = Literal["source", "target"]
Why = Literal[
    "same place", "running", "no schema", "other schema", "unfinished source", "not empty", "other source",
    "another copy", "values", "differs",
]  # fmt: skip


class CopyError(StorageError):
    """The copy is refused or stopped. `why` is the reason, on which `side`, at what place (`detail`)."""

    def __init__(self, why: Why, side: Side, detail: str = "") -> None:
        super().__init__(f"copy: {why} ({side}) {detail}")
        self.why = why
        self.side = side
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the rows of a table are copied, or compared."""

    is_comparing: bool
    table: str
    done: int
    total: int


Show = Callable[[Progress], None]
IsGone = Callable[[str], bool]


async def copy_database(
    source: Database, target: Database, *, now: dt.datetime, is_gone: IsGone, on_progress: Show
) -> dict[str, TableHash]:
    """Copy `source` into `target`, or continue an unfinished copy; return the hash of each table.

    A whole copy is only compared again: the command may have been killed before it said that it was done.
    `is_gone` tells whether the process that owns a lease has certainly ended.

    Raises:
        CopyError: a bot runs, the schemas differ, the target holds other rows, or the copy is not equal.
    """
    await _check_source(source, target, is_gone)
    if await _is_whole(source, target):
        return await _compare(source, target, on_progress)
    await _begin(source, target, now)
    for table in COPIED:
        await _copy_table(source, target, table, on_progress)
    hashes = await _compare(source, target, on_progress)
    await _check_stopped(source, "source", is_gone)
    await _finish(target)
    return hashes


async def _check_source(source: Database, target: Database, is_gone: IsGone) -> None:
    if source.place == target.place:
        raise CopyError("same place", "target", target.place)
    revision = await find_revision(source)
    if revision == UNFINISHED_COPY:
        raise CopyError("unfinished source", "source")
    if revision is None:
        raise CopyError("no schema", "source")
    if revision != head_revision():
        raise CopyError("other schema", "source", revision)
    await _check_stopped(source, "source", is_gone)
    if await find_revision(target) == head_revision():
        await _check_stopped(target, "target", is_gone)


async def _check_stopped(database: Database, side: Side, is_gone: IsGone) -> None:
    async with database.read() as connection:
        for owner in await find_live_owners(connection):
            if not is_gone(owner):
                raise CopyError("running", side, owner)


async def _is_whole(source: Database, target: Database) -> bool:
    """Tell whether each table of the target has as many rows as the source's."""
    if await find_revision(target) != head_revision():
        return False
    for table in COPIED:
        if await count_rows(target, table) != await count_rows(source, table):
            return False
    return True


async def _begin(source: Database, target: Database, now: dt.datetime) -> None:
    """Make the target's tables and mark it as unfinished, or check that it is a copy of `source`."""
    revision = await find_revision(target)
    if revision == UNFINISHED_COPY:
        async with target.read() as connection:
            begun = (await connection.execute(select(_progress.c.source).limit(1))).scalar_one()
        if begun != source.place:
            raise CopyError("other source", "target", begun)
        return
    if revision not in (None, head_revision()):
        raise CopyError("other schema", "target", revision or "")
    await upgrade(target, now=now)
    async with source.read() as connection:
        last = (await connection.execute(select(func.max(messages.c.id)))).scalar_one_or_none()
    async with target.write() as connection:
        await make_months(connection, up_to=last or 0)
        for own in (leases, processes, senders):
            await connection.execute(delete(own))
        for table in metadata.sorted_tables:
            if (await connection.execute(select(literal(1)).select_from(table).limit(1))).first():
                raise CopyError("not empty", "target", table.name)
        await connection.run_sync(_own.create_all)
        begun_rows = [
            {"name": table.name, "source": source.place, "rows": 0, "is_done": False} for table in COPIED
        ]
        await connection.execute(insert(_progress), begun_rows)
        await connection.execute(update(_revision).values(version_num=UNFINISHED_COPY))


async def _copy_table(source: Database, target: Database, table: Table, on_progress: Show) -> None:
    async with target.read() as connection:
        known = (await connection.execute(select(_progress).where(_progress.c.name == table.name))).one()
    position, done, limit = known.position, known.rows, FIRST_ROWS
    total = await count_rows(source, table)
    while not known.is_done:
        async with source.read() as connection:
            rows = await find_page(connection, table, position, limit)
        reached = position_of(table, rows[-1]) if rows else position
        async with target.write() as connection:
            await _move(connection, table, position, reached, done + len(rows), is_done=not rows)
            if rows:
                await _write(connection, table, rows)
        if not rows:
            return
        position, done, limit = reached, done + len(rows), next_limit(rows)
        on_progress(Progress(False, table.name, done, max(done, total)))


async def _move(
    connection: AsyncConnection, table: Table, old: str | None, new: str | None, rows: int, *, is_done: bool
) -> None:
    """Move the stored position on. Raises CopyError if another copy moved it: two must not mix."""
    p = _progress.c
    here = (p.name == table.name) & p.position.is_not_distinct_from(old) & ~p.is_done
    moved = update(_progress).where(here).values(position=new, rows=rows, is_done=is_done)
    if (await connection.execute(moved)).rowcount != 1:
        raise CopyError("another copy", "target")


async def _write(connection: AsyncConnection, table: Table, rows: Rows) -> None:
    names = [column.name for column in table.c]
    place = f"{table.name} {position_of(table, rows[0])} … {position_of(table, rows[-1])}"
    if not is_postgres(connection):
        await connection.execute(
            insert(_as_text(table)), [dict(zip(names, row, strict=True)) for row in rows]
        )
        return
    driver: Any = (await connection.get_raw_connection()).driver_connection
    try:
        await driver.copy_records_to_table(table.name, records=rows, columns=names)
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, OverflowError) as error:
        raise CopyError("values", "target", place) from without_values(error)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise StorageError.of(error) from without_values(error)


@cache
def _as_text(table: Table) -> Table:
    """Return the table with JSON as text, so that it is written as it was read."""
    columns = [Column(c.name, Text() if isinstance(c.type, JSON) else c.type) for c in table.c]
    return Table(table.name, MetaData(), *columns)


async def _compare(source: Database, target: Database, on_progress: Show) -> dict[str, TableHash]:
    """Return the hash of each table, read again from both. Raises CopyError if any two differ."""
    hashes, unequal = dict[str, TableHash](), list[str]()
    for table in COPIED:
        ours, theirs = await asyncio.gather(
            _hash(source, table, on_progress), _hash(target, table, lambda _: None)
        )
        hashes[table.name] = ours
        if ours != theirs:
            unequal.append(table.name)
    if unequal:
        raise CopyError("differs", "target", ", ".join(unequal))
    return hashes


async def _hash(database: Database, table: Table, on_progress: Show) -> TableHash:
    found, total = TableHash(), await count_rows(database, table)
    async for rows in pages(database, table):
        found = found.with_rows(rows)
        on_progress(Progress(True, table.name, found.rows, total))
    return found


async def _finish(target: Database) -> None:
    """Set PostgreSQL's sequences, begin the log of changes, and set the revision: bots may open it now."""
    first = {"id": 2, "article_id": 0, "transaction_id": 0, "mark": secrets.randbits(62)}
    async with target.write() as connection:
        await connection.execute(insert(article_changes).values(first))
        if is_postgres(connection):
            await connection.run_sync(_set_sequences)
        await connection.run_sync(_own.drop_all)
        await connection.execute(update(_revision).values(version_num=head_revision()))


def _set_sequences(connection: Connection) -> None:
    """Let each sequence go on after the highest number of its table."""
    for table in metadata.sorted_tables:
        for key in table.primary_key:
            sequence = connection.execute(
                select(func.pg_get_serial_sequence(table.name, key.name))
            ).scalar_one()
            highest = connection.execute(select(func.max(key))).scalar_one() if sequence else None
            if highest is not None:
                connection.execute(select(func.setval(sequence, highest)))
