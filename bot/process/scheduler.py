"""The periodic jobs, called ticks, on APScheduler. A tick only checks; the tables say what is due."""

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.process.metrics import JOB_SECONDS, log_errors
from bot.times.clock import Clock

_SHORTEST_SECONDS = 0.05  # a fast simulated clock must leave the loop room
_AFTER_THE_MINUTE = 0.02  # real seconds: rounding of a simulated clock must not make a tick come early
_CHECK_SECONDS = 1.0  # by the monotonic clock, as the event loop
_SLACK = dt.timedelta(seconds=0.5)
_log = structlog.get_logger(__name__)
Job = Callable[[], Awaitable[object]]


class _Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires `wait()` real seconds from now; one run makes up for all that were missed."""

    def __init__(self, wait: Callable[[], float]) -> None:
        self._wait = wait

    def get_next_fire_time(self, previous_fire_time: dt.datetime | None, now: dt.datetime) -> dt.datetime:
        """Return the next moment of the machine's wall clock, always later than `now`."""
        return now + dt.timedelta(seconds=self._wait())


class Scheduler:
    """Runs jobs at simulated intervals, the minute's tick on the minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._allowed: dict[str, float] = {}
        self._done_at: dict[str, float] = {}  # by the monotonic clock; at first when the tick was added
        self._running: set[asyncio.Task[Any]] = set()
        self._at_work: set[str] = set()  # ticks that run now
        self._woken: set[str] = set()  # of these, those to run again at once
        self._following: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._scheduler = AsyncIOScheduler(
            timezone=dt.UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def add(
        self,
        name: str,
        job: Job,
        *,
        every_seconds: float,
        on_the_minute: bool = False,
        at_once: bool | None = None,
        allowed_seconds: float = 300.0,
    ) -> None:
        """Run `job` every `every_seconds` of the clock, or on each whole minute of it.

        `at_once`: start the first run now; this is the default unless it runs `on_the_minute`. A tick is late
        if it does not succeed for `allowed_seconds` of real time beyond its interval.
        """

        def wait() -> float:
            seconds = self._seconds_to_minute() if on_the_minute else self._clock.real_seconds(every_seconds)
            return max(_SHORTEST_SECONDS, seconds)

        self._allowed[name] = self._clock.real_seconds(every_seconds) + allowed_seconds
        self._done_at[name] = time.monotonic()
        is_first_at_once = not on_the_minute if at_once is None else at_once
        start = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=0 if is_first_at_once else wait())
        self._scheduler.add_job(self._run, _Every(wait), [name, job], id=name, next_run_time=start)

    def _seconds_to_minute(self) -> float:
        now = self._clock.now()
        return self._clock.real_seconds(60 - now.second - now.microsecond / 1e6) + _AFTER_THE_MINUTE

    def find_late(self) -> list[tuple[str, int]]:
        """Return the ticks that have not succeeded within their time, with that time in minutes."""
        now = time.monotonic()
        return [
            (name, round(allowed / 60))
            for name, allowed in self._allowed.items()
            if now - self._done_at[name] > allowed
        ]

    def has(self, name: str) -> bool:
        return name in self._allowed

    def wake(self, name: str) -> None:
        """Run a tick now; if it is running, again right after. A tick that was not added is ignored."""
        if name in self._at_work:
            self._woken.add(name)
        elif self.has(name) and self._scheduler.running:
            self._scheduler.modify_job(name, next_run_time=dt.datetime.now(dt.UTC))

    def start(self) -> None:
        self._scheduler.start()
        self._following = asyncio.create_task(self._follow_wall_clock())

    async def stop(self, *, patience_seconds: float = 3.0) -> None:
        """Start no more runs and wait for the present ones; cancel them after `patience_seconds`."""
        if not self._scheduler.running:
            return
        if self._following is not None:
            self._following.cancel()
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=patience_seconds)
        unfinished = list(self._running)
        self._is_stopping = True
        self._scheduler.shutdown(wait=False)  # cancels them
        await asyncio.gather(*unfinished, return_exceptions=True)

    async def _follow_wall_clock(self) -> None:
        """Bring ticks forward that are too far ahead because the wall clock was set back."""
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            now = dt.datetime.now(dt.UTC)
            for job in self._scheduler.get_jobs():
                latest = job.trigger.get_next_fire_time(None, now)
                if job.next_run_time > latest + _SLACK:
                    job.modify(next_run_time=latest)

    async def _run(self, name: str, job: Job) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        self._at_work.add(name)
        try:
            with JOB_SECONDS.labels(name).time(), log_errors(name):
                await job()
                self._done_at[name] = time.monotonic()
        except asyncio.CancelledError:
            if not self._is_stopping:
                raise
            _log.info("tick cancelled at the end", tick=name)  # APScheduler would log it as an error
        finally:
            self._at_work.discard(name)
            if name in self._woken and not self._is_stopping:
                self._woken.discard(name)
                asyncio.get_running_loop().call_soon(self.wake, name)
