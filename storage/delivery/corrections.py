"""Corrections of sent stories, and headlines that papers changed after their stories were sent."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.messages import Buttons, Message, Release, enqueue, read_buttons, record_message
from storage.delivery.states import HAS_MESSAGE, MAY_HAVE_ARRIVED, DeliveryStatus, MessageKind
from storage.tables import (
    article_versions,
    articles,
    corrections,
    deliveries,
    headline_changes,
    issue_stories,
    issues,
    messages,
    subscribers,
)

# A confirmed correction becomes two messages for every issue with the story: an edit of the message that
# holds the story, and a notice to the subscribers who received it.

LOOK_BACK = dt.timedelta(days=7)  # nobody reads older issues again


@dataclass(frozen=True, slots=True)
class Correction:
    """An operator's text about a story. Only operators see it until it is confirmed."""

    id: int
    story_id: int
    text: str


@dataclass(frozen=True, slots=True)
class StoryMessage:
    """A message of an issue that contains a story, and the story's headline there."""

    message_id: int
    edition: str
    slot_at: dt.datetime
    headline: str
    html: str
    buttons: Buttons = ()
    preview_url: str | None = None


async def draft_correction(
    connection: AsyncConnection, story_id: int, text: str, *, now: dt.datetime
) -> Correction:
    values = {"story_id": story_id, "text": text, "made_at": now}
    statement = insert(corrections).values(values).returning(corrections.c.id)
    return Correction((await connection.execute(statement)).scalar_one(), story_id, text)


async def find_correction(connection: AsyncConnection, correction_id: int) -> Correction | None:
    row = (await connection.execute(select(corrections).where(corrections.c.id == correction_id))).first()
    return Correction(row.id, row.story_id, row.text) if row else None


async def confirm_correction(connection: AsyncConnection, correction_id: int, *, now: dt.datetime) -> bool:
    """Confirm a draft; return False if it is no longer a draft."""
    c = corrections.c
    is_draft = and_(c.id == correction_id, c.confirmed_at.is_(None))
    result = await connection.execute(update(corrections).where(is_draft).values(confirmed_at=now))
    return result.rowcount == 1


async def find_story_messages(
    connection: AsyncConnection, story_id: int, *, since: dt.datetime, limit: int = 10_000
) -> list[StoryMessage]:
    """Return the messages of issues since `since` that contain the story, newest first."""
    i, s, m = issues.c, issue_stories.c, messages.c
    query = (
        select(m.id, i.edition, i.slot_at, s.headline, m.html, m.buttons, m.preview_url)
        .join(issues, i.id == s.issue_id)
        .join(messages, and_(m.issue_id == s.issue_id, m.part == s.part))
        .where(s.story_id == story_id, i.slot_at >= since, s.headline.is_not(None))
        .order_by(i.slot_at.desc(), i.id.desc())
        .limit(limit)
    )
    return [
        StoryMessage(*row[:5], read_buttons(row.buttons), row.preview_url)
        for row in await connection.execute(query)
    ]


async def count_readers(connection: AsyncConnection, story_id: int, *, since: dt.datetime) -> int:
    """Return how many active subscribers received, or may have received, the story in an issue since then."""
    d, s, i, m = deliveries.c, issue_stories.c, issues.c, messages.c
    query = (
        select(func.count(d.subscriber_id.distinct()))
        .join(subscribers, subscribers.c.id == d.subscriber_id)
        .join(messages, m.id == d.message_id)
        .join(issue_stories, and_(s.issue_id == m.issue_id, s.part == m.part))
        .join(issues, i.id == m.issue_id)
        .where(s.story_id == story_id, i.slot_at >= since)
        .where(d.status.in_(MAY_HAVE_ARRIVED), subscribers.c.status == "active")
    )
    return (await connection.execute(query)).scalar_one()


async def count_edits(connection: AsyncConnection, correction_id: int) -> int:
    """Return how many messages a correction is to edit: those that were sent before it, or are being sent."""
    d, m = deliveries.c, messages.c
    query = (
        select(func.count())
        .select_from(deliveries)
        .join(messages, m.after_id == d.message_id)
        .where(m.correction_id == correction_id, m.kind == MessageKind.CORRECTION_EDIT)
        .where(d.status.in_(HAS_MESSAGE))
    )
    return (await connection.execute(query)).scalar_one()


async def enqueue_edit(
    connection: AsyncConnection,
    correction: Correction,
    sent: StoryMessage,
    html: str,
    *,
    now: dt.datetime,
    since: dt.datetime | None = None,
) -> tuple[int, int]:
    """Give a message other HTML, and queue an edit for those to whom it was sent or is being sent.

    With `since` it is queued only for those to whom the message was sent after that moment. Edits go out at
    any hour. Return the edit's message and how many deliveries it has.
    """
    this = messages.c.id == sent.message_id
    await connection.execute(update(messages).where(this).values(html=html))
    edit = Message(
        MessageKind.CORRECTION_EDIT, html, sent.buttons, correction_id=correction.id,
        after_id=sent.message_id, preview_url=sent.preview_url,
    )  # fmt: skip
    message_id = await record_message(connection, edit, now=now)
    return message_id, await enqueue(connection, [message_id], _got(sent, HAS_MESSAGE, since), now=now)


async def enqueue_notice(
    connection: AsyncConnection,
    correction: Correction,
    sent: StoryMessage,
    html: str,
    *,
    after_id: int,
    release: Release,
    now: dt.datetime,
    since: dt.datetime | None = None,
) -> int:
    """Queue a notice for every reader of the message who has none of this correction yet; return how many.

    With `since` it is queued only for those to whom the message was sent after that moment. A reader gets it
    after the message `after_id`. Quiet hours hold.
    """
    d, m = deliveries.c, messages.c
    has_one = (
        select(d.subscriber_id)
        .join(messages, m.id == d.message_id)
        .where(m.correction_id == correction.id, m.kind == MessageKind.CORRECTION_NOTICE)
    )
    audience = and_(_got(sent, MAY_HAVE_ARRIVED, since), subscribers.c.id.not_in(has_one))
    notice = Message(MessageKind.CORRECTION_NOTICE, html, correction_id=correction.id, after_id=after_id)
    message_id = await record_message(connection, notice, now=now)
    return await enqueue(connection, [message_id], audience, release=release, now=now)


def _got(
    sent: StoryMessage, statuses: Sequence[DeliveryStatus], since: dt.datetime | None
) -> ColumnElement[bool]:
    """Return the condition that a subscriber's delivery of the message stands in one of these statuses, and
    came to it after `since`, if that is given, or is being sent."""
    d = deliveries.c
    theirs = select(d.subscriber_id).where(d.message_id == sent.message_id, d.status.in_(statuses))
    if since is not None:
        theirs = theirs.where(or_(d.status == DeliveryStatus.SENDING, d.changed_at > since))
    return subscribers.c.id.in_(theirs)


_MOST_MESSAGES = 10_000


@dataclass(frozen=True, slots=True)
class ChangedHeadline:
    """A headline as it was sent (`old`), and as the paper has it now (`new`)."""

    article_id: int
    version: int
    story_id: int
    source: str
    old: str
    new: str


async def note_changed_headlines(
    connection: AsyncConnection, old: Sequence[Row[Any]], *, now: dt.datetime
) -> None:
    """Record those of these articles whose former headline a recent issue shows.

    `old` are the rows of the articles before the change.
    """
    story_ids = {row.story_id for row in old if row.story_id is not None}
    if not story_ids:
        return
    s, i = issue_stories.c, issues.c
    query = (
        select(s.story_id, s.headline)
        .join(issues, i.id == s.issue_id)
        .where(s.story_id.in_(story_ids), s.headline.is_not(None), i.slot_at >= now - LOOK_BACK)
        .distinct()
        .limit(_MOST_MESSAGES)
    )
    shown = {(row.story_id, row.headline) for row in await connection.execute(query)}
    rows = [
        {"article_id": row.id, "version": row.version, "changed_at": now}
        for row in old
        if any(story == row.story_id and _is_shown_as(row.title, headline) for story, headline in shown)
    ]
    if rows:
        await connection.execute(insert(headline_changes), rows)


async def find_unreported_headlines(
    connection: AsyncConnection, *, now: dt.datetime, limit: int
) -> list[ChangedHeadline]:
    """Return changes of headlines that were sent to a reader and not reported to the admins, oldest first."""
    h, v, a = headline_changes.c, article_versions.c, articles.c
    s, m, d = issue_stories.c, messages.c, deliveries.c
    its_part = and_(s.story_id == a.story_id, m.issue_id == s.issue_id, m.part == s.part)
    was_sent = exists().where(its_part, d.message_id == m.id, d.status.in_(MAY_HAVE_ARRIVED))
    query = (
        select(a.id, h.version, a.story_id, a.source, v.title, a.title)
        .select_from(headline_changes)
        .join(article_versions, and_(v.article_id == h.article_id, v.version == h.version))
        .join(articles, a.id == h.article_id)
        .where(h.told_at.is_(None), h.changed_at >= now - LOOK_BACK, v.title != a.title, was_sent)
        .order_by(h.changed_at, h.article_id)
        .limit(limit)
    )
    return [ChangedHeadline(*row) for row in await connection.execute(query)]


async def mark_reported(
    connection: AsyncConnection, changed: Sequence[ChangedHeadline], *, now: dt.datetime
) -> None:
    """Record that these changes were reported to the admins."""
    h = headline_changes.c
    for one in changed:
        same = and_(h.article_id == one.article_id, h.version == one.version)
        await connection.execute(update(headline_changes).where(same).values(told_at=now))


def _is_shown_as(title: str, headline: str) -> bool:
    """Tell whether an issue shows `title` as `headline`, which may be shortened."""
    line = " ".join(title.split())
    return line == headline or (headline.endswith("…") and line.startswith(headline.rstrip(" …")))
