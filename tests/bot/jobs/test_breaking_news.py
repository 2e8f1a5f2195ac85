"""Breaking news, on both engines: the rule, the readers who get it, and how often."""

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select, update
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs import breaking_news
from bot.jobs.breaking_news import send_breaking
from bot.jobs.delivery.sender import Sender
from bot.jobs.digests.slots import run_due_slots
from bot.news.newsroom import Breaking, Newsroom
from bot.news.services import Services
from storage.shown_stories import record_shown
from storage.subscribers import set_columns, set_quiet
from storage.tables import articles, breaking_stories, deliveries
from tests.manual_clock import ManualClock

Reader = Callable[..., Awaitable[int]]
Story = Callable[..., Awaitable[int]]
AN, BINH, CHI, DUNG = 1, 2, 3, 4
MINUTE, HOUR = 60.0, 3_600.0
QUAKE = "Động đất 5,1 độ làm rung nhà cửa ở Kon Plông, chưa có thiệt hại về người."
DEAD = "Động đất ở Kon Plông làm 3 người chết, 40 căn nhà sập trong đêm."
RULE = Breaking(papers=2, span=dt.timedelta(minutes=60))


class Room:
    """Services with a sender, the papers, and readers who want breaking news."""

    def __init__(
        self, services: Services, clock: ManualClock, telegram: ExtBot[None], users: Control, story: Story
    ) -> None:
        self.services = services
        self.clock = clock
        self.users = users
        self.sender = Sender(services, telegram)
        self._story = story

    async def publish(self, title: str, sapo: str = QUAKE, *, papers: int = 2, **given: Any) -> int:
        """Store a story as so many papers tell it."""
        of = given.pop("of", None)
        for number in range(papers):
            told = f"{title}{' nữa' * number}"
            of = await self._story(told, sapo=sapo, of=of, source=f"bao-{number}", **given)
        return of

    async def set_rule(self, rule: Breaking | None) -> None:
        """Declare another rule."""
        self.services.newsroom = replace(self.services.newsroom, breaking=rule)

    async def want(self, *chats: int, level: int = 1) -> None:
        """Let chats want breaking news."""
        async with self.services.database.write() as connection:
            for chat in chats:
                await set_columns(connection, chat, {"breaking": level}, now=self.clock.now())

    async def tick(self, minutes: float = 1) -> int:
        """Let time pass, then send what breaks; return how many messages were queued."""
        await self.clock.advance(minutes * MINUTE)
        queued = await send_breaking(self.services)
        await self.sender.send_batch()
        return queued

    async def seen(self, chat: int = AN) -> list[dict[str, Any]]:
        """Return what a chat got."""
        messages: list[dict[str, Any]] = await self.users.wait(chat, count=1, timeout=0)
        return messages


@pytest.fixture
async def room(
    services: Services,
    clock: ManualClock,
    telegram: ExtBot[None],
    users: Control,
    reader: Reader,
    story: Story,
    make_newsroom: Callable[..., Newsroom],
) -> Room:
    """A room with the rule of two papers in an hour, in which An and Bình read and An wants breaking news."""
    services.newsroom = make_newsroom(breaking=RULE)
    for chat, name in ((AN, "An"), (BINH, "Bình")):
        await users.user(name, id=chat, started=True)
        await reader(chat)
    room = Room(services, clock, telegram, users, story)
    await room.tick()
    await room.want(AN)
    return room


async def test_a_story_that_two_papers_tell_is_sent_at_once_to_who_wants_it(
    room: Room, admin_chat: Any
) -> None:
    await room.publish("Động đất ở Kon Plông", papers=1)
    assert await room.tick() == 0
    story = await room.publish(
        "Lũ quét ở Mù Cang Chải", "Lũ quét cuốn trôi 7 căn nhà ở Mù Cang Chải rạng sáng nay."
    )
    assert await room.tick() == 1
    [alert] = await room.seen()
    assert alert["text"].startswith("⚡ Tin nóng\n\nLũ quét ở Mù Cang Chải")
    assert "cuốn trôi 7 căn nhà" in alert["text"]
    assert alert["text"].endswith("2 báo đăng trong 60 phút.")
    assert [button["text"] for button in alert["buttons"][0]] == ["Đọc kỹ", "Tắt tin nóng"]
    assert await room.seen(BINH) == []
    assert await room.tick() == 0
    await room.clock.advance(2 * HOUR)
    await run_due_slots(room.services, admin_chat)
    await room.sender.send_batch()
    [_, digest] = await room.seen()
    assert "Lũ quét" not in digest["text"], f"story {story} is known"
    assert "Lũ quét" in (await room.seen(BINH))[0]["text"]


async def test_papers_count_within_the_span_only_and_by_their_names(room: Room) -> None:
    story = await room.publish("Động đất ở Kon Plông", papers=1)
    await room.clock.advance(2 * HOUR)
    await room.publish("Động đất, thêm tin", papers=1, of=story)
    assert await room.tick() == 0
    await room.publish("Động đất, tin thứ ba", papers=2, of=story)
    assert await room.tick() == 1


async def test_an_advertisement_never_breaks(room: Room) -> None:
    await room.publish("Bia Sông Lam đồng hành cùng concert ‘Biển gọi’", papers=3)
    assert await room.tick() == 0


async def test_topics_and_words_of_the_rule_hold(room: Room) -> None:
    await room.set_rule(replace(RULE, topics=("thoi-su",), words=("động đất", "sóng thần")))
    await room.publish("Động đất ở Kon Plông", topic="the-thao")
    await room.publish("Lũ quét ở Mù Cang Chải", "Lũ quét cuốn trôi 7 căn nhà.", topic="thoi-su")
    assert await room.tick() == 0
    await room.publish("Rung chấn ở Kon Plông", topic="thoi-su")
    assert await room.tick() == 1
    await room.set_rule(None)
    await room.publish("Sóng thần ở Nhật", "Sóng thần cao 3 mét đánh vào bờ.", topic="thoi-su")
    assert await room.tick(180) == 0


async def test_at_most_three_a_day_two_hours_apart(room: Room) -> None:
    got = []
    for number in range(28):
        words = f"Vụ nổ thứ {number} ở kho Bến {number}"
        await room.publish(words, f"{words} làm sập {number + 3} căn nhà lúc tờ mờ.")
        got.append(await room.tick(59))
    moments = [at * 59 for at, sent in enumerate(got) if sent]
    assert all(later - earlier >= 120 for earlier, later in pairwise(moments))
    assert max(sum(0 <= at - first < 24 * 60 for at in moments) for first in moments) == 3
    assert len(moments) > 3, "the next day has its own"


async def test_nothing_in_quiet_hours_unless_allowed_and_nothing_is_kept_for_later(room: Room) -> None:
    local = (room.clock.now() + dt.timedelta(hours=7)).hour * 60
    async with room.services.database.write() as connection:
        for chat in (AN, BINH):
            await set_quiet(connection, chat, local, (local + 1439) % 1440, now=room.clock.now())
    await room.want(BINH, level=2)
    await room.publish("Động đất ở Kon Plông")
    assert await room.tick() == 1
    assert (len(await room.seen(AN)), len(await room.seen(BINH))) == (0, 1)
    assert await room.tick(24 * 60) == 0


async def test_a_reader_s_words_topics_and_knowledge_hold(room: Room, reader: Reader, users: Control) -> None:
    for chat, choices in ((CHI, {"words_out": ("động đất",)}), (DUNG, {"topics": ("the-thao",)})):
        await users.user("Chi", id=chat, started=True)
        await reader(chat, **choices)
        await room.want(chat)
    story = await room.publish("Động đất ở Kon Plông", papers=1, topic="thoi-su")
    async with room.services.database.write() as connection:
        await record_shown(connection, AN, [story], shown_at=room.clock.now())
    await room.clock.advance(MINUTE)
    await room.publish("Động đất, nhà rung", topic="thoi-su", papers=1, of=story)
    await room.publish("Động đất, nhà rung mạnh", topic="thoi-su", papers=2, of=story)
    await room.tick()
    assert [len(await room.seen(chat)) for chat in (AN, CHI, DUNG)] == [0, 0, 0]


async def test_who_knows_the_story_is_told_what_is_new(room: Room) -> None:
    story = await room.publish("Động đất ở Kon Plông", papers=1)
    async with room.services.database.write() as connection:
        await record_shown(connection, AN, [story], shown_at=room.clock.now())
    await room.clock.advance(MINUTE)
    await room.publish("Động đất làm 3 người chết", DEAD, papers=2, of=story)
    assert await room.tick() == 1
    assert "Mới: Động đất ở Kon Plông làm 3 người chết" in (await room.seen())[0]["text"]


async def test_a_story_breaks_once_whatever_becomes_of_it(room: Room) -> None:
    story = await room.publish("Động đất ở Kon Plông")
    assert await room.tick() == 1
    await room.clock.advance(3 * HOUR)
    other = await room.publish("Chuyện khác", "Bà con kể chuyện khác hẳn.", papers=1)
    async with room.services.database.write() as connection:
        await connection.execute(update(articles).where(articles.c.story_id == story).values(story_id=other))
    await room.publish("Động đất làm 3 người chết", DEAD, papers=3, of=other)
    assert await room.tick() == 0
    async with room.services.database.read() as connection:
        assert (
            await connection.execute(select(func.count()).select_from(breaking_stories))
        ).scalar_one() == 1


async def test_a_kill_between_readers_tells_nobody_twice_and_passes_nobody_over(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.want(BINH)
    monkeypatch.setattr(breaking_news, "_READERS", 1)
    await room.publish("Động đất ở Kon Plông")
    real, calls = breaking_news.publish_breaking, []

    async def dies_at_the_second(*given: Any, **named: Any) -> int:
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return await real(*given, **named)

    monkeypatch.setattr(breaking_news, "publish_breaking", dies_at_the_second)
    await room.tick()
    await room.tick()
    assert [len(await room.seen(chat)) for chat in (AN, BINH)] == [1, 1]


async def test_a_clock_that_goes_back_and_forth_sends_no_more_than_three(room: Room) -> None:
    sent = 0
    for number in range(12):
        words = f"Vụ cháy thứ {number} ở kho Rạch {number}"
        await room.publish(words, f"{words} thiêu rụi {number + 3} căn nhà lúc tờ mờ.")
        sent += await room.tick(90)
        room.clock._start -= dt.timedelta(minutes=80 if number % 3 else 100)
    assert sent <= 3
    async with room.services.database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(deliveries))).scalar_one() == sent


async def test_a_story_found_long_ago_is_left_to_the_digests(room: Room) -> None:
    await room.publish("Động đất ở Kon Plông")
    await breaking_news._find(room.services, RULE)
    assert await room.tick(90) == 0
