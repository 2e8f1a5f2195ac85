"""Lookups for operators: one reader, and why an article did or did not reach this reader."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.fetching.responses import describe_failure
from bot.fetching.source_health import QUIET
from bot.messages.markup import shortened
from bot.messages.spoken import say_at
from bot.news.digests import piece_of
from bot.news.narrowing import topic_names
from bot.news.newsroom import Edition, Newsroom
from bot.news.services import Services
from bot.operators.article_reasons import UnstoredArticle, why_not_in_issue, why_not_stored
from bot.operators.reasons import (
    Reason,
    SendingHolds,
    Why,
    next_arrival,
    why_blank,
    why_delivery,
    why_gate,
    why_held,
    why_not_next,
)
from bot.times.schedule import QuietHours
from storage.alerts.watches import count_watches
from storage.articles import StoredArticle, find_article_at, find_reports, get_article
from storage.delivery.gates import Gate, find_drop_of, find_gate_of
from storage.delivery.history import (
    BlankIssue,
    PastDelivery,
    find_blank_issues,
    find_past_deliveries,
    find_shown,
    find_story_delivery,
)
from storage.delivery.refusals import find_hold, find_limit, find_stop
from storage.delivery.states import MessageKind
from storage.errors import UnknownArticleError
from storage.identity import site_of
from storage.off_loop import INTAKE
from storage.profiles import Profile, find_profile
from storage.sources import find_refusals_at, find_refusals_of, find_source_states, is_set_aside
from storage.subscribers import Subscriber, find_subscriber
from summarizer.model import Candidate
from summarizer.reader_tastes import Mentions

_MOST_REPORTS = 20
_PAST = 20  # deliveries shown
_BLANK = 5
_LONGEST_HEADLINE = 100  # UTF-16 units


KINDS = {  # the names of messages, in small letters
    MessageKind.DIGEST: "số",
    MessageKind.RECAP: "bản tổng kết",
    MessageKind.BREAKING: "tin nóng",
    MessageKind.ALERT: "tin báo",
    MessageKind.CORRECTION_EDIT: "sửa đính chính",
    MessageKind.CORRECTION_NOTICE: "tin đính chính",
    MessageKind.ANNOUNCEMENT: "thông báo",
}


@dataclass(frozen=True, slots=True)
class NextArrival:
    """The next digest: its slot, its arrival, the reason for a later arrival, or why none comes."""

    slot_at: dt.datetime | None
    arrives_at: dt.datetime | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ReaderView:
    """One reader, with the deliveries and the slots without an issue, newest first, and their reasons."""

    subscriber: Subscriber
    edition: Edition
    next: NextArrival
    past: tuple[tuple[PastDelivery, Reason], ...]
    blank: tuple[tuple[BlankIssue, Reason], ...]
    watches: int


async def find_reader_view(services: Services, chat_id: int) -> ReaderView | None:
    now = services.clock.now()
    async with services.database.read() as connection:
        subscriber = await find_subscriber(connection, chat_id)
        if subscriber is None:
            return None
        sending = await find_sending_holds(connection)
        held = await find_hold(connection, chat_id, now=now)
        profile = await find_profile(connection, subscriber.profile_id)
        past = await find_past_deliveries(connection, subscriber.id, limit=_PAST)
        blank = await find_blank_issues(connection, subscriber.profile_id, limit=_BLANK)
        due = profile.next_due_at if profile else None
        gate = None
        if due is not None:
            name = services.newsroom.edition_at(subscriber.choices, due).name
            gate = await find_gate_of(connection, name, due)
        watches = await count_watches(connection, subscriber.id)
    edition = services.newsroom.edition_for(subscriber.choices)
    zone, quiet = edition.schedule.zone, _quiet_of(subscriber)
    return ReaderView(
        subscriber,
        edition,
        _next(subscriber, edition, profile, held, sending, gate, now),
        tuple((one, why_delivery(one, quiet, held, sending, zone=zone, now=now)) for one in past),
        tuple((one, why_blank(one)) for one in blank if one.slot_at >= subscriber.created_at),
        watches,
    )


async def find_sending_holds(connection: AsyncConnection) -> SendingHolds:
    return SendingHolds(await find_stop(connection), await find_limit(connection))


def _quiet_of(subscriber: Subscriber) -> QuietHours:
    return QuietHours(subscriber.quiet_start, subscriber.quiet_end)


def _next(
    subscriber: Subscriber,
    edition: Edition,
    profile: Profile | None,
    held: dt.datetime | None,
    sending: SendingHolds,
    gate: Gate | None,
    now: dt.datetime,
) -> NextArrival:
    zone = edition.schedule.zone
    none = why_not_next(subscriber, edition, now=now)
    due = profile.next_due_at if profile else None
    found = next_arrival(subscriber, edition, due_at=due, held_until=held, now=now)
    if found is None:
        return NextArrival(None, None, (none,) if none else ())
    slot, arrives = found
    reasons = [*([none] if none else [])]
    if arrives > max(slot, now) and held is None:
        reasons.append(Reason(Why.QUIET, f"số {say_at(slot, zone, now)} rơi vào giờ yên tĩnh nên đợi"))
    if gate is not None and gate.closed_at is None and (waits := why_gate(gate, zone, now)):
        reasons.append(waits)
    if holds := why_held(held, sending, zone=zone, now=now):
        reasons.append(holds)
    return NextArrival(slot, arrives, tuple(reasons))


async def why_article(
    services: Services, chat_id: int, wanted: str
) -> tuple[StoredArticle | None, Reason] | None:
    """Say why an article did or did not reach a reader; None if the chat is unknown.

    `wanted` is its number, its id or its address.
    """
    now = services.clock.now()
    async with services.database.read() as connection:
        subscriber = await find_subscriber(connection, chat_id)
        if subscriber is None:
            return None
        edition = services.newsroom.edition_for(subscriber.choices)
        zone = edition.schedule.zone
        article = await _find_article(connection, wanted)
        if article is None:
            return None, why_not_stored(
                await _find_unstored(connection, wanted, services.newsroom), zone=zone, now=now
            )
        reason = await _why_in_issue(connection, subscriber, article, zone, now)
        if found := reason or await _why_dropped(connection, subscriber, article, zone, now):
            return article, found
        aside = await is_set_aside(connection, article.id)
        profile = await find_profile(connection, subscriber.profile_id)
        coverage = await _coverage(connection, article, services.newsroom)
    none = why_not_next(subscriber, edition, now=now)
    reason = why_not_in_issue(
        article,
        edition,
        services.newsroom,
        coverage=coverage,
        is_set_aside=aside,
        covered_until=profile.last_slot_at if profile else None,
        next_slot=profile.next_due_at if profile else None,
        now=now,
    )
    if none is not None and reason.code in (Why.COMES_NEXT, Why.DROPPED):
        return article, none
    return article, reason


async def _coverage(
    connection: AsyncConnection, article: StoredArticle, newsroom: Newsroom
) -> tuple[Mentions, frozenset[str]]:
    """Return the words of an article's story, and the papers that report it."""
    reports = [article]
    if article.story_id is not None:
        reports = await find_reports(connection, [article.story_id], _MOST_REPORTS)
    return await INTAKE.run(_mentions, article, reports, newsroom)


def _mentions(
    article: StoredArticle, reports: Sequence[StoredArticle], newsroom: Newsroom
) -> tuple[Mentions, frozenset[str]]:
    pieces = tuple(piece_of(newsroom, one, ()) for one in reports)
    story = Candidate(article.story_id or 0, pieces)
    mentions = Mentions([(story, article.topic)], topic_names(newsroom))
    return mentions, frozenset(one.source for one in reports)


async def _find_article(connection: AsyncConnection, wanted: str) -> StoredArticle | None:
    try:
        return await get_article(connection, wanted)
    except UnknownArticleError:
        return await find_article_at(connection, wanted) if "://" in wanted else None


async def _why_in_issue(
    connection: AsyncConnection, subscriber: Subscriber, article: StoredArticle, zone: str, now: dt.datetime
) -> Reason | None:
    """Say how the reader got the article's story, if at all."""
    if article.story_id is None:
        return None
    found = await find_story_delivery(connection, subscriber.id, article.story_id)
    if found is None:
        shown_at = await find_shown(connection, subscriber.id, article.story_id)
        if shown_at is None:
            return None
        return Reason(Why.SHOWN, f"đã xem khi hỏi, lúc {say_at(shown_at, zone, now)}")
    headline, one = found
    held = await find_hold(connection, subscriber.chat_id, now=now)
    sending = await find_sending_holds(connection)
    reason = why_delivery(one, _quiet_of(subscriber), held, sending, zone=zone, now=now)
    slot = say_at(one.slot_at or one.made_at, zone, now)
    if headline is None or headline == article.title:
        return Reason(reason.code, f"có trong số {slot}: {reason.words}")
    words = f"gộp vào chuyện «{shortened(headline, _LONGEST_HEADLINE)}» của số {slot}: {reason.words}"
    return Reason(Why.FOLDED if one.status == "sent" else reason.code, words)


async def _why_dropped(
    connection: AsyncConnection, subscriber: Subscriber, article: StoredArticle, zone: str, now: dt.datetime
) -> Reason | None:
    """Say which operator dropped the article from the reader's issue, if one did."""
    drop = await find_drop_of(connection, subscriber.profile_id, article.story_id, article.id)
    if drop is None:
        return None
    gate, dropped = drop
    words = f"người quản trị {dropped.admin} bỏ tin này lúc duyệt số {say_at(gate.slot_at, zone, now)}"
    return Reason(Why.GATE_DROPPED, words)


async def _find_unstored(connection: AsyncConnection, wanted: str, newsroom: Newsroom) -> UnstoredArticle:
    refused = await find_refusals_at(connection, wanted)
    site = site_of(_host(wanted)) if "://" in wanted else None
    states = await find_source_states(connection)
    for source in newsroom.web_sources if site else ():
        if site_of(_host(source.url)) == site:
            state = states.get(source.name)
            return UnstoredArticle(
                refused,
                await find_refusals_of(connection, source.name),
                source.title,
                state,
                state is not None and QUIET in state.told,
                describe_failure(state.trouble, state.detail) if state and state.trouble else None,
            )
    return UnstoredArticle(refused)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
