"""Profiles: the choices that make digests differ, shared by every subscriber who chose the same.

The cost of a slot grows with profiles. A profile without active subscribers has no `next_due_at` and is
never due.
"""

import datetime as dt
import json
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Column, ColumnElement, Row, Select, and_, func, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert

from storage.engine import insert_into, insert_new
from storage.tables import profiles, subscribers
from summarizer.reader_tastes import Taste

Length = Literal["gon", "vua", "daydu"]  # gọn, vừa, đầy đủ: see summarizer.page
_PAGE = 1_000  # rows read at once: their columns are unpacked on the event loop


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of a subscriber. Empty `topics`, `times`, `days` and no `zone` mean those of the edition.

    `times` are "HH:MM" in order, `days` 0 (Monday) to 6 in order, `topics` names in order. `words_out` and
    `words_in` are phrases, `sources_out` and `sources_in` names of sources, all in order. `tastes` were
    learnt from the chat's taps on stories, in order too; chats with equal tastes share a profile. `figures`
    are labels of daily figures, in order too. `more_editions` are editions chosen beside `edition`, in the
    newsroom's order.
    """

    edition: str
    topics: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    zone: str | None = None
    length: Length = "vua"
    words_out: tuple[str, ...] = ()
    words_in: tuple[str, ...] = ()
    sources_out: tuple[str, ...] = ()
    sources_in: tuple[str, ...] = ()
    tastes: tuple[Taste, ...] = ()
    figures: tuple[str, ...] = ()
    more_editions: tuple[str, ...] = ()

    @property
    def editions(self) -> tuple[str, ...]:
        """Return the names of all editions that were chosen."""
        return (self.edition, *self.more_editions)

    @property
    def key(self) -> str:
        """Return a text that is the same for equal choices. Since schema 0105 it leaves defaults out."""
        chosen = asdict(self)
        kept = {name: value for name, value in chosen.items() if name in _KEYED or value != _DEFAULT[name]}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)


_KEYED = ("edition", "topics", "times", "days", "zone")  # were in the keys of the first profiles
_DEFAULT = asdict(Choices(""))


@dataclass(frozen=True, slots=True)
class Profile:
    """A stored profile. Its issues cover the news up to the slot `last_slot_at`."""

    id: int
    choices: Choices
    next_due_at: dt.datetime | None
    last_slot_at: dt.datetime | None


def choices_of(row: Row[Any]) -> Choices:
    """Read the choices out of a row that holds the profile's columns."""
    return Choices(
        row.edition, tuple(row.topics), tuple(row.times), tuple(row.days), row.zone, row.length,
        tuple(row.words_out), tuple(row.words_in), tuple(row.sources_out), tuple(row.sources_in),
        tuple(Taste(*taste) for taste in row.tastes), tuple(row.figures), tuple(row.more_editions.split()),
    )  # fmt: skip


def columns_of(choices: Choices) -> dict[str, Any]:
    chosen = asdict(choices).items()
    columns = {name: list(value) if isinstance(value, tuple) else value for name, value in chosen}
    return columns | {"more_editions": " ".join(choices.more_editions)}


def has_edition(edition: str | Column[str]) -> ColumnElement[bool]:
    """Return the SQL condition for profiles with this edition, alone or beside others."""
    listed = literal(" ") + profiles.c.more_editions + " "
    name = literal(" ") + edition + " "  # letters, digits and dashes: no wildcards
    return or_(profiles.c.edition == edition, listed.contains(name))


CHOICES = tuple(profiles.c[name] for name in asdict(Choices("")))  # the columns that `choices_of` reads


def profile_of(row: Row[Any]) -> Profile:
    return Profile(row.id, choices_of(row), row.next_due_at, row.last_slot_at)


async def join_profile(
    connection: AsyncConnection, choices: Choices, *, next_due_at: dt.datetime, now: dt.datetime
) -> int:
    """Return the id of the profile with these choices; make or activate it if needed."""
    values = {"key": choices.key, "next_due_at": next_due_at, "created_at": now} | columns_of(choices)
    return int((await connection.execute(joining(connection).values(values))).scalars().one())


def joining(connection: AsyncConnection) -> ReturningInsert[Any]:
    """Return the statement that makes or activates profiles; it returns their ids and keys."""
    statement = insert_into(connection, profiles)
    # The row is written even when nothing changes, so that `deactivate` waits for our commit.
    active = {"next_due_at": func.coalesce(profiles.c.next_due_at, statement.excluded.next_due_at)}
    statement = statement.on_conflict_do_update(index_elements=["key"], set_=active)
    return statement.returning(profiles.c.id, profiles.c.key)


async def find_due(
    connection: AsyncConnection, *, now: dt.datetime, after: Profile | None = None, limit: int = 500
) -> list[Profile]:
    """Return the profiles with a slot at or before `now`, earliest slot first, those behind `after`."""
    p = profiles.c
    query = select(profiles).where(p.next_due_at <= now)
    if after is not None:
        query = query.where(tuple_(p.next_due_at, p.id) > (after.next_due_at, after.id))
    rows = await connection.execute(query.order_by(p.next_due_at, p.id).limit(limit))
    return [profile_of(row) for row in rows]


async def _pages(
    connection: AsyncConnection, query: Select[Any], *key: ColumnElement[Any], most: int
) -> AsyncIterator[Sequence[Row[Any]]]:
    """Yield at most `most` pages of rows in the order of `key`, their first columns; the loop stays free."""
    page, after = query.order_by(*key).limit(_PAGE), None
    for _ in range(most):
        rows = (await connection.execute(page if after is None else page.where(tuple_(*key) > after))).all()
        yield rows
        if len(rows) < _PAGE:
            return
        after = rows[-1][: len(key)]


async def find_profiles(connection: AsyncConnection) -> list[Profile]:
    """Return the profiles with active subscribers, at most 10,000."""
    query = select(profiles).where(profiles.c.next_due_at.is_not(None))
    pages = _pages(connection, query, profiles.c.id, most=10)
    return [profile_of(row) async for rows in pages for row in rows]


async def find_profile(connection: AsyncConnection, profile_id: int) -> Profile | None:
    row = (await connection.execute(select(profiles).where(profiles.c.id == profile_id))).first()
    return profile_of(row) if row else None


async def count_active_readers(connection: AsyncConnection, profile_ids: Sequence[int]) -> dict[int, int]:
    """Return how many active subscribers each of these profiles has; those without any are absent."""
    s = subscribers.c
    query = select(s.profile_id, func.count().label("total")).where(s.status == "active")
    rows = await connection.execute(query.where(s.profile_id.in_(profile_ids)).group_by(s.profile_id))
    return {row.profile_id: row.total for row in rows}


async def has_subscribers(connection: AsyncConnection, profile_id: int) -> bool:
    s = subscribers.c
    reader = select(s.id).where(s.profile_id == profile_id, s.status == "active").limit(1)
    return (await connection.execute(reader)).first() is not None


async def set_next_slot(
    connection: AsyncConnection, profile: Profile, *, next_due_at: dt.datetime | None
) -> bool:
    """Set the profile's next slot, unless another process or a change of times moved it meanwhile."""
    is_unmoved = and_(profiles.c.id == profile.id, profiles.c.next_due_at == profile.next_due_at)
    result = await connection.execute(update(profiles).where(is_unmoved).values(next_due_at=next_due_at))
    return result.rowcount == 1


async def set_next_slots(
    connection: AsyncConnection,
    profile_ids: Sequence[int],
    *,
    due_at: dt.datetime,
    next_due_at: dt.datetime,
    covered_until: dt.datetime,
) -> set[int]:
    """Set the next slot of profiles that were due at `due_at`, and until when their issues cover the news.

    Return the profiles that no other process moved meanwhile.
    """
    p = profiles.c
    is_unmoved = and_(p.id.in_(profile_ids), p.next_due_at == due_at)
    moved = update(profiles).where(is_unmoved).values(next_due_at=next_due_at).returning(p.id)
    ids = set((await connection.execute(moved)).scalars())
    is_later = and_(p.id.in_(ids), or_(p.last_slot_at.is_(None), p.last_slot_at < covered_until))
    await connection.execute(update(profiles).where(is_later).values(last_slot_at=covered_until))
    return ids


async def join_variants(
    connection: AsyncConnection, wanted: Sequence[tuple[Profile, int]], *, now: dt.datetime
) -> dict[tuple[int, int], int]:
    """Return the profiles of variants by profile and number; make those that are missing.

    They hold issues for readers who know other stories; they have no subscribers and are never due.
    """
    rows = [
        {"key": f"variant:{profile.id}:{number}", "variant_of": profile.id, "created_at": now}
        | columns_of(profile.choices)
        for profile, number in wanted
    ]
    if not rows:
        return {}
    await connection.execute(insert_new(connection, profiles, "key"), rows)
    keys = {f"variant:{profile.id}:{number}": (profile.id, number) for profile, number in wanted}
    found = await connection.execute(select(profiles.c.id, profiles.c.key).where(profiles.c.key.in_(keys)))
    return {keys[row.key]: row.id for row in found}


async def deactivate(connection: AsyncConnection, profile: Profile) -> bool:
    """Clear the next slot of a profile without active subscribers; return whether it is inactive now.

    Safe against a concurrent subscribe: the UPDATE locks the row, so the check after it sees earlier
    subscribers, and a later subscriber activates the profile again.
    """
    if not await set_next_slot(connection, profile, next_due_at=None):
        return False
    if await has_subscribers(connection, profile.id):
        row = profiles.c.id == profile.id
        await connection.execute(update(profiles).where(row).values(next_due_at=profile.next_due_at))
        return False
    return True


async def set_covered_until(connection: AsyncConnection, profile_id: int, slot_at: dt.datetime) -> None:
    """Store that issues of the profile cover the news up to `slot_at`; an earlier moment changes nothing."""
    p = profiles.c
    is_later = and_(p.id == profile_id, or_(p.last_slot_at.is_(None), p.last_slot_at < slot_at))
    await connection.execute(update(profiles).where(is_later).values(last_slot_at=slot_at))


async def count_by_profile(connection: AsyncConnection) -> dict[int, int]:
    """Return how many active subscribers each profile has, by its id; those without any are absent."""
    s = subscribers.c
    query = select(s.profile_id, func.count().label("total")).where(s.status == "active")
    pages = _pages(connection, query.group_by(s.profile_id), s.profile_id, most=1_000_000)
    return {row.profile_id: row.total async for rows in pages for row in rows}


@dataclass(frozen=True, slots=True)
class Audience:
    """How many active subscribers made the same choices and have the same quiet hours."""

    choices: Choices
    quiet_start: int
    quiet_end: int
    readers: int


async def find_audiences(connection: AsyncConnection) -> list[Audience]:
    """Return active subscribers, equal ones counted together, at most 20,000."""
    s = subscribers.c
    key = (s.profile_id, s.quiet_start, s.quiet_end)
    query = select(*key, func.count().label("readers")).where(s.status == "active").group_by(*key)
    found: list[Audience] = []
    async for counts in _pages(connection, query, *key, most=20):
        choices = await find_choices(connection, {row.profile_id for row in counts})
        found += [
            Audience(choices[row.profile_id], row.quiet_start, row.quiet_end, row.readers)
            for row in counts
            if row.profile_id in choices
        ]
    return found


async def find_choices(connection: AsyncConnection, profile_ids: Collection[int]) -> dict[int, Choices]:
    """Return the choices of each of these profiles."""
    query = select(profiles.c.id, *CHOICES).where(profiles.c.id.in_(profile_ids))
    return {row.id: choices_of(row) for row in await connection.execute(query)}
