"""What the database's files can suffer: full, torn, damaged, half migrated. Nothing stays half-written, and
what cannot be mended is refused with what to do."""

import asyncio
import random
import resource
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import event, func, select, text

from bot.emulator.client import Control
from bot.operators import notices
from storage.engine import Database
from storage.errors import DamagedError, StorageError
from storage.notes import write_note
from storage.tables import metadata
from storage.upkeep.backup import check_sound, find_last_backup, remember_backup
from storage.upkeep.upgrade import find_revision, head_revision, upgrade
from tests.bot.processes.conftest import ADMIN, IMPATIENT, NEWSROOM, Start, is_polling, until, until_told
from tests.faults.conftest import Ledger, copies, make_chats
from tests.faults.test_database_faults import NOW, note, noted


def limited_to_its_size(file: Path, pid: int) -> Callable[[], None]:
    """Let a process write no file beyond the size of `file` now, as on a full disk; return what lifts it."""
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    wal = file.with_name(file.name + "-wal")
    size = max(each.stat().st_size for each in (file, wal) if each.exists())
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size // 2, most))
    return lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most)) and None


async def problems_at(port: int) -> list[str]:
    """Return what a bot's health says is wrong."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as answer:
        told = await answer.json()
        assert answer.status == (503 if told["problems"] else 200)
        return list(told["problems"])


@pytest.mark.lasts(seconds=15)
async def test_a_full_disk_leaves_nothing_half_written_and_the_bot_goes_on_once_there_is_room(
    start: Start,
    server: str,
    hands: Control,
    sqlite_ledger: Ledger,
    unused_tcp_port: int,
) -> None:
    chats = await make_chats(hands, 20)
    await hands.user("Quản trị", id=ADMIN, started=True)
    newsroom = f"{NEWSROOM}\n[health]\nport = {unused_tcp_port}\n"
    unwritable = notices.database_unwritable(sqlite_ledger.database.place)

    async def is_told_unwritable() -> bool:
        return unwritable in await problems_at(unused_tcp_port)

    async def is_well() -> bool:
        return await problems_at(unused_tcp_port) == []

    profile = await sqlite_ledger.subscribe(chats)
    file = Path(str(sqlite_ledger.database.url.database))
    url = sqlite_ledger.url
    async with start(server, newsroom=newsroom, prelude=IMPATIENT, DIEMTIN_DATABASE_URL=url) as run:
        await until(lambda: is_polling(hands))
        await until(is_well)
        await sqlite_ledger.publish(profile)
        lift = limited_to_its_size(file, run.process.pid)
        await run.until_logged("job failed")
        await until(is_told_unwritable)
        await until_told(hands, f"có sự cố: {unwritable}")
        stuck = await sqlite_ledger.counts()
        assert stuck["pending"] + stuck["sending"] > 0
        await hands.say(chats[0], "/trogiup")
        await asyncio.sleep(1)
        assert sqlite_ledger.is_whole()
        lift()
        await until(sqlite_ledger.is_done, within=60)
        assert len(await hands.wait(chats[0], count=2, timeout=30)) == 2
        await until(is_well, within=60)
        await until_told(hands, f"có sự cố: {unwritable}", f"hết sự cố: {unwritable}")
        assert (await run.stop())[0] == 0
    assert await sqlite_ledger.counts() == {"sent": 20}
    got = await copies(hands, chats)
    assert all(1 <= got[chat] <= 2 for chat in chats[1:])
    assert sqlite_ledger.is_whole()


async def test_a_database_that_may_not_grow_undoes_the_whole_transaction(sqlite_database: Database) -> None:
    @event.listens_for(sqlite_database.engine.sync_engine, "begin")
    def limit(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    pages = 1 << 30
    async with sqlite_database.read() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
    with pytest.raises(StorageError, match="full") as caught:  # noqa: PT012 - the block is the transaction
        async with sqlite_database.write() as connection:
            for number in range(5_000):
                await write_note(connection, f"tin {number}", "x" * 500, now=NOW)
    assert caught.value.is_transient
    assert await noted(sqlite_database) == set()
    pages = 1 << 30
    await note(sqlite_database, "có chỗ rồi")
    assert await noted(sqlite_database) == {"có chỗ rồi"}


async def test_a_torn_wal_gives_a_prefix_of_whole_transactions(
    sqlite_database: Database, tmp_path: Path
) -> None:
    keep_open = sqlite3.connect(str(sqlite_database.url.database))  # or the last to leave folds the WAL in
    keep_open.execute("SELECT count(*) FROM notes").fetchone()
    for number in range(20):
        async with sqlite_database.write() as connection:
            await write_note(connection, f"a{number:02}", "x" * 300, now=NOW)
            await write_note(connection, f"b{number:02}", "x" * 300, now=NOW)
    file = Path(str(sqlite_database.url.database))
    wal = file.with_name(file.name + "-wal").read_bytes()
    chance = random.Random(11)
    kept = set()
    for number in range(60):
        torn = bytearray(wal)
        if number % 2:
            del torn[chance.randrange(len(torn)) :]
        else:
            torn[chance.randrange(32, len(torn))] ^= 1 << chance.randrange(8)
        copy = tmp_path / f"copy{number}.db"
        shutil.copyfile(file, copy)
        copy.with_name(copy.name + "-wal").write_bytes(torn)
        with closing(sqlite3.connect(copy)) as opened:
            assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            names = [row[0] for row in opened.execute("SELECT name FROM notes")]
        whole = len(names) // 2
        assert sorted(names) == sorted(f"{half}{n:02}" for half in "ab" for n in range(whole))
        kept.add(whole)
    keep_open.close()
    assert len(kept) > 5, "the cuts fell in different places"


@pytest.fixture
def damage(sqlite_url: str, tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that spoils this test's database, and returns its path."""
    file = tmp_path / "diemtin.sqlite3"
    with closing(sqlite3.connect(file)) as opened:
        rows = [(f"tin {number}", "x" * 400) for number in range(500)]
        opened.executemany("INSERT INTO notes VALUES (?, ?, 0)", rows)
        opened.commit()
        opened.execute("PRAGMA journal_mode=DELETE")

    def spoil(how: str) -> Path:
        whole = bytearray(file.read_bytes())
        match how:
            case "a hole":
                middle = len(whole) // 2 // 4096 * 4096
                whole[middle : middle + 20 * 4096] = bytes(range(256)) * (20 * 16)
            case "cut":
                del whole[len(whole) // 3 :]
            case _:
                whole = bytearray(b"tin" * 5_000)
        file.write_bytes(whole)
        return file

    return spoil


@pytest.fixture
def back_ups(sqlite_url: str, tmp_path: Path) -> list[Path]:
    """Remember three back-ups of this test's database, the last of which is gone; return those left."""
    file, copies = tmp_path / "diemtin.sqlite3", [tmp_path / name for name in ("2.db", "3.db", "4.db")]
    for copy in copies:
        shutil.copyfile(file, copy)
        remember_backup(file, copy)
    copies.pop().unlink()
    return copies


@pytest.mark.parametrize(
    "how", [pytest.param("a hole", marks=pytest.mark.faults), "cut", "no database at all"]
)
async def test_a_damaged_database_is_refused_and_the_last_backup_named(
    start: Start, server: str, back_ups: list[Path], damage: Callable[[str], Path], how: str
) -> None:
    file = damage(how)
    before = content_of(file)
    async with start(server, DIEMTIN_DATABASE_URL=f"sqlite:///{file}") as run:
        code, log = await run.ended()
    assert code == 1
    assert "Cơ sở dữ liệu bị hỏng" in log
    assert f"diemtin restore {back_ups[-1]}" in log
    assert "Traceback" not in log
    assert content_of(file) == before, "untouched"


def content_of(file: Path) -> bytes:
    """Return what a file holds."""
    return file.read_bytes()


@pytest.mark.parametrize("how", ["a hole", "cut", "no database at all"])
async def test_without_a_backup_that_is_said(damage: Callable[[str], Path], how: str) -> None:
    with pytest.raises(DamagedError) as caught:
        await check_sound(Database(f"sqlite+aiosqlite:///{damage(how)}"))
    assert caught.value.backup is None


async def test_backups_of_upgrades_are_known_without_being_remembered(
    sqlite_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "diemtin.sqlite3"
    assert find_last_backup(file) is None
    copy = file.with_name(f"{file.name}.0001-20260302T050000Z.bak")
    shutil.copyfile(file, copy)
    assert find_last_backup(file) == copy
    await check_sound(Database(sqlite_url))


class KilledError(BaseException):
    """The process ends here."""


@contextmanager
def killed_at(database: Database, number: int) -> Iterator[None]:
    """Let the statement number `number` of the block never happen, nor anything after it."""
    statements = iter(range(100_000))

    def on_execute(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "SELECT")) and next(statements) == number:
            raise KilledError

    event.listen(database.engine.sync_engine, "before_cursor_execute", on_execute)
    try:
        yield
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", on_execute)


@pytest.fixture
async def empty(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without any table, on each engine."""
    database = Database(database_url)
    if database.is_postgres:
        async with database.write() as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
    else:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    yield database
    await database.close()


async def test_migrations_killed_half_way_leave_nothing_or_the_whole_schema(empty: Database) -> None:
    kills = 0
    while await find_revision(empty) is None:
        with killed_at(empty, 7 * kills):
            try:
                await upgrade(empty, now=NOW)
            except KilledError:
                kills += 1
                assert await find_revision(empty) in (None, head_revision())
    assert kills > 5
    assert await find_revision(empty) == head_revision()
    async with empty.read() as connection:
        for table in metadata.sorted_tables:
            await connection.execute(select(func.count()).select_from(table))
