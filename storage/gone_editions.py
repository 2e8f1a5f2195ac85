"""Readers of editions that are no longer declared: each is notified once of what they get instead."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.profiles import Choices, find_choices, has_edition
from storage.tables import notes, profiles, subscribers

NOTE = "edition gone: "  # + the edition: up to which profile its readers have been notified


@dataclass(frozen=True, slots=True)
class MovedReaders:
    """Active readers of one profile with the same quiet hours, minutes of their day."""

    profile_id: int
    choices: Choices
    quiet_start: int
    quiet_end: int

    @property
    def audience(self) -> ColumnElement[bool]:
        s = subscribers.c
        quiet = and_(s.quiet_start == self.quiet_start, s.quiet_end == self.quiet_end)
        return and_(s.profile_id == self.profile_id, quiet)


async def find_gone_editions(connection: AsyncConnection, declared: Collection[str]) -> list[str]:
    """Return the editions of profiles with active subscribers that are not among `declared`."""
    p = profiles.c
    is_gone = or_(p.edition.not_in(declared), p.more_editions != "")
    query = select(p.edition, p.more_editions).where(p.next_due_at.is_not(None), is_gone).distinct()
    rows = await connection.execute(query)
    return sorted({name for row in rows for name in (row.edition, *row.more_editions.split())} - {*declared})


async def find_notified_editions(connection: AsyncConnection) -> dict[str, int]:
    """Return by edition up to which profile its readers have been notified."""
    query = select(notes.c.name, notes.c.value).where(notes.c.name.startswith(NOTE, autoescape=True))
    return {row.name.removeprefix(NOTE): int(row.value) for row in await connection.execute(query)}


async def find_moved_readers(
    connection: AsyncConnection, edition: str, *, after: int, limit: int
) -> list[MovedReaders]:
    """Return the active readers of an edition by profile and quiet hours, in the order of profiles.

    Profiles have ids above `after`, and `limit` counts them: all groups of a profile come together.
    """
    p, s = profiles.c, subscribers.c
    some = select(s.profile_id).join(profiles, p.id == s.profile_id)
    some = some.where(has_edition(edition), p.id > after, s.status == "active")
    some = some.group_by(s.profile_id).order_by(s.profile_id).limit(limit)
    query = (
        select(s.profile_id, s.quiet_start, s.quiet_end)
        .where(s.profile_id.in_(some), s.status == "active")
        .distinct()
        .order_by(s.profile_id, s.quiet_start, s.quiet_end)
    )
    groups = (await connection.execute(query)).all()
    choices = await find_choices(connection, {row.profile_id for row in groups})
    return [MovedReaders(row.profile_id, choices[row.profile_id], *row[1:]) for row in groups]
