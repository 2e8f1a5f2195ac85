"""How far the search index is behind, as `/metrics` shows it."""

import aiohttp
import pytest

from bot.jobs.upkeep_jobs import IndexFollowing
from bot.process.metrics import serve_health
from storage.engine import Database
from tests.storage.search.rows import Row, store


async def shown(port: int) -> str:
    """Return the line of the index in `/metrics`."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        lines = (await answer.text()).splitlines()
    return next(line for line in lines if line.startswith("diemtin_index_lag "))


async def test_metrics_show_how_many_changes_the_index_lacks(
    database: Database, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_well() -> list[str]:
        return []

    runner = await serve_health("127.0.0.1", unused_tcp_port, is_well, dict)
    try:
        await store(database, [Row(number) for number in range(1, 4)])
        await IndexFollowing(database).run()
        assert await shown(unused_tcp_port) == "diemtin_index_lag 0.0"
        with monkeypatch.context() as patch:
            patch.setattr("bot.jobs.upkeep_jobs.keep_up", left_behind)
            await store(database, [Row(number) for number in range(4, 6)])
            await IndexFollowing(database).run()
            assert await shown(unused_tcp_port) == "diemtin_index_lag 2.0"
        await IndexFollowing(database).run()
        assert await shown(unused_tcp_port) == "diemtin_index_lag 0.0"
    finally:
        await runner.cleanup()


async def left_behind(_database: Database) -> None:
    """Follow nothing, as on a machine that is busy."""
