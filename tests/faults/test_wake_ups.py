"""How soon a process does what another one stored: a delivery goes out, a stored article is processed."""

import asyncio
import statistics
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.emulator.client import Control
from storage.engine import Database
from storage.tables import articles
from tests.bot.processes.conftest import Start
from tests.faults.conftest import Figure, Ledger, accepted, make_chats
from tests.faults.role_fleet import fleet_of
from tests.faults.test_role_faults import offer

ROUNDS = 10


@pytest.mark.faults
@pytest.mark.timeout(300)
async def test_deliveries_and_articles_wake_the_processes_that_wait_for_them(
    start: Start, server: str, hands: Control, postgres_url: str, tmp_path: Path, record_property: Figure
) -> None:
    ledger = Ledger(Database(postgres_url))
    [an] = await make_chats(hands, 1)
    profile, sent, processed = await ledger.subscribe([an]), [], []
    async with fleet_of(start, server, ledger) as fleet:
        for name in ("send", "process", "intake"):
            await fleet.begin(name, name)
            await fleet.runs[name].until_logged("at work")
        for _ in range(ROUNDS):
            await asyncio.sleep(1.3)  # a chat gets one message a second
            before, began = await accepted(hands), time.monotonic()
            await ledger.publish(profile)
            while await accepted(hands) == before:  # noqa: ASYNC110 - it is the other process that knows
                await asyncio.sleep(0.005)
            sent.append(time.monotonic() - began)
        offer(tmp_path / "tin-vao" / "tin.json", 1)
        while await count(ledger, stored=True) == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        began = time.monotonic()
        while await count(ledger, stored=False) == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        processed.append(time.monotonic() - began)
        await fleet.stop()
    record_property(
        "figure",
        f"queued to accepted {statistics.median(sent) * 1e3:.0f} ms (longest {max(sent) * 1e3:.0f}), "
        f"stored to processed {processed[0]:.2f} s with the start of the text process",
    )
    await ledger.database.close()


async def count(ledger: Ledger, *, stored: bool) -> int:
    """Return how many articles are stored, or processed."""
    query = select(func.count()).select_from(articles)
    query = query if stored else query.where(articles.c.processed_at.is_not(None))
    async with ledger.database.read() as connection:
        return (await connection.execute(query)).scalar_one()
