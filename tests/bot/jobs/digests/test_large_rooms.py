"""Slots of very many readers: queued in parts, each reader once, whatever happens between two parts."""

import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.buttons.reader_intents import SetLength
from bot.chat.settings.choices import change_choices
from bot.jobs.digests.publishing import queue_rest
from bot.jobs.digests.slots import run_due_slots, send_edition_now
from bot.news.services import Services
from bot.times.schedule import release_in
from storage.delivery import fanouts as fanouts_module
from storage.delivery.fanouts import queue_part
from storage.delivery.mailings import find_mailing, retract
from storage.profiles import Choices, join_profile
from storage.shown_stories import record_shown
from storage.subscribers import set_profile, set_status, subscribe
from storage.tables import deliveries, fanouts, issues, messages, prepared_readers, profiles, subscribers
from tests.manual_clock import ManualClock

Reader = Callable[..., Awaitable[int]]
TO_SLOT = 105 * 60  # from 5:00 to 6:45
NIGHT = (22 * 60, 7 * 60)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four deliveries fill a transaction."""
    monkeypatch.setattr(fanouts_module, "ROWS_AT_ONCE", 4)


@pytest.fixture
async def room(reader: Reader, story: Any, clock: ManualClock) -> None:
    """Eleven readers, the last of them quiet until 7:00, and a story for them; it is 6:45."""
    for chat in range(1, 12):
        await reader(chat, quiet=NIGHT if chat == 11 else (0, 0))
    await story("Chợ quê mở lại sau bão")
    await clock.advance(TO_SLOT)


async def chats(services: Services) -> Counter[int]:
    """Return how many deliveries each chat has."""
    query = select(subscribers.c.chat_id).join(deliveries, deliveries.c.subscriber_id == subscribers.c.id)
    async with services.database.read() as connection:
        return Counter((await connection.execute(query)).scalars())


async def left_over(services: Services) -> list[Any]:
    """Return what is noted of fan-outs."""
    async with services.database.read() as connection:
        return [
            *(await connection.execute(select(fanouts))).all(),
            *(await connection.execute(select(prepared_readers))).all(),
        ]


async def begin(services: Services, admin_chat: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the slot, and end as a kill does after the first part."""
    with monkeypatch.context() as patch:
        patch.setattr("bot.jobs.digests.slots.queue_rest", _queue_nothing)
        assert await run_due_slots(services, admin_chat) == 0
    async with services.database.write() as connection:
        assert await queue_part(connection, release_in)


async def _queue_nothing(_services: Services) -> int:
    return 0


async def test_each_reader_of_a_large_room_gets_the_issue_once_and_quiet_hours_hold(
    services: Services, room: None, admin_chat: Any
) -> None:
    assert await run_due_slots(services, admin_chat) == 11
    assert await chats(services) == Counter(range(1, 12))
    assert await left_over(services) == []
    d, now = deliveries.c, services.clock.now()
    query = select(subscribers.c.chat_id, d.not_before).join(subscribers, subscribers.c.id == d.subscriber_id)
    async with services.database.read() as connection:
        waits = {row.chat_id: row.not_before - now for row in await connection.execute(query)}
    assert waits.pop(11) == dt.timedelta(minutes=15)
    assert set(waits.values()) == {dt.timedelta()}


async def test_after_a_kill_between_two_parts_the_next_tick_queues_the_rest(
    services: Services, room: None, admin_chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(services, admin_chat, monkeypatch)
    assert await chats(services) == Counter(range(1, 5))
    assert await run_due_slots(services, admin_chat) == 7
    assert await chats(services) == Counter(range(1, 12))
    async with services.database.read() as connection:
        assert len((await connection.execute(select(issues.c.id))).all()) == 1


async def test_who_changes_choices_meanwhile_gets_the_issue_that_was_due_and_no_other(
    services: Services,
    room: None,
    reader: Reader,
    story: Any,
    admin_chat: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for chat in range(21, 27):
        await reader(chat, topics=("kinh-te",), due=services.clock.now())
    await story("Giá lúa tăng ở miền Tây", topic="kinh-te")
    await begin(services, admin_chat, monkeypatch)
    economy = (await profiles_by_topic(services))["kinh-te"]
    async with services.database.write() as connection:
        for chat in (2, 8):  # one was queued already, the other not
            await set_profile(connection, chat, economy, now=services.clock.now())
        await subscribe(connection, 99, kind="private", profile_id=economy, now=services.clock.now())
    assert await queue_rest(services) > 0
    assert await chats(services) == Counter([*range(1, 12), *range(21, 27)])
    assert await left_over(services) == []
    editions = await profile_of_deliveries(services)
    assert editions[2] == editions[8] == editions[1] != editions[21]


async def profiles_by_topic(services: Services) -> dict[str, int]:
    """Return the profiles that chose one topic."""
    async with services.database.read() as connection:
        rows = (await connection.execute(select(profiles.c.id, profiles.c.topics))).all()
    return {row.topics[0]: row.id for row in rows if row.topics}


async def profile_of_deliveries(services: Services) -> dict[int, int]:
    """Return by chat the profile whose issue it got last."""
    query = (
        select(subscribers.c.chat_id, issues.c.profile_id)
        .join(deliveries, deliveries.c.subscriber_id == subscribers.c.id)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .join(issues, issues.c.id == messages.c.issue_id)
        .order_by(deliveries.c.id)
    )
    async with services.database.read() as connection:
        return {row.chat_id: row.profile_id for row in await connection.execute(query)}


async def test_who_left_or_pauses_before_being_reached_gets_nothing(
    services: Services, room: None, admin_chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(services, admin_chat, monkeypatch)
    async with services.database.write() as connection:
        await set_status(connection, 9, "paused", now=services.clock.now())
    await queue_rest(services)
    assert await chats(services) == Counter(set(range(1, 12)) - {9})


async def test_a_retracted_issue_is_queued_for_nobody_more(
    services: Services, room: None, admin_chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(services, admin_chat, monkeypatch)
    async with services.database.write() as connection:
        [number] = (await connection.execute(select(issues.c.id))).scalars()
        batch = await find_mailing(connection, number)
        assert batch is not None
        await retract(connection, batch, "nhầm", now=services.clock.now())
    assert await queue_rest(services) == 0
    assert await chats(services) == Counter(range(1, 5))
    assert await left_over(services) == []


async def test_readers_who_know_other_stories_get_their_variant_in_a_large_room(
    services: Services, room: None, story: Any, clock: ManualClock, admin_chat: Any
) -> None:
    await run_due_slots(services, admin_chat)
    await clock.advance(60)
    bridge, road = await story("Cầu mới nối hai bờ sông"), await story("Đường mới qua cánh đồng")
    async with services.database.write() as connection:
        await record_shown(connection, 3, [bridge], shown_at=services.clock.now())
        await record_shown(connection, 4, [bridge, road], shown_at=services.clock.now())
    await clock.advance(60)
    await send_edition_now(services, "sang")
    assert await chats(services) == Counter([*range(1, 12), *(set(range(1, 12)) - {4})])
    by_profile = await profile_of_deliveries(services)
    assert by_profile[3] != by_profile[1] == by_profile[11]
    assert await left_over(services) == []


async def test_a_wish_typed_meanwhile_costs_nobody_the_issue(
    services: Services, room: None, admin_chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(services, admin_chat, monkeypatch)
    assert await change_choices(services, 10, SetLength("gon"))
    await run_due_slots(services, admin_chat)
    assert await chats(services) == Counter(range(1, 12))


async def test_a_choice_taken_back_meanwhile_costs_nobody_the_issue(
    services: Services, room: None, admin_chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(services, admin_chat, monkeypatch)
    now = services.clock.now()
    async with services.database.write() as connection:
        old = (
            await connection.execute(select(subscribers.c.profile_id).where(subscribers.c.chat_id == 10))
        ).scalar_one()
        other = await join_profile(connection, Choices("sang", length="gon"), next_due_at=now, now=now)
        await set_profile(connection, 10, other, now=now)
        await set_profile(connection, 10, old, now=now)
    await queue_rest(services)
    assert await chats(services) == Counter(range(1, 12))
