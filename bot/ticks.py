"""The handful of ticks, on APScheduler. They only look; what is due stands in tables.

A tick that comes late still runs, once, and never beside itself. One broken run is logged and counted; the
next one comes all the same.
"""

import datetime as dt
from collections.abc import Awaitable, Callable

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import Clock
from bot.metrics import JOB_FAILURES, JOB_SECONDS

_SHORTEST_SECONDS = 0.05  # a fast simulated clock must leave the loop room
Job = Callable[[], Awaitable[object]]
_log = structlog.get_logger(__name__)


class Ticks:
    """Runs jobs at simulated intervals, the minute's tick on the minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._scheduler = AsyncIOScheduler(
            timezone=dt.UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def add(self, name: str, job: Job, *, every_seconds: float, on_the_minute: bool = False) -> None:
        """Run `job` every `every_seconds` of the clock, from now or from the next whole minute."""
        now = self._clock.now()
        wait = 60 - now.second - now.microsecond / 1e6 if on_the_minute else 0.0
        start = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self._clock.real_seconds(wait))
        seconds = max(_SHORTEST_SECONDS, self._clock.real_seconds(every_seconds))
        trigger = IntervalTrigger(seconds=seconds, start_date=start, timezone=dt.UTC)
        self._scheduler.add_job(_run, trigger, [name, job], id=name, next_run_time=start)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more; a run under way is cancelled, and its transaction undone."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


async def _run(name: str, job: Job) -> None:
    with JOB_SECONDS.labels(name).time():
        try:
            await job()
        except Exception:  # noqa: BLE001 - one job run is where an unforeseen error must end
            JOB_FAILURES.labels(name).inc()
            _log.exception("job failed", job=name)
