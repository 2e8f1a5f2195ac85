"""`kill -9` of processes of single roles at random, over a simulated day with articles and questions."""

import asyncio
import datetime as dt
import json
import os
import random
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from bot.emulator.client import Control
from bot.jobs.delivery.sender import FEWEST_IN_FLIGHT
from storage.engine import Database
from storage.profiles import Choices, join_profile
from storage.tables import articles, issues, questions, subscribers, updates
from tests.bot.processes.conftest import Start, is_polling, until
from tests.faults.conftest import Figure, Ledger, copies, make_chats
from tests.faults.role_fleet import SINGLE_ROLES, RoleFleet, SharedClock, fleet_of
from tests.faults.simulated_month import unlike_texts

KILLS = int(os.environ.get("DIEMTIN_ROLE_KILLS", "20"))
SECONDS_A_KILL = 12.0
READERS = int(os.environ.get("DIEMTIN_ROLE_READERS", "100"))
SOURCES, ARTICLES_A_SOURCE = int(os.environ.get("DIEMTIN_ROLE_SOURCES", "20")), 12
TIMES = ("06:45", "11:30", "17:00", "20:30")
MORNING = dt.datetime(2026, 3, 1, 22, 0, tzinfo=dt.UTC)  # 5:00 of a Monday in Việt Nam
DAY = dt.timedelta(hours=18)
NEWSROOM = "\n".join(
    [
        f'[[sources]]\nname = "bao-{n}"\ntitle = "Báo {n}"\ninbox = "tin-{n}"\n' for n in range(SOURCES)
    ]
    + [f'[[editions]]\nname = "sang"\ntitle = "Bản tin"\ntimes = {json.dumps(TIMES)}\n']
)  # fmt: skip


class Day:
    """What happens over the day, at random moments, and what is to be found at its end."""

    def __init__(self, chance: random.Random, folder: Path, clock: SharedClock, asked: list[int]) -> None:
        self.chance, self.folder, self.clock = chance, folder, clock
        self.offered = SOURCES * ARTICLES_A_SOURCE
        moments = [("article", n % SOURCES) for n in range(self.offered)]
        moments += [("question", chat) for chat in asked]
        moments += [("kill", n) for n in range(KILLS)]
        self.plan = sorted((MORNING + chance.random() * DAY * 0.95, *what) for what in moments)
        self.killed: Counter[str] = Counter()

    async def run(self, fleet: RoleFleet, hands: Control) -> None:
        """Let it happen."""
        for moment, kind, number in self.plan:
            wait = (moment - self.clock.now()).total_seconds() / self.clock.rate
            await asyncio.sleep(max(0.0, wait))
            if kind == "article":
                self.offer(number)
            elif kind == "question":
                await hands.say(number, "chợ quê sau bão")
            else:
                role = self.chance.choice(SINGLE_ROLES)
                self.killed[role] += 1
                await fleet.kill(role)

    def offer(self, source: int) -> None:
        """Put an article into an inbox."""
        title, *sentences = unlike_texts(self.chance)
        row = {
            "title": title, "sapo": sentences[0], "body": "\n".join(sentences[1:]),
            "published": self.clock.now().isoformat(),
        }  # fmt: skip
        path = self.folder / f"tin-{source}" / f"{self.chance.getrandbits(60)}.json"
        path.write_text(json.dumps(row, ensure_ascii=False), "utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))


async def subscribe(ledger: Ledger, chats: list[int]) -> None:
    """Make readers of the edition, as of the morning, never quiet."""
    first = MORNING + dt.timedelta(minutes=105)
    async with ledger.database.write() as connection:
        profile = await join_profile(connection, Choices("sang"), next_due_at=first, now=MORNING)
        rows = [
            {"chat_id": chat, "kind": "private", "status": "active", "profile_id": profile,
             "quiet_start": 0, "quiet_end": 0, "created_at": MORNING, "changed_at": MORNING}
            for chat in chats
        ]  # fmt: skip
        await connection.execute(insert(subscribers), rows)


@pytest.mark.faults
@pytest.mark.timeout(4_000)
async def test_a_day_of_kills_of_single_roles_loses_no_digest_and_no_question(
    start: Start, server: str, hands: Control, postgres_url: str, tmp_path: Path, record_property: Figure
) -> None:

    ledger = Ledger(Database(postgres_url))
    readers, askers = await make_chats(hands, READERS), await make_chats(hands, 3 * KILLS, first=500_000)
    await subscribe(ledger, readers)
    for number in range(SOURCES):
        (tmp_path / f"tin-{number}").mkdir()
    clock = SharedClock(MORNING, rate=DAY.total_seconds() / (KILLS * SECONDS_A_KILL))
    day = Day(random.Random(16), tmp_path, clock, askers)
    async with fleet_of(start, server, ledger, newsroom=NEWSROOM, clock=clock) as fleet:
        for role in SINGLE_ROLES:
            await fleet.begin(role, role)
        await until(lambda: is_polling(hands))
        await day.run(fleet, hands)
        await until(lambda: has_all_slots(ledger), within=120)
        await fleet.runs["schedule"].stop()  # no slot of the next day
        await fleet.forget("schedule")
        await until(lambda: is_over(ledger, day), within=60 + READERS)
        ended = await fleet.stop()
    assert [code for code, _ in ended] == [0] * len(ended), ended
    await check(ledger, hands, day, readers, askers, record_property)
    await ledger.database.close()


async def has_all_slots(ledger: Ledger) -> bool:
    """Tell whether the day's slots are made."""
    async with ledger.database.read() as connection:
        slots = select(func.count()).select_from(issues)
        return bool((await connection.execute(slots)).scalar_one() >= len(TIMES))


async def is_over(ledger: Ledger, day: Day) -> bool:
    """Tell whether nothing waits any more."""
    async with ledger.database.read() as connection:
        open_updates = select(func.count()).where(updates.c.payload.is_not(None))
        waiting = select(func.count()).where(articles.c.processed_at.is_(None))
        stored = (await connection.execute(select(func.count()).select_from(articles))).scalar_one()
        rest = [(await connection.execute(query)).scalar_one() for query in (open_updates, waiting)]
    return rest == [0, 0] and stored == day.offered and await ledger.is_done()


async def check(
    ledger: Ledger, hands: Control, day: Day, readers: list[int], askers: list[int], record: Figure
) -> None:
    """Assert that nothing was lost, and no more doubled than was in flight at a kill of the sender."""
    async with ledger.database.read() as connection:
        made = (await connection.execute(select(issues.c.slot_at, issues.c.status))).all()
        asked = list((await connection.execute(select(questions.c.chat_id))).scalars())
    rows, got = await ledger.rows(), await copies(hands, readers)
    expected = Counter(row.chat_id for row in rows)
    unknown = Counter(row.chat_id for row in rows if row.status == "unknown")
    lost = sum(max(0, expected[chat] - got[chat] - unknown[chat]) for chat in readers)
    extra = sum(max(0, got[chat] - expected[chat]) for chat in readers)
    answers = Counter((await copies(hands, askers)).values())
    record(
        "figure",
        f"{KILLS} kills {dict(day.killed)}: {len(rows)} deliveries, {lost} lost, {extra} extra, "
        f"{unknown.total()} unknown; {len(askers)} questions, answers each: {dict(answers)}",
    )
    assert len({slot for slot, _ in made}) == len(made) == len(TIMES)
    assert {status for _, status in made} == {"made"}
    assert {row.status for row in rows} <= {"sent", "unknown"}
    assert lost == 0
    assert max(row.tries for row in rows) <= 2
    assert max(got[chat] - expected[chat] for chat in readers) <= len(TIMES)
    assert extra <= day.killed["send"] * FEWEST_IN_FLIGHT
    assert sorted(set(asked)) == sorted(askers)
    assert min(answers) >= 1
