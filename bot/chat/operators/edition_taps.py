"""Buttons that change times, days and pauses of editions: preview, write to the newsroom file, undo."""

import datetime as dt
from typing import Any

from markupsafe import Markup
from telegram import InlineKeyboardMarkup

from bot.chat.buttons.intents import Button, Intent
from bot.chat.buttons.keyboards import TO_STATE, choice_button, rows_of, short_button
from bot.chat.buttons.operator_intents import ProposeChange, ShowEdition, WriteChange
from bot.chat.context import ButtonContext, View
from bot.messages import operator_texts, spoken, texts
from bot.messages.markup import one_line
from bot.news.newsroom import Edition
from bot.news.newsroom_changes import Draft, NotEditableError, SetValues
from bot.operators.schedule_control import (
    ComingSlot,
    SlotChange,
    compare,
    draft,
    list_coming_slots,
    undo,
    write,
)

_OFFERED = "05:30 06:00 06:30 07:00 07:30 11:30 12:00 17:00 18:00 18:30 20:00 21:00"
_DAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
_COMMON_DAYS = ("0123456", "01234", "56")
_MOST_EDITIONS, _MOST_LINES = 30, 14


async def show_all(tap: ButtonContext) -> None:
    if tap.services.file is None:
        await tap.acknowledge(operator_texts.NO_FILE)
        return
    editions = tap.services.newsroom.editions[:_MOST_EDITIONS]
    rows = [[short_button(_label(one), ShowEdition(one.name))] for one in editions]
    keyboard = InlineKeyboardMarkup([*rows, *TO_STATE.inline_keyboard])
    await tap.show(View(operator_texts.EDITIONS_TO_CHANGE, keyboard))


async def show(tap: ButtonContext, wanted: ShowEdition) -> None:
    """Show one edition and what can be changed."""
    edition = tap.services.newsroom.find_edition(wanted.edition)
    if edition is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    html = operator_texts.EDITION.format(
        title=edition.title,
        paused=operator_texts.EDITION_IS_PAUSED if edition.is_paused else "",
        times=spoken.say_times(edition.schedule.times),
        days=spoken.say_days(edition.schedule.days),
        zone=spoken.say_zone(edition.schedule.zone),
    )
    await tap.show(View(html, _keyboard(edition)))


async def propose(tap: ButtonContext, wanted: ProposeChange) -> None:
    """Show what a change would do to the coming days."""
    found = await _draft(tap, wanted.edition, wanted.change)
    if found is None:
        return
    edition, drafted = found
    if drafted.newsroom is None or drafted.before == drafted.after:
        problem = next(iter(drafted.problems), operator_texts.CHANGES_NOTHING)
        await tap.acknowledge(problem[:190])
        return
    slots = compare(*await list_coming_slots(tap.services, [tap.services.newsroom, drafted.newsroom]))
    changed = [one for one in slots if one.before != one.after]
    lines = [_line(one, tap.now) for one in changed[:_MOST_LINES]]
    if len(changed) > _MOST_LINES:
        lines.append(operator_texts.CHANGE_MORE.format(count=len(changed) - _MOST_LINES))
    html = operator_texts.CHANGE_PREVIEW.format(
        title=edition.title, what=_say(wanted.change), lines=Markup("\n").join(lines)
    )
    send = WriteChange(wanted.change, int(drafted.fingerprint[:8], 16), wanted.edition)
    await tap.show(View(html, _over_back(operator_texts.BUTTON_WRITE, send, wanted.edition)))


async def confirm(tap: ButtonContext, wanted: WriteChange) -> None:
    """Write a change that was previewed, unless the file changed since."""
    found = await _draft(tap, wanted.edition, wanted.change)
    if found is None or tap.services.file is None:
        return
    edition, drafted = found
    if int(drafted.fingerprint[:8], 16) != wanted.checksum:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    try:
        detail = f"bản tin {wanted.edition}, {_say(wanted.change)}"
        await write(tap.services, tap.services.file, drafted, tap.chat_id, detail)
    except NotEditableError as error:
        await tap.send(View(operator_texts.CANNOT_CHANGE.format(problem=one_line(str(error)))))
        return
    html = operator_texts.CHANGE_WRITTEN.format(title=edition.title, what=_say(wanted.change))
    await tap.show(View(html, _over_back(texts.BUTTON_UNDO, Button.UNDO_FILE, wanted.edition)))


async def undo_change(tap: ButtonContext) -> None:
    """Undo the last change of the newsroom file."""
    if tap.services.file is None:
        await tap.acknowledge(operator_texts.NO_FILE)
        return
    try:
        is_done = await undo(tap.services, tap.services.file, tap.chat_id)
    except NotEditableError as error:
        await tap.send(View(operator_texts.CANNOT_CHANGE.format(problem=one_line(str(error)))))
        return
    if is_done:
        await tap.show(View(operator_texts.CHANGE_UNDONE, TO_STATE))
    else:
        await tap.acknowledge(operator_texts.NOTHING_TO_UNDO)


async def _draft(tap: ButtonContext, name: str, change: str) -> tuple[Edition, Draft] | None:
    """Return the edition and the change as a draft; None if that failed and the tap was answered."""
    edition, file = tap.services.newsroom.find_edition(name), tap.services.file
    if edition is None or file is None:
        await tap.acknowledge(texts.STALE_BUTTON if file else operator_texts.NO_FILE)
        return None
    try:
        return edition, await draft(file, SetValues("editions", _values(edition, change), edition.name))
    except NotEditableError as error:
        await tap.send(View(operator_texts.CANNOT_CHANGE.format(problem=one_line(str(error)))))
        return None


def _values(edition: Edition, change: str) -> dict[str, Any]:
    """Return what a change writes into the table of the edition; None removes a key."""
    sign, rest = change[0], change[1:]
    if sign == "p":
        return {"paused": True if rest == "1" else None}
    if sign == "n":
        return {"days": [_DAYS[int(day)] for day in rest]}
    times, time = _times_of(edition), f"{rest[:2]}:{rest[2:]}"
    return {"times": sorted(times | {time} if sign == "+" else times - {time})}


def _times_of(edition: Edition) -> set[str]:
    return {f"{time:%H:%M}" for time in edition.schedule.times}


def _say(change: str) -> str:
    sign, rest = change[0], change[1:]
    if sign == "p":
        return operator_texts.WHAT_PAUSE if rest == "1" else operator_texts.WHAT_RUN
    if sign == "n":
        return operator_texts.WHAT_DAYS.format(days=spoken.say_days(frozenset(map(int, rest))))
    words = operator_texts.WHAT_TIME_MORE if sign == "+" else operator_texts.WHAT_TIME_LESS
    return words.format(time=f"{rest[:2]}:{rest[2:]}")


def _line(one: SlotChange, now: dt.datetime) -> Markup:
    moment = spoken.say_moment(one.slot.slot_at, one.slot.zone, now=now)
    return operator_texts.CHANGE_LINE.format(moment=moment, before=_side(one.before), after=_side(one.after))


def _side(slot: ComingSlot | None) -> str:
    if slot is None:
        return operator_texts.NO_SLOT
    words = operator_texts.SLOT_READERS_QUIET if slot.quiet else operator_texts.SLOT_READERS
    return words.format(readers=slot.readers, quiet=slot.quiet)


def _keyboard(edition: Edition) -> InlineKeyboardMarkup:
    own = _times_of(edition)
    times = [
        choice_button(
            time,
            ProposeChange(f"{'-' if time in own else '+'}{time[:2]}{time[3:]}", edition.name),
            is_chosen=time in own,
        )
        for time in sorted({*own, *_OFFERED.split()})[:40]
    ]
    days = [
        choice_button(
            spoken.say_days(frozenset(map(int, each))),
            ProposeChange(f"n{each}", edition.name),
            is_chosen=edition.schedule.days == frozenset(map(int, each)),
        )
        for each in _COMMON_DAYS
    ]
    label = operator_texts.BUTTON_RUN_EDITION if edition.is_paused else operator_texts.BUTTON_PAUSE_EDITION
    pause = short_button(label, ProposeChange("p0" if edition.is_paused else "p1", edition.name))
    back = short_button(texts.BUTTON_BACK, Button.SHOW_SLOTS)
    return InlineKeyboardMarkup([*rows_of(times, 4), *rows_of([*days, pause, back], 1)])


def _label(edition: Edition) -> str:
    paused = operator_texts.EDITION_IS_PAUSED if edition.is_paused else ""
    return f"{edition.title}{paused}: {spoken.say_times(edition.schedule.times)}"


def _over_back(label: str, intent: Intent, edition: str) -> InlineKeyboardMarkup:
    """Offer something, and below it the way back to the edition."""
    back = short_button(texts.BUTTON_BACK, ShowEdition(edition))
    return InlineKeyboardMarkup.from_column([short_button(label, intent), back])
