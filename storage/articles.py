"""Articles: storing them, keeping their versions, and finding them.

An article waits (`processed_at` is null) until it is summarised, grouped and indexed
(`storage.processing.processed`). An article that crashed its process is set aside: `storage.sources`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.corrections import note_changed_headlines
from storage.engine import chunks, insert_new
from storage.errors import UnknownArticleError
from storage.identity import article_key, may_replace
from storage.intake.drafts import Incoming
from storage.search.index import record_changes
from storage.tables import article_versions, articles, summary_places
from storage.times import Published
from summarizer.model import Document

SET_ASIDE = 100  # the `tries` of an article that is not tried again
WAITS = and_(articles.c.processed_at.is_(None), articles.c.tries < SET_ASIDE)


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """One article as it is stored now. `version` counts from 1.

    `topic` is the newsroom's name of its topic, None until it is processed; `category` is the source's name
    for it. `speaker` is the declared source that brought the present text.
    """

    id: int
    external_id: str
    url: str | None
    source: str
    topic: str | None
    category: str | None
    title: str
    sapo: str
    body: str
    published: Published | None
    stored_at: dt.datetime
    version: int
    advertorial: bool
    story_id: int | None
    processed_at: dt.datetime | None
    ready_at: dt.datetime | None
    speaker: str | None = None

    @property
    def document(self) -> Document:
        """Return the text to which places refer."""
        return Document(self.title, self.sapo, self.body)


@dataclass(frozen=True, slots=True)
class Origin:
    """The source and the story of an article; the story is None until it is processed."""

    source: str
    story_id: int | None


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier text of an article."""

    version: int
    document: Document
    replaced_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of articles that were new, updated, or duplicates."""

    new: int = 0
    updated: int = 0
    duplicate: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.new + other.new, self.updated + other.updated, self.duplicate + other.duplicate)


def article_of(row: Row[Any]) -> StoredArticle:
    published = Published(row.published_at, row.published_precision) if row.published_at else None
    return StoredArticle(
        row.id, row.external_id, row.url, row.source, row.topic, row.category, row.title, row.sapo,
        row.body, published, row.stored_at, row.version, row.advertorial, row.story_id, row.processed_at,
        row.ready_at, row.speaker,
    )  # fmt: skip


_SAME_COLUMNS = (
    *("external_id", "url", "source", "title", "sapo", "body", "text_hash", "advertorial", "speaker"),
    "standing",
)


def _columns(article: Incoming) -> dict[str, Any]:
    published = article.published
    return {name: getattr(article, name) for name in _SAME_COLUMNS} | {
        "category": article.topic,
        "published_at": published and published.at,
        "published_precision": published and published.precision,
    }


async def store_articles(
    connection: AsyncConnection, incoming: Sequence[Incoming], *, now: dt.datetime
) -> Tally:
    """Store a batch: new keys are added, changed texts replace the old one (kept as a version).

    A text that may not replace the stored one (`storage.identity`) counts as a duplicate.
    """
    tally = Tally()
    for batch in chunks(incoming, 200):
        tally += await _store_in_turns(connection, batch, now)
    return tally


async def is_any_changed(connection: AsyncConnection, incoming: Sequence[Incoming]) -> bool:
    """Tell whether storing these articles would replace the text of one that is stored."""
    coming = {article.key: article for article in incoming}
    for keys in chunks(list(coming), 200):
        stored = await connection.execute(select(articles).where(articles.c.key.in_(keys)))
        if any(_is_changed(row, coming[row.key]) for row in stored):
            return True
    return False


async def _store_in_turns(connection: AsyncConnection, batch: Sequence[Incoming], now: dt.datetime) -> Tally:
    """Store an article that comes twice with different texts as a change: the last text wins."""
    texts: dict[str, dict[str, Incoming]] = {}
    for article in batch:
        group = texts.setdefault(article.key, {})
        group[article.text_hash] = group.pop(article.text_hash, article)  # the first address, the last place
    if several := [key for key, group in texts.items() if len(group) > 1]:
        stored = select(articles.c.key, articles.c.text_hash).where(articles.c.key.in_(several))
        for key, text_hash in await connection.execute(stored):
            if text_hash == next(reversed(texts[key])):  # the same file again
                texts[key] = {text_hash: texts[key][text_hash]}
    tally = Tally(duplicate=len(batch) - sum(map(len, texts.values())))
    for turn in zip_longest(*(group.values() for group in texts.values())):
        tally += await _store_batch(connection, {one.key: one for one in turn if one is not None}, now)
    return tally


async def _store_batch(connection: AsyncConnection, batch: dict[str, Incoming], now: dt.datetime) -> Tally:
    rows = await connection.execute(select(articles).where(articles.c.key.in_(batch)))
    known = {row.key: row for row in rows}
    new = [article for key, article in batch.items() if key not in known]
    changed = [(known[key], a) for key, a in batch.items() if key in known and _is_changed(known[key], a)]
    added = await _insert(connection, new, now) if new else 0
    if changed:
        await _replace(connection, changed, now)
    return Tally(added, len(changed), len(batch) - added - len(changed))


def _is_changed(stored: Row[Any], article: Incoming) -> bool:
    return stored.text_hash != article.text_hash and may_replace(stored, article)


async def _insert(connection: AsyncConnection, new: Sequence[Incoming], now: dt.datetime) -> int:
    rows = [
        _columns(article) | {"key": article.key, "stored_at": now, "updated_at": now, "version": 1}
        for article in new
    ]
    statement = insert_new(connection, articles, "key").returning(articles.c.id)
    return len((await connection.execute(statement, rows)).all())


async def _replace(
    connection: AsyncConnection, changed: Sequence[tuple[Row[Any], Incoming]], now: dt.datetime
) -> None:
    old = [row for row, _ in changed]
    versions = [
        {name: row._mapping[name] for name in ("version", "title", "sapo", "body")}
        | {"article_id": row.id, "replaced_at": now}
        for row in old
    ]
    await connection.execute(insert(article_versions), versions)
    retitled = [row for row, article in changed if row.title != article.title]
    await note_changed_headlines(connection, retitled, now=now)
    ids = [row.id for row in old]
    await connection.execute(delete(summary_places).where(summary_places.c.article_id.in_(ids)))
    for row, article in changed:
        values = _columns(article) | {"updated_at": now, "version": row.version + 1}
        values |= {"processed_at": None, "tries": 0}
        await connection.execute(update(articles).where(articles.c.id == row.id).values(values))
    await record_changes(connection, ids)


async def count_waiting(connection: AsyncConnection) -> int:
    query = select(func.count()).select_from(articles).where(WAITS)
    return (await connection.execute(query)).scalar_one()


Newest = tuple[int, dt.datetime | None]  # the latest article, and the time of its processing


async def find_newest(connection: AsyncConnection) -> Newest | None:
    """Return the latest article: while it is the same, digests are too."""
    query = select(articles.c.id, articles.c.processed_at).order_by(articles.c.id.desc()).limit(1)
    row = (await connection.execute(query)).first()
    return (row.id, row.processed_at) if row else None


# Made once: building a statement costs more than running it.
_BY_IDS = select(articles).where(articles.c.id.in_(bindparam("ids", expanding=True)))


async def find_articles(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, StoredArticle]:
    """Return the stored articles of `ids`; deleted ones are left out."""
    found: dict[int, StoredArticle] = {}
    for batch in chunks(list(ids), 500):
        rows = await connection.execute(_BY_IDS, {"ids": batch})
        found |= {row.id: article_of(row) for row in rows}
    return found


async def find_origins(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, Origin]:
    """Return the source and the story of each of a few hundred articles."""
    columns = select(articles.c.id, articles.c.source, articles.c.story_id)
    rows = await connection.execute(columns.where(articles.c.id.in_(ids)))
    return {row.id: Origin(row.source, row.story_id) for row in rows}


async def find_paper_names(connection: AsyncConnection) -> tuple[str, ...]:
    """Return the sources of the stored articles, declared or named by the articles themselves."""
    names = select(articles.c.source).distinct().order_by(articles.c.source).limit(1_000)
    return tuple((await connection.execute(names)).scalars())


async def find_reports(
    connection: AsyncConnection, story_ids: Iterable[int], limit: int
) -> list[StoredArticle]:
    """Return at most `limit` articles of these stories, the latest first."""
    query = select(articles).where(articles.c.story_id.in_(list(story_ids)))
    rows = await connection.execute(query.order_by(articles.c.id.desc()).limit(limit))
    return [article_of(row) for row in rows]


async def find_article_at(connection: AsyncConnection, url: str) -> StoredArticle | None:
    """Return the stored article of an address, in any spelling."""
    is_at = articles.c.key == article_key(url, "", None, "", "")
    row = (await connection.execute(select(articles).where(is_at))).first()
    return article_of(row) if row else None


async def get_article(connection: AsyncConnection, article_id: str) -> StoredArticle:
    """Return the article with this number (as search prints it) or external id, or raise
    UnknownArticleError."""
    is_number = article_id.isascii() and article_id.isdigit() and len(article_id) < 19
    if is_number and (found := await find_articles(connection, [int(article_id)])):
        return found[int(article_id)]
    query = select(articles).where(articles.c.external_id == article_id)
    row = (await connection.execute(query.order_by(articles.c.id.desc()).limit(1))).first()
    if row is None:
        raise UnknownArticleError(article_id)
    return article_of(row)


async def find_versions(connection: AsyncConnection, article_id: int) -> list[Version]:
    """Return the earlier texts of an article, oldest first."""
    v = article_versions.c
    query = select(article_versions).where(v.article_id == article_id).order_by(v.version).limit(100)
    return [
        Version(row.version, Document(row.title, row.sapo, row.body), row.replaced_at)
        for row in await connection.execute(query)
    ]
