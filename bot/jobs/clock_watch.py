"""Watch the machine's wall clock: while it is wrong, nothing is taken in, made, skipped or pruned.

The clock is compared with the Date of Telegram's answers. If Telegram has not answered lately, it is compared
with the newest rows of the database: a clock behind them, or further ahead than any downtime, is wrong.
`DIEMTIN_NOW` sets the time on purpose. So a simulated clock is wrong only if it is far ahead of the rows,
which protects a real database from being pruned in a simulation.
"""

import asyncio
import datetime as dt
from collections.abc import Callable

import structlog
from markupsafe import escape

from bot.jobs.digests.slots import find_checked_until
from bot.news.services import NotifyAdmins, Services
from bot.operators import notices
from storage.notes import find_note, forget_note, write_new_note
from storage.upkeep.prune import find_newest_row

TOLERANCE = dt.timedelta(minutes=15)  # a digest that is later than that counts as late
FURTHEST_AHEAD = dt.timedelta(days=30)  # of the newest row, where only rows can be asked
_CHECK_SECONDS = 20.0
_SURE_SECONDS = 60.0  # a machine that was suspended is right as soon as Telegram answers again
_NOTE = "clock told wrong"  # the name of the note that the admins were notified
_log = structlog.get_logger(__name__)


def judge(
    now: dt.datetime, *, telegram: dt.datetime | None, newest: dt.datetime | None, is_simulated: bool
) -> str | None:
    """Describe the fault of a clock that shows `now`, None if it is right. Pure.

    `telegram` is the time by Telegram's Date header, `newest` that of the newest row.
    """
    if telegram is not None and not is_simulated:
        return notices.clock_wrong(now, telegram) if abs(now - telegram) > TOLERANCE else None
    if newest is None:
        return None
    is_behind = newest - now > TOLERANCE and not is_simulated
    if now - newest > FURTHEST_AHEAD or is_behind:
        return notices.clock_unlike_rows(now, newest)
    return None


class ClockWatch:
    """Remembers the last verdict for some seconds. `telegram_time` returns Telegram's time, if known.

    `machine` names the machine where processes on several share the database: each has a clock of its own.
    """

    def __init__(
        self,
        services: Services,
        notify_admins: NotifyAdmins,
        telegram_time: Callable[[], dt.datetime | None],
        machine: str = "",
    ) -> None:
        self.problem: str | None = None
        self._note = f"{_NOTE} {machine}".rstrip()
        self._where = f"{machine}: " if machine else ""
        self._services = services
        self._notify_admins = notify_admins
        self._telegram_time = telegram_time
        self._lock = asyncio.Lock()
        self._last: tuple[float, dt.datetime] | None = None
        self._wrong_since: float | None = None

    async def is_right(self) -> bool:
        return await self.find_problem() is None

    async def find_problem(self) -> str | None:
        """Describe the fault of the clock, None if it is right; check again if the last check is old."""
        async with self._lock:
            if not self._is_known():
                await self._check()
            return self.problem

    def _is_known(self) -> bool:
        if self._last is None:
            return False
        clock = self._services.clock
        passed = clock.elapsed() - self._last[0]
        shown = (clock.now() - self._last[1]).total_seconds()
        return passed < _CHECK_SECONDS and abs(shown - passed) < TOLERANCE.total_seconds()

    async def _check(self) -> None:
        clock = self._services.clock
        now = clock.now()
        async with self._services.database.read() as connection:
            seen = (await find_newest_row(connection), await find_checked_until(connection))
            was_reported = await find_note(connection, self._note) is not None
        newest = max(filter(None, seen), default=None)
        self.problem = judge(
            now, telegram=self._telegram_time(), newest=newest, is_simulated=clock.is_simulated
        )
        self._last = (clock.elapsed(), now)
        if self.problem is None:
            self._wrong_since = None
        elif self._wrong_since is None:
            self._wrong_since = clock.elapsed()
        is_sure = self._wrong_since is None or clock.elapsed() - self._wrong_since >= _SURE_SECONDS
        if is_sure and (self.problem is not None) != was_reported:
            await self._report(now)

    async def _report(self, now: dt.datetime) -> None:
        async with self._services.database.write() as connection:
            if self.problem is None:
                is_news = await forget_note(connection, self._note)
            else:
                is_news = await write_new_note(connection, self._note, now.isoformat(), now=now)
        if not is_news:  # another process of this machine was first
            return
        if self.problem is None:
            _log.warning("the clock is right again")
            await self._notify_admins(f"{escape(self._where)}{notices.CLOCK_RIGHT_AGAIN}")
        else:
            _log.error("the clock is wrong", problem=self.problem)
            await self._notify_admins(f"⚠️ {escape(self._where)}{self.problem}")
