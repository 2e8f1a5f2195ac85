"""The nightly clean-up: delete rows older than `keep_days` in batches, and end waits that are too long."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.candidates import prune_story_lists
from storage.delivery.deliveries import first_kept_message
from storage.delivery.refusals import find_limit, lift_limit
from storage.delivery.states import DeliveryStatus
from storage.search.generation import prune_changes
from storage.search.index import record_changes
from storage.tables import (
    articles,
    deliveries,
    delivery_counts,
    issues,
    messages,
    profiles,
    questions,
    refusals,
    set_aside_texts,
    stories,
    subscribers,
    watch_hits,
    web_sources,
)

_BATCH = 200
_DELIVERIES_AT_ONCE = 20_000
_USUAL_SHARE = 0.3
_FEW = 200  # to delete so few rows is always usual


@dataclass(frozen=True, slots=True)
class Extent:
    """How many rows a prune would delete, and how many there are."""

    articles: int
    all_articles: int
    deliveries: int
    all_deliveries: int

    @property
    def is_usual(self) -> bool:
        """Tell whether the numbers are usual for a night; more can mean a wrong clock or setting."""
        pairs = ((self.articles, self.all_articles), (self.deliveries, self.all_deliveries))
        return all(old <= max(_FEW, _USUAL_SHARE * total) for old, total in pairs)


async def measure_prune(connection: AsyncConnection, *, before: dt.datetime) -> Extent:
    """Count the rows older than `before`; of the ledger those that are not deleted by whole months."""
    a, d = func.count(articles.c.id), func.count(deliveries.c.id)
    first_kept = await first_kept_message(connection)
    old = select(messages.c.id).where(messages.c.made_at < before)
    old = old if first_kept is None else old.where(messages.c.id < first_kept)
    of_old_messages = deliveries.c.message_id.in_(old)
    queries = (
        select(a).where(articles.c.stored_at < before),
        select(a),
        select(d).where(of_old_messages),
        select(d),
    )
    return Extent(*[(await connection.execute(query)).scalar_one() for query in queries])


async def find_newest_row(connection: AsyncConnection) -> dt.datetime | None:
    """Return when the newest article was stored or the newest issue made; None in an empty database."""
    stored = select(articles.c.stored_at).order_by(articles.c.id.desc()).limit(1)
    made = select(issues.c.made_at).order_by(issues.c.id.desc()).limit(1)
    found = [(await connection.execute(query)).scalar_one_or_none() for query in (stored, made)]
    return max((moment for moment in found if moment is not None), default=None)


async def prune_articles(connection: AsyncConnection, *, before: dt.datetime) -> int:
    """Delete up to 200 articles stored before `before`; return how many."""
    a = articles.c
    oldest = select(a.id).where(a.stored_at < before).order_by(a.stored_at).limit(_BATCH)
    old = list((await connection.execute(oldest)).scalars())
    await connection.execute(delete(articles).where(a.id.in_(old)))
    await record_changes(connection, old)
    return len(old)


async def prune_issues(connection: AsyncConnection, *, before: dt.datetime) -> int:
    """Delete up to 200 issues of slots before `before` and as many older messages of other kinds.

    Return the number of deleted rows. Their deliveries are deleted first, 20,000 at a time; while there are
    more, nothing else is deleted. Messages of months that the ledger still has stay: see
    `storage.delivery.deliveries`.
    """
    d, i, m = deliveries.c, issues.c, messages.c
    first_kept = await first_kept_message(connection)
    old_issues = select(i.id).where(i.slot_at < before).limit(_BATCH)
    old_messages = select(m.id).where(m.issue_id.is_(None), m.made_at < before).limit(_BATCH)
    if first_kept is not None:
        old_issues = old_issues.where(~exists().where(m.issue_id == i.id, m.id >= first_kept))
        old_messages = old_messages.where(m.id < first_kept)
    issue_ids = (await connection.execute(old_issues)).scalars().all()
    message_ids = (await connection.execute(old_messages)).scalars().all()
    theirs = select(m.id).where(or_(m.issue_id.in_(issue_ids), m.id.in_(message_ids)))
    some = select(d.id).where(d.message_id.in_(theirs)).limit(_DELIVERIES_AT_ONCE)
    gone = (await connection.execute(delete(deliveries).where(d.id.in_(some)))).rowcount
    if gone == _DELIVERIES_AT_ONCE:
        return gone
    await connection.execute(delete(issues).where(i.id.in_(issue_ids)))
    await connection.execute(delete(messages).where(m.id.in_(message_ids)))
    return gone + len(issue_ids) + len(message_ids)


async def prune_rest(connection: AsyncConnection, *, before: dt.datetime) -> None:
    """Delete old refusals, counts and texts set aside, and up to 200 old questions and 200 empty stories."""
    await connection.execute(delete(refusals).where(refusals.c.seen_at < before))
    await connection.execute(delete(set_aside_texts).where(set_aside_texts.c.seen_at < before))
    await connection.execute(delete(delivery_counts).where(delivery_counts.c.slot_at < before))
    await prune_changes(connection)
    await prune_story_lists(connection, before=before, limit=_BATCH)
    q, s = questions.c, stories.c
    asked = select(q.id).where(q.asked_at < before).limit(_BATCH)
    await connection.execute(delete(questions).where(q.id.in_(asked)))
    is_bare = ~exists().where(articles.c.story_id == s.id)
    bare = select(s.id).where(s.created_at < before, is_bare).limit(_BATCH)
    await connection.execute(delete(stories).where(s.id.in_(bare)))


async def prune_profiles(connection: AsyncConnection, *, before: dt.datetime) -> int:
    """Delete up to 200 profiles made before `before` without issues and subscribers; return how many.

    Each reaction to a story moves a chat to another profile, so most profiles are soon unused.
    """
    p, s = profiles.c, subscribers.c
    is_inactive = p.next_due_at.is_(None)
    to_go_back_to = select(s.previous_profile_id).where(s.previous_profile_id.is_not(None))
    left = (
        select(p.id)
        .where(is_inactive, p.variant_of.is_(None), p.created_at < before, p.id.not_in(to_go_back_to))
        .where(~exists().where(s.profile_id == p.id), ~exists().where(issues.c.profile_id == p.id))
        .limit(_BATCH)
    )
    gone = delete(profiles).where(p.id.in_(left), is_inactive)  # asked again: a chat may join meanwhile
    return (await connection.execute(gone)).rowcount


# While a machine's clock is far ahead, the ends of quiet hours, of a chat's wait and of a source's pause are
# far ahead too. When the clock is correct again, these rows would wait too long.

_LONGEST_WEEK = dt.timedelta(days=8)
FURTHEST = dt.timedelta(days=3)  # quiet hours take a day at most, a chat's wait two, a source's pause one


async def end_impossible_waits(connection: AsyncConnection, *, now: dt.datetime) -> int:
    """End the waits that last longer than any can; return how many. `now` must come from a correct clock."""
    far = now + FURTHEST
    d, s, h, w = deliveries.c, subscribers.c, watch_hits.c, web_sources.c
    waits: list[tuple[Table, list[ColumnElement[bool]], dict[str, dt.datetime | None]]] = [
        (deliveries, [d.status == DeliveryStatus.PENDING, d.not_before > far], {"not_before": now}),
        (watch_hits, [h.alerted_at.is_(None), h.not_before > far], {"not_before": now}),
        (subscribers, [s.held_until > far], {"held_until": None, "told_at": None}),
        (web_sources, [w.next_at > far], {"next_at": now}),
        # A recap that is late by days is skipped, and the next one gets a new date: see bot.jobs.recapping.
        (subscribers, [s.weekly_at > now + _LONGEST_WEEK], {"weekly_at": now - FURTHEST}),
    ]
    ended = 0
    for table, wait, values in waits:
        ended += (await connection.execute(update(table).where(*wait).values(values))).rowcount
    limited_until = await find_limit(connection)
    if limited_until is not None and limited_until > far:
        await lift_limit(connection)
        ended += 1
    return ended
