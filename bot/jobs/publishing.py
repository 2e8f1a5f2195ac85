"""Put an issue into the tables: its row, its messages, one delivery per subscriber and message.

Everything of one issue is written in the caller's transaction. `slots` makes issues when they are due,
`send_now` when an operator asks.
"""

import datetime as dt

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.cards.under_digest import buttons_under
from bot.digests import Composed
from bot.newsroom import Edition
from bot.times.schedule import QuietHours
from storage.candidates import Window
from storage.delivery.issues import Issue, Part, ToldStory, enqueue_issue, find_last_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.notes import find_note, forget_note, write_note
from storage.profiles import Profile, set_covered_until

_EMPTY_IN_A_ROW = 2
_log = structlog.get_logger(__name__)


async def publish(
    connection: AsyncConnection,
    profile: Profile,
    edition: Edition,
    window: Window,
    composed: Composed,
    *,
    now: dt.datetime,
) -> int:
    """Record the issue of the slot `window.until` and queue its deliveries; 0 when the slot was taken."""
    buttons = await buttons_under(connection, composed, now=now)
    issue = Issue(
        profile_id=profile.id,
        edition=edition.name,
        slot_at=window.until,
        window_start=window.after,
        status=IssueStatus.MADE if composed.parts else IssueStatus.EMPTY,
        parts=tuple(map(Part, composed.parts, buttons)),
        stories=_told(composed),
    )
    issue_id = await record_issue(connection, issue, now=window.end)  # what it tells is as of then
    if issue_id is None:
        return 0
    await set_covered_until(connection, profile.id, window.end)
    zone = edition.schedule.zone
    queued = await enqueue_issue(
        connection,
        issue_id,
        profile.id,
        release=lambda start, end: QuietHours(start, end).release(now, zone),
        now=now,
    )
    _log.info(
        "issue", edition=edition.name, slot=window.until.isoformat(), status=issue.status.value, queued=queued
    )
    return queued


def _told(composed: Composed) -> tuple[ToldStory, ...]:
    shown = [(number, line) for number, part in enumerate(composed.rendered) for line in part.headlines]
    return tuple(
        ToldStory(story.story_id, part, headline, composed.digest.ranks.get(story.story_id))
        for story, (part, headline) in zip(composed.digest.stories, shown, strict=True)
    )


async def record_skipped(
    connection: AsyncConnection, profile: Profile, slot: dt.datetime, reason: str, *, now: dt.datetime
) -> None:
    """Record that a slot gets no issue, and why."""
    start = profile.last_slot_at or slot
    issue = Issue(profile.id, profile.choices.edition, slot, start, IssueStatus.SKIPPED, reason)
    await record_issue(connection, issue, now=now)


async def is_drying_up(
    connection: AsyncConnection, profile: Profile, edition: Edition, *, now: dt.datetime
) -> bool:
    """Tell, once for each drought, that an edition found no story twice in a row.

    The first issue with a story ends the drought. It is the edition's, however many profiles share it, and so
    it must be asked after each issue and only then.
    """
    note = f"drought:{edition.name}"
    statuses = await find_last_issues(connection, profile.id, limit=_EMPTY_IN_A_ROW)
    if statuses[:1] == [IssueStatus.MADE]:
        await forget_note(connection, note)
        return False
    if statuses != [IssueStatus.EMPTY] * _EMPTY_IN_A_ROW or await find_note(connection, note) is not None:
        return False
    await write_note(connection, note, now.isoformat(), now=now)
    return True
