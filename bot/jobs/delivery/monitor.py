"""Watch delivery while it runs: metrics, a broadcast's progress shown to admins, and risks."""

import datetime as dt
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.jobs.delivery.risks import (
    Situation,
    report_changed_headlines,
    report_refusals,
    report_risks,
    report_unhandled_updates,
)
from bot.jobs.delivery.sender import Sender
from bot.news.services import NotifyAdmins, Services
from bot.operators import delivery_notices as notices
from bot.process.metrics import (
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
from storage.delivery.senders import find_senders
from storage.delivery.states import count_finished
from storage.processes.leases import LeaseKey
from storage.upkeep.stats import FULL_RATE, Queue, count_outcomes, find_oldest_due, measure_queue

_SHORTEST_SECONDS = 30.0  # a shorter broadcast is not shown
_EDIT_SECONDS = 15.0  # so seldom that readers notice no delay
_MOST_ADMINS = 5  # who are shown it; alerts go to all
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Broadcast:
    """A broadcast that is shown: its title, the count at its start, and the message in each admin's chat."""

    title: str
    sent_before: int
    shown_at: float
    messages: dict[int, int] = field(default_factory=dict)


class BroadcastProgress:
    """Shows each admin how a broadcast goes, in one message that is edited.

    The state is in memory: after a restart, a new message shows the rest.
    """

    def __init__(self, services: Services, bot: Bot) -> None:
        self._services = services
        self._bot = bot
        self._broadcast: _Broadcast | None = None

    async def show(self, queue: Queue, *, sent: int, rate: float, is_paused: bool) -> None:
        """Begin, update or end the message; `sent` counts since the start of the process."""
        broadcast, zone = self._broadcast, self._services.newsroom.zone
        if broadcast is None:
            if queue.due >= _SHORTEST_SECONDS * FULL_RATE and not is_paused:
                self._broadcast = await self._begin(queue, sent)
        elif not queue.due:
            self._broadcast = None
            done = notices.progress_done(broadcast.title, sent - broadcast.sent_before, queue.at, zone)
            await self._edit(broadcast, done)
        elif time.monotonic() - broadcast.shown_at >= _EDIT_SECONDS:
            broadcast.shown_at = time.monotonic()
            count = sent - broadcast.sent_before
            await self._edit(
                broadcast, notices.progress(broadcast.title, count, queue, rate, zone, is_paused=is_paused)
            )

    async def _begin(self, queue: Queue, sent: int) -> _Broadcast:
        async with self._services.database.read() as connection:
            oldest = await find_oldest_due(connection, now=queue.at)
        title = self._services.newsroom.edition_title(oldest[0]) if oldest else ""
        broadcast = _Broadcast(title, sent, time.monotonic())
        html = notices.progress(title, 0, queue, FULL_RATE, self._services.newsroom.zone, is_paused=False)
        for chat_id in sorted(self._services.admins)[:_MOST_ADMINS]:
            try:
                message = await self._bot.send_message(chat_id, html, parse_mode=ParseMode.HTML)
            except TelegramError as error:
                _log.error("admin not told", chat_id=chat_id, error=str(error))
            else:
                broadcast.messages[chat_id] = message.message_id
        return broadcast

    async def _edit(self, broadcast: _Broadcast, html: str) -> None:
        for chat_id, message_id in broadcast.messages.items():
            try:
                await self._bot.edit_message_text(html, chat_id, message_id, parse_mode=ParseMode.HTML)
            except TelegramError as error:  # the next edit replaces it
                _log.debug("progress not shown", chat_id=chat_id, error=str(error))


_DAY = dt.timedelta(hours=24)
_RATE_SECONDS = 60.0
_DEAF_CHECKS = 3  # checks in a row, one a minute, with a problem of the connection


class Monitor:
    """Sets the metrics and tells the admins; `find_problem` names a problem of the connection.

    Of several processes that send, each with a `share` of the rate, only the first by name tells the admins.
    """

    def __init__(
        self,
        services: Services,
        bot: Bot,
        sender: Sender,
        notify_admins: NotifyAdmins,
        find_problem: Callable[[], str | None],
        *,
        share: LeaseKey | None = None,
    ) -> None:
        self._services = services
        self._bot = bot
        self._sender = sender
        self._notify_admins = notify_admins
        self._find_problem = find_problem
        self._share = share
        self._progress = BroadcastProgress(services, bot)
        self._counts: deque[tuple[float, int]] = deque()
        self._deaf_checks = 0

    async def show(self) -> None:
        """Set the metrics and show how a broadcast goes."""
        queue = await self._measure_queue()
        sent = await self._count_sent()
        rate = self._measured_rate(sent)
        finish_at = queue.finish_at(rate)
        WAITING_DELIVERIES.set(queue.waiting)
        DUE_DELIVERIES.set(queue.due)
        QUEUE_AGE_SECONDS.set(queue.age.total_seconds())
        UNKNOWN_DELIVERIES.set(queue.unknown)
        SENDING_RATE.set(rate)
        SECONDS_TO_FINISH.set((finish_at - queue.at).total_seconds() if finish_at else 0)
        if await self._is_first():
            await self._progress.show(queue, sent=sent, rate=rate, is_paused=self._sender.is_paused)

    async def count_outcomes(self) -> None:
        """Set the metrics that need a larger query: how the deliveries of the last day ended."""
        now = self._services.clock.now()
        async with self._services.database.read() as connection:
            outcomes = await count_outcomes(connection, since=now - _DAY, now=now)
        LATE_DELIVERIES.set(outcomes.late)
        POSSIBLE_DOUBLES.set(outcomes.possible_doubles)
        GONE_DELIVERIES.set(outcomes.gone)

    async def check_risks(self) -> None:
        problem = self._find_problem()
        self._deaf_checks = self._deaf_checks + 1 if problem else 0
        rate = self._measured_rate(await self._count_sent())
        if not await self._is_first():
            return
        situation = Situation(
            await self._measure_queue(),
            rate,
            self._sender.is_paused,
            problem if self._deaf_checks >= _DEAF_CHECKS else None,
        )
        await report_risks(self._services, self._notify_admins, situation)
        await report_refusals(self._services, self._bot, self._notify_admins)
        await report_unhandled_updates(self._services, self._notify_admins)
        await report_changed_headlines(self._services, self._notify_admins)

    async def _measure_queue(self) -> Queue:
        async with self._services.database.read() as connection:
            return await measure_queue(connection, now=self._services.clock.now())

    async def _is_first(self) -> bool:
        if self._share is None:
            return True
        async with self._services.database.read() as connection:
            owners = list(await find_senders(connection, self._share.name))
        return not owners or owners[0] == self._share.owner

    async def _count_sent(self) -> int:
        """Return how many messages this process sent, or all together where several send."""
        if self._share is None:
            return self._sender.sent
        async with self._services.database.read() as connection:
            return (await count_finished(connection)).sent

    def _measured_rate(self, sent: int) -> float:
        """Return how many messages a second went out in the last minute; `sent` is the count by now."""
        now = time.monotonic()
        self._counts.append((now, sent))
        while len(self._counts) > 2 and now - self._counts[0][0] > _RATE_SECONDS:
            self._counts.popleft()
        began, sent_before = self._counts[0]
        return max(0, sent - sent_before) / max(1.0, now - began)
