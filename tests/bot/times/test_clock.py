"""The clocks: real, simulated and set by hand."""

import asyncio
import datetime as dt
from types import SimpleNamespace

import pytest

from bot.times.clock import Clock
from tests.manual_clock import ManualClock

START = dt.datetime(2026, 1, 5, 6, 29, tzinfo=dt.UTC)


async def test_the_plain_clock_is_the_machine_s() -> None:
    before = dt.datetime.now(dt.UTC)
    shown = Clock().now()
    assert before <= shown <= dt.datetime.now(dt.UTC)
    assert shown.tzinfo is dt.UTC


def test_a_simulated_clock_starts_where_told_and_runs_at_its_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = SimpleNamespace(seconds=50.0)
    monkeypatch.setattr("bot.times.clock.time", SimpleNamespace(monotonic=lambda: ticks.seconds))
    clock = Clock(START, rate=60)
    assert clock.now() == START
    ticks.seconds += 2
    assert clock.now() == START + dt.timedelta(minutes=2)
    assert clock.real_seconds(600) == 10


def test_a_start_in_another_zone_is_shown_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.times.clock.time", SimpleNamespace(monotonic=lambda: 0.0))
    hanoi = dt.timezone(dt.timedelta(hours=7))
    assert Clock(START.astimezone(hanoi)).now().isoformat() == START.isoformat()


async def test_sleep_is_counted_in_simulated_seconds() -> None:
    clock = Clock(START, rate=100_000)
    await clock.sleep(3600)
    assert clock.now() - START > dt.timedelta(seconds=3599)


async def test_sleeping_for_no_time_or_less_returns() -> None:
    await Clock(START).sleep(-5)
    await ManualClock(START).sleep(0)


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_clock_does_not_stand_still_or_run_back(rate: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Clock(START, rate)


def test_a_clock_does_not_start_at_a_naive_moment() -> None:
    with pytest.raises(ValueError, match="aware"):
        Clock(START.replace(tzinfo=None))


async def test_advancing_wakes_each_sleeper_at_its_own_moment() -> None:
    clock = ManualClock(START)
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, *naps: float) -> None:
        for nap in naps:
            await clock.sleep(nap)
            woken.append((name, (clock.now() - START).total_seconds()))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sleeper("slow", 30, 60))
        tasks.create_task(sleeper("quick", 10, 10, 10))
        await asyncio.sleep(0)
        await clock.advance(9)
        assert woken == []
        await clock.advance(51)
        assert woken == [("quick", 10), ("quick", 20), ("slow", 30), ("quick", 30)]
        assert clock.now() == START + dt.timedelta(seconds=60)
        await clock.advance(30)
    assert woken[-1] == ("slow", 90)


async def test_a_cancelled_sleeper_does_not_hinder_the_others() -> None:
    clock = ManualClock(START)
    leaving = asyncio.create_task(clock.sleep(5))
    staying = asyncio.create_task(clock.sleep(5))
    await asyncio.sleep(0)
    leaving.cancel()
    await clock.advance(5)
    await staying
    assert leaving.cancelled()


async def test_a_manual_clock_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="back"):
        await ManualClock(START).advance(-1)
