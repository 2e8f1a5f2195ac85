"""Bring a database to the schema of this version: back up, migrate and merge doubles, or refuse."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Row, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.errors import SchemaError
from storage.search import record_changes
from storage.tables import article_versions, articles, watch_hits
from storage.upkeep.backup import back_up

# Articles that turned out to be one are made one: the newest text stays, the older ones are its versions.
#
# A migration that finds an article's new key taken writes `was:ID:KEY` (see schema 0030); that row waits
# here.

_BATCH = 50


@dataclass(frozen=True, slots=True)
class _Text:
    title: str
    sapo: str
    body: str


async def merge_superseded(database: Database) -> int:
    """Merge every article that waits for it, a batch a transaction; return how many went."""
    is_superseded = and_(articles.c.key >= "was:", articles.c.key < "was;")
    waiting = select(articles.c.id).where(is_superseded).order_by(articles.c.id).limit(_BATCH)
    merged = 0
    while True:
        async with database.read() as connection:
            ids = (await connection.execute(waiting)).scalars().all()
        if not ids:
            return merged
        async with database.write() as connection:
            for article_id in ids:
                same = select(articles).where(articles.c.id == article_id, is_superseded)
                if row := (await connection.execute(same)).first():  # not merged by another process meanwhile
                    await _merge(connection, row, key=row.key.split(":", 2)[2])
        merged += len(ids)


async def _merge(connection: AsyncConnection, superseded: Row[Any], *, key: str) -> None:
    holder = (await connection.execute(select(articles).where(articles.c.key == key))).first()
    if holder is None:
        await connection.execute(update(articles).where(articles.c.id == superseded.id).values(key=key))
        return
    gone, kept = sorted((holder, superseded), key=lambda row: (row.updated_at, row.id))
    versions = await _earlier_texts(connection, kept, gone)
    await _remove(connection, gone, kept.id)
    await connection.execute(delete(article_versions).where(article_versions.c.article_id == kept.id))
    rows = [
        {
            "article_id": kept.id, "version": number, "title": text.title, "sapo": text.sapo,
            "body": text.body, "replaced_at": replaced_at,
        }
        for number, (text, replaced_at) in enumerate(versions.items(), start=1)
    ]  # fmt: skip
    if rows:
        await connection.execute(insert(article_versions), rows)
    ready = [row.ready_at for row in (kept, gone) if row.ready_at is not None]
    values = {
        "key": key,
        "version": len(rows) + 1,
        "story_id": kept.story_id or gone.story_id,
        "stored_at": min(kept.stored_at, gone.stored_at),
        "ready_at": min(ready, default=None),
    }
    await connection.execute(update(articles).where(articles.c.id == kept.id).values(values))
    await record_changes(connection, [gone.id, kept.id])


async def _earlier_texts(
    connection: AsyncConnection, kept: Row[Any], gone: Row[Any]
) -> dict[_Text, dt.datetime]:
    """Return every other text of both articles, oldest first, with the time when it was replaced."""
    v = article_versions.c
    query = select(article_versions).where(v.article_id.in_((kept.id, gone.id)))
    stored = (await connection.execute(query.order_by(v.replaced_at, v.version))).all()
    texts = {_Text(row.title, row.sapo, row.body): row.replaced_at for row in stored}
    texts.pop(_Text(kept.title, kept.sapo, kept.body), None)
    if gone.text_hash != kept.text_hash:
        texts.setdefault(_Text(gone.title, gone.sapo, gone.body), kept.updated_at)
    return dict(sorted(texts.items(), key=lambda pair: pair[1]))


async def _remove(connection: AsyncConnection, gone: Row[Any], kept_id: int) -> None:
    """Delete an article; the alerts that it raised are the other one's now."""
    of_gone = watch_hits.c.article_id == gone.id
    await connection.execute(update(watch_hits).where(of_gone).values(article_id=kept_id))
    await connection.execute(delete(articles).where(articles.c.id == gone.id))


# Bring a database to the schema of this version: back up, migrate, or refuse.
#
# Three cases: an empty database gets every table; an older schema is copied aside (SQLite) and upgraded
# in one transaction, so a kill leaves the old or the new schema; a newer one is refused untouched.

_UPGRADE_LOCK = 0x6469656D  # any number, the same for all of us


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What was done: revisions are Alembic's; `before` is None for an empty database."""

    before: str | None
    after: str
    backup: Path | None

    @property
    def has_changed(self) -> bool:
        """Tell whether the schema is another one now."""
        return self.before != self.after


def _script_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    return config


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str:
    """Return the revision that this version of the program writes."""
    head = ScriptDirectory.from_config(_script_config()).get_current_head()
    if head is None:
        raise SchemaError("this installation ships no migrations")
    return head


async def find_revision(database: Database) -> str | None:
    """Return the revision of `database`, None when it is empty."""
    async with database.read() as connection:
        return await connection.run_sync(_current)


def is_known(revision: str) -> bool:
    """Tell whether this version of the program can bring a database of this revision up to date."""
    scripts = ScriptDirectory.from_config(_script_config())
    return any(script.revision == revision for script in scripts.walk_revisions())


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway; there, two may start at once
        connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
    config = _script_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def upgrade(database: Database, *, now: dt.datetime) -> Upgraded:
    """Bring `database` to `head_revision()`, with a copy beside the SQLite file when it held an older schema.

    Raises:
        SchemaError: the schema was written by a newer version; nothing was touched.
    """
    before, head = await find_revision(database), head_revision()
    if before == head:
        await merge_superseded(database)  # an upgrade may have been killed before it came to that
        return Upgraded(before, head, None)
    if before is not None and not is_known(before):
        raise SchemaError(f"the database has schema {before}, newer than this version's {head}")
    copy = None
    if before is not None and not database.is_postgres and database.url.database:
        file = Path(database.url.database)
        copy = await back_up(database, file.with_name(f"{file.name}.{before}-{now:%Y%m%dT%H%M%SZ}.bak"))
    async with database.write() as connection:
        await connection.run_sync(_migrate)
    await merge_superseded(database)
    return Upgraded(before, head, copy)
