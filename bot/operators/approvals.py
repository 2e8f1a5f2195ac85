"""Issues that wait for approval: what operators see of one, and what their answers do.

The chat and the console both use this. `storage.delivery.gates` stores the answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from markupsafe import Markup

from bot.messages import operator_texts
from bot.messages.spoken import say_at, say_number
from bot.news.services import Services
from storage.delivery.gates import (
    Dropped,
    Gate,
    GateAnswer,
    answer_gate,
    drop_story,
    find_dropped,
    find_gate,
    find_open_gates,
    restore_story,
)
from storage.delivery.history import find_issue_messages
from storage.delivery.mailings import Mailing, find_headlines
from storage.delivery.prepared_issues import count_prepared, find_main_issue
from storage.delivery.states import IssueStatus
from storage.notes import AuditKind, record_audit_entry

_MOST_STORIES = 300
_LONGEST_HEADLINE = 200  # characters, in the log of what operators did
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class GateView:
    """A gate with the numbers of its readers and issues, their stories, and the stories that were dropped."""

    gate: Gate
    title: str
    zone: str
    readers: int
    issues: int
    stories: Sequence[tuple[int, str]]
    dropped: Sequence[Dropped]


async def find_gate_view(services: Services, gate_id: int) -> GateView | None:
    async with services.database.read() as connection:
        gate = await find_gate(connection, gate_id)
        if gate is None:
            return None
        readers, issues = await count_prepared(connection, gate)
        batch = Mailing(0, gate.edition, gate.slot_at, IssueStatus.PREPARED)
        stories = await find_headlines(connection, batch, limit=_MOST_STORIES)
        dropped = await find_dropped(connection, gate_id)
    once: dict[int, str] = {}  # a story may have different headlines in different issues
    for story, headline in stories:
        once.setdefault(story, headline)
    title, zone = _named(gate, services)
    return GateView(gate, title, zone, readers, issues, list(once.items()), dropped)


async def list_open_gates(services: Services) -> list[tuple[Gate, str]]:
    """Return the gates at which issues wait, the earliest first, with the titles of their editions."""
    async with services.database.read() as connection:
        return [(gate, _named(gate, services)[0]) for gate in await find_open_gates(connection)]


async def read_gate(services: Services, gate: Gate) -> list[str]:
    """Return the issue that most readers of a gate get, as the HTML of its messages."""
    async with services.database.read() as connection:
        found = await find_main_issue(connection, gate)
        return await find_issue_messages(connection, found) if found else []


def name_of(gate: Gate, services: Services) -> str:
    title, zone = _named(gate, services)
    return f"{title} {say_at(gate.slot_at, zone, services.clock.now())}"


def _named(gate: Gate, services: Services) -> tuple[str, str]:
    """Return the title and the zone of a gate's edition, even if it is no longer declared."""
    edition = services.newsroom.find_edition(gate.edition)
    if edition is None:
        return gate.edition, services.newsroom.zone
    return edition.title, edition.schedule.zone


def gate_status(gate_now: GateView, services: Services) -> Markup:
    """Say how many readers an issue has, and what happens to it if nobody answers."""
    gate, now = gate_now.gate, services.clock.now()
    if gate.closed_at is not None:
        at = say_at(max(gate.closed_at, gate.slot_at), gate_now.zone, now)
        return operator_texts.GATE_SENT.format(at=at) if gate.was_sent else operator_texts.GATE_NOT_SENT
    count = operator_texts.GATE_READERS.format(
        readers=say_number(gate_now.readers), issues=say_number(gate_now.issues)
    )
    last = gate.slot_at + services.newsroom.late_window
    values = {
        "at": say_at(gate.ends_at, gate_now.zone, now),
        "slot": say_at(gate.slot_at, gate_now.zone, now),
        "last": say_at(last, gate_now.zone, now),
        "admin": str(gate.admin),
    }
    match gate.answer:
        case GateAnswer.SEND:
            words = operator_texts.GATE_IS_APPROVED
        case GateAnswer.HOLD:
            words = operator_texts.GATE_IS_HELD
        case _:
            words = operator_texts.GATE_WAITS if gate.waits else operator_texts.GATE_GOES
    return Markup("\n").join(
        [count if gate_now.issues else operator_texts.GATE_EMPTY, words.format(**values)]
    )


async def give_answer(services: Services, gate_id: int, answer: GateAnswer, admin: int) -> Gate | None:
    """Approve the issues of a gate, or hold them; return None if that changes nothing."""
    kind = AuditKind.APPROVED if answer == GateAnswer.SEND else AuditKind.HELD
    async with services.database.write() as connection:
        gate = await answer_gate(connection, gate_id, answer, admin)
        if gate is not None:
            now = services.clock.now()
            await record_audit_entry(connection, admin, kind, name_of(gate, services), now=now)
    if gate is not None:
        _log.info("gate answered", gate=gate.id, answer=answer, admin=admin)
    return gate


async def change_story(services: Services, gate_id: int, story_id: int, admin: int, *, drop: bool) -> bool:
    """Take a story out of every issue of a gate, or put it back; return whether that changed anything.

    The issues are composed again when the gates are next looked at.
    """
    now = services.clock.now()
    async with services.database.write() as connection:
        gate = await find_gate(connection, gate_id)
        if drop:
            headline = await drop_story(connection, gate_id, story_id, admin, now=now)
        else:
            headline = await restore_story(connection, gate_id, story_id)
        if headline is None or gate is None:
            return False
        kind = AuditKind.DROPPED if drop else AuditKind.RESTORED
        detail = f"{headline[:_LONGEST_HEADLINE]} ({name_of(gate, services)})"
        await record_audit_entry(connection, admin, kind, detail, now=now)
    _log.info("story at a gate", gate=gate_id, story=story_id, drop=drop, admin=admin)
    return True
