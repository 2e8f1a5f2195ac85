"""The stories that a reader was shown count, not those of the profile's issues; on both engines."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.jobs.digests import publishing
from bot.jobs.digests.slots import run_due_slots
from bot.jobs.upkeep_jobs import prune
from bot.news.services import Services
from storage.delivery.states import DeliveryStatus
from storage.profiles import Choices, join_profile
from storage.shown_stories import record_shown
from storage.subscribers import delete_subscriber, set_profile, set_status
from storage.tables import deliveries, issue_stories, issues, messages, profiles, shown_stories, subscribers
from summarizer.reader_tastes import Taste
from tests.bot.jobs.digests.test_slots import DAY, HOUR, MINUTE, TO_SLOT, KilledError, killed_at_write
from tests.manual_clock import ManualClock

Reader = Callable[..., Awaitable[int]]
Story = Callable[..., Awaitable[int]]

BRIDGE = ("Cầu mới thông xe ở Bến Lở", "Cầu mới qua sông Lở thông xe sáng nay sau hai năm xây dựng.")
HALT = (
    "Tỉnh quyết định đình chỉ nhà thầu, cầu Bến Lở cấm xe tải",
    "Chủ tịch tỉnh quyết định đình chỉ nhà thầu và cấm xe tải qua cầu Bến Lở vì trụ bị nứt.",
)
SCHOOL = ("Trường làng có thư viện", "Học trò ấp Rạch Gốc góp truyện tranh, thầy giáo đóng kệ gỗ suốt hè.")
SHOP = ("Chợ quê mở lại sau bão", "Tiểu thương Hòn Sim dựng sạp, bán gạo và cá khô từ tờ mờ.")


async def got(services: Services) -> dict[int, list[list[int]]]:
    """Return by chat the stories of each digest that it was sent, oldest first."""
    d, m, i, t, s = (table.c for table in (deliveries, messages, issues, issue_stories, subscribers))
    query = (
        select(s.chat_id, i.id, t.story_id)
        .select_from(deliveries)
        .join(messages, m.id == d.message_id)
        .join(issues, i.id == m.issue_id)
        .join(issue_stories, t.issue_id == i.id)
        .join(subscribers, s.id == d.subscriber_id)
        .where(t.part == m.part, d.status != DeliveryStatus.GONE)
        .order_by(s.chat_id, i.slot_at, i.id, t.position)
    )
    found: dict[int, dict[int, list[int]]] = {}
    async with services.database.read() as connection:
        for chat, issue, story in (await connection.execute(query)).all():
            found.setdefault(chat, {}).setdefault(issue, []).append(story)
    return {chat: list(digests.values()) for chat, digests in found.items()}


async def put(story: Story, told: tuple[str, str], **given: Any) -> int:
    return await story(told[0], sapo=told[1], **given)


async def show(services: Services, chat: int, *stories: int) -> None:
    async with services.database.write() as connection:
        await record_shown(connection, chat, stories, shown_at=services.clock.now())


async def test_what_a_chat_saw_on_demand_is_not_in_its_next_digest(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    for chat in (1, 2, 3):
        await reader(chat)
    bridge, school = await put(story, BRIDGE), await put(story, SCHOOL)
    await show(services, 1, bridge)
    await show(services, 2, bridge, school)
    await clock.advance(TO_SLOT)
    assert await run_due_slots(services, admin_chat) == 2
    found = await got(services)
    assert (found[1], sorted(found[3][0])) == ([[school]], sorted([bridge, school]))
    assert 2 not in found, "nothing is new to that one"


async def test_readers_who_know_the_same_share_an_issue(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    for chat in (1, 2, 3, 4):
        await reader(chat)
    bridge, school = await put(story, BRIDGE), await put(story, SCHOOL)
    for chat in (1, 2):
        await show(services, chat, bridge)
    await clock.advance(TO_SLOT)
    assert await run_due_slots(services, admin_chat) == 4
    async with services.database.read() as connection:
        made = (await connection.execute(select(issues.c.profile_id))).scalars().all()
        variants = (await connection.execute(select(profiles.c.next_due_at, profiles.c.variant_of))).all()
    assert len(made) == len(set(made)) == 2
    assert [row for row in variants if row.variant_of] == [(None, 1)]
    await clock.advance(HOUR)
    shop = await put(story, SHOP)
    await clock.advance(DAY - HOUR)
    await run_due_slots(services, admin_chat)
    found = await got(services)
    assert [found[chat][1] for chat in (1, 2, 3, 4)] == [[shop]] * 4
    assert school in found[1][0]
    assert bridge not in found[1][0]


async def test_a_change_of_choices_does_not_bring_back_what_was_told(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    """At 6:45 a digest, at 7:00 another time of day: at 7:30 only what is new."""
    await reader(1)
    await reader(2, times=("07:30",))
    old = await put(story, BRIDGE)
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    await clock.advance(15 * MINUTE)
    now = clock.now()
    async with services.database.write() as connection:
        later = Choices("sang", times=("07:30",))
        profile = await join_profile(connection, later, next_due_at=now + dt.timedelta(minutes=30), now=now)
        await set_profile(connection, 1, profile, now=now)
    new = await put(story, SCHOOL)
    await clock.advance(30 * MINUTE)
    await run_due_slots(services, admin_chat)
    found = await got(services)
    assert found[1] == [[old], [new]]
    assert [sorted(each) for each in found[2]] == [sorted([old, new])]


async def test_what_was_told_while_a_reader_paused_is_new_to_him(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1)
    await reader(2)
    bridge = await put(story, BRIDGE)
    async with services.database.write() as connection:
        await set_status(connection, 1, "paused", now=clock.now())
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    await clock.advance(HOUR)
    async with services.database.write() as connection:
        await set_status(connection, 1, "active", now=clock.now())
    await put(story, HALT, of=bridge, source="bao-dat")
    await clock.advance(DAY - HOUR)
    await run_due_slots(services, admin_chat)
    async with services.database.read() as connection:
        query = select(subscribers.c.chat_id, messages.c.html).select_from(deliveries)
        query = query.join(messages, messages.c.id == deliveries.c.message_id)
        query = query.join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        rows = (await connection.execute(query.order_by(deliveries.c.id))).all()
    last = {row.chat_id: row.html for row in rows}
    assert "Mới:" in last[2], "that one knows how it began"
    assert "Mới:" not in last[1]


async def test_a_retold_story_is_not_told_a_third_time(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1)
    bridge = await put(story, BRIDGE)
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    await clock.advance(HOUR)
    await put(story, HALT, of=bridge, source="bao-dat")
    await clock.advance(DAY - HOUR)
    await run_due_slots(services, admin_chat)
    await clock.advance(HOUR)
    late = (f"{HALT[0]} nặng", HALT[1])
    await put(story, late, of=bridge, source="bao-nui")  # the same from a third paper
    await clock.advance(DAY - HOUR)
    await run_due_slots(services, admin_chat)
    assert await got(services) == {1: [[bridge], [bridge]]}


async def test_a_kill_while_variants_are_written_loses_and_doubles_nothing(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    for chat in (1, 2, 3):
        await reader(chat)
    bridge, school = await put(story, BRIDGE), await put(story, SCHOOL)
    await show(services, 1, bridge)
    await show(services, 2, school)
    await clock.advance(TO_SLOT)
    for number in range(100):
        try:
            with killed_at_write(services.database, number):
                await run_due_slots(services, admin_chat)
            break
        except KilledError:
            assert await got(services) == {}
    assert {chat: sorted(digests[0]) for chat, digests in (await got(services)).items()} == {
        1: [school], 2: [bridge], 3: sorted([bridge, school]),
    }  # fmt: skip


async def test_what_was_shown_goes_with_the_reader_and_in_time(
    services: Services, clock: ManualClock, reader: Reader, story: Story
) -> None:
    await reader(1)
    await reader(2)
    bridge = await put(story, BRIDGE)
    for chat in (1, 2, 3):  # the third is no subscriber
        await show(services, chat, bridge)
        await show(services, chat, bridge)
    async with services.database.write() as connection:
        await delete_subscriber(connection, 1)
        left = (await connection.execute(select(shown_stories.c.story_id))).scalars().all()
    assert left == [bridge]
    await clock.advance(31 * DAY)
    await prune(services)
    async with services.database.read() as connection:
        assert (await connection.execute(select(shown_stories.c.story_id))).scalars().all() == []


async def test_a_kill_in_a_slot_of_many_batches_loses_and_doubles_nothing(
    services: Services,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    admin_chat: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publishing, "_TOGETHER", 2)
    bridge, school = await put(story, BRIDGE), await put(story, SCHOOL)
    wishes: list[dict[str, Any]] = [
        {}, {"words_out": ("cầu",)}, {"length": "gon"}, {"words_in": ("thư viện",)},
        {"words_out": ("thư viện",)}, {"tastes": (Taste("word", "thư viện", 2),)},
    ]  # fmt: skip
    for chat, own in enumerate(wishes):
        await reader(2 * chat + 1, **own)
        await reader(2 * chat + 2, **own)
    await clock.advance(TO_SLOT)
    kills = 0
    for number in range(0, 1_000, 5):  # of each run another write; what was written before it stays
        try:
            with killed_at_write(services.database, number):
                await run_due_slots(services, admin_chat)
            break
        except KilledError:
            kills += 1
    assert kills >= 2
    found = await got(services)
    assert {chat: len(digests) for chat, digests in found.items()} == dict.fromkeys(range(1, 13), 1)
    assert [sorted(found[chat][0]) for chat in (1, 3, 9)] == [sorted([bridge, school]), [school], [bridge]]
    assert found[7][0][0] == found[11][0][0] == school, "what is wanted opens the digest"
    await clock.advance(MINUTE)
    assert await run_due_slots(services, admin_chat) == 0


async def test_what_was_told_days_ago_comes_back_only_with_news(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1)
    await reader(2)
    await reader(3, sources_out=("bao-la",))
    bridge = await put(story, BRIDGE)
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    await clock.advance(4 * DAY - HOUR)
    await put(story, (f"{BRIDGE[0]} từ hôm qua", BRIDGE[1]), of=bridge)
    school = await put(story, SCHOOL)
    await clock.advance(HOUR)
    await run_due_slots(services, admin_chat)
    await clock.advance(DAY - HOUR)
    await put(story, HALT, of=bridge, source="bao-la")
    await clock.advance(HOUR)
    await show(services, 2, bridge)
    await run_due_slots(services, admin_chat)
    found = await got(services)
    assert found[1] == [[bridge], [school], [bridge]], "a late paper says nothing new, a decision does"
    assert found[2] == [[bridge], [school]], "that one saw it on demand"
    assert found[3] == [[bridge], [school]], "whose paper is left out, that one's news is too"
