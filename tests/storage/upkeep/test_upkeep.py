"""Migrations, back-ups, pruning and the state of intake."""

import datetime as dt
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from storage import migrations
from storage.articles import find_articles
from storage.delivery.issues import Issue, find_last_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.engine import Database
from storage.errors import OutdatedSchemaError, SchemaError, StorageError
from storage.intake.drafts import Refusal
from storage.profiles import Choices, deactivate, find_profile, join_profile
from storage.search.search import search_articles
from storage.sources import find_fingerprints, find_refusals, forget_files, record_refusals, remember_file
from storage.subscribers import set_profile
from storage.tables import metadata
from storage.upkeep.backup import back_up
from storage.upkeep.prune import prune_articles, prune_issues, prune_profiles, prune_rest
from storage.upkeep.upgrade import LAST_BEFORE_BASELINE, find_revision, head_revision, upgrade
from summarizer.questions.query import parse_query
from summarizer.reader_tastes import Taste
from tests.storage.conftest import NOW, Worker, incoming

DAY = dt.timedelta(days=1)


def names_in(folder: Path) -> set[str]:
    """Return the names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


_RENAMED = {"worked_at": "processed_at"}  # columns, since the baseline


def _differences(connection: Connection) -> list[object]:
    options = {"include_object": lambda _, name, *__: re.fullmatch(r"deliveries_\d+.*", name or "") is None}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_the_migrations_make_exactly_the_declared_tables(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(_differences) == []


async def test_an_empty_database_gets_every_table(tmp_path: Path, now: dt.datetime) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    done = await upgrade(database, now=now)
    again = await upgrade(database, now=now)
    await database.close()
    assert (done.before, done.after, done.backup) == (None, head_revision(), None)
    assert not again.has_changed


async def test_a_store_from_before_the_baseline_keeps_every_row(tmp_path: Path, now: dt.datetime) -> None:
    """`data/before_baseline.sql` was made by the migrations that the baseline stands for."""
    file = tmp_path / "before.db"
    script = Path(__file__).with_name("data") / "before_baseline.sql"
    with closing(sqlite3.connect(file)) as store:
        store.executescript(script.read_text("utf-8"))
        before = _rows(store)
    database = Database(f"sqlite+aiosqlite:///{file}")
    done = await upgrade(database, now=now)
    async with database.read() as connection:
        assert await connection.run_sync(_differences) == []
    await database.close()
    assert (done.before, done.after) == ("0160", head_revision())
    assert len(before) > 60
    before = [{_RENAMED.get(name, name): value for name, value in row.items()} for row in before]
    with closing(sqlite3.connect(file)) as store:
        after = _rows(store)
    assert [row for row in before if not any(row.items() <= other.items() for other in after)] == []


def _rows(store: sqlite3.Connection) -> list[dict[str, object]]:
    """Return every row of every table of the program, by column, with the table's name."""
    names = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = []
    for name in set(names) & set(metadata.tables):
        found = store.execute(f"SELECT * FROM {name}")  # noqa: S608 - a table of ours
        columns = [column[0] for column in found.description]
        rows += [{"table": name, **dict(zip(columns, row, strict=True))} for row in found]
    return rows


def test_migrations_import_no_code_of_the_project() -> None:
    for migration in Path(migrations.__file__).parent.glob("versions/[0-9]*.py"):
        imports = re.findall(r"^\s*(?:from|import) (\w+)", migration.read_text("utf-8"), re.MULTILINE)
        assert set(imports) <= {"alembic", "sqlalchemy"}, migration.name


async def test_a_schema_from_before_the_first_release_is_refused_with_what_to_do(
    database: Database, now: dt.datetime
) -> None:
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0080'"))
    with pytest.raises(OutdatedSchemaError, match=LAST_BEFORE_BASELINE):
        await upgrade(database, now=now)
    assert await find_revision(database) == "0080"


async def test_a_newer_schema_is_refused_untouched(database: Database, now: dt.datetime) -> None:
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="9999"):
        await upgrade(database, now=now)
    assert await find_revision(database) == "9999"


async def test_a_backup_is_a_whole_database(sqlite_database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    await back_up(sqlite_database, target)
    with sqlite3.connect(target) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT count(*) FROM articles").fetchone() == (0,)
    copy.close()
    assert names_in(tmp_path) & {"copy.db", "copy.db.part"} == {"copy.db"}


async def test_a_backup_never_overwrites(sqlite_database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("giữ lại")
    with pytest.raises(StorageError, match="exists"):
        await back_up(sqlite_database, target)
    assert target.read_text() == "giữ lại"


async def test_postgres_is_backed_up_by_its_own_tools(postgres_database: Database, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="pg_dump"):
        await back_up(postgres_database, tmp_path / "copy.db")


async def test_pruned_articles_leave_the_index_too(
    database: Database, processor: Worker, now: dt.datetime
) -> None:
    [old] = await processor(incoming("old", title="Bão số chín"), at=NOW - 91 * DAY)
    [kept] = await processor(incoming("new", title="Bão số mười"))
    async with database.write() as connection:
        assert await prune_articles(connection, before=NOW - 90 * DAY) == 1
        await prune_rest(connection, before=NOW - 90 * DAY)
        assert list(await find_articles(connection, [old.id, kept.id])) == [kept.id]
        found = await search_articles(connection, parse_query("bao so"), now=now)
    assert found.ids == (kept.id,)


async def test_pruned_issues_are_gone(database: Database, listener: object, now: dt.datetime) -> None:
    profile = await listener(1)  # type: ignore[operator]  # the fixture is a function
    async with database.write() as connection:
        await record_issue(
            connection, Issue(profile, "sang", now - 91 * DAY, now, IssueStatus.EMPTY), now=now
        )
        await record_issue(connection, Issue(profile, "sang", now, now, IssueStatus.EMPTY), now=now)
        assert await prune_issues(connection, before=now - 90 * DAY) == 1
        assert len(await find_last_issues(connection, profile, limit=9)) == 1


async def test_profiles_that_everybody_left_are_pruned(
    database: Database, listener: object, now: dt.datetime
) -> None:
    left = await listener(1)  # type: ignore[operator]  # the fixture is a function
    async with database.write() as connection:

        async def move(weight: int, **how: bool) -> int:
            choices = Choices("sang", tastes=(Taste("word", "giá vàng", weight),))
            profile = await join_profile(connection, choices, next_due_at=now, now=now)
            await set_profile(connection, 1, profile, now=now, **how)
            return profile

        profiles = [left, await move(1), await move(2, can_go_back=False), await move(3, can_go_back=False)]
        told = await join_profile(connection, Choices("toi"), next_due_at=now, now=now)
        await record_issue(connection, Issue(told, "toi", now, now, IssueStatus.EMPTY), now=now)
        assert await prune_profiles(connection, before=now + DAY) == 0, "they are awake"
        for number in (*profiles, told):
            profile = await find_profile(connection, number)
            assert profile is not None
            await deactivate(connection, profile)
        assert await prune_profiles(connection, before=now) == 0, "they are new"
        assert await prune_profiles(connection, before=now + DAY) == 2
        found = [number for number in (*profiles, told) if await find_profile(connection, number)]
        assert found == [left, profiles[-1], told], "one to go back to, one in use, one with an issue"


async def test_intake_remembers_files_and_refusals(database: Database, now: dt.datetime) -> None:
    async with database.write() as connection:
        await remember_file(connection, "bao", "a.txt", "1:1", now=now)
        await remember_file(connection, "bao", "a.txt", "2:2", now=now)
        assert await find_fingerprints(connection, "bao") == {"a.txt": "2:2"}
        await forget_files(connection, "bao", ["a.txt"])
        assert await find_fingerprints(connection, "bao") == {}
        await record_refusals(
            connection, "bao", [Refusal("b.txt", "trống"), Refusal("b.txt", "hỏng")], now=now
        )
        assert await find_refusals(connection) == [("bao", "b.txt", "hỏng", None)]


async def test_a_server_that_is_not_there_is_a_storage_error_that_may_pass() -> None:
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(StorageError) as caught:
        async with database.read():
            pass
    await database.close()
    assert caught.value.is_transient
