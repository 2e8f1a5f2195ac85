"""A wall clock that is wrong: admins are told once and jobs wait; a large prune asks first."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.commands.database import ALLOWED
from bot.jobs.clock_watch import ClockWatch, judge
from bot.jobs.digests.slots import run_due_slots
from bot.jobs.upkeep_jobs import end_impossible_waits, prune_if_night
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.telegram.transport import AiohttpRequest
from storage.articles import store_articles
from storage.delivery.refusals import find_limit, hold_chat, limit_bot
from storage.notes import write_note
from storage.sources import SourceState, save_source_state
from storage.tables import articles, deliveries, subscribers, web_sources
from tests.bot.conftest import incoming
from tests.manual_clock import ManualClock

NOW = dt.datetime(2026, 3, 1, 22, 0, tzinfo=dt.UTC)
DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("telegram", "newest", "is_wrong"),
    [
        (NOW, NOW - 60 * DAY, False),  # off for two months, and Telegram agrees
        (NOW + 10 * MINUTE, NOW, False),
        (NOW + 7 * HOUR, NOW - MINUTE, True),
        (NOW - 366 * DAY, NOW - 366 * DAY, True),
        (None, None, False),  # an empty database
        (None, NOW - 21 * DAY, False),  # off for three weeks, without a network yet
        (None, NOW - 366 * DAY, True),
        (None, NOW + 7 * HOUR, True),
    ],
)
def test_a_clock_is_judged_by_telegram_or_else_by_the_newest_rows(
    telegram: dt.datetime | None, newest: dt.datetime | None, is_wrong: bool
) -> None:
    assert (judge(NOW, telegram=telegram, newest=newest, is_simulated=False) is not None) is is_wrong


def test_a_simulated_clock_is_held_only_far_ahead_of_the_rows() -> None:
    def is_wrong(newest: dt.datetime) -> bool:
        return judge(NOW, telegram=NOW + 90 * DAY, newest=newest, is_simulated=True) is not None

    assert [is_wrong(NOW + 300 * DAY), is_wrong(NOW - 20 * DAY), is_wrong(NOW - 366 * DAY)] == [
        False, False, True,
    ]  # fmt: skip


async def test_a_clock_a_year_ahead_is_told_once_and_is_over_by_itself(
    services: Services, clock: ManualClock, reader: Any, story: Any, admin_chat: Any
) -> None:
    await reader(1)
    await story("Cầu mới thông xe ở Bến Lở")
    await run_due_slots(services, admin_chat)
    right = clock.now()
    services.clock = ahead = ManualClock(right + 366 * DAY)
    for _ in range(2):
        watch = ClockWatch(services, admin_chat, lambda: None)
        for _ in range(4):
            assert not await watch.is_right()
            await ahead.advance(20)
        assert watch.problem is not None
    assert len(admin_chat) == 1
    assert "timedatectl" in admin_chat[0]
    services.clock = ManualClock(right + HOUR)
    watch = ClockWatch(services, admin_chat, lambda: right + HOUR)
    assert await watch.is_right()
    assert len(admin_chat) == 2


async def test_a_step_while_it_runs_is_seen_at_the_next_question(
    services: Services, clock: ManualClock, story: Any, admin_chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story("Cầu mới thông xe ở Bến Lở")
    watch = ClockWatch(services, admin_chat, lambda: None)
    assert await watch.is_right()
    before = clock.now()
    monkeypatch.setattr(clock, "now", lambda: before - 7 * HOUR)
    monkeypatch.setattr(clock, "is_simulated", False)
    assert not await watch.is_right()
    monkeypatch.setattr(clock, "now", lambda: before)
    assert await watch.is_right()


async def store(services: Services, number: int, *, at: dt.datetime) -> None:
    """Store so many articles."""
    async with services.database.write() as connection:
        await store_articles(connection, [incoming(f"Tin {at} {n}", None, at) for n in range(number)], now=at)


async def count(services: Services) -> int:
    """Return how many articles are stored."""
    async with services.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(articles))).scalar_one()


async def test_a_prune_that_would_take_more_than_its_share_asks_first_and_runs_once_allowed(
    services: Services, clock: ManualClock, admin_chat: Any, make_newsroom: Callable[..., Newsroom]
) -> None:
    services.newsroom = make_newsroom(keep_days=7)
    await store(services, 250, at=clock.now() - 8 * DAY)
    await store(services, 100, at=clock.now())
    for _ in range(2):
        assert not await prune_if_night(services, admin_chat)
    assert await count(services) == 350
    assert len(admin_chat) == 1
    assert "250/350 bài" in admin_chat[0]
    assert "diemtin db prune --allow" in admin_chat[0]
    async with services.database.write() as connection:
        await write_note(connection, ALLOWED, "", now=clock.now())
    assert await prune_if_night(services, admin_chat)
    assert await count(services) == 100


async def test_the_transport_knows_telegrams_time(telegram: Any) -> None:
    request: AiohttpRequest = telegram._request[1]
    assert request.server_time is not None
    assert abs(request.server_time - dt.datetime.now(dt.UTC)) < MINUTE


async def test_waits_that_a_wrong_clock_dated_far_ahead_end_once_it_is_right(
    services: Services, clock: ManualClock, queue: Any
) -> None:
    await queue(1, 2)
    now, d, s, w = clock.now(), deliveries.c, subscribers.c, web_sources.c
    async with services.database.write() as connection:
        first, second = (await connection.execute(select(d.id).order_by(d.id))).scalars()
        for row, not_before in ((first, now + 300 * DAY), (second, now + 20 * HOUR)):
            change = update(deliveries).where(d.id == row).values(not_before=not_before)
            await connection.execute(change)
        await hold_chat(connection, 1, now + 200 * DAY)
        await hold_chat(connection, 2, now + 2 * DAY)
        await limit_bot(connection, now + 100 * DAY, now=now)
        state = SourceState("bao-la", "https://la.vn/rss", next_at=now + 365 * DAY)
        await save_source_state(connection, state)
    await end_impossible_waits(services)
    async with services.database.read() as connection:
        due = {row.id: row.not_before for row in await connection.execute(select(d.id, d.not_before))}
        held = {r.chat_id: r.held_until for r in await connection.execute(select(s.chat_id, s.held_until))}
        next_at = (await connection.execute(select(w.next_at))).scalar_one()
        assert await find_limit(connection) is None
    assert due == {first: now, second: now + 20 * HOUR}, "a wait that may be meant stays"
    assert held == {1: None, 2: now + 2 * DAY}
    assert next_at == now
