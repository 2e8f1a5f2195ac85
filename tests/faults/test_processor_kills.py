"""Real processes share the work on articles, and one is killed half-way: the rows are those of one."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.news.services import Services
from storage.articles import count_waiting
from storage.engine import Database
from storage.tables import article_turns, articles, stories
from tests.bot.jobs.intake.test_many_processors import canonical, one_after_the_other
from tests.faults.test_archive_kills import archive

__all__ = ["archive"]  # a fixture
pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
_CODE = """
import asyncio, sys
from contextlib import aclosing
from bot.jobs.intake.processing import Processor
from bot.text_work.worker import TextWorker
from bot.times.clock import Clock
from storage.articles import count_waiting
from storage.engine import Database

async def main():
    database = Database(sys.argv[1])
    async with aclosing(TextWorker()) as texts:
        processor = Processor(database, Clock(), texts)
        while True:
            async with database.read() as connection:
                if not await count_waiting(connection):
                    break
            if not await processor.run():
                await asyncio.sleep(0.2)
    await database.close()

asyncio.run(main())
"""


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """On SQLite one process works."""
    return postgres_database


def start(url: str) -> subprocess.Popen[bytes]:
    """Start a process that works until nothing waits."""
    path = {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen([sys.executable, "-W", "ignore", "-c", _CODE, url], env=os.environ | path)


async def processed(database: Database) -> int:
    """Return how many articles are processed."""
    async with database.read() as connection:
        return int((await connection.execute(select(func.count(articles.c.processed_at)))).scalar_one())


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGSTOP])
async def test_one_of_several_processes_is_killed_or_stands_still_half_way(
    count: int, way: signal.Signals, services: Services, archive: Path, postgres_url: str
) -> None:
    """One that stands still for longer than its claims last wakes at the end, and changes nothing."""
    alone = await one_after_the_other(services, archive)
    running = [start(postgres_url) for _ in range(count)]
    deadline = time.monotonic() + 600
    while await processed(services.database) < 100:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    running[0].send_signal(way)
    codes = [await asyncio.to_thread(one.wait, 600) for one in running[1:]]
    running[0].send_signal(signal.SIGCONT)
    await asyncio.to_thread(running[0].wait, 600)
    assert codes == [0] * (count - 1)
    assert await canonical(services.database) == alone
    async with services.database.read() as connection:
        assert await count_waiting(connection) == 0
        assert (await connection.execute(select(func.count()).select_from(article_turns))).scalar_one() == 0
        told = select(func.count(articles.c.story_id.distinct()))
        founded = (await connection.execute(select(func.count()).select_from(stories))).scalar_one()
        assert founded == (await connection.execute(told)).scalar_one()
