"""The sender: takes due deliveries a few at a time, sends them, writes down what came of each.

`sending` is committed before Telegram is called. Few are in flight, so that replies to people never queue
behind a broadcast and a kill leaves few rows in doubt. What came of a delivery is kept in memory until the
database has taken it down; before that nothing more is sent.
"""

import asyncio
import datetime as dt
import re
from dataclasses import dataclass
from html import unescape

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot, LinkPreviewOptions
from telegram.error import TelegramError

from bot.desk import Desk
from bot.failures import contained
from bot.jobs.outcomes import Halt, Move, Outcome, Refuse, Retire, SendPlain, Wait, outcome_of
from bot.metrics import DELIVERIES
from storage.deliveries import (
    MOST_TRIES,
    Claimed,
    claim_deliveries,
    mark_gone,
    mark_sent,
    mark_unknown,
    put_back,
    recover_interrupted,
)
from storage.notes import find_note, forget_note, write_note
from storage.subscribers import move_chat, retire

IN_FLIGHT = 4
_IDLE_SECONDS = 1.0
_UNFORESEEN = Wait(10.0, counts=True, reason="unforeseen error")
_PAUSED = "sending_paused"
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_TAG = re.compile(r"<[^>]*>")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram took the message."""

    message_id: int


class Sender:
    """Sends what is due until it is stopped."""

    def __init__(self, desk: Desk, bot: Bot) -> None:
        self._desk = desk
        self._bot = bot
        self._wake = asyncio.Event()
        self._stopping = False
        self._unwritten: list[tuple[Claimed, Sent | Outcome]] = []
        self.is_paused = False
        self.is_halted = False
        self._rest_until = 0.0

    def wake(self) -> None:
        """Look for due deliveries now rather than within a second."""
        self._wake.set()

    def stop(self) -> None:
        """Finish what is in flight and end."""
        self._stopping = True
        self._wake.set()

    async def set_paused(self, is_paused: bool) -> None:
        """Send nothing until further notice, or go on; a restart does not change it."""
        self.is_paused = is_paused
        now = self._desk.clock.now()
        async with self._desk.database.write() as connection:
            if is_paused:
                await write_note(connection, _PAUSED, now.isoformat(), now=now)
            else:
                await forget_note(connection, _PAUSED)
        self.wake()

    async def recover(self) -> int:
        """Take up what an earlier process left, half-sent rows and a pause; return how many ended unknown."""
        async with self._desk.database.write() as connection:
            self.is_paused = await find_note(connection, _PAUSED) is not None
            return await recover_interrupted(connection, now=self._desk.clock.now())

    async def run(self) -> None:
        """Send until `stop`."""
        while not self._stopping:
            sent = 0
            with contained("delivery"):
                sent = await self.send_batch() if self._may_send() else 0
            if not sent:
                await self._rest()

    def _may_send(self) -> bool:
        is_resting = asyncio.get_running_loop().time() < self._rest_until
        return not (self.is_paused or self.is_halted or is_resting)

    async def _rest(self) -> None:
        self._wake.clear()
        if self._stopping:
            return
        try:
            await asyncio.wait_for(self._wake.wait(), _IDLE_SECONDS)
        except TimeoutError:
            return

    async def send_batch(self) -> int:
        """Send up to `IN_FLIGHT` due deliveries; return how many were taken."""
        await self._write_results_down()
        async with self._desk.database.write() as connection:
            claimed = await claim_deliveries(connection, now=self._desk.clock.now(), limit=IN_FLIGHT)
        results = await asyncio.gather(*(self._send(one) for one in claimed))
        self._unwritten = list(zip(claimed, results, strict=True))
        await self._write_results_down()
        return len(claimed)

    async def _send(self, one: Claimed) -> Sent | Outcome:
        with contained("delivery", delivery=one.id):
            return await self._try(one)
        return _UNFORESEEN

    async def _try(self, one: Claimed) -> Sent | Outcome:
        try:
            return await self._send_html(one)
        except TelegramError as error:
            outcome = outcome_of(error)
        if isinstance(outcome, SendPlain):
            _log.error("markup refused", delivery=one.id, reason=outcome.reason)
            try:
                return await self._send_plain(one)
            except TelegramError as error:
                return outcome_of(error)
        return outcome

    async def _send_html(self, one: Claimed) -> Sent:
        message = await self._bot.send_message(
            one.chat_id, one.html, parse_mode="HTML", link_preview_options=_NO_PREVIEW
        )
        return Sent(message.message_id)

    async def _send_plain(self, one: Claimed) -> Sent:
        words = unescape(_TAG.sub("", one.html))
        message = await self._bot.send_message(one.chat_id, words, link_preview_options=_NO_PREVIEW)
        return Sent(message.message_id)

    async def _write_results_down(self) -> None:
        if not self._unwritten:
            return
        async with self._desk.database.write() as connection:
            for one, result in self._unwritten:
                await self._write_down(connection, one, result)
        for _, result in self._unwritten:
            DELIVERIES.labels(type(result).__name__.lower()).inc()
        self._unwritten = []

    async def _write_down(self, connection: AsyncConnection, one: Claimed, result: Sent | Outcome) -> None:
        now = self._desk.clock.now()
        match result:
            case Sent():
                await mark_sent(connection, one.id, result.message_id, now=now)
            case Wait():
                await self._wait(connection, one, result, now)
            case Retire():
                await mark_gone(connection, one.id, result.reason, now=now)
                await retire(connection, one.chat_id, result.reason, now=now)
            case Move():
                await move_chat(connection, one.chat_id, result.new_chat_id, now=now)
                await put_back(connection, one.id, not_before=now, counts=False, reason="moved", now=now)
            case Halt():
                self.is_halted = True
                _log.critical("the token is refused: nothing more is sent")
                await put_back(
                    connection, one.id, not_before=now, counts=False, reason=result.reason, now=now
                )
            case SendPlain() | Refuse():
                _log.error("delivery refused", delivery=one.id, reason=result.reason)
                await mark_gone(connection, one.id, result.reason, now=now)

    async def _wait(self, connection: AsyncConnection, one: Claimed, wait: Wait, now: dt.datetime) -> None:
        # The network's waits are real seconds whatever the clock's rate, so the sender itself waits them out.
        self._rest_until = max(self._rest_until, asyncio.get_running_loop().time() + wait.seconds)
        if wait.counts and one.tries >= MOST_TRIES:
            _log.error("delivery in doubt", delivery=one.id, reason=wait.reason)
            await mark_unknown(connection, one.id, wait.reason, now=now)
            return
        await put_back(connection, one.id, not_before=now, counts=wait.counts, reason=wait.reason, now=now)
