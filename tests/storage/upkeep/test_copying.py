"""A database copied into another engine: equal row by row, resumable, refused where it could hurt."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)

from storage.engine import Database
from storage.errors import StorageError, UnfinishedCopyError
from storage.processes.leases import LeaseKey, take_lease
from storage.search.rebuild import keep_up
from storage.search.search import search_articles
from storage.tables import (
    articles,
    deliveries,
    leases,
    notes,
    profiles,
    stories,
)
from storage.upkeep import comparing, copying
from storage.upkeep.copying import COPIED, CopyError, Progress, copy_database
from storage.upkeep.upgrade import find_revision, head_revision, upgrade
from summarizer.questions.query import parse_query
from tests.storage.conftest import incoming
from tests.storage.upkeep.filled import NOW, ROWS, copied, fill, raw


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Database]:
    """Return a SQLite database whose file is not there yet."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite3'}")
    yield database
    await database.close()


async def test_there_and_back_every_table_is_equal(
    sqlite_database: Database, postgres_database: Database, empty: Database
) -> None:
    await fill(sqlite_database)
    there = await copied(sqlite_database, postgres_database)
    back = await copied(postgres_database, empty)
    assert there == back
    assert {name: one.rows for name, one in there.items()} == {table.name: ROWS for table in COPIED}
    assert all(one.sum for one in there.values())
    for table in COPIED:
        assert await raw(postgres_database, table) == await raw(sqlite_database, table)
        assert await raw(empty, table) == await raw(sqlite_database, table)
    for database in (postgres_database, empty):
        assert await find_revision(database) == head_revision()
        async with database.write() as connection:
            names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
            new = insert(stories).values(created_at=NOW).returning(stories.c.id)
            assert (await connection.execute(new)).scalar_one() == ROWS + 1
        assert "copy_progress" not in names


async def test_json_that_is_null_and_a_value_that_is_none_stay_two_things(
    sqlite_database: Database, postgres_database: Database, empty: Database
) -> None:
    await fill(sqlite_database)
    await copied(sqlite_database, postgres_database)
    await copied(postgres_database, empty)
    statement = text("SELECT kept IS NULL, CAST(kept AS TEXT) FROM questions ORDER BY id")
    found = []
    for database in (sqlite_database, postgres_database, empty):
        async with database.read() as connection:
            found.append([(bool(is_null), kept) for is_null, kept in await connection.execute(statement)])
    assert found[0] == found[1] == found[2]
    assert (False, "null") in found[0]


@pytest.mark.parametrize("way", ["to postgres", "to sqlite"])
async def test_a_copy_that_is_stopped_after_every_page_ends_equal(
    way: str, sqlite_database: Database, postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = sqlite_database, postgres_database
    if way == "to sqlite":
        source, target = target, source
    for module in (copying, comparing):
        monkeypatch.setattr(module, "FIRST_ROWS", 3)
    await fill(source)
    copied_rows, stops = [], 0

    def stop(step: Progress) -> None:
        if not step.is_comparing:
            copied_rows.append((step.table, step.done))
            raise ConnectionAbortedError

    while stops < 1_000:
        try:
            await copied(source, target, on_progress=stop)
            break
        except ConnectionAbortedError:
            stops += 1
            with pytest.raises(UnfinishedCopyError):
                await upgrade(target, now=NOW)
    assert copied_rows == [(table.name, done) for table in COPIED for done in (3, 4)]
    assert await raw(target, articles) == await raw(source, articles)


async def _run_bot(database: Database) -> None:
    async with database.write() as connection:
        assert await take_lease(connection, LeaseKey("bot", "máy|x|1|2|3"))


@pytest.mark.parametrize("side", ["source", "target"])
async def test_a_running_bot_is_named_and_nothing_is_touched(
    side: str, database: Database, empty: Database
) -> None:
    await upgrade(empty, now=NOW)
    await _run_bot(database if side == "source" else empty)
    with pytest.raises(CopyError) as told:
        await copied(database, empty)
    assert (told.value.why, told.value.side, told.value.detail) == ("running", side, "máy|x|1|2|3")
    assert await find_revision(empty) == head_revision()


async def test_a_bot_that_was_killed_or_whose_lease_ran_out_does_not_count(
    database: Database, empty: Database
) -> None:
    await _run_bot(database)
    async with database.write() as connection:
        past = {"name": "old", "owner": "other", "expires_at": dt.datetime.now(dt.UTC) - dt.timedelta(1)}
        await connection.execute(insert(leases), past)
    await copied(database, empty, is_gone=lambda owner: owner == "máy|x|1|2|3")
    assert await raw(empty, leases) == []


async def test_a_bot_that_starts_meanwhile_is_noticed_before_the_copy_counts(
    sqlite_database: Database, empty: Database
) -> None:
    await fill(sqlite_database)
    copy = copy_database(
        sqlite_database, empty, now=NOW, is_gone=_Second(), on_progress=lambda _: None
    )  # fmt: skip
    await _run_bot(sqlite_database)
    with pytest.raises(CopyError, match="running"):
        await copy
    assert await find_revision(empty) == copying.UNFINISHED_COPY


class _Second:
    """Calls the owner gone the first time it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, owner: str) -> bool:
        self.asked += 1
        return self.asked == 1


async def test_what_changed_in_the_source_meanwhile_is_found(database: Database, empty: Database) -> None:
    await fill(database)

    def stop(step: Progress) -> None:
        if step.table == deliveries.name and not step.is_comparing:
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await copied(database, empty, on_progress=stop)
    async with database.write() as connection:
        await connection.execute(update(articles).where(articles.c.id == 1).values(title="Khác"))
        await connection.execute(delete(notes))
    with pytest.raises(CopyError) as told:
        await copied(database, empty)
    assert (told.value.why, set(told.value.detail.split(", "))) == ("differs", {"articles", "notes"})


async def test_a_target_with_rows_or_of_another_source_is_refused(
    sqlite_database: Database, postgres_database: Database, empty: Database
) -> None:
    async with postgres_database.write() as connection:
        await connection.execute(insert(stories).values(created_at=NOW))
    with pytest.raises(CopyError, match="not empty"):
        await copied(sqlite_database, postgres_database)
    await fill(sqlite_database)

    def stop(_: Progress) -> None:
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await copied(sqlite_database, empty, on_progress=stop)
    with pytest.raises(CopyError, match="other source"):
        await copied(postgres_database, empty)
    with pytest.raises(CopyError, match="unfinished source"):
        await copied(empty, postgres_database)
    with pytest.raises(CopyError, match="same place"):
        await copied(empty, empty)


async def test_the_schema_must_be_of_this_version_on_both_sides(database: Database, empty: Database) -> None:
    with pytest.raises(CopyError, match="no schema"):
        await copied(empty, database)
    await upgrade(empty, now=NOW)
    for one in (empty, database):
        async with one.write() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '0170'"))
        with pytest.raises(CopyError, match=r"other schema .* 0170"):
            await copied(database, empty)


async def test_two_copies_into_one_target_do_not_mix(database: Database, empty: Database) -> None:
    await fill(database)

    async def moved() -> None:
        async with empty.write() as connection:
            await connection.execute(update(copying._progress).values(position="[99]"))

    original: Callable[..., Any] = copying.find_page
    seen = []

    async def other_copy_moves(*given: Any) -> Any:
        rows = await original(*given)
        if not seen:
            seen.append(rows)
            await moved()
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, "find_page", other_copy_moves)
        with pytest.raises(CopyError, match="another copy"):
            await copied(database, empty)


async def test_a_value_that_postgres_cannot_hold_is_placed(
    sqlite_database: Database, postgres_database: Database
) -> None:
    async with sqlite_database.write() as connection:
        await connection.execute(insert(notes).values(name="a", value="nửa\x00chừng", changed_at=NOW))
    with pytest.raises(CopyError, match=r'values .target. notes \["a"\]'):
        await copied(sqlite_database, postgres_database)


async def test_an_index_of_the_empty_target_is_built_anew(
    database: Database, empty: Database, processor: Any
) -> None:
    await upgrade(empty, now=NOW)
    await keep_up(empty)
    await processor(incoming("url:a"), incoming("url:b", title="Nắng đẹp"))
    await copied(database, empty)
    await keep_up(empty)
    async with empty.read() as connection:
        assert len((await search_articles(connection, parse_query("nước"), now=NOW)).ids) == 2


async def test_wide_rows_make_smaller_pages(sqlite_database: Database) -> None:
    assert copying.next_limit([("x" * 1_000_000,)]) == 20
    assert copying.next_limit([(1, 2)]) == 5_000
    async with sqlite_database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(profiles))).scalar_one() == 0
    assert issubclass(CopyError, StorageError)
