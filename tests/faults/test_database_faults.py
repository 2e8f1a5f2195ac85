"""What a database can do to those who use it: locked, cut, killed, down. Nothing acknowledged is lost."""

import asyncio
import datetime as dt
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.news.services import Services
from bot.operators import notices
from bot.telegram.updates import DurableQueue
from storage.engine import Database
from storage.errors import StorageError
from storage.notes import write_note
from storage.tables import deliveries, notes
from storage.upkeep.upgrade import upgrade
from tests.bot.processes.conftest import ADMIN, IMPATIENT, NEWSROOM, Start, is_polling, until, until_told
from tests.bot.telegram.test_updates import receive
from tests.faults.conftest import Ledger, copies, make_chats
from tests.manual_clock import ManualClock
from tests.postgres_server import make_cluster, postgres_programs, start_server

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


async def note(database: Database, name: str) -> None:
    """Write a note in a transaction of its own."""
    async with database.write() as connection:
        await write_note(connection, name, "x", now=NOW)


async def noted(database: Database) -> set[str]:
    """Return the names of all notes."""
    async with database.read() as connection:
        return set((await connection.execute(select(notes.c.name))).scalars())


@pytest.mark.faults
async def test_a_file_locked_for_fifteen_seconds_is_waited_for_ten_and_then_named(
    sqlite_database: Database,
) -> None:
    with closing(sqlite3.connect(str(sqlite_database.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = asyncio.get_running_loop().time()
        with pytest.raises(StorageError, match="locked") as caught:
            await note(sqlite_database, "trong lúc khóa")
        assert caught.value.is_transient
        assert 9 < asyncio.get_running_loop().time() - began < 15
        other.execute("ROLLBACK")
    await note(sqlite_database, "sau khi mở")
    assert await noted(sqlite_database) == {"sau khi mở"}


async def test_a_sender_outlives_a_file_that_somebody_locked(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine._PRAGMAS", ("journal_mode=WAL", "busy_timeout=50"))
    database = Database(sqlite_database.url.render_as_string())
    with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="locked"):
            await note(database, "khóa")
        queue = DurableQueue(database, ManualClock(NOW))
        with pytest.raises(Exception, match="was not kept"):
            await receive(queue, 1)
        other.execute("ROLLBACK")
    await receive(queue, 1)
    assert queue.qsize() == 1
    await database.close()


async def test_a_connection_cut_in_a_transaction_undoes_it_and_the_next_one_works(
    postgres_database: Database,
) -> None:
    await note(postgres_database, "trước")
    with pytest.raises(StorageError):  # noqa: PT012 - the block is the transaction
        async with postgres_database.write() as connection:
            await write_note(connection, "giữa chừng", "x", now=NOW)
            pid = (await connection.execute(select(func.pg_backend_pid()))).scalar_one()
            async with postgres_database.write() as other:
                await other.execute(select(func.pg_terminate_backend(pid)))
            await write_note(connection, "sau khi đứt", "x", now=NOW)
    await note(postgres_database, "lần sau")
    assert await noted(postgres_database) == {"trước", "lần sau"}


async def test_a_claim_whose_commit_was_not_heard_of_is_sent_once(
    services: Services, telegram: Any, queue: Any, users: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    await queue(1, 2)
    sender = Sender(services, telegram)
    write, deaf = Database.write, [True]

    @asynccontextmanager
    async def unheard(database: Database) -> AsyncIterator[Any]:
        async with write(database) as connection:
            yield connection
        if deaf:
            deaf.clear()
            raise StorageError("connection was closed", is_transient=True)

    monkeypatch.setattr(Database, "write", unheard)
    with pytest.raises(StorageError):
        await sender.send_batch()
    while await sender.send_batch():
        pass
    async with services.database.read() as connection:
        d = deliveries.c
        rows = (await connection.execute(select(d.status, d.tries))).all()
    assert [tuple(row) for row in rows] == [("sent", 1), ("sent", 1)]
    assert set((await copies(users, [1, 2])).values()) == {1}


class Server:
    """A PostgreSQL of this test's own that can be killed and started again; it keeps what it acknowledged."""

    def __init__(self, programs: Path, home: Path) -> None:
        self._programs, self._home = programs, home
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql+asyncpg://postgres@/postgres?host={home}"

    def start(self) -> None:
        """Start, or start again."""
        (self._home / "data" / "postmaster.pid").unlink(missing_ok=True)
        self._process = start_server(self._programs, self._home, synchronous_commit="on")

    def kill(self) -> None:
        """End it as a power cut does, with the processes of its connections: they hold its shared memory."""
        if self._process is None or self._process.poll() is not None:
            return
        os.kill(self._process.pid, signal.SIGSTOP)  # it starts no other meanwhile
        children = _children_of(self._process.pid)
        for pid in (self._process.pid, *children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        deadline = time.monotonic() + 30
        while any(Path(f"/proc/{pid}").exists() for pid in children) and time.monotonic() < deadline:
            time.sleep(0.02)


def _children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def own_server() -> Iterator[Server]:
    """Return a PostgreSQL that is not started yet."""
    base = Path(tempfile.mkdtemp(prefix="diemtin-pg-", dir="/tmp"))
    programs = postgres_programs(base)
    server = Server(programs, make_cluster(programs, base))
    try:
        yield server
    finally:
        server.kill()
        shutil.rmtree(base, ignore_errors=True)


@pytest.mark.faults
async def test_a_database_server_killed_and_back_costs_nothing_that_was_acknowledged(
    start: Start, server: str, hands: Control, own_server: Server
) -> None:
    own_server.start()
    database = Database(own_server.url)
    await upgrade(database, now=NOW)
    ledger = Ledger(database)
    chats = await make_chats(hands, 120)
    await ledger.publish(await ledger.subscribe(chats))
    async with start(server, DIEMTIN_DATABASE_URL=own_server.url) as run:
        for wanted in (20, 60):

            async def has_sent(wanted: int = wanted) -> bool:
                return (await ledger.counts())["sent"] >= wanted

            await until(has_sent)
            sent = {row.chat_id for row in await ledger.rows() if row.status == "sent"}
            own_server.kill()
            await hands.say(chats[wanted], "/trogiup")
            await asyncio.sleep(2)
            own_server.start()
            await database.engine.dispose()
            after = {row.chat_id for row in await ledger.rows() if row.status == "sent"}
            assert sent <= after
        await until(ledger.is_done, within=60)
        got = await copies(hands, chats)
        await until(lambda: answered(hands, [chats[20], chats[60]]))
        assert (await run.stop())[0] == 0
    counts = await ledger.counts()
    assert counts["sent"] + counts["unknown"] == 120
    assert min(got.values()) >= 1
    assert max(got[chat] for chat in chats if chat not in (chats[20], chats[60])) <= 2
    await database.close()


async def answered(hands: Control, chats: list[int]) -> bool:
    """Tell whether each of the chats got its news and an answer."""
    return min((await copies(hands, chats)).values()) >= 2


@pytest.mark.faults
async def test_a_database_that_is_down_at_the_start_is_waited_for_and_health_says_so(
    start: Start,
    server: str,
    hands: Control,
    own_server: Server,
    unused_tcp_port: int,
) -> None:
    place = Database(own_server.url).place
    awaited, silent = notices.database_awaited(place), notices.database_silent(place)
    await hands.user("Quản trị", id=ADMIN, started=True)
    health = f"http://127.0.0.1:{unused_tcp_port}/healthz"
    newsroom = f"{NEWSROOM}\n[health]\nport = {unused_tcp_port}\n"
    async with (
        start(server, newsroom=newsroom, DIEMTIN_DATABASE_URL=own_server.url, prelude=IMPATIENT) as run,
        aiohttp.ClientSession() as session,
    ):
        await run.until_logged("the database does not answer")
        async with session.get(health) as answer:
            assert (answer.status, (await answer.json())["problems"]) == (503, [awaited])
        await until_told(hands, f"có sự cố: {awaited}")
        assert not await is_polling(hands)
        own_server.start()
        await until(lambda: is_polling(hands), within=60)

        async def is_well() -> bool:
            async with session.get(health) as answer:
                return answer.status == 200

        await until(is_well)
        own_server.kill()

        async def is_ill() -> bool:
            async with session.get(health) as answer:
                return silent in (await answer.json())["problems"]

        await until(is_ill)
        await until_told(hands, f"hết sự cố: {awaited}", f"có sự cố: {silent}")
        own_server.start()
        await until(is_well)
        await until_told(hands, f"hết sự cố: {silent}")
        assert (await run.stop())[0] == 0
