"""From a processed article to the alert in the chat, on both engines: once for each story, and when."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs.upkeep_jobs import prune
from bot.jobs.watch_alerts import WatchMatcher, send_alerts
from bot.news.services import Services
from storage.alerts.watches import find_watches, set_removed
from storage.reader_data import export_subscriber
from storage.subscribers import (
    delete_subscriber,
    move_chat,
    retire,
    set_status,
)
from storage.tables import issues, messages, watch_hits, watches
from tests.bot.jobs.watch_room import AN, BINH, Room
from tests.manual_clock import ManualClock

Reader = Callable[..., Awaitable[int]]
NIGHT = (22 * 60, 6 * 60 + 30)


@pytest.fixture
async def room(
    services: Services, clock: ManualClock, telegram: ExtBot[None], users: Control, reader: Reader
) -> Room:
    """A room in which An and Bình read, and the watching job has run once."""
    for chat in (AN, BINH):
        await users.user(f"Bạn {chat}", id=chat, started=True)
        await reader(chat)
    room = Room(services, clock, telegram, users)
    await room.tick()
    return room


async def test_a_story_that_matches_is_told_once_to_those_who_watch_it(room: Room) -> None:
    number = await room.watch(AN, "giá vàng")
    await room.watch(BINH, "thời tiết")
    story = await room.publish("Giá vàng lại tăng", sapo="Giá vàng sáng nay tăng <mạnh>. Chợ đông.")
    assert await room.tick() == 1
    [told] = await room.seen(AN)
    assert told["text"] == (
        "🔔 Theo dõi «giá vàng»\n\n"
        "Giá vàng lại tăng 1\nbao-bien · 05:00 hôm nay\nGiá vàng sáng nay tăng <mạnh>."
    )
    assert told["buttons"] == [
        [
            {"text": "Xem thêm", "data": f"theodoi:xem:{number}"},
            {"text": "Thôi theo dõi", "data": f"theodoi:thoi:tin:{number}"},
        ]
    ]
    assert not await room.seen(BINH)
    await room.publish("Giá vàng tăng tiếp", story=story)
    assert await room.tick(5) == 0


async def test_what_was_found_together_is_one_message_and_a_later_minute_another(room: Room) -> None:
    await room.watch(AN, "giá vàng")
    await room.watch(AN, "bão")
    await room.publish("Giá vàng lại tăng")
    await room.publish("Bão số 9 vào bờ")
    assert await room.tick() == 1
    await room.publish("Bão số 10 sắp hình thành")
    assert await room.tick(0.5) == 0
    await room.publish("Giá vàng giảm vì bão")
    assert await room.tick(1) == 1
    first, second = await room.seen(AN)
    assert first["text"].startswith("🔔 2 chuyện mới trong mục theo dõi")
    assert "«bão»\nBão số 9 vào bờ" in first["text"]
    assert "«bão»\nBão số 10" in second["text"]
    assert "«giá vàng, bão»\nGiá vàng giảm vì bão" in second["text"]
    assert [button["text"] for row in second["buttons"] for button in row][::2] == [
        "Xem thêm: giá vàng",
        "Xem thêm: bão",
    ]


async def test_many_stories_at_once_are_told_in_part_and_counted(room: Room) -> None:
    await room.watch(AN, "bão")
    for number in range(8):
        await room.publish(f"Bão vào xã số {number}", sapo="Bão " * 200)
    await room.tick()
    [told] = await room.seen(AN)
    assert told["text"].count("Bão vào xã số") == 5
    assert told["text"].endswith("… và 3 chuyện khác.")
    assert await room.tick(5) == 0


async def test_quiet_hours_hold_alerts_and_release_them_together(room: Room, reader: Reader) -> None:
    await reader(AN, quiet=NIGHT)  # it is 5:00 in Việt Nam
    await room.watch(AN, "bão")
    for number in (1, 2):
        await room.publish(f"Bão số {number}")
        assert await room.tick(5) == 0
    assert await room.tick(79) == 0
    assert await room.tick(1) == 1
    [told] = await room.seen(AN)
    assert told["text"].startswith("🔔 2 chuyện mới")


async def test_old_news_and_news_from_before_the_watch_alert_nobody(room: Room) -> None:
    await room.publish("Bão số 1")
    await room.clock.advance(1)
    await room.watch(AN, "bão")
    await room.publish("Bão số 2", hours_ago=49)
    assert await room.tick() == 0


async def test_an_advertisement_and_a_source_that_may_not_be_shown_alert_nobody(
    room: Room, source: Callable[..., Any], make_newsroom: Callable[..., Any]
) -> None:

    room.services.newsroom = make_newsroom(sources=(replace(source("bao-kin"), quote="none"),))
    await room.watch(AN, "bão")
    await room.publish("Bão giá, bão khuyến mãi", advertorial=True)
    await room.publish("Bão số 2", source="bao-kin")
    assert await room.tick() == 0


async def test_a_paused_chat_and_one_that_left_get_nothing_and_no_backlog_afterwards(room: Room) -> None:
    for chat, status in ((AN, "paused"), (BINH, "gone")):
        await room.watch(chat, "bão")
        async with room.services.database.write() as connection:
            await set_status(connection, chat, status, now=room.clock.now())
    await room.publish("Bão số 1")
    assert await room.tick() == 0
    for chat in (AN, BINH):
        async with room.services.database.write() as connection:
            await set_status(connection, chat, "active", now=room.clock.now())
    assert await room.tick(5) == 0
    await room.publish("Bão số 2")
    assert await room.tick() == 2


async def test_what_waits_for_a_chat_that_pauses_is_never_told(room: Room, reader: Reader) -> None:
    await reader(AN, quiet=NIGHT)
    await room.watch(AN, "bão")
    await room.publish("Bão số 1")
    await room.tick()
    async with room.services.database.write() as connection:
        await retire(connection, AN, "blocked", now=room.clock.now())
    assert await room.tick(120) == 0
    assert await _count(room, watch_hits) == 0


async def test_a_removed_watch_alerts_no_more_and_one_taken_back_does(room: Room) -> None:
    number = await room.watch(AN, "bão")
    await room.publish("Bão số 1")
    await room.tick()
    async with room.services.database.write() as connection:
        await set_removed(connection, number, is_removed=True, now=room.clock.now())
    await room.publish("Bão số 2")
    assert await room.tick(5) == 0
    async with room.services.database.write() as connection:
        await set_removed(connection, number, is_removed=False, now=room.clock.now())
    await room.publish("Bão số 3")
    assert await room.tick(5) == 1


async def test_a_restart_passes_over_nothing_and_tells_nothing_twice(room: Room) -> None:
    await room.watch(AN, "bão")
    await room.publish("Bão số 1")
    await room.tick()
    await room.publish("Bão số 2")
    room.watching = WatchMatcher(room.services)
    assert await room.tick(5) == 1
    room.watching = WatchMatcher(room.services)
    assert await room.tick(5) == 0
    assert len(await room.seen(AN)) == 2


async def test_two_ticks_at_once_tell_once(room: Room) -> None:
    await room.watch(AN, "bão")
    await room.publish("Bão số 1")
    await asyncio.gather(room.watching.run(), room.watching.run())
    assert sorted(await asyncio.gather(send_alerts(room.services), send_alerts(room.services))) == [0, 1]
    await room.sender.send_batch()
    assert len(await room.seen(AN)) == 1


async def test_a_deleted_chat_leaves_nothing_behind_and_others_are_told(room: Room) -> None:
    for chat in (AN, BINH):
        await room.watch(chat, "bão")
    await room.publish("Bão số 1")
    await room.tick()
    async with room.services.database.write() as connection:
        await delete_subscriber(connection, AN)
    assert await _count(room, messages) == 1
    assert await _count(room, watch_hits) == 1
    await room.publish("Bão số 2")
    assert await room.tick(5) == 1
    assert len(await room.seen(AN)) == 1


async def test_watches_move_with_a_group_even_where_the_new_number_has_some(room: Room) -> None:
    await room.watch(AN, "bão")
    await room.watch(AN, "giá vàng")
    await room.watch(BINH, "bão")
    async with room.services.database.write() as connection:
        await move_chat(connection, AN, BINH, now=room.clock.now())
        watched = [watch.text for watch in await find_watches(connection, BINH)]
        await move_chat(connection, BINH, -100, now=room.clock.now())
        assert [watch.text for watch in await find_watches(connection, -100)] == watched
    assert sorted(watched) == ["bão", "giá vàng"]


async def test_a_person_can_take_along_what_is_watched(room: Room) -> None:
    await room.watch(AN, "bão")
    async with room.services.database.read() as connection:
        export = await export_subscriber(connection, AN)
    assert export.watches == (("bão", room.clock.now(), None),)


async def test_an_alert_is_no_issue_and_takes_no_slot(room: Room) -> None:
    await room.watch(AN, "bão")
    await room.publish("Bão số 1")
    await room.tick()
    assert (await _count(room, issues), await _count(room, messages)) == (0, 1)


async def test_a_clock_set_back_does_not_stop_the_alerts(room: Room) -> None:
    await room.watch(AN, "bão")
    await room.publish("Bão số 1")
    await room.tick(60)
    room.services.clock = room.clock = ManualClock(room.clock.now() - dt.timedelta(minutes=30))
    await room.publish("Bão số 2")
    await room.tick()
    assert len(await room.seen(AN)) == 2


async def test_the_night_forgets_removed_watches_and_old_hits(room: Room) -> None:
    number = await room.watch(AN, "bão")
    await room.watch(AN, "giá vàng")
    await room.publish("Bão giá vàng")
    await room.tick()
    async with room.services.database.write() as connection:
        await set_removed(connection, number, is_removed=True, now=room.clock.now())
    await prune(room.services)
    assert (await _count(room, watches), await _count(room, watch_hits)) == (2, 2)
    await room.clock.advance(25 * 3_600)
    await prune(room.services)
    assert (await _count(room, watches), await _count(room, watch_hits)) == (1, 1)
    await room.clock.advance(30 * 24 * 3_600)
    await prune(room.services)
    assert (await _count(room, watches), await _count(room, watch_hits)) == (1, 0)


async def _count(room: Room, table: Any) -> int:
    async with room.services.database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def test_a_watch_kept_by_an_earlier_version_with_words_that_only_ask_alerts_too(room: Room) -> None:
    number = await room.watch(AN, "giá vàng bao nhiêu")
    async with room.services.database.write() as connection:
        earlier = update(watches).where(watches.c.id == number).values(key="bao giá nhiêu vàng")
        await connection.execute(earlier)
    await room.publish("Giá vàng tăng mạnh")
    assert await room.tick() == 1
