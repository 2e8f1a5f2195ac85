"""/lich, /tamdung and /tieptuc: times, days, edition, quiet hours and pauses, each with an undo."""

import datetime as dt

from markupsafe import Markup

from bot.chat.buttons import keyboards, settings_keyboards
from bot.chat.buttons.intents import Button, Change, Intent, SetQuiet, SetTimes, TakeEdition, Undo
from bot.chat.buttons.reader_intents import SetBreaking, SetLength, SetSilent, SetWeekly
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.settings.choices import (
    SubscriberChange,
    change_by_tap,
    change_choices,
    find_chat_subscriber,
    find_or_refuse,
    find_zone,
    if_changed,
    join,
    restore_profile,
    zone_of,
)
from bot.chat.settings.panels import (
    closed_view,
    days_view,
    editions_view,
    next_date,
    papers_view,
    quiet_of,
    quiet_view,
    schedule_view,
    topics_view,
    words_view,
)
from bot.chat.settings.typed_pauses import UnreadableSpanError, parse_pause
from bot.chat.settings.typed_settings import (
    BadQuietError,
    BadZoneError,
    TooManyTimesError,
    TypedSchedule,
    parse_schedule,
)
from bot.messages import spoken, subscription_texts
from bot.messages.markup import short_name
from bot.news.services import Services
from bot.times.typed_times import TypedTimeError
from storage.recaps import is_worth_a_recap
from storage.subscribers import Subscriber, find_subscriber, set_status
from summarizer.text.syllables import folded

_EXAMPLE_ZONE = "Europe/Berlin"
_TYPED_OPTIONS: dict[str, SetLength | SetSilent | SetWeekly | SetBreaking] = {  # after /lich, folded
    "gon": SetLength("gon"), "vua": SetLength("vua"), "day du": SetLength("daydu"),
    "khong tieng": SetSilent(True), "im lang": SetSilent(True), "co tieng": SetSilent(False),
    "tin nong": SetBreaking(1), "bo tin nong": SetBreaking(0), "khong tin nong": SetBreaking(0),
    "tong ket": SetWeekly(True), "bo tong ket": SetWeekly(False), "khong tong ket": SetWeekly(False),
}  # fmt: skip


async def handle(context: ChatContext) -> None:
    """Show the schedule; with words, change it first."""
    if subscriber := await find_or_refuse(context):
        panel = schedule_view(subscriber, context.services.newsroom, context.now)
        await context.send(await _handle_words(context) if context.words.strip() else panel)


async def show(tap: ButtonContext, panel: Button) -> None:
    """Show a panel in place of the message with the button."""
    if subscriber := await find_or_refuse(tap):
        await tap.show(_panel(panel, subscriber, tap.services))


async def change(tap: ButtonContext, *wanted: Change) -> None:
    """Make the changes of a button and show the schedule with a way back."""
    if changed := await change_by_tap(tap, *wanted):
        await tap.show(changed_view(tap.services, changed, subscription_texts.SAVED, undo=undo_of(changed)))


async def take_edition(tap: ButtonContext, wanted: TakeEdition) -> None:
    """Add an edition or remove it, and show the chosen ones."""
    subscriber = await find_chat_subscriber(tap.services, tap.chat_id)
    chosen = tap.services.newsroom.editions_for(subscriber.choices) if subscriber else ()
    if not wanted.is_wanted and [one.name for one in chosen] == [wanted.edition]:
        await tap.acknowledge(subscription_texts.LAST_EDITION)
    elif changed := await change_by_tap(tap, wanted):
        await tap.show(editions_view(changed.after, tap.services.newsroom, undo=undo_of(changed)))


def changed_view(
    services: Services, changed: SubscriberChange, *notes: Markup, undo: Intent | None = None
) -> View:
    """Return the schedule after a change."""
    return schedule_view(changed.after, services.newsroom, services.clock.now(), notes=notes, undo=undo)


def undo_of(changed: SubscriberChange) -> Intent | None:
    """Return the intent that undoes a change."""
    before, after = changed.before, changed.after
    if changed.is_same:
        return None
    if before.is_silent != after.is_silent:
        return SetSilent(before.is_silent)
    if before.breaking != after.breaking:
        return SetBreaking(before.breaking)
    if before.is_weekly != after.is_weekly:
        return SetWeekly(before.is_weekly)
    if before.profile_id == after.profile_id:
        return SetQuiet(before.quiet_start, before.quiet_end)
    return Undo(before.profile_id, "schedule")


async def undo(tap: ButtonContext, wanted: Undo) -> None:
    """Bring the earlier profile back and show the panel it was left from."""
    changed = await if_changed(tap, await restore_profile(tap.services, tap.chat_id, wanted.profile_id))
    if changed is None:
        return
    newsroom, choices = tap.services.newsroom, changed.after.choices
    match wanted.panel:
        case "topics":
            await tap.show(topics_view(changed.after, newsroom))
        case "words":
            await tap.show(words_view(choices, newsroom, subscription_texts.UNDONE))
        case "papers":
            await tap.show(papers_view(choices, newsroom, subscription_texts.UNDONE))
        case "schedule":
            await tap.show(changed_view(tap.services, changed, subscription_texts.UNDONE))


async def stop_breaking(tap: ButtonContext) -> None:
    """Send no more breaking news; the message with the button stays unchanged."""
    changed = await change_choices(tap.services, tap.chat_id, SetBreaking(0))
    stopped = subscription_texts.BREAKING_STOPPED
    await tap.acknowledge(stopped if changed else str(subscription_texts.NOT_SUBSCRIBED))


async def _handle_words(context: ChatContext) -> View:
    if option := _TYPED_OPTIONS.get(" ".join(folded(context.words).split())):
        changed = await change_choices(context.services, context.chat_id, option)
        if changed is None:
            return View(subscription_texts.NO_BREAKING_HERE)
        return changed_view(context.services, changed, subscription_texts.SAVED, undo=undo_of(changed))
    try:
        typed = parse_schedule(context.words)
    except (TypedTimeError, TooManyTimesError, BadQuietError, BadZoneError) as error:
        return View(_complaint(error))
    changed = await change_choices(context.services, context.chat_id, *typed.changes)
    if changed is None:
        return View(subscription_texts.NOT_SUBSCRIBED)
    notes = [subscription_texts.SAVED, *_rounding(typed)]
    return changed_view(context.services, changed, Markup(" ").join(notes), undo=undo_of(changed))


def _rounding(typed: TypedSchedule) -> list[Markup]:
    if not typed.is_rounded:
        return []
    times = [time for change in typed.changes if isinstance(change, SetTimes) for time in change.times]
    return [subscription_texts.ROUNDED.format(times=spoken.say_list(times))]


def _complaint(error: Exception) -> Markup:
    match error:
        case BadQuietError():
            return subscription_texts.BAD_QUIET
        case TooManyTimesError():
            return subscription_texts.TOO_MANY_TIMES
        case BadZoneError():
            is_offset = error.reading.reason == "offset"
            text = subscription_texts.OFFSET_ZONE if is_offset else subscription_texts.BAD_ZONE
            zone = next(iter(error.reading.suggestions), _EXAMPLE_ZONE)
            return text.format(example=spoken.say_place(zone))
        case TypedTimeError(reason="impossible"):
            return subscription_texts.IMPOSSIBLE_TIME
        case _:
            return subscription_texts.BAD_SCHEDULE


def _panel(panel: Button, subscriber: Subscriber, services: Services) -> View:
    match panel:
        case Button.SHOW_DAYS:
            return days_view(subscriber, services.newsroom)
        case Button.SHOW_EDITIONS:
            return editions_view(subscriber, services.newsroom)
        case Button.SHOW_QUIET:
            return quiet_view(subscriber)
        case Button.CLOSE:
            return closed_view(subscriber, services.newsroom, services.clock.now())
        case _:
            return schedule_view(subscriber, services.newsroom, services.clock.now())


async def handle_pause(context: ChatContext) -> None:
    """Pause: for as long as the words say, without words until further notice."""
    words = context.words.strip()
    if not words:
        await pause(context)
        return
    try:
        until = parse_pause(words, now=context.now, zone=await find_zone(context))
    except UnreadableSpanError:
        html = subscription_texts.UNREAD_PAUSE.format(words=short_name(words))
        await context.send(View(html, keyboards.PAUSE_LENGTHS))
    else:
        await pause(context, until)


async def pause(context: ChatContext, until: dt.datetime | None = None) -> None:
    """Send no digests until then, None: until further notice; what is queued is called off."""
    async with context.services.database.write() as connection:
        subscriber = await find_subscriber(connection, context.chat_id)
        if subscriber is not None:
            await set_status(connection, context.chat_id, "paused", now=context.now, paused_until=until)
    if subscriber is None:
        await context.refuse(subscription_texts.NOT_SUBSCRIBED)
        return
    html = subscription_texts.PAUSED
    if until is not None:
        zone = zone_of(subscriber, context.services.newsroom)
        html = subscription_texts.PAUSED_UNTIL.format(
            moment=spoken.say_moment(until, zone, now=context.now),
            recap=subscription_texts.PAUSED_WITH_RECAP if is_worth_a_recap(until - context.now) else "",
        )
    await context.show(View(html, settings_keyboards.for_pause(is_paused=True)))


async def resume(context: ChatContext) -> None:
    """Send digests again, with all choices as they were."""
    newsroom = context.services.newsroom
    async with context.services.database.write() as connection:
        subscriber = await find_subscriber(connection, context.chat_id)
        if subscriber is not None:
            await join(connection, subscriber.choices, newsroom, now=context.now)
            await set_status(connection, context.chat_id, "active", now=context.now)
    if subscriber is None:
        await context.refuse(subscription_texts.NOT_SUBSCRIBED)
        return
    moment = next_date(newsroom.edition_for(subscriber.choices), quiet_of(subscriber), context.now)
    html = subscription_texts.RESUMED.format(moment=moment)
    if subscriber.paused_at is not None and is_worth_a_recap(context.now - subscriber.paused_at):
        html += subscription_texts.RECAP_COMES
    await context.show(View(html, settings_keyboards.for_pause(is_paused=False)))
