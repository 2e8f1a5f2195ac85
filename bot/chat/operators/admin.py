"""/quantri: the state of the bot, the coming slots, and actions: preview, send now, stop sending."""

import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from markupsafe import Markup
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.chat.buttons import keyboards
from bot.chat.buttons.operator_intents import AskToSend, Preview, SendNow
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.digest_now import send_digest
from bot.chat.operators.issue_taps import say_batch, say_status, show_intent
from bot.messages import operator_texts, spoken, texts
from bot.messages.markup import one_line, shortened
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.operators.delivery_notices import say_number, say_outcomes, say_rate, say_troubles
from bot.operators.notices import say_origin
from storage.delivery.mailings import Mailing, find_mailings
from storage.notes import AuditKind, find_note, record_audit_entry, write_note
from storage.off_loop import CHAT
from storage.profiles import Profile, count_by_profile, find_profiles
from storage.sources import StoredRefusal
from storage.upkeep.stats import Stats, gather_stats

_DAY = dt.timedelta(hours=24)
_SLOTS_SHOWN = 6
_ISSUES_SHOWN = 5
_REFUSALS_SHOWN = 3
_LONGEST_PATH, _LONGEST_REASON, _LONGEST_TROUBLE, _LONGEST_ANSWER = 120, 160, 240, 150  # UTF-16 units
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AdminActions:
    """Actions that other parts of the bot carry out for the chat.

    `send_now` takes an edition's name and returns the number of messages queued. `call_off` stops what is
    being sent to a chat whose data was deleted. `find_clock_problem` says what is wrong with the machine's
    clock, if anything is. `invite` makes a link to the console for an operator; None if no console is served.
    `look_at_gates` acts on an answer at a gate at once.
    """

    send_now: Callable[[str], Awaitable[int]]
    set_paused: Callable[[bool], Awaitable[None]]
    is_paused: Callable[[], Awaitable[bool]]
    call_off: Callable[[int], Awaitable[None]]
    find_clock_problem: Callable[[], Awaitable[str | None]]
    invite: Callable[[int], Awaitable[str]] | None = None
    look_at_gates: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What /quantri shows: `listeners` are active subscribers by profile id; `issues` are newest first."""

    stats: Stats
    profiles: Sequence[Profile]
    listeners: Mapping[int, int]
    issues: Sequence[Mailing]
    is_stopped: bool


async def tell_admins(bot: Bot, services: Services, html: str) -> bool:
    """Send `html` to every admin chat; return True if one of them got it, or if there is none.

    A chat that cannot be reached is logged; the others still get the message.
    """
    is_sent = not services.admins
    for chat_id in sorted(services.admins):
        try:
            await bot.send_message(
                chat_id,
                html,
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except TelegramError as error:
            _log.error("admin not told", chat_id=chat_id, error=str(error))
        else:
            is_sent = True
    return is_sent


async def show_state(context: ChatContext, actions: AdminActions) -> None:
    """Show the state of the bot."""
    state = await find_state(context.services, is_paused=await actions.is_paused())
    await context.show(await CHAT.run(state_view, state, context.services.newsroom, context.now))


async def find_state(services: Services, *, is_paused: bool) -> State:
    """Gather what `show_state` shows."""
    now = services.clock.now()
    async with services.database.read() as connection:
        stats = await gather_stats(connection, since=now - _DAY, now=now)
        profiles = await find_profiles(connection)
        listeners = await count_by_profile(connection)
        issues = await find_mailings(connection, since=now - 3 * _DAY, limit=_ISSUES_SHOWN)
    return State(stats, profiles, listeners, issues, is_paused)


async def open_console(tap: ButtonContext, actions: AdminActions) -> None:
    """Send an operator a link to the console that works once."""
    if actions.invite is None:
        await tap.acknowledge()
        await tap.send(View(operator_texts.NO_CONSOLE, keyboards.back_to_state()))
        return
    await tap.acknowledge()
    link = await actions.invite(tap.chat_id)
    await tap.send(View(operator_texts.CONSOLE_LINK.format(link=link)))


async def examine(tap: ButtonContext) -> None:
    """Run the checks of `diemtin doctor --online` and show their results; this may take some seconds."""
    await tap.acknowledge()
    if tap.services.examine is None:
        await tap.show(View(operator_texts.CANNOT_EXAMINE, keyboards.back_to_state()))
        return
    await tap.show(View(operator_texts.EXAMINING))
    try:
        lines = await tap.services.examine()
    except Exception:
        await tap.show(View(operator_texts.CANNOT_EXAMINE, keyboards.back_to_state()))
        raise
    said = Markup("\n").join(shortened(one_line(line), _LONGEST_ANSWER) for line in lines)
    await tap.show(View(operator_texts.EXAMINED.format(lines=said), keyboards.back_to_state()))


async def set_sending(tap: ButtonContext, actions: AdminActions, *, is_stopped: bool) -> None:
    """Stop all sending, or let it run again."""
    await actions.set_paused(is_stopped)
    await write_deed(tap, AuditKind.STOPPED if is_stopped else AuditKind.RESUMED)
    await show_state(tap, actions)


async def preview(tap: ButtonContext, wanted: Preview) -> None:
    """Send this chat alone the digest that an edition would send now."""
    edition = tap.services.newsroom.find_edition(wanted.edition)
    if edition is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    await tap.acknowledge()
    await tap.send(View(operator_texts.PREVIEW_HEAD.format(edition=edition.title)))
    if not await send_digest(tap, edition, title=edition.title):
        await tap.send(View(operator_texts.PREVIEW_EMPTY.format(edition=edition.title)))


async def ask_to_send(tap: ButtonContext, wanted: AskToSend) -> None:
    """Ask before an edition goes to everyone."""
    edition = tap.services.newsroom.find_edition(wanted.edition)
    if edition is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    async with tap.services.database.read() as connection:
        profiles = await find_profiles(connection)
        listeners = await count_by_profile(connection)
    count = sum(listeners.get(one.id, 0) for one in profiles if edition.name in one.choices.editions)
    html = operator_texts.ASK_TO_SEND.format(edition=edition.title, count=say_number(count))
    await tap.send(View(html, keyboards.for_sending(edition.name)))


async def send_now(tap: ButtonContext, wanted: SendNow, actions: AdminActions) -> None:
    """Send an edition to everyone, once for each confirmation, however often the button is tapped."""
    edition = tap.services.newsroom.find_edition(wanted.edition)
    if edition is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    if problem := await actions.find_clock_problem():
        await tap.send(
            View(operator_texts.NOT_SENT_BY_A_WRONG_CLOCK.format(edition=edition.title, problem=problem))
        )
        return
    if not await _claim(tap, edition.name):
        await tap.acknowledge(operator_texts.SENT_BEFORE)
        return
    count = await actions.send_now(edition.name)
    _log.info("edition sent on demand", edition=edition.name, deliveries=count, chat_id=tap.chat_id)
    await write_deed(tap, AuditKind.SENT_NOW, f"{edition.title}, {count} lượt")
    words = operator_texts.SENT_NOW if count else operator_texts.SENT_NOTHING
    html = words.format(edition=edition.title, count=say_number(count))
    await tap.show(View(html, keyboards.back_to_state()))


async def write_deed(tap: ButtonContext, kind: AuditKind, detail: str = "") -> None:
    """Record in the audit log what this operator did."""
    async with tap.services.database.write() as connection:
        await record_audit_entry(connection, tap.chat_id, kind, detail, now=tap.now)


async def _claim(tap: ButtonContext, edition: str) -> bool:
    """Mark this confirmation as used; False if it was used before."""
    name, mark = f"send_now:{tap.chat_id}:{edition}", str(tap.message_id)
    async with tap.services.database.write() as connection:
        answered = await find_note(connection, name)
        if answered is not None and int(answered) >= tap.message_id:
            return False
        await write_note(connection, name, mark, now=tap.now)
    return True


def state_view(state: State, newsroom: Newsroom, now: dt.datetime) -> View:
    """Lay out the state of the bot."""
    people = state.stats.subscribers
    zone = newsroom.zone
    head = operator_texts.STATE.format(
        now=spoken.say_moment(now, zone, now=now),
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
        (operator_texts.BUTTON_ISSUE.format(**say_batch(batch, newsroom, now)), show_intent(batch))
        for batch in state.issues
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
        due=say_number(queue.due),
        wait=spoken.say_wait(queue.age),
        rate=say_rate(day.rate),
        finish=spoken.say_moment(finish_at, newsroom.zone, now=now),
    )
    return Markup("\n").join([due, line])


def _slot_lines(state: State, newsroom: Newsroom, now: dt.datetime) -> list[Markup]:
    """List the next slots that have subscribers, one line for each edition and time."""
    coming: Counter[tuple[dt.datetime, str]] = Counter()
    for profile in state.profiles:
        if profile.next_due_at is not None and profile.id in state.listeners:
            edition = newsroom.edition_at(profile.choices, profile.next_due_at)
            if edition.is_paused:
                continue
            declared = newsroom.find_edition(edition.name) or edition  # readers' own times change the title
            coming[profile.next_due_at, declared.title] += state.listeners[profile.id]
    return [
        operator_texts.STATE_SLOT.format(
            moment=spoken.say_moment(due, newsroom.zone, now=now), edition=title, count=count
        )
        for (due, title), count in sorted(coming.items())[:_SLOTS_SHOWN]
    ]


def _issue_lines(issues: Sequence[Mailing], newsroom: Newsroom, now: dt.datetime) -> list[Markup]:
    return [
        operator_texts.STATE_ISSUE.format(**say_batch(batch, newsroom, now), status=say_status(batch))
        for batch in issues
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
