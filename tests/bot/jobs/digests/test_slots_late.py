"""Slots that are late or have no stories, and slots after an operator sent an issue by hand."""

from typing import Any

from bot.jobs.digests.slots import reschedule_profiles, run_due_slots, send_edition_now
from bot.news.services import Services
from bot.times.schedule import OVERTAKEN, TOO_LATE
from storage.profiles import find_profile
from tests.bot.jobs.digests.test_slots import DAY, HOUR, MINUTE, TO_SLOT, Reader, Story, made, rows
from tests.manual_clock import ManualClock


async def test_a_restart_just_before_and_after_the_slot_changes_nothing(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1)
    await story("Nhà văn hóa thôn mở lớp múa")
    await clock.advance(TO_SLOT - 1)
    await reschedule_profiles(services)
    assert await run_due_slots(services, admin_chat) == 0
    await clock.advance(2)
    await reschedule_profiles(services)
    assert await run_due_slots(services, admin_chat) == 1
    await reschedule_profiles(services)
    assert await run_due_slots(services, admin_chat) == 0


async def test_one_late_issue_inside_the_window(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1)
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT + 2 * HOUR)
    assert await run_due_slots(services, admin_chat) == 1
    assert await made(services) == [("made", None)]


async def test_a_slot_past_the_window_is_skipped_and_its_stories_wait_for_the_next(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1)
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT + 2 * HOUR + 1)
    assert await run_due_slots(services, admin_chat) == 0
    await clock.advance(DAY - 2 * HOUR - 1)
    assert await run_due_slots(services, admin_chat) == 1
    assert await made(services) == [("skipped", TOO_LATE), ("made", None)]


async def test_after_days_away_one_issue_is_made_and_the_rest_is_recorded(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1)
    await clock.advance(TO_SLOT + 3 * DAY - HOUR)
    await story("Tàu cá về bến đầy khoang")
    await clock.advance(HOUR + MINUTE)
    assert await run_due_slots(services, admin_chat) == 1
    assert await made(services) == [("skipped", OVERTAKEN)] * 3 + [("made", None)]


async def test_the_admins_are_told_once_after_two_empty_slots_however_many_profiles_there_are(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1)
    await reader(2, times=("06:45", "18:00"))
    counts = []
    for day in range(5):
        await clock.advance(TO_SLOT if day == 0 else DAY)
        await run_due_slots(services, admin_chat)
        counts.append(len(admin_chat))
    assert counts == [0, 1, 1, 1, 1]
    assert "Bản tin sang" in admin_chat[0]
    assert await rows(services) == []
    await story("Xóm núi có điện")
    for _ in range(3):
        await clock.advance(DAY)
        await run_due_slots(services, admin_chat)
        counts.append(len(admin_chat))
    assert counts[-3:] == [1, 1, 2], "empty issues after a story are told anew"


async def test_a_reader_of_one_rare_topic_does_not_alarm_the_admins(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1, topics=("the-thao",))
    for day in range(3):
        await clock.advance(TO_SLOT - HOUR if day == 0 else DAY - HOUR)
        await story(f"Giá lúa ngày thứ {day}", topic="kinh-te")
        await clock.advance(HOUR)
        await run_due_slots(services, admin_chat)
    assert await made(services) == [("empty", None)] * 3
    assert admin_chat == []


async def test_what_was_sent_by_hand_is_not_told_again_at_the_slot(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1)
    await reader(2, topics=("kinh-te",))
    await story("Giá cà phê", topic="kinh-te")
    assert await send_edition_now(services, "sang") == 2
    assert await send_edition_now(services, "sang") == 0, "there is nothing new"
    await clock.advance(TO_SLOT)
    assert await run_due_slots(services, admin_chat) == 0
    assert await made(services) == [("made", None)] * 2 + [("empty", None)] * 2


async def test_an_issue_sent_by_hand_overtakes_a_late_slot(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    profile = await reader(1)
    await story("Tin buổi sớm")
    await clock.advance(TO_SLOT + HOUR)
    sent_at = clock.now()
    assert await send_edition_now(services, "sang") == 1
    await clock.advance(MINUTE)
    assert await run_due_slots(services, admin_chat) == 0
    assert ("skipped", OVERTAKEN) in await made(services)
    async with services.database.read() as connection:
        left = await find_profile(connection, profile)
    assert left is not None
    assert left.last_slot_at == sent_at
