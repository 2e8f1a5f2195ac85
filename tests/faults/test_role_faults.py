"""What goes wrong for one process of several: its database, its disk."""

import asyncio
import json
import os
import resource
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, func, make_url, select, text

from bot.emulator.client import Control
from storage.engine import Database
from storage.processes.leases import LeaseKey, free_lease, renew_lease, take_lease
from storage.tables import articles
from storage.upkeep.upgrade import _script_config, find_revision, head_revision
from tests.bot.processes.conftest import Start, is_polling, until
from tests.bot.processes.test_application import ARTICLE
from tests.faults.conftest import Ledger, copies, make_chats
from tests.faults.role_fleet import fleet_of
from tests.postgres_server import administer

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
_SOCKET = ".s.PGSQL.5432"


class Line:
    """A line to the PostgreSQL server that may be cut, for one process."""

    def __init__(self, url: str, folder: Path) -> None:
        self._folder = folder
        self._there = str(Path(make_url(url).query["host"]) / _SOCKET)  # type: ignore[arg-type] # one host
        self.url = make_url(url).set(query={"host": str(folder)}).render_as_string(hide_password=False)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Let it carry."""
        self._server = await asyncio.start_unix_server(self._carry, self._folder / _SOCKET)

    async def cut(self) -> None:
        """Break every connection, and refuse new ones."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        (self._folder / _SOCKET).unlink(missing_ok=True)

    async def _carry(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_unix_connection(self._there)
        self._writers |= {back, to}
        with suppress(OSError):
            await asyncio.gather(_copy(here, to), _copy(there, back))
        self._writers -= {back, to}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while read := await reader.read(65_536):
            writer.write(read)
            await writer.drain()
    with suppress(OSError):
        writer.close()


@pytest.fixture
async def line(postgres_url: str) -> AsyncIterator[Line]:
    """A line that carries."""
    folder = Path(tempfile.mkdtemp(prefix="dt-", dir="/tmp"))  # a socket's path must be short
    line = Line(postgres_url, folder)
    await line.open()
    yield line
    await line.cut()
    shutil.rmtree(folder)


@pytest.fixture
async def empty_postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """Return the address of a database without any table."""
    url = make_url(postgres_server).set(database="older")
    await administer(postgres_server, "CREATE DATABASE older")
    yield url.render_as_string(hide_password=False)
    await administer(postgres_server, "DROP DATABASE older WITH (FORCE)")


async def test_a_sender_that_loses_the_database_waits_and_comes_back_while_others_answer(
    start: Start, server: str, hands: Control, postgres_url: str, line: Line
) -> None:
    ledger = Ledger(Database(postgres_url))
    chats = await make_chats(hands, 30)
    async with fleet_of(start, server, ledger) as fleet:
        sender = await fleet.begin("send", "send", DIEMTIN_DATABASE_URL=line.url)
        await fleet.begin("chat", "chat,schedule,intake,process")
        await sender.until_logged("at work")
        await until(lambda: is_polling(hands))
        await line.cut()
        issue = await ledger.publish(await ledger.subscribe(chats))
        assert await hands.ask(chats[0], "/trogiup"), "the process that chats has its database"
        await asyncio.sleep(13)  # longer than the lease lasts: nobody else is there to take it
        assert (await ledger.counts(issue)) == {"pending": len(chats)}
        await line.open()
        await until(lambda: ledger.is_done(issue), within=60)
        got = await copies(hands, chats[1:])
        ended = await fleet.stop()
    assert [code for code, _ in ended] == [0, 0]
    assert set(got.values()) == {1}
    await ledger.database.close()


async def test_a_sender_cut_off_from_the_database_loses_its_role_and_ends_when_it_is_back(
    start: Start, server: str, hands: Control, postgres_url: str, line: Line
) -> None:
    ledger = Ledger(Database(postgres_url))
    chats = await make_chats(hands, 100)
    async with fleet_of(start, server, ledger) as fleet:
        cut_off = await fleet.begin("a", "send", DIEMTIN_DATABASE_URL=line.url)
        await cut_off.until_logged("at work")
        await fleet.begin("b", "send")
        await fleet.runs["b"].until_logged("waiting for the lease")
        issue = await ledger.publish(await ledger.subscribe(chats))

        async def has_begun() -> bool:
            return (await ledger.counts(issue))["sent"] > 10

        await until(has_begun)
        await line.cut()
        await until(lambda: ledger.is_done(issue), within=60)
        await line.open()
        code, log = await cut_off.ended(within=60)
        got = await copies(hands, chats)
    assert code == 1
    assert "đã nhận việc với cùng token" in log
    assert min(got.values()) == 1
    assert max(got.values()) <= 2
    assert sum(got.values()) - len(chats) <= 5
    await ledger.database.close()


async def test_a_full_disk_under_the_process_that_chats_leaves_the_others_at_work(
    start: Start, server: str, hands: Control, postgres_url: str, tmp_path: Path
) -> None:
    ledger = Ledger(Database(postgres_url))
    [an, *chats] = await make_chats(hands, 11)
    async with fleet_of(start, server, ledger) as fleet:
        chat = await fleet.begin("chat", "chat", DIEMTIN_INDEX=str(tmp_path / "index"))
        await fleet.begin("rest", "intake,process,schedule,send")
        await until(lambda: is_polling(hands))
        size = len(chat.log().encode()) + 2_000
        _, most = resource.prlimit(chat.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(chat.process.pid, resource.RLIMIT_FSIZE, (size, most))
        for number in range(60):
            offer(tmp_path / "tin-vao" / f"{number}.json", number)
        issue = await ledger.publish(await ledger.subscribe(chats))
        await until(lambda: ledger.is_done(issue))
        await until(lambda: are_processed(ledger, 60), within=60)
        assert await hands.ask(an, "/trogiup")
        resource.prlimit(chat.process.pid, resource.RLIMIT_FSIZE, (most, most))

        async def is_found() -> bool:
            [answer] = await hands.ask(an, "ben lo")
            await asyncio.sleep(1)
            return "Cầu mới ở Bến Lở" in answer["text"]

        await until(is_found, within=60)
        ended = await fleet.stop()
    assert [code for code, _ in ended] == [0, 0]
    assert set((await copies(hands, chats)).values()) == {1}
    await ledger.database.close()


async def test_a_new_version_waits_for_the_old_processes_before_it_upgrades_the_schema(
    start: Start, server: str, hands: Control, empty_postgres_url: str
) -> None:
    database = Database(empty_postgres_url)
    async with database.write() as connection:
        await connection.run_sync(migrate, "0260")
    old = LeaseKey("bot", "may-cu 1|2|4711|5|6")
    async with database.write() as connection:
        await take_lease(connection, old)
    keeping = asyncio.create_task(keep(database, old))
    async with fleet_of(start, server, Ledger(database)) as fleet:
        new = await fleet.begin("new", "send,chat")
        await new.until_logged("tiến trình 4711 trên máy may-cu còn chạy với lược đồ cũ")
        assert await find_revision(database) == "0260"
        keeping.cancel()
        async with database.write() as connection:
            await free_lease(connection, old)
        await until(lambda: is_polling(hands))
        assert await find_revision(database) == head_revision()
        async with database.write() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        code, log = await new.ended()
    assert code == 1
    assert "Lược đồ cơ sở dữ liệu đã được đổi" in log
    await database.close()


def migrate(connection: Connection, revision: str) -> None:
    """Bring the schema to an older revision."""
    config = _script_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def keep(database: Database, key: LeaseKey) -> None:
    """Be a process of the old version, as far as its lease shows."""
    while True:
        await asyncio.sleep(2)
        async with database.write() as connection:
            await renew_lease(connection, key)


def offer(path: Path, number: int) -> None:
    """Put an article into the inbox."""
    row = ARTICLE | {"title": f"{ARTICLE['title']} {number}", "body": f"{ARTICLE['body']} {number} " * 40}
    path.write_text(json.dumps(row), encoding="utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))


async def are_processed(ledger: Ledger, count: int) -> bool:
    """Tell whether so many articles are processed."""
    query = select(func.count()).where(articles.c.processed_at.is_not(None))
    async with ledger.database.read() as connection:
        return (await connection.execute(query)).scalar_one() == count
