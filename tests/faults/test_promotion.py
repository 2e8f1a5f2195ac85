"""PostgreSQL lost for good: its replica is promoted, and the address leads there."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.emulator.client import Control
from storage.engine import Database
from storage.upkeep.upgrade import upgrade
from tests.bot.processes.conftest import Start
from tests.faults.chat_fleet import Fleet, Ports, in_order, line_to, until_answered
from tests.faults.conftest import make_chats
from tests.faults.test_database_faults import NOW, Server, own_server
from tests.postgres_server import server_environment, unprivileged

__all__ = ["own_server"]  # a fixture

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


class Replica(Server):
    """A replica that a primary waits for with each commit, until it is promoted."""

    def __init__(self, primary: Server) -> None:
        home = primary._home.with_name("replica")
        super().__init__(primary._programs, home)
        shutil.copytree(primary._home, home, ignore=lambda folder, names: names)
        shutil.chown(home, primary._home.stat().st_uid, primary._home.stat().st_gid)
        self.run("pg_basebackup", "-h", str(primary._home), "-U", "postgres", "-D", str(home / "data"), "-R",
                 "-C", "-S", "replica")  # fmt: skip

    def run(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs."""
        command = [*unprivileged(), str(self._programs / program), *words]
        subprocess.run(
            command, env=server_environment(self._home), cwd=self._home, check=True, capture_output=True
        )

    def promote(self) -> None:
        """Make it a primary."""
        self.run("pg_ctl", "promote", "-w", "-D", str(self._home / "data"))


@pytest.fixture
def replica(own_server: Server) -> Iterator[Replica]:
    """Return a running replica of a running PostgreSQL."""
    own_server.start()
    copy = Replica(own_server)
    copy.start()
    try:
        yield copy
    finally:
        copy.kill()


async def test_chats_go_on_at_a_promoted_replica_and_no_question_is_lost(
    start: Start,
    server: str,
    hands: Control,
    tmp_path: Path,
    own_server: Server,
    replica: Replica,
    unused_tcp_port_factory: Ports,
) -> None:
    database = Database(own_server.url)
    await upgrade(database, now=NOW)
    async with database.engine.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.exec_driver_sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        await autocommit.exec_driver_sql("SELECT pg_reload_conf()")
    await database.close()
    chats = await make_chats(hands, 60)
    async with (
        line_to(own_server._home) as line,
        Fleet(start, server, tmp_path, [unused_tcp_port_factory() for _ in range(2)]) as fleet,
    ):
        for place in range(2):
            await fleet.begin(place, line.url("postgres"))
        asking = asyncio.create_task(fleet.ask(chats, 3))
        await asyncio.sleep(2)
        own_server.kill()
        replica.promote()
        line.socket = replica._home / ".s.PGSQL.5432"
        await asking
        got = await until_answered(hands, chats, 3, within=120)
        for run in fleet.runs.values():
            assert (await run.stop())[0] == 0
    assert all(in_order(numbers) for numbers in got.values())
