"""/lich, /tamdung and /tieptuc: times, days, edition, quiet hours and pauses, each with a way back."""

import datetime as dt

from markupsafe import Markup

from bot.chat.buttons import keyboards, talk_keyboards
from bot.chat.buttons.choice_intents import SetLength, SetSilent
from bot.chat.buttons.intents import Change, Intent, Press, SetQuiet, SetTimes, Undo
from bot.chat.context import Screen, Tap, Visit
from bot.chat.questions.results import shown_question
from bot.chat.settings.choices import Changed, change_choices, find_chosen, join
from bot.chat.settings.panels import (
    closed_screen,
    days_screen,
    editions_screen,
    next_arrival,
    quiet_of,
    quiet_screen,
    schedule_screen,
)
from bot.chat.settings.typed_pauses import UnreadableSpanError, parse_pause
from bot.chat.settings.typed_settings import (
    BadQuietError,
    BadZoneError,
    TooManyTimesError,
    TypedSchedule,
    parse_schedule,
)
from bot.messages import spoken, texts
from bot.news.services import Desk
from bot.times.typed_times import TypedTimeError
from storage.subscribers import Subscriber, find_subscriber, set_status
from summarizer.text.syllables import folded

# /lich and its buttons: times, days, edition and quiet hours, each change with a way back.

_EXAMPLE_ZONE = "Europe/Berlin"
_SHAPES: dict[str, SetLength | SetSilent] = {  # behind /lich, without diacritics
    "gon": SetLength("gon"), "vua": SetLength("vua"), "day du": SetLength("daydu"),
    "khong tieng": SetSilent(True), "im lang": SetSilent(True), "co tieng": SetSilent(False),
}  # fmt: skip


async def obey(visit: Visit) -> None:
    """Show the schedule; with words, change it first."""
    subscriber = await find_chosen(visit.desk, visit.chat_id)
    if subscriber is None:
        await visit.send(Screen(texts.NOT_SUBSCRIBED))
    elif not visit.words.strip():
        await visit.send(schedule_screen(subscriber, visit.desk.newsroom, visit.now))
    else:
        await visit.send(await _obey_words(visit))


async def show(tap: Tap, panel: Press) -> None:
    """Show a panel in place of whatever had the button."""
    subscriber = await find_chosen(tap.desk, tap.chat_id)
    if subscriber is None:
        await tap.acknowledge(texts.NOT_SUBSCRIBED_LINE)
    else:
        await tap.show(_panel(panel, subscriber, tap.desk))


async def change(tap: Tap, wanted: Change) -> None:
    """Make the change of a button and show the schedule with a way back."""
    changed = await change_choices(tap.desk, tap.chat_id, wanted)
    if changed is None:
        await tap.acknowledge(texts.STALE_BUTTON)
    elif changed.is_same:
        await tap.acknowledge(texts.UNCHANGED)
    else:
        await tap.show(changed_screen(tap.desk, changed, texts.SAVED, undo=undo_of(changed)))


def changed_screen(desk: Desk, changed: Changed, *notes: Markup, undo: Intent | None = None) -> Screen:
    """Return the schedule after a change."""
    return schedule_screen(changed.after, desk.newsroom, desk.clock.now(), notes=notes, undo=undo)


def undo_of(changed: Changed) -> Intent | None:
    """Return what takes a change back."""
    before, after = changed.before, changed.after
    if changed.is_same:
        return None
    if before.is_silent != after.is_silent:
        return SetSilent(before.is_silent)
    if before.profile_id == after.profile_id:
        return SetQuiet(before.quiet_start, before.quiet_end)
    return Undo(before.profile_id, "schedule")


async def _obey_words(visit: Visit) -> Screen:
    if shape := _SHAPES.get(" ".join(folded(visit.words).split())):
        changed = await change_choices(visit.desk, visit.chat_id, shape)
        if changed is None:
            return Screen(texts.NOT_SUBSCRIBED)
        return changed_screen(visit.desk, changed, texts.SAVED, undo=undo_of(changed))
    try:
        typed = parse_schedule(visit.words)
    except (TypedTimeError, TooManyTimesError, BadQuietError, BadZoneError) as error:
        return Screen(_complaint(error))
    changed = await change_choices(visit.desk, visit.chat_id, *typed.changes)
    if changed is None:
        return Screen(texts.NOT_SUBSCRIBED)
    notes = [texts.SAVED, *_rounding(typed)]
    return changed_screen(visit.desk, changed, Markup(" ").join(notes), undo=undo_of(changed))


def _rounding(typed: TypedSchedule) -> list[Markup]:
    if not typed.is_rounded:
        return []
    times = [time for change in typed.changes if isinstance(change, SetTimes) for time in change.times]
    return [texts.ROUNDED.format(times=spoken.say_list(times))]


def _complaint(error: Exception) -> Markup:
    match error:
        case BadQuietError():
            return texts.BAD_QUIET
        case TooManyTimesError():
            return texts.TOO_MANY_TIMES
        case BadZoneError():
            text = texts.OFFSET_ZONE if error.reading.reason == "offset" else texts.BAD_ZONE
            zone = next(iter(error.reading.suggestions), _EXAMPLE_ZONE)
            return text.format(example=spoken.say_place(zone))
        case TypedTimeError(reason="impossible"):
            return texts.IMPOSSIBLE_TIME
        case _:
            return texts.BAD_SCHEDULE


def _panel(panel: Press, subscriber: Subscriber, desk: Desk) -> Screen:
    match panel:
        case Press.SHOW_DAYS:
            return days_screen(subscriber, desk.newsroom)
        case Press.SHOW_EDITIONS:
            return editions_screen(subscriber, desk.newsroom)
        case Press.SHOW_QUIET:
            return quiet_screen(subscriber)
        case Press.CLOSE:
            return closed_screen(subscriber, desk.newsroom, desk.clock.now())
        case _:
            return schedule_screen(subscriber, desk.newsroom, desk.clock.now())


# /tamdung and /tieptuc, each with the way back in one tap.


async def obey_pause(visit: Visit) -> None:
    """Pause: for as long as the words say, without words until further notice."""
    words = visit.words.strip()
    if not words:
        await pause(visit)
        return
    subscriber = await find_chosen(visit.desk, visit.chat_id)
    newsroom = visit.desk.newsroom
    zone = newsroom.edition_for(subscriber.choices).schedule.zone if subscriber else newsroom.zone
    try:
        until = parse_pause(words, now=visit.now, zone=zone)
    except UnreadableSpanError:
        html = texts.UNREAD_PAUSE.format(words=shown_question(words))
        await visit.send(Screen(html, talk_keyboards.for_pause_lengths()))
    else:
        await pause(visit, until)


async def pause(visit: Visit, until: dt.datetime | None = None) -> None:
    """Send no digests until then, None: until further notice; what is queued is called off."""
    async with visit.desk.database.write() as connection:
        subscriber = await find_subscriber(connection, visit.chat_id)
        if subscriber is not None:
            await set_status(connection, visit.chat_id, "paused", now=visit.now, paused_until=until)
    if subscriber is None:
        await visit.refuse(Screen(texts.NOT_SUBSCRIBED), texts.NOT_SUBSCRIBED_LINE)
        return
    html = texts.PAUSED
    if until is not None:
        zone = visit.desk.newsroom.edition_for(subscriber.choices).schedule.zone
        html = texts.PAUSED_UNTIL.format(moment=spoken.say_moment(until, zone, now=visit.now))
    await visit.show(Screen(html, keyboards.for_pause(is_paused=True)))


async def resume(visit: Visit) -> None:
    """Send digests again, with all choices as they were."""
    newsroom = visit.desk.newsroom
    async with visit.desk.database.write() as connection:
        subscriber = await find_subscriber(connection, visit.chat_id)
        if subscriber is not None:
            await join(connection, subscriber.choices, newsroom, now=visit.now)
            await set_status(connection, visit.chat_id, "active", now=visit.now)
    if subscriber is None:
        await visit.refuse(Screen(texts.NOT_SUBSCRIBED), texts.NOT_SUBSCRIBED_LINE)
        return
    moment = next_arrival(newsroom.edition_for(subscriber.choices), quiet_of(subscriber), visit.now)
    await visit.show(Screen(texts.RESUMED.format(moment=moment), keyboards.for_pause(is_paused=False)))
