"""Which slots a profile has: asleep or awake, its own times and zone, a schedule that changes."""

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from bot.jobs.digests.slots import reschedule_profiles, run_due_slots
from bot.news.newsroom import Edition, Newsroom
from bot.news.services import Services
from bot.times.schedule import OVERTAKEN
from storage.profiles import deactivate, find_due, find_profile, join_profile
from storage.subscribers import delete_subscriber, set_status, subscribe
from tests.bot.jobs.digests.test_slots import DAY, HOUR, MINUTE, TO_SLOT, Reader, Story, made, rows
from tests.manual_clock import ManualClock


async def test_a_profile_nobody_listens_to_goes_to_sleep_and_wakes_with_its_next_reader(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    profile = await reader(1)
    async with services.database.write() as connection:
        await set_status(connection, 1, "paused", now=clock.now())
    await clock.advance(TO_SLOT)
    assert await run_due_slots(services, admin_chat) == 0
    assert await made(services) == []
    async with services.database.read() as connection:
        asleep = await find_profile(connection, profile)
    assert asleep is not None
    assert asleep.next_due_at is None
    assert await reader(2) == profile
    await clock.advance(DAY - HOUR)
    await story("Lễ hội đền làng")
    await clock.advance(HOUR)
    assert await run_due_slots(services, admin_chat) == 1


async def test_who_joins_while_the_profile_goes_to_sleep_keeps_it_awake(
    services: Services, clock: ManualClock, reader: Reader
) -> None:
    profile_id = await reader(1)
    async with services.database.write() as connection:
        await delete_subscriber(connection, 1)
        profile = await find_profile(connection, profile_id)
    assert profile is not None
    assert profile.next_due_at is not None
    has_joined, may_commit = asyncio.Event(), asyncio.Event()

    async def join() -> None:
        async with services.database.write() as connection:
            await join_profile(connection, profile.choices, next_due_at=clock.now(), now=clock.now())
            await subscribe(connection, 2, kind="private", profile_id=profile_id, now=clock.now())
            has_joined.set()
            await may_commit.wait()

    async def sleep() -> bool:
        async with services.database.write() as connection:
            return await deactivate(connection, profile)

    joining = asyncio.create_task(join())
    await has_joined.wait()
    sleeping = asyncio.create_task(sleep())
    await asyncio.sleep(0.1)
    may_commit.set()
    await joining
    assert not await sleeping
    async with services.database.read() as connection:
        after = await find_profile(connection, profile_id)
    assert after is not None
    assert after.next_due_at == profile.next_due_at


async def test_personal_times_and_zones_are_kept(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1, times=("05:30",))
    await reader(2, times=("05:30",), zone="Asia/Tokyo")  # 3:30 in Việt Nam
    await reader(3, times=("05:30",), days=(1,))  # Tuesday
    arrivals = []
    for local in ("Mon 05:30", "Tue 03:30", "Tue 05:30"):
        moment = dt.datetime.strptime(f"2026 10 {local} +0700", "%G %V %a %H:%M %z")
        await clock.advance((moment - clock.now()).total_seconds())
        await story(f"Tin lúc {local}")
        await run_due_slots(services, admin_chat)
        known = {chat for chat, _ in arrivals}
        arrivals += [(chat, clock.now()) for chat, _, _ in await rows(services) if chat not in known]
    local = [(chat, f"{at + dt.timedelta(hours=7):%a %H:%M}") for chat, at in arrivals]
    assert local == [(1, "Mon 05:30"), (2, "Tue 03:30"), (3, "Tue 05:30")]


async def test_a_changed_schedule_moves_the_slots_to_come(
    services: Services,
    clock: ManualClock,
    reader: Reader,
    edition: Callable[..., Edition],
    make_newsroom: Callable[..., Newsroom],
) -> None:
    profile = await reader(1)
    services.newsroom = make_newsroom(edition("sang", "09:00"))
    assert await reschedule_profiles(services) == 1
    assert await reschedule_profiles(services) == 0
    async with services.database.read() as connection:
        moved = await find_profile(connection, profile)
    assert moved is not None
    assert moved.next_due_at == clock.now() + dt.timedelta(hours=4)


@pytest.mark.parametrize("new_time", ["06:44", "06:45", "06:46", "09:00"])
async def test_a_schedule_edited_while_a_slot_is_due_gives_the_old_or_the_new_one(
    services: Services,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    admin_chat: Any,
    edition: Callable[..., Edition],
    make_newsroom: Callable[..., Newsroom],
    new_time: str,
) -> None:
    await reader(1)
    await story("Đèn đường thắp lại")
    await clock.advance(TO_SLOT + 90)  # 6:46:30, and the slot was not made yet
    services.newsroom = make_newsroom(edition("sang", new_time))
    await reschedule_profiles(services)
    assert await run_due_slots(services, admin_chat) == 1
    assert await run_due_slots(services, admin_chat) == 0
    assert [status for status, _ in await made(services)].count("made") == 1


async def test_readers_of_an_edition_that_was_taken_away_get_the_default_one(
    services: Services,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    admin_chat: Any,
    edition: Callable[..., Edition],
    make_newsroom: Callable[..., Newsroom],
) -> None:
    services.newsroom = make_newsroom(edition("sang"), edition("trua", "12:00"))
    await reader(1, edition="trua")
    services.newsroom = make_newsroom(edition("sang"))
    await reschedule_profiles(services)
    await story("Mùa gặt sớm")
    await clock.advance(TO_SLOT)
    assert await run_due_slots(services, admin_chat) == 1


async def test_due_profiles_come_page_by_page(services: Services, clock: ManualClock, reader: Reader) -> None:
    due = clock.now()
    ids = [await reader(chat, times=(f"0{chat}:00",), due=due) for chat in range(1, 6)]
    found: list[int] = []
    last = None
    async with services.database.read() as connection:
        while page := await find_due(connection, now=due, after=last, limit=2):
            found += [profile.id for profile in page]
            last = page[-1]
    assert found == ids


@pytest.mark.parametrize(("start", "statuses"), [("08:48", ["made"]), ("11:01", ["skipped", "skipped"])])
async def test_a_slot_edited_while_the_bot_is_down_is_made_late_or_recorded(
    services: Services,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    admin_chat: Any,
    edition: Callable[..., Edition],
    make_newsroom: Callable[..., Newsroom],
    start: str,
    statuses: list[str],
) -> None:
    services.newsroom = make_newsroom(edition("sang", "09:00"))
    await reader(1)
    await story("Đèn đường thắp lại")
    await clock.advance(3 * HOUR + 40 * MINUTE)  # 8:40
    assert await run_due_slots(services, admin_chat) == 0
    hours, minutes = map(int, start.split(":"))
    await clock.advance((hours - 8) * HOUR + (minutes - 40) * MINUTE)
    services.newsroom = make_newsroom(edition("sang", "08:45"))
    await reschedule_profiles(services)
    await run_due_slots(services, admin_chat)
    await reschedule_profiles(services)
    await run_due_slots(services, admin_chat)
    assert [status for status, _ in await made(services)] == statuses


async def test_a_new_slot_that_passed_before_the_old_one_was_due_is_recorded_too(
    services: Services,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    admin_chat: Any,
    edition: Callable[..., Edition],
    make_newsroom: Callable[..., Newsroom],
) -> None:
    await reader(1)
    await story("Đèn đường thắp lại")
    await run_due_slots(services, admin_chat)  # 5:00, and the bot is stopped
    await clock.advance(TO_SLOT + 10 * MINUTE)
    services.newsroom = make_newsroom(edition("sang", "06:15"))
    await reschedule_profiles(services)
    await run_due_slots(services, admin_chat)
    assert await made(services) == [("skipped", OVERTAKEN), ("made", None)]
