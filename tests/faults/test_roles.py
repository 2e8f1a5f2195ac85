"""Schedulers beside each other, a loop that stands still, and a sender whose Telegram fails."""

import asyncio
import time
from typing import Any

import pytest
from sqlalchemy import select

from bot.emulator.client import Control
from bot.jobs.delivery.sender import FEWEST_IN_FLIGHT, Sender
from bot.jobs.digests.slots import run_due_slots
from bot.news.services import Services
from bot.process.scheduler import Scheduler
from bot.telegram.limiter import TelegramPace
from bot.times.clock import Clock
from storage.engine import Database
from storage.tables import deliveries, issues
from tests.bot.processes.conftest import until
from tests.manual_clock import ManualClock

TO_SLOT = 105 * 60  # from 5:00 to 6:45


async def test_four_schedulers_at_once_make_one_issue_a_slot(
    services: Services, clock: ManualClock, reader: Any, story: Any, admin_chat: Any, database_url: str
) -> None:
    for chat in range(1, 6):
        await reader(chat, times=(f"06:{chat * 5:02}",))
    await story("Chợ quê mở lại sau bão")
    await clock.advance(TO_SLOT)
    others = [Services(Database(database_url), clock, services.newsroom) for _ in range(3)]
    queued = await asyncio.gather(*(run_due_slots(each, admin_chat) for each in (services, *others)))
    for other in others:
        await other.database.close()
    async with services.database.read() as connection:
        made = (await connection.execute(select(issues.c.profile_id, issues.c.slot_at))).all()
        sent_to = (await connection.execute(select(deliveries.c.subscriber_id))).scalars().all()
    assert sum(queued) == 5
    assert len(made) == len(set(made)) == 5
    assert len(sent_to) == len(set(sent_to)) == 5


@pytest.mark.parametrize("seconds", [1.5, pytest.param(5.0, marks=pytest.mark.faults)])
async def test_after_a_loop_that_stood_still_the_tick_still_runs(seconds: float) -> None:
    runs: list[float] = []
    ran = asyncio.Event()

    async def run() -> None:
        runs.append(time.monotonic())
        ran.set()

    scheduler = Scheduler(Clock())
    scheduler.add("slots", run, every_seconds=0.3)
    scheduler.start()
    await ran.wait()
    time.sleep(seconds)  # noqa: ASYNC251 - it is the loop that stands still
    ran.clear()
    before = len(runs)
    async with asyncio.timeout(3):
        await ran.wait()
    await scheduler.stop()
    assert len(runs) == before + 1, "the runs missed meanwhile are one"


async def test_words_refused_with_and_without_markup_end_with_the_reason(
    services: Services, telegram: Any, queue: Any, users: Control
) -> None:
    await queue(1, parts=("<b>Giá xăng</b>",))
    reason = "can't parse entities: unsupported start tag"
    await users.post("fault", kind="400", description=reason, method="sendMessage", times=2)
    sender = Sender(services, telegram)
    await sender.send_batch()
    assert await sender.send_batch() == 0
    async with services.database.read() as connection:
        d = deliveries.c
        [row] = (await connection.execute(select(d.status, d.reason))).all()
    assert row.status == "gone"
    assert reason in str(row.reason).lower()


@pytest.mark.parametrize(
    "fault", ["500", *(pytest.param(kind, marks=pytest.mark.faults) for kind in ("html_502", "cut_before"))]
)
async def test_while_telegram_fails_few_deliveries_lose_their_try(
    services: Services, telegram: Any, queue: Any, users: Control, fault: str
) -> None:
    await queue(*range(1, 41))
    await users.post("fault", kind=fault, method="sendMessage", times=1_000)
    sender = Sender(services, telegram, pace=TelegramPace())
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(2.5)
    await users.delete("fault")
    calls = (await users.get("stats"))["methods"]["sendMessage"]["calls"]
    assert calls <= FEWEST_IN_FLIGHT + 3, "it rests, and then one asks whether it is over"

    async def have_all() -> bool:
        return bool((await users.get("stats"))["accepted"] >= 40)

    await until(have_all, within=60)
    sender.stop()
    await running
    async with services.database.read() as connection:
        statuses = (await connection.execute(select(deliveries.c.status))).scalars().all()
    assert set(statuses) == {"sent"}
