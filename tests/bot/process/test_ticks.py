"""Ticks: on the minute, never beside themselves, and whatever one run does the next one comes."""

import asyncio
import datetime as dt
import time
from typing import Any, Self

import apscheduler.schedulers.base
import pytest

from bot.process.scheduler import Scheduler
from bot.times.clock import Clock

HOUR = 3_600
START = dt.datetime(2026, 3, 2, 5, 0, 40, tzinfo=dt.UTC)


async def test_the_minutes_tick_falls_just_after_whole_minutes() -> None:
    clock = Clock(START, rate=200)
    scheduler, moments, enough = Scheduler(clock), [], asyncio.Event()

    async def note() -> None:
        moments.append(clock.now())
        if len(moments) == 3:
            enough.set()

    scheduler.add("minute", note, every_seconds=60, on_the_minute=True)
    scheduler.start()
    await asyncio.wait_for(enough.wait(), 20)
    await scheduler.stop()
    assert moments[0] >= START + dt.timedelta(seconds=20)
    assert [moment.minute for moment in moments[:1]] == [1]


async def test_a_run_that_fails_is_followed_by_the_next() -> None:
    scheduler, runs, enough = Scheduler(Clock(rate=1_000)), [], asyncio.Event()

    async def fail() -> None:
        runs.append(time.monotonic())
        if len(runs) == 3:
            enough.set()
        raise ZeroDivisionError

    scheduler.add("failing", fail, every_seconds=60)
    scheduler.start()
    await asyncio.wait_for(enough.wait(), 20)
    await scheduler.stop()


async def test_a_slow_run_is_never_beside_itself() -> None:
    scheduler, under_way, most, enough = Scheduler(Clock(rate=1_000)), [0], [0], asyncio.Event()

    async def dawdle() -> None:
        under_way[0] += 1
        most[0] = max(most[0], under_way[0])
        await asyncio.sleep(0.2)
        under_way[0] -= 1
        if most[0] and time.monotonic() > begun + 0.7:
            enough.set()

    begun = time.monotonic()
    scheduler.add("slow", dawdle, every_seconds=60)
    scheduler.start()
    await asyncio.wait_for(enough.wait(), 20)
    await scheduler.stop()
    assert most == [1]


async def test_stopping_lets_a_run_finish() -> None:
    scheduler, begun, done = Scheduler(Clock()), asyncio.Event(), []

    async def work() -> None:
        begun.set()
        await asyncio.sleep(0.1)
        done.append(True)

    scheduler.add("work", work, every_seconds=60)
    scheduler.start()
    await asyncio.wait_for(begun.wait(), 20)
    await scheduler.stop()
    assert done == [True]


async def test_a_run_that_does_not_end_is_cancelled_and_undone(caplog: pytest.LogCaptureFixture) -> None:
    scheduler, begun, undone = Scheduler(Clock()), asyncio.Event(), []

    async def hang() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            undone.append(True)

    scheduler.add("hang", hang, every_seconds=60)
    scheduler.start()
    await asyncio.wait_for(begun.wait(), 20)
    await scheduler.stop(patience_seconds=0.05)
    assert undone == [True]
    assert caplog.record_tuples == [], "the end is no error"


class SetWallClock:
    """The machine's wall clock as APScheduler and ticks see it, set to another time at will."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        step = self
        self.seconds = 0.0

        class Shifted(dt.datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Self:
                return super().now(tz) + dt.timedelta(seconds=step.seconds)

        monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Shifted)
        monkeypatch.setattr("bot.process.scheduler.dt.datetime", Shifted)


@pytest.mark.parametrize("hours", [-7, 7, 24 * 366])
async def test_ticks_go_on_when_the_wall_clock_is_set(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    wall = SetWallClock(monkeypatch)
    scheduler, runs, enough = Scheduler(Clock(rate=300)), [0, 0], asyncio.Event()

    def counter(place: int) -> Any:
        async def count() -> None:
            runs[place] += 1
            if min(runs) >= 3:
                enough.set()

        return count

    scheduler.add("often", counter(0), every_seconds=20)
    scheduler.add("minute", counter(1), every_seconds=60, on_the_minute=True)
    scheduler.start()
    await asyncio.wait_for(enough.wait(), 20)
    wall.seconds = hours * HOUR
    runs[:] = [0, 0]
    enough.clear()
    await asyncio.wait_for(enough.wait(), 20)
    assert max(runs) < 1_000, "what was missed is made up for by one run"
    await scheduler.stop()


async def test_a_minutes_tick_may_come_at_once_and_then_on_the_minute() -> None:
    clock = Clock(START, rate=200)
    scheduler, moments, enough = Scheduler(clock), [], asyncio.Event()

    async def note() -> None:
        moments.append(clock.now())
        if len(moments) == 2:
            enough.set()

    scheduler.add("minute", note, every_seconds=60, on_the_minute=True, at_once=True)
    scheduler.start()
    await asyncio.wait_for(enough.wait(), 20)
    await scheduler.stop()
    assert moments[1] >= START + dt.timedelta(seconds=20) > moments[0]


async def test_a_tick_that_is_woken_runs_at_once_and_once_more_if_it_ran_already() -> None:
    scheduler, runs, goes_on = Scheduler(Clock()), asyncio.Queue[int](), asyncio.Event()

    async def work() -> None:
        runs.put_nowait(1)
        await goes_on.wait()

    scheduler.add("work", work, every_seconds=HOUR)
    scheduler.wake("nothing of this name")
    scheduler.start()
    await asyncio.wait_for(runs.get(), 20)
    scheduler.wake("work")
    scheduler.wake("work")
    goes_on.set()
    await asyncio.wait_for(runs.get(), 20)
    while "work" in scheduler._at_work:  # noqa: ASYNC110 - it ends by itself
        await asyncio.sleep(0.01)
    assert runs.empty(), "what woke it while it ran is one"
    scheduler.wake("work")
    await asyncio.wait_for(runs.get(), 20)
    await scheduler.stop()
