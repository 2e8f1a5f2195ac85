"""The state of the sources: files read, refusals, texts set aside, polls, and counts of articles."""

import datetime as dt
import itertools
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import SET_ASIDE, WAITS, StoredArticle
from storage.engine import chunks, insert_new, replacing
from storage.identity import clean_link, text_hash
from storage.intake.date_text import DateOrder
from storage.intake.drafts import Refusal
from storage.tables import articles, intake_files, issue_stories, refusals, set_aside_texts, web_sources


async def find_fingerprints(
    connection: AsyncConnection, source: str, *, limit: int = 100_000
) -> dict[str, str]:
    """Return the fingerprint of each file of `source` that was taken in, by path."""
    f = intake_files.c
    query = select(f.path, f.fingerprint).where(f.source == source).order_by(f.seen_at.desc()).limit(limit)
    return {row.path: row.fingerprint for row in await connection.execute(query)}


async def remember_file(
    connection: AsyncConnection, source: str, path: str, fingerprint: str, *, now: dt.datetime
) -> None:
    """Remember that this state of a file was taken in."""
    values = {"source": source, "path": path, "fingerprint": fingerprint, "seen_at": now}
    await connection.execute(replacing(connection, intake_files, **values))


async def forget_files(connection: AsyncConnection, source: str, paths: Sequence[str]) -> None:
    """Delete the fingerprints of files that no longer exist."""
    f = intake_files.c
    for batch in chunks(paths, 500):
        await connection.execute(delete(intake_files).where(f.source == source, f.path.in_(batch)))


class StoredRefusal(NamedTuple):
    """A refusal: its source, place and reason; `link` is the article's own address."""

    source: str
    path: str
    reason: str
    link: str | None = None


async def record_refusals(
    connection: AsyncConnection, source: str, refused: Sequence[Refusal], *, now: dt.datetime
) -> None:
    """Store refusals, the latest reason for each place."""
    for refusal in refused:
        await connection.execute(
            replacing(connection, refusals, source=source, seen_at=now, **asdict(refusal))
        )


async def find_refusals(connection: AsyncConnection, *, limit: int = 20) -> list[StoredRefusal]:
    """Return the latest refusals, newest first."""
    return await _find_refusals(connection, limit)


async def find_refusals_at(connection: AsyncConnection, place: str) -> list[StoredRefusal]:
    """Return the refusals at `place`: a path or its end, or an address."""
    r = refusals.c
    is_path = or_(r.path == place, r.path.endswith(f"/{place}", autoescape=True))
    return await _find_refusals(connection, 5, or_(is_path, r.link == (clean_link(place) or place)))


async def find_refusals_of(connection: AsyncConnection, source: str) -> list[StoredRefusal]:
    """Return a source's latest refusals, newest first."""
    return await _find_refusals(connection, 5, refusals.c.source == source)


async def _find_refusals(
    connection: AsyncConnection, limit: int, *of: ColumnElement[bool]
) -> list[StoredRefusal]:
    r = refusals.c
    query = select(r.source, r.path, r.reason, r.link).where(*of).order_by(r.seen_at.desc(), r.path)
    return [StoredRefusal(*row) for row in await connection.execute(query.limit(limit))]


# Texts that crash the process working on them are set aside, reported, and not tried again.
#
# An attempt is counted before the work on an article begins, so a crash of the whole bot counts too. An
# article that was tried but not processed is suspect: it is tried alone, after all others. An article is set
# aside until its text changes if it crashed the text process, or if the bot crashed `MOST_TRIES` times while
# it worked on the article.

MOST_TRIES = 3  # the first attempt is with others, the next are alone


async def begin_tries(connection: AsyncConnection, ids: Collection[int]) -> None:
    """Count an attempt for each article. Commit this before the work on them begins."""
    await connection.execute(update(articles).where(_waiting(ids)).values(tries=articles.c.tries + 1))


async def undo_tries(connection: AsyncConnection, ids: Collection[int]) -> None:
    """Take an attempt back for articles whose processing was interrupted for another reason."""
    was_tried = and_(_waiting(ids), articles.c.tries > 0)
    await connection.execute(update(articles).where(was_tried).values(tries=articles.c.tries - 1))


async def set_articles_aside(
    connection: AsyncConnection, failed: Sequence[tuple[StoredArticle, str]], *, now: dt.datetime
) -> None:
    """Set articles aside, each with the reason in Vietnamese, which is stored as a refusal."""
    for article, reason in failed:
        is_same = and_(_waiting([article.id]), articles.c.version == article.version)
        await connection.execute(update(articles).where(is_same).values(tries=SET_ASIDE))
        refusal = Refusal(article.url or article.external_id, reason)
        await record_refusals(connection, article.source, [refusal], now=now)


async def is_set_aside(connection: AsyncConnection, article_id: int) -> bool:
    """Tell whether an article is set aside until its text changes."""
    query = select(articles.c.tries).where(articles.c.id == article_id, articles.c.processed_at.is_(None))
    return (await connection.execute(query)).scalar_one_or_none() == SET_ASIDE


def _waiting(ids: Collection[int]) -> ColumnElement[bool]:
    return and_(articles.c.id.in_(ids), WAITS)


async def set_drafts_aside(connection: AsyncConnection, hashes: Collection[str], *, now: dt.datetime) -> None:
    """Store the hashes of drafts that crashed the process."""
    rows = [{"hash": each, "seen_at": now} for each in hashes]
    await connection.execute(insert_new(connection, set_aside_texts), rows)


async def find_set_aside(connection: AsyncConnection, hashes: Collection[str]) -> set[str]:
    """Return those of `hashes` (a few hundred) that belong to drafts set aside."""
    query = select(set_aside_texts.c.hash).where(set_aside_texts.c.hash.in_(hashes))
    return set((await connection.execute(query)).scalars())


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of a polled source at `url`.

    `etag`, `last_modified` and `body_hash` identify the version taken in last. `tried_at` is the last
    attempt, `fetched_at` the last success, `new_at` the last that brought something new or changed; `items`
    counts those. `gap_seconds` is the longest usual pause between publications. `failures` counts failed
    attempts in a row; `trouble` (a code) and `detail` describe the last one. `moved_to` is the new address
    that the host announced. `told` names the problems that were reported to the admins and are not over.
    `date_order` is the order of day and month that the feed's own times proved. Of the items of the last
    answer, `elsewhere` link to another host, and `left_out` were left out because there were too many.
    """

    source: str
    url: str
    next_at: dt.datetime
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    tried_at: dt.datetime | None = None
    fetched_at: dt.datetime | None = None
    new_at: dt.datetime | None = None
    gap_seconds: int | None = None
    items: int = 0
    failures: int = 0
    trouble: str | None = None
    detail: str = ""
    moved_to: str | None = None
    told: tuple[str, ...] = ()
    date_order: DateOrder | None = None
    elsewhere: int = 0
    left_out: int = 0


async def find_source_states(connection: AsyncConnection) -> dict[str, SourceState]:
    """Return the state of each polled source, by name."""
    found = {}
    for row in await connection.execute(select(web_sources)):
        order = DateOrder(row.date_order) if row.date_order else None
        found[row.source] = SourceState(**{**row._mapping, "told": tuple(row.told), "date_order": order})
    return found


async def save_source_state(connection: AsyncConnection, state: SourceState) -> None:
    """Store the state of a source, replacing the old one."""
    values = asdict(state) | {"told": list(state.told)}
    await connection.execute(replacing(connection, web_sources, **values))


async def find_lead_hashes(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, str]:
    """Return `text_hash` of title and sapo alone of each stored article, by its key."""
    a = articles.c
    found: dict[str, str] = {}
    for batch in chunks(keys, 500):
        rows = await connection.execute(select(a.key, a.title, a.sapo).where(a.key.in_(batch)))
        found |= {row.key: text_hash(row.title, row.sapo, "") for row in rows}
    return found


@dataclass(frozen=True, slots=True)
class SourceDays:
    """A source's articles on each day, oldest first, and in a week; stories of `issued` were sent."""

    days: tuple[int, ...]
    week: int
    issued: int


async def count_by_day(
    connection: AsyncConnection, moments: Sequence[dt.datetime], *, week: dt.datetime
) -> dict[str, SourceDays]:
    """Count the articles of each declared source between successive `moments`, which are in order."""
    a = articles.c
    spans = [
        func.count().filter(a.stored_at >= start, a.stored_at < end)
        for start, end in itertools.pairwise(moments)
    ]
    of_days = select(a.speaker, *spans).where(a.stored_at >= moments[0], a.speaker.is_not(None))
    rows = (await connection.execute(of_days.group_by(a.speaker).limit(500))).all()
    is_issued = a.story_id.in_(select(issue_stories.c.story_id))
    of_week = select(a.speaker, func.count(), func.count().filter(is_issued))
    of_week = of_week.where(a.stored_at >= week, a.speaker.is_not(None)).group_by(a.speaker).limit(500)
    spoken = {row[0]: (row[1], row[2]) for row in await connection.execute(of_week)}
    return {row[0]: SourceDays(tuple(row[1:]), *spoken.get(row[0], (0, 0))) for row in rows}
