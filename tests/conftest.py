"""Real databases for tests: an empty SQLite file, and a database on a real PostgreSQL.

The schema is made once per test process and engine; each test gets a copy.
"""

import _posixsubprocess
import asyncio
import datetime as dt
import itertools
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import settings
from sqlalchemy import URL, Engine, make_url

import storage.engine
from storage.engine import Database
from storage.upkeep.upgrade import upgrade
from tests import forked_children
from tests.collecting import (
    pytest_collection,
    pytest_collection_finish,
    pytest_collection_modifyitems,
)
from tests.fault_report import pytest_sessionstart, pytest_terminal_summary
from tests.loop_watch import watched_loop
from tests.postgres_server import administer, connect, postgres_server
from tests.skip_report import pytest_unconfigure

__all__ = [  # hooks, and a fixture
    "postgres_server",
    "pytest_collection",
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_sessionstart",
    "pytest_terminal_summary",
    "pytest_unconfigure",
]

settings.register_profile("busy", deadline=None)  # a deadline is wall time, which others on the machine use
settings.load_profile("busy")

_LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_numbers = itertools.count()
_schemas: dict[str, str] = {}  # of templates
_engines: dict[str, Engine] = {}  # by dialect: those that made the templates
_END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_SCHEMA = """
    SELECT md5(string_agg(part, ';' ORDER BY part)) FROM (
        SELECT concat_ws(' ', c.relname, a.attname, a.atttypid, a.attnotnull, a.atthasdef) AS part
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
        UNION ALL SELECT proname || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT concat_ws(' ', tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT setconfig::text FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
            WHERE d.datname = current_database()
        UNION ALL SELECT version_num FROM alembic_version
    ) AS parts
"""
_EMPTY = """
    DO $$ DECLARE one record; BEGIN
        PERFORM set_config('session_replication_role', 'replica', true);  -- each table by itself
        FOR one IN SELECT oid::regclass AS name, pg_relation_size(oid) AS bytes FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
        LOOP
            IF one.bytes > 200000 THEN
                EXECUTE format('TRUNCATE %s CASCADE', one.name);  -- a new file: slower for few rows
            ELSIF one.bytes > 0 THEN
                EXECUTE format('DELETE FROM %s', one.name);
            END IF;
        END LOOP;
        PERFORM setval(oid, 1, false) FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' AND pg_sequence_last_value(oid) > 0;
    END $$
"""


@pytest.fixture(autouse=True)
def _loop_holds(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where `DIEMTIN_LOOP_HOLDS` names a file, add to it this test's longest step of an event loop."""
    file = os.environ.get("DIEMTIN_LOOP_HOLDS")
    if file is None:
        yield
        return
    with watched_loop() as holds:
        yield
    with Path(file).open("a", encoding="utf-8") as lines:
        longest = holds.longest
        lines.write(f"{longest.seconds * 1e3:.1f}\t{request.node.nodeid}\t{longest.what}\n")


@pytest.fixture(scope="session", autouse=True)
def _children_begin_as_forks() -> Iterator[None]:
    with forked_children.forking() if forked_children.is_possible() else nullcontext():
        yield


@pytest.fixture
def fresh_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start the project's children as fresh interpreters, for tests of their start."""
    monkeypatch.setattr(subprocess, "_fork_exec", _posixsubprocess.fork_exec)


@pytest.fixture(scope="session", autouse=True)
def _no_index_in_the_tree(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Put the search indexes of PostgreSQL databases that tests name themselves into a temporary folder."""
    storage.engine.WORKING_FOLDER = tmp_path_factory.mktemp("indexes")


@pytest.fixture
def _indexes_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the search indexes of PostgreSQL databases into this test's own folder."""
    monkeypatch.setattr("storage.engine.WORKING_FOLDER", tmp_path)


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """Return the address of an empty, migrated SQLite file of this test's own."""
    file = tmp_path / "diemtin.sqlite3"
    shutil.copyfile(_sqlite_template, file)
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """Open an empty, migrated database in a SQLite file."""
    database = Database(sqlite_url)
    yield database
    await database.close()


@pytest.fixture
async def postgres_url(
    _postgres_template: str, _spare_databases: list[str], _indexes_apart: None
) -> AsyncIterator[str]:
    """Return the address of an empty, migrated PostgreSQL database, which no test uses beside this one.

    A database is emptied and used again, at a tenth of what a new one costs, unless its schema was changed.
    """
    template = make_url(_postgres_template)
    if _spare_databases:
        name = _spare_databases.pop()
    else:
        name = f"test_{next(_numbers)}"
        await administer(
            _postgres_template, f"CREATE DATABASE {name} TEMPLATE {template.database} STRATEGY file_copy"
        )
    yield template.set(database=name).render_as_string(hide_password=False)
    if await _empty(template, name):
        _spare_databases.append(name)
    else:
        await administer(_postgres_template, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _spare_databases() -> list[str]:
    return []


async def _empty(template: URL, name: str) -> bool:
    """Empty a database that a test is done with; False where its schema is not the template's any more."""
    wanted = await _schema_of(str(template))
    connection = await connect(template, name)
    try:
        await connection.execute(_END_OTHERS)
        try:
            is_same = await connection.fetchval(_SCHEMA) == wanted
        except asyncpg.UndefinedTableError:  # a test took the version away
            is_same = False
        if not is_same:
            return False
        await connection.execute(_EMPTY)
    finally:
        await connection.close()
    return True


async def _schema_of(template: str) -> str:
    if template not in _schemas:
        connection = await connect(make_url(template), "template_diemtin")
        _schemas[template] = await connection.fetchval(_SCHEMA)
        await connection.close()
    return _schemas[template]


@pytest.fixture
async def postgres_database(postgres_url: str) -> AsyncIterator[Database]:
    """Open an empty, migrated database on the real PostgreSQL."""
    database = Database(postgres_url)
    yield database
    await database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty, migrated database; the test runs once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Open an empty, migrated database; the test runs once on each engine."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "template.sqlite3"
    asyncio.run(_make_schema(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: str) -> str:
    url = make_url(postgres_server).set(database="template_diemtin")
    asyncio.run(administer(postgres_server, f"CREATE DATABASE {url.database}"))
    asyncio.run(_make_schema(str(url)))
    return str(url)


async def _make_schema(url: str) -> None:
    database = Database(url)
    await upgrade(database, now=_LONG_AGO)
    await database.close()
    _engines[database.engine.dialect.name] = database.engine.sync_engine


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once() -> Iterator[None]:
    """Let the databases of all tests share what SQLAlchemy compiled, as one database does while the bot runs.

    Each engine has its own dialect and keeps the compiled statements by it.
    """
    make = Database.__init__

    def made(self: Database, *given: Any, **named: Any) -> None:
        make(self, *given, **named)
        engine = self.engine.sync_engine
        if (shared := _engines.get(engine.dialect.name)) is not None:
            engine.dialect, engine._compiled_cache = shared.dialect, shared._compiled_cache

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "__init__", made)
        yield
