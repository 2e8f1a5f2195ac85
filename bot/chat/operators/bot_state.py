"""/quantri: the state of the bot with its coming slots and recent issues, and a chart of thirty days."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import structlog
from markupsafe import Markup

from bot.charts.chart import Chart, DrawingError, Panel, Series, draw_in_process
from bot.chat.buttons import keyboards
from bot.chat.buttons.operator_intents import ShowMailing
from bot.chat.context import Attachment, ButtonContext, ChatContext, View
from bot.chat.operators.admin import AdminActions, record_action
from bot.chat.operators.issue_taps import say_mailing, say_status
from bot.messages import operator_texts, spoken
from bot.messages.markup import one_line, shortened
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.operators.delivery_notices import say_outcomes, say_rate, say_troubles
from bot.operators.notices import say_origin
from storage.delivery.history import count_subscribed_at, deliveries_between
from storage.delivery.mailings import Mailing, find_mailings
from storage.notes import AuditKind
from storage.off_loop import CHAT
from storage.profiles import Profile, count_by_profile, find_profiles
from storage.sources import StoredRefusal
from storage.upkeep.stats import Stats, gather_stats

_DAY = dt.timedelta(hours=24)
_SLOTS_SHOWN = 6
_ISSUES_SHOWN = 5
_REFUSALS_SHOWN = 3
_LONGEST_PATH, _LONGEST_REASON, _LONGEST_TROUBLE = 120, 160, 240  # UTF-16 units
_DAYS = 30
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """What /quantri shows: `subscribers` are active subscribers by profile id; `issues` are newest first."""

    stats: Stats
    profiles: Sequence[Profile]
    subscribers: Mapping[int, int]
    issues: Sequence[Mailing]
    is_stopped: bool


async def show_state(context: ChatContext, actions: AdminActions) -> None:
    state = await find_state(context.services, is_paused=await actions.is_paused())
    await context.show(await CHAT.run(state_view, state, context.services.newsroom, context.now))


async def find_state(services: Services, *, is_paused: bool) -> State:
    """Gather what `show_state` shows."""
    now = services.clock.now()
    async with services.database.read() as connection:
        stats = await gather_stats(connection, since=now - _DAY, now=now)
        profiles = await find_profiles(connection)
        subscribers = await count_by_profile(connection)
        issues = await find_mailings(connection, since=now - 3 * _DAY, limit=_ISSUES_SHOWN)
    return State(stats, profiles, subscribers, issues, is_paused)


async def set_sending(tap: ButtonContext, actions: AdminActions, *, is_stopped: bool) -> None:
    """Stop all sending, or let it run again."""
    await actions.set_paused(is_stopped)
    await record_action(tap, AuditKind.STOPPED if is_stopped else AuditKind.RESUMED)
    await show_state(tap, actions)


def state_view(state: State, newsroom: Newsroom, now: dt.datetime) -> View:
    people = state.stats.subscribers
    head = operator_texts.STATE.format(
        now=spoken.say_moment(now, newsroom.zone, now=now),
        active=people.get("active", 0),
        paused=people.get("paused", 0),
        gone=people.get("gone", 0),
        waiting=state.stats.deliveries_waiting,
        articles=state.stats.articles_new,
        unworked=state.stats.articles_waiting,
        delivery=_delivery(state, newsroom, now),
        sending=_sending(state, newsroom),
    )
    sections = (
        (operator_texts.STATE_SLOTS, _slot_lines(state, newsroom, now)),
        (operator_texts.STATE_ISSUES, _issue_lines(state.issues, newsroom, now)),
        (operator_texts.STATE_REFUSALS, _refusal_lines(state.stats.refusals, newsroom)),
    )
    filled = [section.format(lines=Markup("\n").join(lines)) for section, lines in sections if lines]
    issues = [
        (
            operator_texts.BUTTON_ISSUE.format(**say_mailing(mailing, newsroom, now)),
            ShowMailing(mailing.id, mailing.is_correction),
        )
        for mailing in state.issues
    ]
    keyboard = keyboards.for_state(newsroom.editions, issues, is_stopped=state.is_stopped)
    return View(Markup().join([head, *filled]), keyboard)


def _sending(state: State, newsroom: Newsroom) -> Markup:
    """Say whether messages go out, and what keeps them from readers."""
    stats = state.stats
    titles = {edition.name: edition.title for edition in newsroom.editions}
    refused = [(titles.get(one.edition, one.edition), one) for one in stats.refused]
    troubles = say_troubles(stats.queue, refused, stats.lost_chats, newsroom.zone)
    lines = [operator_texts.SENDING_STOPPED] if state.is_stopped else []
    lines += [
        operator_texts.SENDING_TROUBLE.format(trouble=shortened(one_line(one), _LONGEST_TROUBLE))
        for one in troubles
    ]
    return Markup("\n").join(lines or [operator_texts.SENDING_RUNS])


def _delivery(state: State, newsroom: Newsroom, now: dt.datetime) -> Markup:
    """Say how a day's deliveries ended and, while some are due, when the rest will be sent."""
    day, queue = state.stats.outcomes, state.stats.queue
    line = operator_texts.STATE_DAY.format(outcomes=say_outcomes(day))
    finish_at = queue.finish_at(day.rate)
    if finish_at is None:
        return line
    words = operator_texts.STATE_HELD if state.is_stopped else operator_texts.STATE_DUE
    due = words.format(
        due=spoken.say_number(queue.due),
        wait=spoken.say_wait(queue.age),
        rate=say_rate(day.rate),
        finish=spoken.say_moment(finish_at, newsroom.zone, now=now),
    )
    return Markup("\n").join([due, line])


def _slot_lines(state: State, newsroom: Newsroom, now: dt.datetime) -> list[Markup]:
    """List the next slots that have subscribers, one line for each edition and time."""
    coming: Counter[tuple[dt.datetime, str]] = Counter()
    for profile in state.profiles:
        if profile.next_due_at is not None and profile.id in state.subscribers:
            edition = newsroom.edition_at(profile.choices, profile.next_due_at)
            if edition.is_paused:
                continue
            declared = newsroom.find_edition(edition.name) or edition  # readers' own times change the title
            coming[profile.next_due_at, declared.title] += state.subscribers[profile.id]
    return [
        operator_texts.STATE_SLOT.format(
            moment=spoken.say_moment(due, newsroom.zone, now=now), edition=title, count=count
        )
        for (due, title), count in sorted(coming.items())[:_SLOTS_SHOWN]
    ]


def _issue_lines(issues: Sequence[Mailing], newsroom: Newsroom, now: dt.datetime) -> list[Markup]:
    return [
        operator_texts.STATE_ISSUE.format(**say_mailing(mailing, newsroom, now), status=say_status(mailing))
        for mailing in issues
    ]


def _refusal_lines(refusals: Sequence[StoredRefusal], newsroom: Newsroom) -> list[Markup]:
    return [
        operator_texts.STATE_REFUSAL.format(
            source=say_origin(name, newsroom),
            path=shortened(one_line(path), _LONGEST_PATH),
            reason=shortened(one_line(reason), _LONGEST_REASON),
        )
        for name, path, reason, _ in refusals[:_REFUSALS_SHOWN]
    ]


async def show_month(tap: ButtonContext) -> None:
    """Send the picture as a new message."""
    await tap.acknowledge(operator_texts.DRAWING)
    zone = ZoneInfo(tap.services.newsroom.zone)
    first = tap.now.astimezone(zone).date() - dt.timedelta(days=_DAYS - 1)
    midnights = [
        dt.datetime.combine(first + dt.timedelta(days=day), dt.time(), zone).astimezone(dt.UTC)
        for day in range(_DAYS + 1)
    ]
    async with tap.services.database.read() as connection:
        subscribers = await count_subscribed_at(connection, midnights[1:])
        sent = await deliveries_between(connection, midnights)
    counts = {status: tuple(day[status] for day in sent) for status in ("sent", "gone", "unknown")}
    failed = tuple(map(sum, zip(counts["gone"], counts["unknown"], strict=True)))
    deliveries = (
        Series(operator_texts.HISTORY_SENT, counts["sent"]),
        Series(operator_texts.HISTORY_FAILED, failed),
    )
    panels = (
        Panel(operator_texts.HISTORY_SUBSCRIBERS, (Series("", tuple(subscribers)),), is_line=True),
        Panel(operator_texts.HISTORY_DELIVERIES, deliveries),
    )
    try:
        picture = await draw_in_process(Chart(operator_texts.HISTORY_TITLE, first, panels))
    except DrawingError as error:
        _log.error("history not drawn", reason=str(error))
        await tap.send(View(operator_texts.HISTORY_NOT_DRAWN, keyboards.TO_STATE))
        return
    caption = operator_texts.HISTORY.format(
        subscribers=subscribers[-1],
        sent=sum(counts["sent"]),
        gone=sum(counts["gone"]),
        unknown=sum(counts["unknown"]),
    )
    attachment = Attachment("diem-tin.png", picture, is_picture=True)
    await tap.send(View(caption, keyboards.TO_STATE, attachment))
