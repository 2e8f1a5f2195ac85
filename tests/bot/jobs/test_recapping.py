"""Recaps, on both engines: stories missed in a pause and stories of the week, each once and on time."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.jobs.digests.slots import run_due_slots
from bot.jobs.recapping import resume_rested, send_recaps
from bot.jobs.upkeep_jobs import end_impossible_waits
from bot.news.services import Services
from bot.times.schedule import next_weekly
from storage.subscribers import set_columns, set_quiet, set_status
from storage.tables import deliveries, subscribers
from tests.manual_clock import ManualClock

Reader = Callable[..., Awaitable[int]]
Story = Callable[..., Awaitable[int]]
AN, BINH = 1, 2
HOUR = 3_600.0
DAY = 24 * HOUR
BRIDGE = ("Cầu mới thông xe ở Bến Lở", "Cầu mới qua sông Lở thông xe sáng nay sau hai năm xây dựng.")
SCHOOL = ("Trường làng có thư viện", "Học trò ấp Rạch Gốc góp truyện tranh, thầy giáo đóng kệ gỗ suốt hè.")
SHOP = ("Chợ quê mở lại sau bão", "Tiểu thương Hòn Sim dựng sạp, bán gạo và cá khô từ tờ mờ.")
FIRE = ("Cháy xưởng gỗ ở Gò Mây", "Lửa thiêu rụi xưởng gỗ hai tầng ở Gò Mây, công nhân chạy thoát cả.")


class Room:
    """Services with a sender, and An, who reads."""

    def __init__(
        self, services: Services, clock: ManualClock, telegram: ExtBot[None], users: Control, story: Story
    ) -> None:
        self.services = services
        self.clock = clock
        self.users = users
        self.sender = Sender(services, telegram)
        self._story = story

    async def put(self, told: tuple[str, str], **given: Any) -> int:
        """Store a story as a paper tells it."""
        return await self._story(told[0], sapo=told[1], **given)

    async def pause(self, *, until: dt.datetime | None = None, chat: int = AN) -> None:
        """Let a chat pause."""
        async with self.services.database.write() as connection:
            await set_status(connection, chat, "paused", now=self.clock.now(), paused_until=until)

    async def come_back(self, chat: int = AN) -> None:
        """Let a chat end its pause by hand."""
        async with self.services.database.write() as connection:
            await set_status(connection, chat, "active", now=self.clock.now())

    async def tick(self) -> int:
        """Do what the bot does at a tick; return how many recaps were queued."""
        await resume_rested(self.services)
        queued = await send_recaps(self.services)
        await self.sender.send_batch()
        return queued

    async def seen(self, chat: int = AN) -> list[str]:
        """Return what a chat got."""
        messages = await self.users.wait(chat, count=1, timeout=0)
        return [message["text"] for message in messages]


@pytest.fixture
async def room(
    services: Services,
    clock: ManualClock,
    telegram: ExtBot[None],
    users: Control,
    reader: Reader,
    story: Story,
) -> Room:
    """A room in which An reads."""
    await users.user("An", id=AN, started=True)
    await users.user("Bình", id=BINH, started=True)
    await reader(AN)
    return Room(services, clock, telegram, users, story)


async def test_what_was_missed_comes_once_the_most_reported_first(room: Room, admin_chat: Any) -> None:
    before = await room.put(BRIDGE)
    await room.clock.advance(2 * HOUR)
    await run_due_slots(room.services, admin_chat)
    await room.sender.send_batch()
    assert "Cầu mới thông xe" in (await room.seen())[0]
    await room.pause(until=room.clock.now() + dt.timedelta(days=5))
    await room.clock.advance(DAY)
    await room.put(SHOP)
    fire = await room.put(FIRE)
    await room.put(("Gò Mây: xưởng gỗ cháy rụi", FIRE[1]), of=fire, source="bao-hai")
    await room.clock.advance(4 * DAY + HOUR)
    assert await room.tick() == 1
    [_, recap] = await room.seen()
    assert recap.startswith("Bạn nghỉ 5 ngày: 2 chuyện lớn\n")
    assert recap.index("Gò Mây") < recap.index("Chợ quê")
    assert "Bến Lở" not in recap, f"{before} was told before the pause"
    assert await room.tick() == 0
    await run_due_slots(room.services, admin_chat)
    await room.clock.advance(DAY)
    await run_due_slots(room.services, admin_chat)
    await room.sender.send_batch()
    assert len(await room.seen()) == 2, "the digest does not tell it again"


async def test_a_short_pause_or_an_empty_one_brings_nothing(room: Room) -> None:
    await room.pause()
    await room.clock.advance(5 * HOUR)
    await room.put(SHOP)
    await room.come_back()
    assert await room.tick() == 0
    await room.clock.advance(DAY)
    await room.pause()
    await room.clock.advance(3 * DAY)
    await room.come_back()
    assert await room.tick() == 0
    async with room.services.database.read() as connection:
        waiting = select(func.count()).where(subscribers.c.away_since.is_not(None))
        assert (await connection.execute(waiting)).scalar_one() == 0


async def test_quiet_hours_hold_a_recap_and_another_pause_calls_it_off(room: Room) -> None:
    local = (room.clock.now() + dt.timedelta(hours=7)).hour * 60
    async with room.services.database.write() as connection:
        await set_quiet(connection, AN, local, (local + 120) % 1440, now=room.clock.now())
    await room.pause()
    await room.put(SHOP)
    await room.clock.advance(2 * DAY)
    await room.come_back()
    assert await room.tick() == 1
    assert await room.seen() == []
    await room.clock.advance(3 * HOUR)
    await room.tick()
    assert len(await room.seen()) == 1


async def test_who_pauses_again_before_the_recap_gets_one_for_all_of_it(room: Room) -> None:
    await room.pause()
    await room.put(SHOP)
    await room.clock.advance(2 * DAY)
    await room.come_back()
    await room.pause()
    await room.clock.advance(2 * DAY)
    assert await room.tick() == 0, "nothing comes in a pause"
    await room.come_back()
    assert await room.tick() == 1
    assert (await room.seen())[0].startswith("Bạn nghỉ 4 ngày: 1 chuyện lớn")


async def test_a_year_away_looks_back_a_month(room: Room) -> None:
    await room.pause()
    await room.put(BRIDGE)
    await room.clock.advance(300 * DAY)
    await room.put(SHOP)
    await room.clock.advance(DAY)
    await room.come_back()
    await room.tick()
    [recap] = await room.seen()
    assert recap.startswith("Bạn nghỉ hơn 31 ngày: 1 chuyện lớn 31 ngày qua")


async def test_the_reader_s_own_choices_hold(room: Room, reader: Reader) -> None:
    await reader(BINH, words_out=("chợ quê",), topics=("kinh-te",))
    for chat in (AN, BINH):
        await room.pause(chat=chat)
    await room.put(SHOP, topic="kinh-te")
    await room.put(FIRE, topic="thoi-su")
    await room.put(SCHOOL, topic="kinh-te")
    await room.clock.advance(3 * DAY)
    for chat in (AN, BINH):
        await room.come_back(chat)
    assert await room.tick() == 2
    assert "3 chuyện lớn" in (await room.seen())[0]
    [own] = await room.seen(BINH)
    assert "1 chuyện lớn" in own
    assert "Trường làng" in own


async def test_sunday_evening_tells_the_week_to_those_who_want_it(room: Room, reader: Reader) -> None:
    await reader(BINH)
    due = next_weekly(room.clock.now(), "Asia/Ho_Chi_Minh")
    assert due == dt.datetime(2026, 3, 8, 12, 0, tzinfo=dt.UTC)
    async with room.services.database.write() as connection:
        await set_columns(connection, AN, {"weekly_at": due}, now=room.clock.now())
    await room.put(SHOP)
    await room.clock.advance(3 * DAY)
    await room.put(FIRE)
    assert await room.tick() == 0
    await room.clock.advance((due - room.clock.now()).total_seconds() + 60)
    assert await room.tick() == 1
    [recap] = await room.seen()
    assert recap.startswith("Tuần qua: 2 chuyện lớn\n")
    assert await room.seen(BINH) == []
    assert await room.tick() == 0
    async with room.services.database.read() as connection:
        weekly = (await connection.execute(select(subscribers.c.weekly_at))).scalars().all()
    assert due + dt.timedelta(days=7) in weekly


async def test_a_week_s_recap_that_is_late_by_days_is_left_out(room: Room) -> None:
    due = next_weekly(room.clock.now(), "Asia/Ho_Chi_Minh")
    async with room.services.database.write() as connection:
        await set_columns(connection, AN, {"weekly_at": due}, now=room.clock.now())
    await room.put(SHOP)
    await room.clock.advance(9 * DAY)
    assert await room.tick() == 0
    async with room.services.database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(deliveries))).scalar_one() == 0


async def test_a_recap_dated_by_a_clock_that_was_years_ahead_comes_on_the_next_sunday(room: Room) -> None:
    now = room.clock.now()
    ahead = now + dt.timedelta(days=800)
    async with room.services.database.write() as connection:
        await set_columns(connection, AN, {"weekly_at": next_weekly(ahead, "Asia/Ho_Chi_Minh")}, now=now)
    await end_impossible_waits(room.services)
    await room.put(SHOP)
    assert await room.tick() == 0, "nothing comes at once"
    due = next_weekly(now, "Asia/Ho_Chi_Minh")
    await room.clock.advance((due - now).total_seconds() + 60)
    assert await room.tick() == 1
