"""Watch over the promise: the admins hear once that it is at risk, and once that the risk is over.

What they were told is in notes, so that a restart does not repeat it; the same risk is told twice an hour at
the most.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Desk
from bot.jobs.slots import Tell
from bot.operators import delivery_notices as notices
from storage.delivery.outlook import LATE, Queue
from storage.notes import find_note, write_note
from storage.updates import count_passed_over, count_set_aside

PATIENCE = dt.timedelta(minutes=10)  # with an operator who stopped sending
AGAIN = dt.timedelta(minutes=30)
_UNKNOWN = "risk:unknown"
_SET_ASIDE = "risk:set_aside"
_PASSED_OVER = "risk:passed_over"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known at a moment. `rate`: messages a second; `problem`: the connection's, if it has one."""

    queue: Queue
    rate: float
    is_paused: bool
    problem: str | None


def risks_of(situation: Situation, *, late_window: dt.timedelta, zone: str) -> Mapping[str, str]:
    """Return what is at risk now, by name, with what to tell. Pure."""
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


async def tell_risks(desk: Desk, tell: Tell, situation: Situation) -> None:
    """Tell what has become a risk and what is none any more."""
    newsroom = desk.newsroom
    risks = risks_of(situation, late_window=newsroom.late_window, zone=newsroom.zone)
    for name, over in notices.OVER.items():
        if text := await change(desk, f"risk:{name}", risks.get(name), over):
            await tell(text)
    total = situation.queue.unknown
    if new := await _new_since_told(desk, _UNKNOWN, total):  # those of half an hour together
        await tell(notices.more_unknown(new, total))


async def change(desk: Desk, note: str, risk: str | None, over: str) -> str | None:
    """Write down that a risk came or went; return what to tell, None when nothing is new."""
    now = desk.clock.now()
    async with desk.database.write() as connection:
        is_on, told_at = await _remembered(connection, note)
        if risk is not None and not is_on and (told_at is None or abs(now - told_at) >= AGAIN):
            await write_note(connection, note, f"on {now.isoformat()}", now=now)
            _log.error("promise at risk", risk=note)
            return risk
        if risk is None and is_on:
            await write_note(connection, note, f"off {(told_at or now).isoformat()}", now=now)
            return over
    return None


async def _remembered(connection: AsyncConnection, note: str) -> tuple[bool, dt.datetime | None]:
    """Return whether the risk stands as told, and when it was told last."""
    state, _, at = (await find_note(connection, note) or "").partition(" ")
    return state == "on", dt.datetime.fromisoformat(at) if at else None


async def tell_unhandled_updates(desk: Desk, tell: Tell) -> None:
    """Tell of updates that were newly set aside or passed over, those of half an hour together."""
    async with desk.database.read() as connection:
        unreadable, too_many = await count_set_aside(connection), await count_passed_over(connection)
    if new := await _new_since_told(desk, _SET_ASIDE, unreadable):
        await tell(notices.more_set_aside(new, unreadable))
    if new := await _new_since_told(desk, _PASSED_OVER, too_many):
        await tell(notices.more_passed_over(new, too_many))


async def _new_since_told(desk: Desk, note: str, total: int) -> int:
    """Return by how much `total` grew since it was told last; 0 within half an hour of that."""
    now = desk.clock.now()
    async with desk.database.write() as connection:
        known, _, at = (await find_note(connection, note) or "0").partition(" ")
        new = total - int(known)
        is_told_lately = bool(at) and abs(now - dt.datetime.fromisoformat(at)) < AGAIN
        if not new or (new > 0 and is_told_lately):
            return 0
        told_at = now.isoformat() if new > 0 else at
        await write_note(connection, note, f"{total} {told_at}".strip(), now=now)
    return max(0, new)
