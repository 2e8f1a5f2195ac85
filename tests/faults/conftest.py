"""What the fault runs share: broadcasts written straight into the database, and the ledger read back."""

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass

import pytest
from sqlalchemy import insert, make_url, select, true

from bot.emulator.client import Control
from storage.delivery.issues import Issue, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.engine import Database
from storage.profiles import Choices, join_profile
from storage.tables import deliveries, leases, messages, subscribers
from tests.bot.conftest import (
    admin_chat,
    clock,
    emulator,
    make_newsroom,
    queue,
    reader,
    services,
    story,
    telegram,
    users,
)
from tests.bot.processes.conftest import _emulator, hands, server, start

__all__ = [  # fixtures: the same services, chats and processes as elsewhere
    "_emulator",
    "admin_chat",
    "clock",
    "emulator",
    "hands",
    "make_newsroom",
    "queue",
    "reader",
    "server",
    "services",
    "start",
    "story",
    "telegram",
    "users",
]  # fmt: skip

Figure = Callable[[str, object], None]  # how a test tells what it measured: `record_property`
HOUR = dt.timedelta(hours=1)
PUT_BACK = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # when the claim on a source ends that a process put back


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery as it stands."""

    chat_id: int
    status: str
    tries: int


class Ledger:
    """The database as the tests see it, beside the processes that work with it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.url = database.url.render_as_string(hide_password=False)

    async def profile_of(self, chat_id: int) -> int:
        """Return the profile of a subscriber."""
        query = select(subscribers.c.profile_id).where(subscribers.c.chat_id == chat_id)
        async with self.database.read() as connection:
            return (await connection.execute(query)).scalar_one()

    async def subscribe(self, chats: list[int]) -> int:
        """Make subscribers of chats, never quiet; return their profile's id."""
        now = dt.datetime.now(dt.UTC)
        async with self.database.write() as connection:
            profile = await join_profile(connection, Choices("sang"), next_due_at=now + 24 * HOUR, now=now)
            rows = [
                {"chat_id": chat, "kind": "private", "status": "active", "profile_id": profile,
                 "quiet_start": 0, "quiet_end": 0, "created_at": now, "changed_at": now}
                for chat in chats
            ]  # fmt: skip
            await connection.execute(insert(subscribers), rows)
        return profile

    async def publish(self, profile: int, *parts: str) -> int:
        """Queue an issue for everyone of a profile; return its id."""
        now = dt.datetime.now(dt.UTC)
        issue = Issue(
            profile,
            "sang",
            now,
            now - HOUR,
            IssueStatus.MADE,
            parts=tuple(map(Part, parts or ("Tin sáng nay",))),
        )
        async with self.database.write() as connection:
            issue_id = await record_issue(connection, issue, now=now)
            assert issue_id is not None
            await enqueue_issues(connection, [issue_id], true(), release=lambda start, end: now, now=now)
        return issue_id

    async def rows(self, issue_id: int | None = None) -> list[Row]:
        """Return the deliveries, of one issue or all."""
        d, s, m = deliveries.c, subscribers.c, messages.c
        query = select(s.chat_id, d.status, d.tries).join(subscribers, s.id == d.subscriber_id)
        query = query.join(messages, m.id == d.message_id)
        if issue_id is not None:
            query = query.where(m.issue_id == issue_id)
        async with self.database.read() as connection:
            return [Row(*row) for row in await connection.execute(query.order_by(d.id))]

    async def counts(self, issue_id: int | None = None) -> Counter[str]:
        """Return how many deliveries stand in each status."""
        return Counter(row.status for row in await self.rows(issue_id))

    async def is_done(self, issue_id: int | None = None) -> bool:
        """Tell whether nothing waits or is on its way."""
        counts = await self.counts(issue_id)
        return not counts["pending"] and not counts["sending"]

    async def lease_owners(self) -> list[str]:
        """Return who holds leases, each process once. A source that was put back keeps its row."""
        held = select(leases.c.owner).where(leases.c.expires_at > PUT_BACK).distinct()
        async with self.database.read() as connection:
            return list((await connection.execute(held)).scalars())

    def is_whole(self) -> bool:
        """Tell whether SQLite finds its file whole; PostgreSQL checks its own."""
        if self.database.is_postgres:
            return True
        with closing(sqlite3.connect(str(make_url(self.database.url).database))) as connection:
            return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture
async def ledger(database_url: str) -> AsyncIterator[Ledger]:
    """The ledger of an empty database, once on each engine."""
    database = Database(database_url)
    yield Ledger(database)
    await database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.faults)])
def process_url(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty database for a test that starts processes: PostgreSQL for long runs."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def process_ledger(process_url: str) -> AsyncIterator[Ledger]:
    """The ledger of that database."""
    database = Database(process_url)
    yield Ledger(database)
    await database.close()


@pytest.fixture
async def sqlite_ledger(sqlite_url: str) -> AsyncIterator[Ledger]:
    """The ledger of an empty SQLite file."""
    database = Database(sqlite_url)
    yield Ledger(database)
    await database.close()


async def make_chats(hands: Control, count: int, *, first: int = 1_000) -> list[int]:
    """Make users who have started the bot; return their ids."""
    ids = list(range(first, first + count))
    for chat in ids:
        await hands.user(f"Bạn {chat}", id=chat, started=True)
    return ids


async def accepted(hands: Control) -> int:
    """Return how many messages Telegram took in all."""
    total: int = (await hands.get("stats"))["accepted"]
    return total


async def copies(hands: Control, chats: list[int]) -> dict[int, int]:
    """Return how many messages Telegram took for each of the chats."""
    counted = (await hands.get("stats"))["chats"]
    return {chat: counted.get(str(chat), {}).get("accepted", 0) for chat in chats}
