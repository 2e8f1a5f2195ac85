"""PgBouncer in transaction mode between the bot and PostgreSQL: each transaction on another connection."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import func, make_url, select

from bot.emulator.client import Control
from storage.engine import Database
from storage.errors import StorageError
from storage.notes import find_note, write_note
from tests.bot.processes.conftest import Start
from tests.faults.chat_fleet import Fleet, Ports, in_order, until_answered
from tests.faults.conftest import make_chats
from tests.faults.test_database_faults import NOW
from tests.postgres_server import unprivileged

BOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.skipif(BOUNCER is None, reason="pgbouncer is not installed"),
]
_SETTINGS = """\
[databases]
* = host={home} user=postgres

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
idle_transaction_timeout = 20
"""


@pytest.fixture
def pooled(postgres_url: str, tmp_path: Path, unused_tcp_port: int) -> Iterator[str]:
    """Return the address of an empty database behind a PgBouncer with three connections."""
    url = make_url(postgres_url)
    file = tmp_path / "pgbouncer.ini"
    file.write_text(_SETTINGS.format(home=url.query["host"], port=unused_tcp_port), "utf-8")
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    with (tmp_path / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen([*unprivileged(), str(BOUNCER), str(file)], stdout=log, stderr=log)
    address = f"postgresql://postgres@127.0.0.1:{unused_tcp_port}/{url.database}"
    try:
        _until_it_answers(address, process, tmp_path / "pgbouncer.log")
        yield f"{address}?pooling=transaction"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _until_it_answers(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    async def ask() -> None:
        connection = await asyncpg.connect(address, statement_cache_size=0)
        await connection.close()

    deadline = time.monotonic() + 20
    while True:
        try:
            asyncio.run(ask())
        except (OSError, asyncpg.PostgresError):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        else:
            return


@pytest.fixture
async def databases(pooled: str) -> AsyncIterator[list[Database]]:
    """Open the database as three processes do."""
    opened = [Database(pooled.replace("postgresql:", "postgresql+asyncpg:")) for _ in range(3)]
    yield opened
    for one in opened:
        await one.close()


async def test_transactions_of_several_processes_share_three_connections(databases: list[Database]) -> None:
    async def work(number: int) -> int:
        database = databases[number % 3]
        async with database.write() as connection:
            await write_note(connection, f"việc {number}", str(number), now=NOW)
        async with database.read() as connection:
            assert await find_note(connection, f"việc {number}") == str(number)
            return (await connection.execute(select(func.pg_backend_pid()))).scalar_one()

    servers = {pid for _ in range(5) for pid in await asyncio.gather(*map(work, range(15)))}
    assert len(servers) == 3


async def test_statements_leave_nothing_behind_on_the_servers_connections(databases: list[Database]) -> None:
    for number in range(20):
        async with databases[number % 3].write() as connection:
            await write_note(connection, f"việc {number}", "x", now=NOW)
    async with databases[0].read() as connection:
        left = select(func.count()).select_from(func.pg_prepared_statement())
        assert (await connection.execute(left)).scalar_one() == 0


async def test_without_the_setting_a_pooler_refuses_us_and_says_why(pooled: str) -> None:
    database = Database(pooled.partition("?")[0].replace("postgresql:", "postgresql+asyncpg:"))
    with pytest.raises(StorageError, match="startup parameter"):
        async with database.read():
            pass
    await database.close()


async def test_two_processes_answer_chats_through_a_pooler(
    start: Start,
    server: str,
    hands: Control,
    tmp_path: Path,
    pooled: str,
    unused_tcp_port_factory: Ports,
) -> None:
    chats = await make_chats(hands, 40)
    async with Fleet(start, server, tmp_path, [unused_tcp_port_factory() for _ in range(2)]) as fleet:
        for place in range(2):
            await fleet.begin(place, pooled)
        await fleet.ask(chats, 3)
        got = await until_answered(hands, chats, 3, within=90)
        for run in fleet.runs.values():
            assert (await run.stop())[0] == 0
            assert "Traceback" not in run.log()
    assert all(len(numbers) == 3 and in_order(numbers) for numbers in got.values())
