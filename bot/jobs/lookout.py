"""Look at delivery while it runs: the figures for Prometheus, the broadcast's progress, and risks."""

import datetime as dt
import time
from collections import deque
from collections.abc import Callable

from telegram import Bot

from bot.desk import Desk
from bot.jobs.changed_headlines import tell_changed_headlines
from bot.jobs.delivery import Sender
from bot.jobs.progress import BroadcastProgress
from bot.jobs.refusals import tell_refusals
from bot.jobs.risks import Situation, tell_risks, tell_unhandled_updates
from bot.jobs.slots import Tell
from bot.metrics import (
    DUE_DELIVERIES,
    GONE_DELIVERIES,
    LATE_DELIVERIES,
    POSSIBLE_DOUBLES,
    QUEUE_AGE_SECONDS,
    SECONDS_TO_FINISH,
    SENDING_RATE,
    UNKNOWN_DELIVERIES,
    WAITING_DELIVERIES,
)
from storage.delivery.outlook import Queue, count_outcomes, look_at_queue

_DAY = dt.timedelta(hours=24)
_RATE_SECONDS = 60.0
_DEAF_LOOKS = 3  # so many minutes in a row without word from Telegram are no accident


class Lookout:
    """Looks, and tells the admins; `find_problem` names what is wrong with the connection, if anything is."""

    def __init__(
        self, desk: Desk, bot: Bot, sender: Sender, tell: Tell, find_problem: Callable[[], str | None]
    ) -> None:
        self._desk = desk
        self._bot = bot
        self._sender = sender
        self._tell = tell
        self._find_problem = find_problem
        self._progress = BroadcastProgress(desk, bot)
        self._counts: deque[tuple[float, int]] = deque()
        self._deaf_looks = 0

    async def look(self) -> None:
        """Set the figures and show how a broadcast goes."""
        queue = await self._look_at_queue()
        rate = self._measured_rate()
        _show(queue, rate)
        await self._progress.look(queue, sent=self._sender.sent, rate=rate, is_paused=self._sender.is_paused)

    async def count_outcomes(self) -> None:
        """Set the figures that cost more: what came of a day's deliveries."""
        now = self._desk.clock.now()
        async with self._desk.database.read() as connection:
            outcomes = await count_outcomes(connection, since=now - _DAY, now=now)
        LATE_DELIVERIES.set(outcomes.late)
        POSSIBLE_DOUBLES.set(outcomes.possible_doubles)
        GONE_DELIVERIES.set(outcomes.gone)

    async def look_for_risks(self) -> None:
        """Tell what puts the promise at risk."""
        problem = self._find_problem()
        self._deaf_looks = self._deaf_looks + 1 if problem else 0
        situation = Situation(
            await self._look_at_queue(),
            self._measured_rate(),
            self._sender.is_paused,
            problem if self._deaf_looks >= _DEAF_LOOKS else None,
        )
        await tell_risks(self._desk, self._tell, situation)
        await tell_refusals(self._desk, self._bot, self._tell)
        await tell_unhandled_updates(self._desk, self._tell)
        await tell_changed_headlines(self._desk, self._tell)

    async def _look_at_queue(self) -> Queue:
        async with self._desk.database.read() as connection:
            return await look_at_queue(connection, now=self._desk.clock.now())

    def _measured_rate(self) -> float:
        """Return how many messages a second went out in the last minute."""
        now = time.monotonic()
        self._counts.append((now, self._sender.sent))
        while len(self._counts) > 2 and now - self._counts[0][0] > _RATE_SECONDS:
            self._counts.popleft()
        began, sent_before = self._counts[0]
        return (self._sender.sent - sent_before) / max(1.0, now - began)


def _show(queue: Queue, rate: float) -> None:
    finish_at = queue.finish_at(rate)
    WAITING_DELIVERIES.set(queue.waiting)
    DUE_DELIVERIES.set(queue.due)
    QUEUE_AGE_SECONDS.set(queue.age.total_seconds())
    UNKNOWN_DELIVERIES.set(queue.unknown)
    SENDING_RATE.set(rate)
    SECONDS_TO_FINISH.set((finish_at - queue.at).total_seconds() if finish_at else 0)
