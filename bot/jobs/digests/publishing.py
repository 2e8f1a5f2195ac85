"""Put issues into the tables: their rows, their messages, one delivery per subscriber and message.

A batch of issues is written in the caller's transaction, in few statements.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.cards.digest_buttons import buttons_under
from bot.news.digests import Composed
from bot.news.newsroom import Edition, Newsroom
from bot.news.reader_notices import queue_notices
from bot.news.services import Services
from bot.times.schedule import SlotPlan, release_in
from storage.candidates import Window
from storage.delivery.fanouts import begin_fanouts, is_large, queue_part
from storage.delivery.issues import (
    Issue,
    IssueStory,
    Part,
    enqueue_issues,
    find_last_issues,
    record_issue,
    record_issues,
)
from storage.delivery.prepared_issues import record_prepared_readers
from storage.delivery.states import IssueStatus
from storage.engine import chunks
from storage.notes import forget_note, write_new_note
from storage.profiles import Profile, join_variants
from storage.tables import subscribers

_TOGETHER = 100  # profiles in one transaction: bounds its length, and memory
_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Variant:
    """The digest for some of a profile's readers, who know other stories than the others do."""

    composed: Composed
    readers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A profile whose slot is made now."""

    profile: Profile
    edition: Edition
    plan: SlotPlan
    window: Window


@dataclass(frozen=True, slots=True)
class Made:
    """What a profile's readers get for one slot: `composed`, but for the readers of `variants`."""

    profile: Profile
    edition: Edition
    window: Window
    composed: Composed
    variants: tuple[Variant, ...] = ()


def groups(items: Iterable[_T], key: Callable[[_T], tuple[object, ...]]) -> Iterator[list[_T]]:
    """Yield the items of the same key together, the smallest key first."""
    return (list(same) for _, same in groupby(sorted(items, key=key), key=key))


def batches(items: Iterable[_T], key: Callable[[_T], tuple[object, ...]]) -> Iterator[Sequence[_T]]:
    """Yield the items of the same key together, as many as one transaction may write."""
    return (batch for same in groups(items, key) for batch in chunks(same, _TOGETHER))


async def publish(connection: AsyncConnection, made: Sequence[Made], *, now: dt.datetime) -> int:
    """Record the issues of different profiles, all of one window, and queue them; return how many deliveries.

    A profile whose slot was taken gets nothing, nor do the readers of its variants. Very many readers are
    queued after this transaction, by `queue_rest`.
    """
    slot = made[0].window.until.isoformat()
    if await is_large(connection, [one.profile.id for one in made]):
        for zone, numbers in _by_zone(await _record_apart(connection, made, now, None)).items():
            await begin_fanouts(connection, numbers, zone, now=now)
        editions = sorted({one.edition.name for one in made})
        _log.info("issues of very many readers", editions=editions, slot=slot)
        return 0
    taken = await _record(connection, made, now)
    apart = {reader for _, one in taken for variant in one.variants for reader in variant.readers}
    queued, readers = 0, subscribers.c.id.not_in(sorted(apart))
    for zone, numbers in _by_zone(taken).items():
        queued += await enqueue_issues(connection, numbers, readers, release=release_in(zone, now), now=now)
    queued += await _publish_variants(connection, [one for _, one in taken], now=now)
    editions = sorted({one.edition.name for _, one in taken})
    _log.info("issues", editions=editions, slot=slot, issues=len(taken), queued=queued)
    return queued


async def _record(
    connection: AsyncConnection, made: Sequence[Made], now: dt.datetime, status: IssueStatus | None = None
) -> list[tuple[int, Made]]:
    """Record the issues as of the moment of their contents; return those whose slots were free."""
    own = [(one, one.composed, one.profile.id) for one in made]
    ids = await record_issues(connection, await _issues(connection, own, now, status), now=made[0].window.end)
    return [(number, one) for number, one in zip(ids, made, strict=True) if number is not None]


async def record_prepared(connection: AsyncConnection, made: Sequence[Made], *, now: dt.datetime) -> None:
    """Record the issues of different profiles, all of one window, as waiting at their gate."""
    await _record_apart(connection, made, now, IssueStatus.PREPARED)


async def _record_apart(
    connection: AsyncConnection, made: Sequence[Made], now: dt.datetime, status: IssueStatus | None
) -> list[tuple[int, Made]]:
    """Record issues and variants without queueing them, and who gets a variant or nothing; return them."""
    taken = await _record(connection, made, now, status)
    variants = await _record_variants(connection, [one for _, one in taken], now, status)
    of_variant = {(one.profile.id, variant.readers): issue for one, variant, issue in variants}
    for number, one in taken:
        for variant in one.variants:
            variant_id = of_variant.get((one.profile.id, variant.readers))
            await record_prepared_readers(connection, number, variant.readers, variant_id)
    return taken + [(issue, one) for one, _, issue in variants if issue is not None]


async def _record_variants(
    connection: AsyncConnection, made: Sequence[Made], now: dt.datetime, status: IssueStatus | None = None
) -> list[tuple[Made, Variant, int | None]]:
    """Record the variants that have a digest; return each with its issue, None where the slot was taken."""
    wanted = [
        (one, number, variant)
        for one in made
        for number, variant in enumerate(one.variants)
        if variant.composed.parts
    ]
    if not wanted:
        return []
    profiles = await join_variants(connection, [(one.profile, number) for one, number, _ in wanted], now=now)
    digests = [(one, variant.composed, profiles[one.profile.id, number]) for one, number, variant in wanted]
    issues = await _issues(connection, digests, now, status)
    ids = await record_issues(connection, issues, now=made[0].window.end)
    return [(one, variant, issue) for (one, _, variant), issue in zip(wanted, ids, strict=True)]


async def _issues(
    connection: AsyncConnection,
    wanted: Sequence[tuple[Made, Composed, int]],
    now: dt.datetime,
    status: IssueStatus | None = None,
) -> list[Issue]:
    """Return the issue of each digest for a profile's id, with the buttons under its messages."""
    buttons = await buttons_under(connection, [composed for _, composed, _ in wanted], now=now)
    return [
        Issue(
            profile_id=profile_id,
            edition=made.edition.name,
            slot_at=made.window.until,
            window_start=made.window.after,
            status=status or (IssueStatus.MADE if composed.parts else IssueStatus.EMPTY),
            parts=tuple(
                Part(html, buttons_of_part, None if number else composed.picture)
                for number, (html, buttons_of_part) in enumerate(zip(composed.parts, under, strict=True))
            ),
            stories=_issue_stories(composed),
        )
        for (made, composed, profile_id), under in zip(wanted, buttons, strict=True)
    ]


def _by_zone(taken: Sequence[tuple[int, Made]]) -> dict[str, list[int]]:
    by_zone: dict[str, list[int]] = defaultdict(list)
    for number, made in taken:
        by_zone[made.edition.schedule.zone].append(number)
    return by_zone


async def _publish_variants(connection: AsyncConnection, made: Sequence[Made], *, now: dt.datetime) -> int:
    """Record the variants of these issues, each for its own readers; return how many deliveries."""
    queued = 0
    for one, variant, issue_id in await _record_variants(connection, made, now):
        if issue_id is not None:
            readers = subscribers.c.id.in_(variant.readers)
            release = release_in(one.edition.schedule.zone, now)
            queued += await enqueue_issues(
                connection, [issue_id], readers, release=release, now=now, is_variant=True
            )
    return queued


async def queue_rest(services: Services) -> int:
    """Queue the readers of issues and notices that have too many for one transaction; return how many.

    A part that another process is queueing is left to it. After a kill the next call goes on.
    """
    queued = 0
    while True:
        async with services.database.write() as connection:
            part = await queue_part(connection, release_in)
        if part is None:
            break
        queued += part
    queued += await queue_notices(services)
    if queued:
        _log.info("readers queued in parts", queued=queued)
    return queued


async def record_copy(
    connection: AsyncConnection, profile_id: int, edition: str, window: Window, composed: Composed
) -> None:
    """Record the web copy of an issue, in a profile without subscribers."""
    issue = Issue(
        profile_id, edition, window.until, window.after,
        IssueStatus.MADE if composed.parts else IssueStatus.EMPTY,
        parts=tuple(map(Part, composed.parts)),
        stories=_issue_stories(composed),
    )  # fmt: skip
    await record_issue(connection, issue, now=window.end)


def _issue_stories(composed: Composed) -> tuple[IssueStory, ...]:
    shown = [(number, line) for number, part in enumerate(composed.rendered) for line in part.headlines]
    return tuple(
        IssueStory(story.story_id, part, headline, composed.digest.ranks.get(story.story_id))
        for story, (part, headline) in zip(composed.digest.stories, shown, strict=True)
    )


async def record_skipped(
    connection: AsyncConnection,
    profile: Profile,
    newsroom: Newsroom,
    skipped: Iterable[tuple[dt.datetime, str]],
    *,
    now: dt.datetime,
) -> None:
    """Record that these slots get no issue, each with the reason."""
    for slot, reason in skipped:
        edition, start = newsroom.edition_at(profile.choices, slot), profile.last_slot_at or slot
        issue = Issue(profile.id, edition.name, slot, start, IssueStatus.SKIPPED, reason)
        await record_issue(connection, issue, now=now)


async def find_twice_empty(
    connection: AsyncConnection, made: Sequence[Made], *, now: dt.datetime
) -> list[Edition]:
    """Return the editions that found no story twice in a row, each once until an issue has a story again.

    A story for any profile counts for its edition. To be called once after each issue.
    """
    twice_empty = []
    for name in dict.fromkeys(one.edition.name for one in made):
        issues = [one for one in made if one.edition.name == name]
        note = f"drought:{name}"
        if any(one.composed.parts for one in issues):
            await forget_note(connection, note)
            continue
        empty = [one for one in issues if not _is_narrow(one)]
        if empty and await _is_twice_empty(connection, empty[-1].profile, note, now):
            twice_empty.append(empty[-1].edition)
    return twice_empty


def _is_narrow(made: Made) -> bool:
    """Tell whether there is news, but none that these readers' choices admit."""
    chosen = made.profile.choices
    return made.composed.eligible > 0 and bool(chosen.topics or chosen.words_out or chosen.sources_out)


async def _is_twice_empty(connection: AsyncConnection, profile: Profile, note: str, now: dt.datetime) -> bool:
    is_twice_empty = await find_last_issues(connection, profile.id, limit=2) == [IssueStatus.EMPTY] * 2
    return is_twice_empty and await write_new_note(connection, note, now.isoformat(), now=now)
