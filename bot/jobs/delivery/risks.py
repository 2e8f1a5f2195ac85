"""Notify the admins once of each risk to delivery, of refusals by Telegram, and of changed headlines.

Notes in the database remember what was reported, so that a restart does not repeat it.
"""

import contextlib
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from telegram import Bot, ChatMember
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.news.services import NotifyAdmins, Services
from bot.operators import delivery_notices as notices
from storage.conversations import count_passed_over, count_set_aside
from storage.delivery.corrections import LOOK_BACK, count_readers, find_unreported_headlines, mark_reported
from storage.delivery.refusals import (
    LostChat,
    find_latest_deliveries,
    take_unreported_holds,
    take_unreported_lost_chats,
)
from storage.notes import find_note, write_note
from storage.upkeep.stats import LATE, Queue

PATIENCE = dt.timedelta(minutes=10)  # how long an operator may stop sending before it counts as a risk
AGAIN = dt.timedelta(minutes=30)  # the same risk is reported again after this at the earliest
_UNKNOWN = "risk:unknown"
_SET_ASIDE = "risk:set_aside"
_PASSED_OVER = "risk:passed_over"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Situation:
    """The state of delivery. `rate`: messages a second; `problem`: what is wrong with the connection."""

    queue: Queue
    rate: float
    is_paused: bool
    problem: str | None


def risks_of(situation: Situation, *, late_window: dt.timedelta, zone: str) -> Mapping[str, str]:
    """Return the risks of now: the text for admins by name. Pure."""
    queue, risks = situation.queue, {}
    if situation.is_paused:
        if queue.due and queue.age > PATIENCE:
            risks["paused"] = notices.paused(queue)
    elif queue.oldest_due_at is not None:
        finish_at = queue.finish_at(situation.rate) or queue.at
        if queue.age > LATE or finish_at > queue.oldest_due_at + max(late_window, LATE):
            risks["late"] = notices.late(queue, situation.rate, zone)
    if queue.limited_until is not None:
        risks["limited"] = notices.limited(queue.limited_until, zone)
    if situation.problem is not None:
        risks["deaf"] = notices.deaf(situation.problem)
    return risks


async def report_risks(services: Services, notify_admins: NotifyAdmins, situation: Situation) -> None:
    """Report new risks and risks that are over."""
    newsroom = services.newsroom
    risks = risks_of(situation, late_window=newsroom.late_window, zone=newsroom.zone)
    for name, over in notices.OVER.items():
        if text := await change(services, f"risk:{name}", risks.get(name), over):
            await notify_admins(text)
    total = situation.queue.unknown
    if new := await _new_since_report(services, _UNKNOWN, total):  # one message for half an hour
        await notify_admins(notices.more_unknown(new, total))


async def change(services: Services, note: str, risk: str | None, over: str) -> str | None:
    """Write down that a risk began or ended; return the text to send, None if nothing is new."""
    now = services.clock.now()
    async with services.database.write() as connection:
        state, _, at = (await find_note(connection, note) or "").partition(" ")
        is_on, reported_at = state == "on", dt.datetime.fromisoformat(at) if at else None
        if risk is not None and not is_on and (reported_at is None or abs(now - reported_at) >= AGAIN):
            await write_note(connection, note, f"on {now.isoformat()}", now=now)
            _log.error("promise at risk", risk=note)
            return risk
        if risk is None and is_on:
            await write_note(connection, note, f"off {(reported_at or now).isoformat()}", now=now)
            return over
    return None


async def report_unhandled_updates(services: Services, notify_admins: NotifyAdmins) -> None:
    """Report updates newly set aside or passed over, in one message for half an hour."""
    async with services.database.read() as connection:
        unreadable, too_many = await count_set_aside(connection), await count_passed_over(connection)
    if new := await _new_since_report(services, _SET_ASIDE, unreadable):
        await notify_admins(notices.more_set_aside(new, unreadable))
    if new := await _new_since_report(services, _PASSED_OVER, too_many):
        await notify_admins(notices.more_passed_over(new, too_many))


async def _new_since_report(services: Services, note: str, total: int) -> int:
    """Return by how much `total` grew since the last report; 0 within half an hour of that."""
    now = services.clock.now()
    async with services.database.write() as connection:
        known, _, at = (await find_note(connection, note) or "0").partition(" ")
        new = total - int(known)
        is_recent = bool(at) and abs(now - dt.datetime.fromisoformat(at)) < AGAIN
        if not new or (new > 0 and is_recent):
            return 0
        reported_at = now.isoformat() if new > 0 else at
        await write_note(connection, note, f"{total} {reported_at}".strip(), now=now)
    return max(0, new)


_DAY = dt.timedelta(hours=24)
_LONG = dt.timedelta(minutes=15)
_ADMINISTRATORS_ASKED = 10


async def report_refusals(services: Services, bot: Bot, notify_admins: NotifyAdmins) -> None:
    """Report long waits, an issue's refused copies and chats where the bot lost its rights."""
    now, newsroom = services.clock.now(), services.newsroom
    async with services.database.write() as connection:
        holds = await take_unreported_holds(connection, now=now, longer_than=_LONG)
        lost = await take_unreported_lost_chats(connection, now=now)
    async with services.database.read() as connection:
        latest = await find_latest_deliveries(connection, since=now - _DAY)
    if holds.chats:
        await notify_admins(notices.long_wait(holds, newsroom.zone))
    for chat in lost:
        await _report_lost_chat(bot, notify_admins, chat)
    for copies in latest:
        title = newsroom.edition_title(copies.edition)
        risk = notices.refused(copies, title, newsroom.zone) if copies.is_trouble else None
        if text := await change(services, f"risk:refused:{copies.edition}", risk, notices.REFUSED_OVER):
            await notify_admins(text)


async def _report_lost_chat(bot: Bot, notify_admins: NotifyAdmins, chat: LostChat) -> None:
    title = "một nhóm hoặc kênh"
    with contextlib.suppress(TelegramError):  # then the general words are used
        title = (await bot.get_chat(chat.chat_id)).title or title
    await notify_admins(notices.rights_lost(title, chat.reason))
    await _notify_owner(bot, chat, title)


async def _notify_owner(bot: Bot, chat: LostChat, title: str) -> None:
    """Notify the chat's owner in private; if that fails, the first administrator who can be reached."""
    try:
        members = await bot.get_chat_administrators(chat.chat_id)
    except TelegramError:
        return  # a channel names them to its administrators alone
    people = [member for member in members if not member.user.is_bot]
    people.sort(key=lambda member: member.status != ChatMember.OWNER)
    for member in people[:_ADMINISTRATORS_ASKED]:
        with contextlib.suppress(TelegramError):  # the member never wrote to the bot, or blocked it
            html = notices.rights_lost_to_owner(title)
            await bot.send_message(member.user.id, html, parse_mode=ParseMode.HTML)
            return


_MOST_AT_ONCE = 4  # headlines in one message; the others follow a minute later


async def report_changed_headlines(services: Services, notify_admins: NotifyAdmins) -> None:
    """Report headlines that papers changed after readers got them, with the command that corrects each."""
    now = services.clock.now()
    async with services.database.read() as connection:
        found = await find_unreported_headlines(connection, now=now, limit=_MOST_AT_ONCE)
    if not found:
        return
    async with services.database.write() as connection:
        await mark_reported(connection, found, now=now)
        since = now - LOOK_BACK
        readers = [await count_readers(connection, one.story_id, since=since) for one in found]
    lines = [
        notices.headline_changed(one, services.newsroom.title_of(one.source), count)
        for one, count in zip(found, readers, strict=True)
    ]
    await notify_admins("\n\n".join(lines))
