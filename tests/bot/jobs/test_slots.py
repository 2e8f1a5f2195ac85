"""The minute's tick on both engines: each slot once, whatever happens around it."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select, update

from bot.desk import Desk
from bot.jobs.send_now import send_edition_now
from bot.jobs.slot_plan import OVERTAKEN, TOO_LATE
from bot.jobs.slots import reschedule_profiles, run_due_slots
from bot.newsroom import Edition, Newsroom
from bot.times.clock import ManualClock
from storage.delivery.issues import find_issues
from storage.engine import Database
from storage.profiles import find_due, find_profile, join_profile, put_to_sleep
from storage.subscribers import delete_subscriber, set_status, subscribe
from storage.tables import articles, deliveries, issue_stories, issues, profiles, subscribers

Reader = Callable[..., Awaitable[int]]
Story = Callable[..., Awaitable[int]]
MINUTE, HOUR, DAY = 60, 3_600, 86_400
TO_SLOT = 105 * MINUTE  # from 5:00 to 6:45


async def rows(desk: Desk) -> list[tuple[int, str, dt.datetime]]:
    """Return (chat, status, earliest moment) of each delivery."""
    d, s = deliveries.c, subscribers.c
    query = select(s.chat_id, d.status, d.not_before).join(subscribers, s.id == d.subscriber_id)
    async with desk.database.read() as connection:
        found = await connection.execute(query.order_by(d.issue_id, s.chat_id))
        return [(row.chat_id, row.status, row.not_before) for row in found]


async def made(desk: Desk) -> list[tuple[str, str | None]]:
    """Return status and reason of each issue, oldest first."""
    async with desk.database.read() as connection:
        found = await find_issues(connection, since=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    return [(status, reason) for _, _, status, reason in reversed(found)]


async def told_stories(desk: Desk) -> list[list[int]]:
    """Return the stories of each issue, oldest first."""
    query = select(issues.c.id, issue_stories.c.story_id).outerjoin(issue_stories)
    async with desk.database.read() as connection:
        found = (await connection.execute(query.order_by(issues.c.id, issue_stories.c.position))).all()
    by_issue: dict[int, list[int]] = {}
    for row in found:
        by_issue.setdefault(row.id, []).extend([row.story_id] if row.story_id else [])
    return list(by_issue.values())


async def test_a_due_profile_gets_its_issue_once(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await reader(2)
    await story("Cầu mới thông xe ở Bến Lở")
    await clock.advance(TO_SLOT - 1)
    assert await run_due_slots(desk, told) == 0
    await clock.advance(1)
    assert await run_due_slots(desk, told) == 2
    assert await run_due_slots(desk, told) == 0
    assert [(chat, status) for chat, status, _ in await rows(desk)] == [(1, "pending"), (2, "pending")]
    assert await made(desk) == [("made", None)]


async def test_two_processes_that_tick_at_once_make_one_issue(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any, database_url: str
) -> None:
    await reader(1)
    await story("Chợ quê mở lại sau bão")
    await clock.advance(TO_SLOT)
    other = Desk(Database(database_url), clock, desk.newsroom)
    queued = await asyncio.gather(run_due_slots(desk, told), run_due_slots(other, told))
    await other.database.close()
    assert sorted(queued) == [0, 1]
    assert len(await rows(desk)) == 1


async def test_what_was_told_is_not_told_again_and_what_came_since_is(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    first = await story("Trường làng có thư viện")
    await clock.advance(TO_SLOT)
    await run_due_slots(desk, told)
    await clock.advance(HOUR)
    second = await story("Đội bóng xã lên hạng")
    await clock.advance(DAY)
    await run_due_slots(desk, told)
    assert await told_stories(desk) == [[first], [second]]


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
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    profile = await reader(1)
    await reader(2, quiet=(0, 600))
    await story("Mưa lớn, phố ngập nửa bánh xe")
    await clock.advance(TO_SLOT)
    kills = 0
    while True:
        try:
            with killed_at_write(desk.database, kills):
                queued = await run_due_slots(desk, told)
            break
        except KilledError:
            kills += 1
        assert await rows(desk) == []
        assert await made(desk) == []
        async with desk.database.read() as connection:
            left = await find_profile(connection, profile)
        assert left is not None
        assert (left.next_due_at, left.last_slot_at) == (clock.now(), None)
    assert kills >= 6, "move on, issue, parts, stories, told until, deliveries"
    assert (queued, await made(desk)) == (2, [("made", None)])


async def test_a_restart_just_before_and_after_the_slot_changes_nothing(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await story("Nhà văn hóa thôn mở lớp múa")
    await clock.advance(TO_SLOT - 1)
    await reschedule_profiles(desk)
    assert await run_due_slots(desk, told) == 0
    await clock.advance(2)
    await reschedule_profiles(desk)
    assert await run_due_slots(desk, told) == 1
    await reschedule_profiles(desk)
    assert await run_due_slots(desk, told) == 0


async def test_one_late_issue_inside_the_window(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT + 2 * HOUR)
    assert await run_due_slots(desk, told) == 1
    assert await made(desk) == [("made", None)]


async def test_a_slot_past_the_window_is_skipped_and_its_stories_wait_for_the_next(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT + 2 * HOUR + 1)
    assert await run_due_slots(desk, told) == 0
    await clock.advance(DAY - 2 * HOUR - 1)
    assert await run_due_slots(desk, told) == 1
    assert await made(desk) == [("skipped", TOO_LATE), ("made", None)]


async def test_after_days_away_one_issue_is_made_and_the_rest_is_recorded(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await clock.advance(TO_SLOT + 3 * DAY - HOUR)
    await story("Tàu cá về bến đầy khoang")
    await clock.advance(HOUR + MINUTE)
    assert await run_due_slots(desk, told) == 1
    assert await made(desk) == [("skipped", OVERTAKEN)] * 3 + [("made", None)]


async def test_the_admins_are_told_once_after_two_empty_slots_however_many_profiles_there_are(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await reader(2, times=("06:45", "18:00"))
    counts = []
    for day in range(5):
        await clock.advance(TO_SLOT if day == 0 else DAY)
        await run_due_slots(desk, told)
        counts.append(len(told))
    assert counts == [0, 1, 1, 1, 1]
    assert "Bản tin sang" in told[0]
    assert await rows(desk) == []
    await story("Xóm núi có điện")
    for _ in range(3):
        await clock.advance(DAY)
        await run_due_slots(desk, told)
        counts.append(len(told))
    assert counts[-3:] == [1, 1, 2], "a new drought is told anew"


async def test_a_reader_of_one_rare_topic_does_not_alarm_the_admins(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1, topics=("the-thao",))
    for day in range(3):
        await clock.advance(TO_SLOT - HOUR if day == 0 else DAY - HOUR)
        await story(f"Giá lúa ngày thứ {day}", topic="kinh-te")
        await clock.advance(HOUR)
        await run_due_slots(desk, told)
    assert await made(desk) == [("empty", None)] * 3
    assert told == []


async def test_a_profile_nobody_listens_to_goes_to_sleep_and_wakes_with_its_next_reader(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    profile = await reader(1)
    async with desk.database.write() as connection:
        await set_status(connection, 1, "paused", now=clock.now())
    await clock.advance(TO_SLOT)
    assert await run_due_slots(desk, told) == 0
    assert await made(desk) == []
    async with desk.database.read() as connection:
        asleep = await find_profile(connection, profile)
    assert asleep is not None
    assert asleep.next_due_at is None
    assert await reader(2) == profile
    await clock.advance(DAY - HOUR)
    await story("Lễ hội đền làng")
    await clock.advance(HOUR)
    assert await run_due_slots(desk, told) == 1


async def test_who_joins_while_the_profile_goes_to_sleep_keeps_it_awake(
    desk: Desk, clock: ManualClock, reader: Reader
) -> None:
    profile_id = await reader(1)
    async with desk.database.write() as connection:
        await delete_subscriber(connection, 1)
        profile = await find_profile(connection, profile_id)
    assert profile is not None
    assert profile.next_due_at is not None
    has_joined, may_commit = asyncio.Event(), asyncio.Event()

    async def join() -> None:
        async with desk.database.write() as connection:
            await join_profile(connection, profile.choices, next_due_at=clock.now(), now=clock.now())
            await subscribe(connection, 2, kind="private", profile_id=profile_id, now=clock.now())
            has_joined.set()
            await may_commit.wait()

    async def sleep() -> bool:
        async with desk.database.write() as connection:
            return await put_to_sleep(connection, profile)

    joining = asyncio.create_task(join())
    await has_joined.wait()
    sleeping = asyncio.create_task(sleep())
    await asyncio.sleep(0.1)
    may_commit.set()
    await joining
    assert not await sleeping
    async with desk.database.read() as connection:
        after = await find_profile(connection, profile_id)
    assert after is not None
    assert after.next_due_at == profile.next_due_at


async def test_personal_times_and_zones_are_kept(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1, times=("05:30",))
    await reader(2, times=("05:30",), zone="Asia/Tokyo")  # 3:30 in Việt Nam
    await reader(3, times=("05:30",), days=(1,))  # Tuesday
    arrivals = []
    for local in ("Mon 05:30", "Tue 03:30", "Tue 05:30"):
        moment = dt.datetime.strptime(f"2026 10 {local} +0700", "%G %V %a %H:%M %z")
        await clock.advance((moment - clock.now()).total_seconds())
        await story(f"Tin lúc {local}")
        await run_due_slots(desk, told)
        known = {chat for chat, _ in arrivals}
        arrivals += [(chat, clock.now()) for chat, _, _ in await rows(desk) if chat not in known]
    local = [(chat, f"{at + dt.timedelta(hours=7):%a %H:%M}") for chat, at in arrivals]
    assert local == [(1, "Mon 05:30"), (2, "Tue 03:30"), (3, "Tue 05:30")]


async def test_what_falls_into_quiet_hours_waits_for_their_end(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1, quiet=(22 * 60, 7 * 60))
    await reader(2)
    await story("Phà đêm chạy lại")
    await clock.advance(TO_SLOT)
    await run_due_slots(desk, told)
    assert [(chat, at) for chat, _, at in await rows(desk)] == [
        (1, clock.now() + dt.timedelta(minutes=15)),
        (2, clock.now()),
    ]


async def test_a_profile_that_cannot_be_composed_holds_nobody_up(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    broken = await reader(1)
    await reader(2, times=("06:45",))
    async with desk.database.write() as connection:
        row = profiles.c.id == broken
        await connection.execute(update(profiles).where(row).values(zone="Atlantis/Sunken"))
    await reschedule_profiles(desk)
    await story("Cây đa đầu làng được giữ lại")
    await clock.advance(TO_SLOT)
    assert await run_due_slots(desk, told) == 1
    assert [chat for chat, _, _ in await rows(desk)] == [2]


async def test_profiles_due_together_share_what_is_gathered(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    for number, topic in enumerate(("thoi-su", "kinh-te", "the-thao"), start=1):
        await reader(number, topics=(topic,))
        await story(f"Chuyện về {topic}", topic=topic)
    await clock.advance(TO_SLOT)
    gathered = []

    def on_execute(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        gathered.extend(["once"] if "FROM summary_places" in statement else [])

    event.listen(desk.database.engine.sync_engine, "before_cursor_execute", on_execute)
    assert await run_due_slots(desk, told) == 3
    assert gathered == ["once"]
    assert [len(stories) for stories in await told_stories(desk)] == [1, 1, 1]


async def test_what_was_sent_by_hand_is_not_told_again_at_the_slot(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await reader(2, topics=("kinh-te",))
    await story("Giá cà phê", topic="kinh-te")
    assert await send_edition_now(desk, "sang") == 2
    assert await send_edition_now(desk, "sang") == 0, "there is nothing new"
    await clock.advance(TO_SLOT)
    assert await run_due_slots(desk, told) == 0
    assert await made(desk) == [("made", None)] * 2 + [("empty", None)] * 2


async def test_an_issue_sent_by_hand_overtakes_a_late_slot(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    profile = await reader(1)
    await story("Tin buổi sớm")
    await clock.advance(TO_SLOT + HOUR)
    sent_at = clock.now()
    assert await send_edition_now(desk, "sang") == 1
    await clock.advance(MINUTE)
    assert await run_due_slots(desk, told) == 0
    assert ("skipped", OVERTAKEN) in await made(desk)
    async with desk.database.read() as connection:
        left = await find_profile(connection, profile)
    assert left is not None
    assert left.last_slot_at == sent_at


async def test_a_changed_schedule_moves_the_slots_to_come(
    desk: Desk,
    clock: ManualClock,
    reader: Reader,
    edition: Callable[..., Edition],
    make_newsroom: Callable[..., Newsroom],
) -> None:
    profile = await reader(1)
    desk.newsroom = make_newsroom(edition("sang", "09:00"))
    assert await reschedule_profiles(desk) == 1
    assert await reschedule_profiles(desk) == 0
    async with desk.database.read() as connection:
        moved = await find_profile(connection, profile)
    assert moved is not None
    assert moved.next_due_at == clock.now() + dt.timedelta(hours=4)


@pytest.mark.parametrize("new_time", ["06:44", "06:45", "06:46", "09:00"])
async def test_a_schedule_edited_while_a_slot_is_due_gives_the_old_or_the_new_one(
    desk: Desk,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    told: Any,
    edition: Callable[..., Edition],
    make_newsroom: Callable[..., Newsroom],
    new_time: str,
) -> None:
    await reader(1)
    await story("Đèn đường thắp lại")
    await clock.advance(TO_SLOT + 90)  # 6:46:30, and the slot was not made yet
    desk.newsroom = make_newsroom(edition("sang", new_time))
    await reschedule_profiles(desk)
    assert await run_due_slots(desk, told) == 1
    assert await run_due_slots(desk, told) == 0
    assert [status for status, _ in await made(desk)].count("made") == 1


async def test_readers_of_an_edition_that_was_taken_away_get_the_default_one(
    desk: Desk,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    told: Any,
    edition: Callable[..., Edition],
    make_newsroom: Callable[..., Newsroom],
) -> None:
    desk.newsroom = make_newsroom(edition("sang"), edition("trua", "12:00"))
    await reader(1, edition="trua")
    desk.newsroom = make_newsroom(edition("sang"))
    await reschedule_profiles(desk)
    await story("Mùa gặt sớm")
    await clock.advance(TO_SLOT)
    assert await run_due_slots(desk, told) == 1


async def test_an_article_worked_up_after_the_slot_is_told_in_the_next(
    desk: Desk, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    """Stored before the slot, seen after it: neither lost nor told twice."""
    await reader(1)
    early = await story("Chuyện có sẵn")
    await clock.advance(TO_SLOT - MINUTE)
    late = await story("Chuyện đến sát giờ")
    async with desk.database.write() as connection:
        row = articles.c.story_id == late
        await connection.execute(update(articles).where(row).values(worked_at=None))
    await clock.advance(MINUTE)
    await run_due_slots(desk, told)
    async with desk.database.write() as connection:
        await connection.execute(update(articles).where(row).values(worked_at=clock.now()))
    for _ in range(2):
        await clock.advance(DAY)
        await run_due_slots(desk, told)
    assert await told_stories(desk) == [[early], [late], []]


async def test_due_profiles_come_page_by_page(desk: Desk, clock: ManualClock, reader: Reader) -> None:
    due = clock.now()
    ids = [await reader(chat, times=(f"0{chat}:00",), due=due) for chat in range(1, 6)]
    found: list[int] = []
    last = None
    async with desk.database.read() as connection:
        while page := await find_due(connection, now=due, after=last, limit=2):
            found += [profile.id for profile in page]
            last = page[-1]
    assert found == ids
