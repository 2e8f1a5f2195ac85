"""An edition that asks for approval, with readers and an operator, for the tests of gates."""

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select

from bot.jobs.digests.gate import prepare_early
from bot.jobs.digests.slots import run_due_slots
from bot.news.newsroom import Approval, Edition, Newsroom
from bot.news.services import Services
from bot.times.schedule import Schedule
from storage.delivery.gates import (
    Gate,
    GateAnswer,
    answer_gate,
    drop_story,
    find_gate_of,
    find_open_gates,
    restore_story,
)
from storage.tables import issue_stories, issues
from tests.bot.conftest import ADMIN
from tests.bot.jobs.digests.test_slots import MINUTE, TO_SLOT, Reader, Story
from tests.manual_clock import ManualClock

FIRE = "Lửa bùng lên lúc nửa đêm, ba ki ốt bán vải bị thiêu rụi, không ai bị thương."
LEAD = 20 * MINUTE
TO_GATE = TO_SLOT - LEAD
SLOT = dt.datetime(2026, 3, 1, 23, 45, tzinfo=dt.UTC)


def edition_to_approve(*, waits: bool = False, times: tuple[str, ...] = ("06:45",)) -> Edition:
    """Declare an edition that asks for approval twenty minutes before its times."""
    schedule = Schedule(tuple(map(dt.time.fromisoformat, times)))
    approval = Approval(dt.timedelta(seconds=LEAD), waits)
    return Edition("sang", "Bản tin sáng", schedule, (), 3, dt.timedelta(hours=48), approval=approval)


@dataclass
class Gated:
    """A bot with that edition; its clock stands at 5:00, the slot is at 6:45."""

    services: Services
    clock: ManualClock
    reader: Reader
    story: Story
    admin_chat: Callable[[str], Awaitable[None]]
    make_newsroom: Callable[..., Newsroom]

    def declare(self, edition: Edition) -> None:
        """Put another edition in the place of the one that is declared."""
        self.services.newsroom = self.make_newsroom(edition)

    async def prepare(self, *titles: str) -> list[int]:
        """Have a reader and stories, and come to when operators are asked; return the stories."""
        await self.reader(1)
        stories = [await self.story(title, sapo=FIRE if "Cháy" in title else "") for title in titles]
        await self.clock.advance(TO_GATE)
        await self.tick()
        return stories

    async def tick(self) -> int:
        """Look as the running bot does each minute; return how many deliveries that made."""
        await prepare_early(self.services)
        return await run_due_slots(self.services, self.admin_chat)

    async def gate(self) -> Gate:
        """Return the gate of the morning's slot."""
        async with self.services.database.read() as connection:
            found = await find_gate_of(connection, "sang", SLOT)
        assert found is not None
        return found

    async def open_gates(self) -> list[Gate]:
        """Return the gates that are open."""
        async with self.services.database.read() as connection:
            return list(await find_open_gates(connection))

    async def say(self, answer: GateAnswer, gate: Gate | None = None) -> bool:
        """Answer as an operator, of the morning's gate unless told; return whether it counted."""
        number = (gate or await self.gate()).id
        async with self.services.database.write() as connection:
            return await answer_gate(connection, number, answer, ADMIN) is not None

    async def drop(self, story: int) -> str | None:
        """Drop a story as an operator; return its headline, None where there is none to drop."""
        number = (await self.gate()).id
        async with self.services.database.write() as connection:
            return await drop_story(connection, number, story, ADMIN, now=self.clock.now())

    async def restore(self, story: int) -> str | None:
        """Put a dropped story back; return its headline, None where it was not dropped."""
        number = (await self.gate()).id
        async with self.services.database.write() as connection:
            return await restore_story(connection, number, story)

    async def rows(self, table: Table) -> list[Any]:
        """Return all rows of a table."""
        async with self.services.database.read() as connection:
            return list((await connection.execute(select(table).order_by(*table.primary_key))).all())

    async def statuses(self) -> list[str]:
        """Return the status of each issue, in order."""
        return [row.status for row in await self.rows(issues)]

    async def headlines(self) -> set[str]:
        """Return the headlines of all issues."""
        return {row.headline for row in await self.rows(issue_stories)}
