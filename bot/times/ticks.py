"""The handful of ticks, on APScheduler. They only look; what is due stands in tables.

A tick that comes late still runs, once, and never beside itself. One broken run is logged and counted; the
next one comes all the same.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.failures import contained
from bot.metrics import JOB_SECONDS
from bot.times.clock import Clock

_SHORTEST_SECONDS = 0.05  # a fast simulated clock must leave the loop room
_AFTER_THE_MINUTE = 0.02  # real seconds: a simulated clock's rounding must not make the tick come before
Job = Callable[[], Awaitable[object]]


class Ticks:
    """Runs jobs at simulated intervals, the minute's tick on the minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._running: set[asyncio.Task[Any]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=dt.UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def add(self, name: str, job: Job, *, every_seconds: float, on_the_minute: bool = False) -> None:
        """Run `job` every `every_seconds` of the clock, from now or from the next whole minute."""
        real_wait = 0.0
        if on_the_minute:
            now = self._clock.now()
            to_minute = 60 - now.second - now.microsecond / 1e6
            real_wait = self._clock.real_seconds(to_minute) + _AFTER_THE_MINUTE
        start = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=real_wait)
        seconds = max(_SHORTEST_SECONDS, self._clock.real_seconds(every_seconds))
        trigger = IntervalTrigger(seconds=seconds, start_date=start, timezone=dt.UTC)
        self._scheduler.add_job(self._run, trigger, [name, job], id=name, next_run_time=start)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    async def stop(self, *, patience_seconds: float = 3.0) -> None:
        """Tick no more. Runs under way may finish; after `patience_seconds` they are cancelled, undone."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=patience_seconds)
        unfinished = list(self._running)
        self._scheduler.shutdown(wait=False)  # cancels them
        await asyncio.gather(*unfinished, return_exceptions=True)

    async def _run(self, name: str, job: Job) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        with JOB_SECONDS.labels(name).time(), contained(name):
            await job()
