"""Two processes send for one bot at once: together never over the pace, nothing lost, nothing twice."""

import asyncio
import os
import time

import pytest

from bot.emulator.client import Control, control, emulator_process
from storage.delivery.senders import find_senders
from storage.engine import Database
from tests.bot.processes.conftest import NEWSROOM, Start, until
from tests.faults.conftest import Figure, Ledger, accepted, copies, make_chats

PACE = int(os.environ.get("DIEMTIN_TEST_PACE", "200"))  # messages a second that the emulator admits
CHATS = 10 * PACE
PAID = f"{NEWSROOM}\n[sending]\nmessages_per_second = {PACE}\npaid = true\n"
pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


@pytest.fixture
def ledger(postgres_database: Database) -> Ledger:
    """The ledger of a PostgreSQL database."""
    return Ledger(postgres_database)


async def both_have_places(ledger: Ledger) -> bool:
    """Tell whether two processes have a share of the pace that they can work with."""
    async with ledger.database.read() as connection:
        shares = (await find_senders(connection)).values()
    return sum(share.places >= PACE // 4 for share in shares) == 2


async def broadcast(hands: Control, ledger: Ledger, chats: list[int], parts: int) -> float:
    """Send an issue to all chats; return messages a second."""
    before, began = await accepted(hands), time.monotonic()
    await ledger.publish(await ledger.profile_of(chats[0]), *[f"Phần {part}" for part in range(parts)])
    await until(ledger.is_done, within=400)
    return (await accepted(hands) - before) / (time.monotonic() - began)


async def test_two_senders_together_keep_one_pace_exactly(
    start: Start, ledger: Ledger, record_property: Figure
) -> None:
    async with emulator_process(strict=True) as url, control(url) as hands:
        await hands.post("limits", strict=True, per_second=PACE)
        chats = await make_chats(hands, CHATS)
        await ledger.subscribe(chats)
        options = {"newsroom": PAID, "DIEMTIN_DATABASE_URL": ledger.url}
        async with start(url, "--role", "send", **options) as a, start(url, "--role", "send", **options) as b:
            await until(lambda: both_have_places(ledger), within=60)
            rate = await broadcast(hands, ledger, chats, 2)
            stats = await hands.get("stats")
            for run in (a, b):
                code, log = await run.stop()
                assert code == 0, log
                assert "Traceback" not in log
        busiest = stats["limits"]["busiest_second"]
        record_property("figure", f"{rate:.0f} a second, busiest {busiest}, {stats['statuses']}")
        assert await ledger.counts() == {"sent": 2 * CHATS}
        assert set((await copies(hands, chats)).values()) == {2}
        assert stats["limits"]["refused"] == {}
        assert busiest <= PACE


async def test_a_sender_that_is_killed_leaves_its_deliveries_and_its_places_to_the_other(
    start: Start, ledger: Ledger, record_property: Figure
) -> None:
    async with emulator_process(strict=True) as url, control(url) as hands:
        await hands.post("limits", strict=True, per_second=PACE)
        chats = await make_chats(hands, CHATS)
        await ledger.subscribe(chats)
        options = {"newsroom": PAID, "DIEMTIN_DATABASE_URL": ledger.url}
        async with start(url, "--role", "send", **options) as a, start(url, "--role", "send", **options):
            await until(lambda: both_have_places(ledger), within=60)
            sending = asyncio.create_task(broadcast(hands, ledger, chats, 2))
            await asyncio.sleep(2)
            await a.kill()
            rate = await sending
            stats = await hands.get("stats")
        each = (await copies(hands, chats)).values()
        extra = sum(count - 2 for count in each)
        busiest = stats["limits"]["busiest_second"]
        record_property("figure", f"{rate:.0f} a second, busiest {busiest}, extra copies {extra}")
        counts = await ledger.counts()
        assert counts["sent"] + counts["unknown"] == 2 * CHATS
        assert counts["unknown"] <= 1
        assert min(each) >= 2 - counts["unknown"]
        assert max(each) <= 4
        assert extra <= 32
        assert busiest <= PACE
        assert stats["limits"]["refused"] == {}
