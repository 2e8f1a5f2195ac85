"""Gates: the issues of an edition's slot wait for an operator's approval.

The issues are composed and written before their slot, in the status `prepared`, without deliveries. When an
issue is approved it becomes `made`, and the subscribers that its profile has at that moment are queued.
"""

import datetime as dt
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.states import IssueStatus
from storage.engine import insert_into, replacing
from storage.profiles import has_edition
from storage.tables import (
    articles,
    gate_drops,
    gate_notices,
    gates,
    issue_stories,
    issues,
    messages,
    profiles,
)

_KEPT = dt.timedelta(days=90)
_MOST_SHOWN = 20  # gates at once
_MOST_STORIES = 300  # of a gate
_LONGEST_HEADLINE = 300


class GateAnswer(StrEnum):
    SEND = "send"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Gate:
    """The approval of an edition's slot. It awaits an answer until `ends_at`.

    Its issues have the articles that were ready by `opened_at`. If it `waits`, they are not sent without an
    answer. Once it is closed, `was_sent` says whether any issue was sent.
    """

    id: int
    edition: str
    slot_at: dt.datetime
    opened_at: dt.datetime
    ends_at: dt.datetime
    waits: bool
    answer: GateAnswer | None
    admin: int | None
    revision: int
    closed_at: dt.datetime | None
    was_sent: bool

    def may_be_sent(self, now: dt.datetime) -> bool:
        if self.closed_at is not None or self.answer == GateAnswer.SEND:
            return True
        return self.answer is None and not self.waits and now >= self.ends_at


@dataclass(frozen=True, slots=True)
class Dropped:
    """A story that an operator took out of the issues of a gate."""

    story_id: int
    headline: str
    article_ids: frozenset[int]
    admin: int
    dropped_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """The message with which an operator sees a gate, and the revision that it shows."""

    chat_id: int
    message_id: int
    revision: int


def _gate(row: Row[Any]) -> Gate:
    return Gate(
        row.id, row.edition, row.slot_at, row.opened_at, row.ends_at, row.waits,
        GateAnswer(row.answer) if row.answer else None, row.admin, row.revision, row.closed_at, row.sent,
    )  # fmt: skip


async def open_gate(
    connection: AsyncConnection,
    edition: str,
    slot_at: dt.datetime,
    *,
    ends_at: dt.datetime,
    waits: bool,
    now: dt.datetime,
) -> Gate:
    """Return the gate of an edition's slot; open it `now` if there is none, and delete old gates then."""
    values = {
        "edition": edition, "slot_at": slot_at, "opened_at": now, "ends_at": ends_at, "waits": waits,
    }  # fmt: skip
    statement = insert_into(connection, gates).values(values)
    statement = statement.on_conflict_do_nothing(index_elements=["edition", "slot_at"])
    if (await connection.execute(statement.returning(gates.c.id))).first() is not None:
        await connection.execute(delete(gates).where(gates.c.slot_at < now - _KEPT))
    return _gate((await connection.execute(_select_gate_of(edition, slot_at))).one())


async def find_gate(connection: AsyncConnection, gate_id: int) -> Gate | None:
    row = (await connection.execute(select(gates).where(gates.c.id == gate_id))).first()
    return _gate(row) if row else None


async def find_gate_of(connection: AsyncConnection, edition: str, slot_at: dt.datetime) -> Gate | None:
    row = (await connection.execute(_select_gate_of(edition, slot_at))).first()
    return _gate(row) if row else None


def _select_gate_of(edition: str, slot_at: dt.datetime) -> Select[Any]:
    return select(gates).where(gates.c.edition == edition, gates.c.slot_at == slot_at)


async def find_open_gates(connection: AsyncConnection) -> list[Gate]:
    """Return the gates at which issues wait, the earliest first."""
    query = select(gates).where(gates.c.closed_at.is_(None)).order_by(gates.c.slot_at, gates.c.id)
    return [_gate(row) for row in await connection.execute(query.limit(1_000))]


async def answer_gate(
    connection: AsyncConnection, gate_id: int, answer: GateAnswer, admin: int
) -> Gate | None:
    """Answer an open gate; return None if it has that answer, is closed or does not exist."""
    g = gates.c
    is_other = and_(g.id == gate_id, g.closed_at.is_(None), or_(g.answer.is_(None), g.answer != answer))
    values = {"answer": answer, "admin": admin, "revision": g.revision + 1}
    statement = update(gates).where(is_other).values(values).returning(gates)
    row = (await connection.execute(statement)).first()
    return _gate(row) if row else None


async def drop_story(
    connection: AsyncConnection, gate_id: int, story_id: int, admin: int, *, now: dt.datetime
) -> str | None:
    """Remove a story from the prepared issues of an open gate; return its headline, None if no issue has it.

    The issues are deleted, to be composed again.
    """
    gate = await touch_gate(connection, gate_id)
    if gate is None:
        return None
    t, i = issue_stories.c, issues.c
    query = select(t.headline).join(issues, i.id == t.issue_id).where(prepared_at(gate))
    query = query.where(t.story_id == story_id).order_by(t.position).limit(1)
    shown = (await connection.execute(query)).first()
    if shown is None:
        return None
    of_story = select(articles.c.id).where(articles.c.story_id == story_id).limit(_MOST_STORIES)
    headline = str(shown.headline or "")[:_LONGEST_HEADLINE]
    statement = insert_into(connection, gate_drops).values(
        gate_id=gate_id, story_id=story_id, headline=headline, admin=admin, dropped_at=now,
        article_ids=list((await connection.execute(of_story)).scalars()),
    )  # fmt: skip
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["gate_id", "story_id"]))
    await connection.execute(delete(issues).where(prepared_at(gate)))
    return headline


async def restore_story(connection: AsyncConnection, gate_id: int, story_id: int) -> str | None:
    """Restore a story that was removed at an open gate; return its headline, None if it was not removed."""
    gate = await touch_gate(connection, gate_id)
    if gate is None:
        return None
    d = gate_drops.c
    statement = delete(gate_drops).where(d.gate_id == gate_id, d.story_id == story_id).returning(d.headline)
    row = (await connection.execute(statement)).first()
    if row is None:
        return None
    await connection.execute(delete(issues).where(prepared_at(gate)))
    return str(row.headline)


async def touch_gate(connection: AsyncConnection, gate_id: int) -> Gate | None:
    """Give an open gate a new revision, so that operators see its changes, and lock it; return the gate."""
    g = gates.c
    is_open = and_(g.id == gate_id, g.closed_at.is_(None))
    statement = update(gates).where(is_open).values(revision=g.revision + 1).returning(gates)
    row = (await connection.execute(statement)).first()
    return _gate(row) if row else None


async def find_dropped(connection: AsyncConnection, gate_id: int) -> list[Dropped]:
    """Return the stories that were removed at a gate, the latest last."""
    d = gate_drops.c
    query = select(gate_drops).where(d.gate_id == gate_id).order_by(d.dropped_at, d.story_id)
    return [
        Dropped(row.story_id, row.headline, frozenset(row.article_ids), row.admin, row.dropped_at)
        for row in await connection.execute(query.limit(_MOST_STORIES))
    ]


async def find_drop_of(
    connection: AsyncConnection, profile_id: int, story_id: int | None, article_id: int
) -> tuple[Gate, Dropped] | None:
    """Return the latest gate at which an article's story was removed from an issue of this profile."""
    i, g = issues.c, gates.c
    has_issue = exists().where(i.profile_id == profile_id, i.edition == g.edition, i.slot_at == g.slot_at)
    query = select(gates).where(exists().where(gate_drops.c.gate_id == g.id), has_issue)
    for row in (await connection.execute(query.order_by(g.slot_at.desc()).limit(_MOST_SHOWN))).all():
        for one in await find_dropped(connection, row.id):
            if one.story_id == story_id or article_id in one.article_ids:
                return _gate(row), one
    return None


def prepared_at(gate: Gate) -> ColumnElement[bool]:
    """Return the SQL condition for issues that wait at a gate."""
    i = issues.c
    return and_(i.edition == gate.edition, i.slot_at == gate.slot_at, i.status == IssueStatus.PREPARED)


def has_messages() -> ColumnElement[bool]:
    return exists().where(messages.c.issue_id == issues.c.id)


async def close_gates(connection: AsyncConnection, *, now: dt.datetime) -> int:
    """Close the gates at which no issue and no profile waits; return how many."""
    g, i, p = gates.c, issues.c, profiles.c
    of_slot = and_(i.edition == g.edition, i.slot_at == g.slot_at)
    waits = or_(
        exists().where(of_slot, i.status == IssueStatus.PREPARED),
        exists().where(has_edition(g.edition), p.next_due_at == g.slot_at),
    )
    was_sent = exists().where(of_slot, i.status.in_([IssueStatus.MADE, IssueStatus.RETRACTED]))
    values = {"closed_at": now, "sent": was_sent, "revision": g.revision + 1}
    done = await connection.execute(update(gates).where(g.closed_at.is_(None), ~waits).values(values))
    return done.rowcount


async def find_gates_to_show(connection: AsyncConnection) -> list[tuple[Gate, list[Notice]]]:
    """Return the gates that are open or whose message shows some operator an old state, with the messages."""
    g, n = gates.c, gate_notices.c
    is_behind = exists().where(n.gate_id == g.id, n.revision < g.revision)
    query = select(gates).where(or_(g.closed_at.is_(None), is_behind)).order_by(g.slot_at, g.id)
    found = [_gate(row) for row in await connection.execute(query.limit(_MOST_SHOWN))]
    notices = select(gate_notices).where(n.gate_id.in_([gate.id for gate in found]))
    of_gate: dict[int, list[Notice]] = {gate.id: [] for gate in found}
    for row in await connection.execute(notices):
        of_gate[row.gate_id].append(Notice(row.chat_id, row.message_id, row.revision))
    return [(gate, of_gate[gate.id]) for gate in found]


async def keep_notice(connection: AsyncConnection, gate_id: int, notice: Notice) -> None:
    values = {"gate_id": gate_id, **asdict(notice)}
    await connection.execute(replacing(connection, gate_notices, **values))
