"""Prepared issues: composed before their slot, and then queued or withdrawn, as their gate says (`gates`)."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.fanouts import begin_fanouts, is_large
from storage.delivery.gates import Gate, has_messages, prepared_at
from storage.delivery.issues import enqueue_issues
from storage.delivery.messages import Release
from storage.delivery.states import IssueStatus
from storage.profiles import Profile, has_edition, profile_of
from storage.tables import gates, issues, prepared_readers, profiles, subscribers


async def find_unprepared(
    connection: AsyncConnection, editions: Mapping[str, dt.timedelta], *, now: dt.datetime
) -> list[Profile]:
    """Return profiles without an issue for their next slot, if that is within their edition's lead time."""
    p, i = profiles.c, issues.c
    soon = [and_(has_edition(name), p.next_due_at <= now + lead) for name, lead in editions.items()]
    if not soon:
        return []
    has_issue = exists().where(i.profile_id == p.id, i.slot_at == p.next_due_at)
    query = select(profiles).where(p.next_due_at > now, or_(*soon), ~has_issue)
    rows = await connection.execute(query.order_by(p.next_due_at, p.id).limit(1_000))
    return [profile_of(row) for row in rows]


async def find_with_issue(
    connection: AsyncConnection, profile_ids: Collection[int], slot_at: dt.datetime
) -> set[int]:
    """Return those of these profiles that have an issue for a slot."""
    i = issues.c
    query = select(i.profile_id).where(i.profile_id.in_(profile_ids), i.slot_at == slot_at)
    return set((await connection.execute(query)).scalars())


async def record_prepared_readers(
    connection: AsyncConnection, issue_id: int, readers: Sequence[int], variant_id: int | None
) -> None:
    """Record that these readers of a prepared issue get the variant, or nothing if that is None."""
    rows = [{"issue_id": issue_id, "subscriber_id": reader, "variant_id": variant_id} for reader in readers]
    if rows:
        await connection.execute(insert(prepared_readers), rows)


async def withdraw_prepared(
    connection: AsyncConnection, *, edition: str | None = None, profile_id: int | None = None
) -> int:
    """Delete the prepared issues of an edition, or of a profile and its variants; return how many."""
    i, v = issues.c, profiles.alias("v")
    these = [i.status == IssueStatus.PREPARED, _since_the_first_gate()]
    if edition is not None:
        these.append(i.edition == edition)
    if profile_id is not None:
        variants = select(v.c.id).where(v.c.variant_of == profile_id)
        these.append(or_(i.profile_id == profile_id, i.profile_id.in_(variants)))
    return (await connection.execute(delete(issues).where(*these))).rowcount


async def withdraw_stale(connection: AsyncConnection, declared: Collection[str]) -> int:
    """Delete prepared issues of editions that are no longer declared, and of slots that were moved."""
    p, i, v = profiles.alias("p"), issues.c, profiles.alias("v")
    own = exists().where(p.c.id == i.profile_id, p.c.variant_of.is_(None), p.c.next_due_at == i.slot_at)
    its_profile = and_(v.c.id == i.profile_id, p.c.id == v.c.variant_of)
    of_variant = exists().where(its_profile, p.c.next_due_at == i.slot_at)
    is_awaited = and_(i.edition.in_(declared), or_(own, of_variant))
    stale = delete(issues).where(i.status == IssueStatus.PREPARED, _since_the_first_gate(), ~is_awaited)
    return (await connection.execute(stale)).rowcount


def _since_the_first_gate() -> ColumnElement[bool]:
    """Return a condition that every prepared issue meets; with it a query reads only the latest issues."""
    first = select(func.min(gates.c.slot_at)).where(gates.c.closed_at.is_(None)).scalar_subquery()
    return issues.c.slot_at >= first


async def queue_prepared(
    connection: AsyncConnection,
    profile_ids: Collection[int],
    slot_at: dt.datetime,
    *,
    release: Release,
    zone: str,
    now: dt.datetime,
) -> int:
    """Queue the prepared issues of these profiles for their present readers; return the number of deliveries.

    If there are very many readers, a fan-out queues them later (see `fanouts`), with quiet hours in `zone`.
    """
    i, v, r, s = issues.c, profiles.alias("v"), prepared_readers.c, subscribers.c
    prepared = and_(i.slot_at == slot_at, i.status == IssueStatus.PREPARED)
    variants = select(v.c.id).where(v.c.variant_of.in_(profile_ids))
    is_empty = and_(prepared, i.profile_id.in_(profile_ids), ~has_messages())
    await connection.execute(update(issues).where(is_empty).values(status=IssueStatus.EMPTY))
    made = update(issues).values(status=IssueStatus.MADE).returning(i.id)
    own = set((await connection.execute(made.where(prepared, i.profile_id.in_(profile_ids)))).scalars())
    of_variants = (await connection.execute(made.where(prepared, i.profile_id.in_(variants)))).scalars().all()
    if await is_large(connection, profile_ids):
        await begin_fanouts(connection, own.union(of_variants), zone, now=now)
        return 0
    is_apart = exists().where(r.issue_id == i.id, r.subscriber_id == s.id)
    gets_variant = exists().where(r.variant_id == i.id, r.subscriber_id == s.id)
    queued = await enqueue_issues(connection, sorted(own), ~is_apart, release=release, now=now)
    queued += await enqueue_issues(
        connection, of_variants, gets_variant, release=release, now=now, is_variant=True
    )
    of_profiles = select(i.id).where(i.profile_id.in_(profile_ids), i.slot_at == slot_at)
    await connection.execute(delete(prepared_readers).where(r.issue_id.in_(of_profiles)))
    return queued


async def count_prepared(connection: AsyncConnection, gate: Gate) -> tuple[int, int]:
    """Return how many active readers the prepared issues of a gate have, and how many issues there are."""
    i, s = issues.c, subscribers.c
    these = and_(prepared_at(gate), has_messages())
    readers = (
        select(func.count(s.id.distinct()))
        .select_from(issues)
        .join(subscribers, s.profile_id == i.profile_id)
        .where(these, s.status == "active")
    )
    total = select(func.count()).select_from(issues).where(these)
    return (await connection.execute(readers)).scalar_one(), (await connection.execute(total)).scalar_one()


async def find_main_issue(connection: AsyncConnection, gate: Gate) -> int | None:
    """Return the issue of a gate that most readers get."""
    i, s = issues.c, subscribers.c
    query = (
        select(i.id, func.count(s.id).label("readers"))
        .select_from(issues)
        .outerjoin(subscribers, and_(s.profile_id == i.profile_id, s.status == "active"))
        .where(i.edition == gate.edition, i.slot_at == gate.slot_at)
        .where(i.status.in_([IssueStatus.PREPARED, IssueStatus.MADE, IssueStatus.RETRACTED]), has_messages())
        .group_by(i.id)
        .order_by(func.count(s.id).desc(), i.id)
    )
    row = (await connection.execute(query.limit(1))).first()
    return row.id if row else None
