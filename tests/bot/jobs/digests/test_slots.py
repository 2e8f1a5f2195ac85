"""Making due slots, on both engines: each slot once, also after kills and failures."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, select, update

from bot.jobs.digests.slots import reschedule_profiles, run_due_slots
from bot.news.services import Services
from storage.engine import Database
from storage.profiles import find_profile
from storage.tables import articles, deliveries, issue_stories, issues, profiles, subscribers
from tests.manual_clock import ManualClock

Reader = Callable[..., Awaitable[int]]

Story = Callable[..., Awaitable[int]]

MINUTE, HOUR, DAY = 60, 3_600, 86_400

TO_SLOT = 105 * MINUTE  # from 5:00 to 6:45


async def rows(services: Services) -> list[tuple[int, str, dt.datetime]]:
    """Return (chat, status, earliest moment) of each delivery."""
    d, s = deliveries.c, subscribers.c
    query = select(s.chat_id, d.status, d.not_before).join(subscribers, s.id == d.subscriber_id)
    async with services.database.read() as connection:
        found = await connection.execute(query.order_by(d.message_id, s.chat_id))
        return [(row.chat_id, row.status, row.not_before) for row in found]


async def made(services: Services) -> list[tuple[str, str | None]]:
    """Return status and reason of each issue, oldest first."""
    async with services.database.read() as connection:
        found = await connection.execute(
            select(issues.c.status, issues.c.reason).order_by(issues.c.slot_at, issues.c.id)
        )
        return [(row.status, row.reason) for row in found]


async def told_stories(services: Services) -> list[list[int]]:
    """Return the stories of each issue, oldest first."""
    query = select(issues.c.id, issue_stories.c.story_id).outerjoin(issue_stories)
    async with services.database.read() as connection:
        found = (await connection.execute(query.order_by(issues.c.id, issue_stories.c.position))).all()
    by_issue: dict[int, list[int]] = {}
    for row in found:
        by_issue.setdefault(row.id, []).extend([row.story_id] if row.story_id else [])
    return list(by_issue.values())


async def test_a_due_profile_gets_its_issue_once(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1)
    await reader(2)
    await story("Cầu mới thông xe ở Bến Lở")
    await clock.advance(TO_SLOT - 1)
    assert await run_due_slots(services, admin_chat) == 0
    await clock.advance(1)
    assert await run_due_slots(services, admin_chat) == 2
    assert await run_due_slots(services, admin_chat) == 0
    assert [(chat, status) for chat, status, _ in await rows(services)] == [(1, "pending"), (2, "pending")]
    assert await made(services) == [("made", None)]


async def test_two_processes_that_tick_at_once_make_one_issue(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any, database_url: str
) -> None:
    await reader(1)
    await story("Chợ quê mở lại sau bão")
    await clock.advance(TO_SLOT)
    other = Services(Database(database_url), clock, services.newsroom)
    queued = await asyncio.gather(run_due_slots(services, admin_chat), run_due_slots(other, admin_chat))
    await other.database.close()
    assert sorted(queued) == [0, 1]
    assert len(await rows(services)) == 1


async def test_what_was_told_is_not_told_again_and_what_came_since_is(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1)
    first = await story("Trường làng có thư viện")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    await clock.advance(HOUR)
    second = await story("Đội bóng xã lên hạng")
    await clock.advance(DAY)
    await run_due_slots(services, admin_chat)
    assert await told_stories(services) == [[first], [second]]


class KilledError(BaseException):
    """The process ends here."""


@contextmanager
def killed_at_write(database: Database, number: int) -> Iterator[None]:
    """Let the write number `number` (from 0) of the block never happen, nor anything after it."""
    writes = iter(range(1_000))

    def on_execute(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split()[0] in ("INSERT", "UPDATE", "DELETE") and next(writes) == number:
            raise KilledError

    event.listen(database.engine.sync_engine, "before_cursor_execute", on_execute)
    try:
        yield
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", on_execute)


async def test_a_kill_between_any_two_writes_leaves_the_slot_whole_or_not_begun(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    profile = await reader(1)
    await reader(2, quiet=(0, 600))
    await story("Mưa lớn, phố ngập nửa bánh xe")
    await clock.advance(TO_SLOT)
    kills = 0
    while True:
        try:
            with killed_at_write(services.database, kills):
                queued = await run_due_slots(services, admin_chat)
            break
        except KilledError:
            kills += 1
        assert await rows(services) == []
        assert await made(services) == []
        async with services.database.read() as connection:
            left = await find_profile(connection, profile)
        assert left is not None
        assert (left.next_due_at, left.last_slot_at) == (clock.now(), None)
    assert kills >= 6, "move on, issue, parts, stories, told until, deliveries"
    assert (queued, await made(services)) == (2, [("made", None)])


async def test_what_falls_into_quiet_hours_waits_for_their_end(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1, quiet=(22 * 60, 7 * 60))
    await reader(2)
    await story("Phà đêm chạy lại")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    assert [(chat, at) for chat, _, at in await rows(services)] == [
        (1, clock.now() + dt.timedelta(minutes=15)),
        (2, clock.now()),
    ]


async def test_a_profile_that_cannot_be_composed_holds_nobody_up(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    broken = await reader(1)
    await reader(2, times=("06:45",))
    async with services.database.write() as connection:
        row = profiles.c.id == broken
        await connection.execute(update(profiles).where(row).values(zone="Atlantis/Sunken"))
    await reschedule_profiles(services)
    await story("Cây đa đầu làng được giữ lại")
    await clock.advance(TO_SLOT)
    assert await run_due_slots(services, admin_chat) == 1
    assert [chat for chat, _, _ in await rows(services)] == [2]


async def test_profiles_due_together_share_what_is_gathered(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    for number, topic in enumerate(("thoi-su", "kinh-te", "the-thao"), start=1):
        await reader(number, topics=(topic,))
        await story(f"Chuyện về {topic}", topic=topic)
    await clock.advance(TO_SLOT)
    gathered = []

    def on_execute(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        gathered.extend(["once"] if "FROM summary_places" in statement else [])

    event.listen(services.database.engine.sync_engine, "before_cursor_execute", on_execute)
    assert await run_due_slots(services, admin_chat) == 3
    assert gathered == ["once"]
    assert [len(stories) for stories in await told_stories(services)] == [1, 1, 1]


async def test_an_article_worked_up_after_the_slot_is_told_in_the_next(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    """Stored before the slot, seen after it: neither lost nor told twice."""
    await reader(1)
    early = await story("Chuyện có sẵn")
    await clock.advance(TO_SLOT - MINUTE)
    late = await story("Chuyện đến sát giờ")
    async with services.database.write() as connection:
        row = articles.c.story_id == late
        await connection.execute(update(articles).where(row).values(processed_at=None, ready_at=None))
    await clock.advance(MINUTE)
    await run_due_slots(services, admin_chat)
    async with services.database.write() as connection:
        await connection.execute(
            update(articles).where(row).values(processed_at=clock.now(), ready_at=clock.now())
        )
    for _ in range(2):
        await clock.advance(DAY)
        await run_due_slots(services, admin_chat)
    assert await told_stories(services) == [[early], [late], []]
