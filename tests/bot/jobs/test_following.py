"""Followed stories, on both engines: each news once, also when stories or chats change or disappear."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import update
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.jobs.following import alert_followers
from bot.jobs.upkeep_jobs import prune
from bot.news.services import Services
from storage.alerts.follows import find_follows, follow_story, set_followed
from storage.articles import store_articles
from storage.intake.drafts import Incoming
from storage.processing.processed import Findings, make_stories, save_work
from storage.subscribers import find_subscriber, set_quiet, set_status
from storage.tables import articles
from storage.times import Published
from tests.manual_clock import ManualClock
from tests.waiting import find_waiting

AN = 1
BEGAN = "Bão số 9 mạnh lên cấp 12, cách bờ biển Quảng Ngãi 300 km vào sáng nay, hướng thẳng vào đất liền."
DEAD = "Bão số 9 làm 7 người chết ở Quảng Ngãi, hơn 2.000 căn nhà tốc mái trong đêm qua."
MORE_DEAD = (
    "Số người chết vì bão số 9 ở Quảng Ngãi tăng lên 15 người, tỉnh lập đội tìm kiếm 6 người mất tích."
)


class Room:
    """Services with a sender, the papers, and An, who reads."""

    def __init__(
        self, services: Services, clock: ManualClock, telegram: ExtBot[None], users: Control
    ) -> None:
        self.services = services
        self.clock = clock
        self.users = users
        self.sender = Sender(services, telegram)
        self._published = 0

    async def publish(self, title: str, sapo: str, *, story: int | None = None) -> tuple[int, int]:
        """Store and process an article; return its number and its story's."""
        self._published += 1
        now = self.clock.now()
        key = f"bai-{self._published}"
        article = Incoming(
            key=key, external_id=key, url=f"https://baobien.example/{key}", source=f"bao-{self._published}",
            topic=None, title=title, sapo=sapo, body="Bà con kể lại.", published=Published(now),
            text_hash=key, advertorial=False, place="thu",
        )  # fmt: skip
        async with self.services.database.write() as connection:
            await store_articles(connection, [article], now=now)
            [waiting] = await find_waiting(connection, 2)
            story = story or (await make_stories(connection, 1, now=now))[0]
            await save_work(connection, [Findings(waiting, (), story)], now=now)
        return waiting.id, story

    async def follow(self, article: int) -> None:
        """Let An follow the article's story."""
        async with self.services.database.write() as connection:
            subscriber = await find_subscriber(connection, AN)
            assert subscriber is not None
            now = self.clock.now()
            assert await follow_story(
                connection, subscriber.id, article, "Bão số 9 mạnh lên", most=20, now=now
            )
        await self.clock.advance(60)

    async def tick(self, minutes: float = 20) -> int:
        """Let time pass, then tell what is new; return how many messages were queued."""
        await self.clock.advance(60 * minutes)
        queued = await alert_followers(self.services)
        await self.sender.send_batch()
        return queued

    async def seen(self) -> list[dict[str, Any]]:
        """Return what An got."""
        messages: list[dict[str, Any]] = await self.users.wait(AN, count=1, timeout=0)
        return messages


@pytest.fixture
async def room(
    services: Services,
    clock: ManualClock,
    telegram: ExtBot[None],
    users: Control,
    reader: Callable[..., Awaitable[int]],
) -> Room:
    """A room in which An reads, and the job has run once."""
    await users.user("An", id=AN, started=True)
    await reader(AN)
    room = Room(services, clock, telegram, users)
    await room.tick()
    return room


async def test_what_is_new_in_a_followed_story_is_told_once_with_the_paper(room: Room) -> None:
    article, story = await room.publish("Bão số 9 mạnh lên", BEGAN)
    await room.follow(article)
    assert await room.tick() == 0, "what was known when An began to follow is no news"
    other, _ = await room.publish("Bão số 9: bảy người chết", DEAD, story=story)
    assert await room.tick() == 1
    [alert] = await room.seen()
    assert alert["text"].startswith("🔔 Chuyện bạn theo dõi: Bão số 9 mạnh lên\n\nBão số 9: bảy người chết\n")
    assert "7 người chết" in alert["text"]
    assert "bao-2" in alert["text"]
    labels = {button["text"]: button["data"] for row in alert["buttons"] for button in row}
    assert labels["Đọc kỹ"] == f"tin:mo:{other}"
    assert "Thôi theo dõi" in labels
    assert await room.tick() == 0
    await room.publish("Bão số 9: mười lăm người chết", MORE_DEAD, story=story)
    assert await room.tick() == 1
    assert "15 người" in (await room.seen())[-1]["text"]


async def test_an_article_that_says_nothing_new_is_not_told(room: Room) -> None:
    article, story = await room.publish("Bão số 9 mạnh lên", BEGAN)
    await room.follow(article)
    await room.publish("Bão số 9 mạnh thêm", BEGAN, story=story)
    assert await room.tick() == 0
    assert await room.tick() == 0
    await room.publish("Chuyện khác hẳn", DEAD)
    assert await room.tick() == 0, "another story is not followed"


async def test_a_running_affair_is_told_in_steps(room: Room) -> None:
    article, story = await room.publish("Bão số 9 mạnh lên", BEGAN)
    await room.follow(article)
    await room.tick()
    await room.publish("Bão số 9: bảy người chết", DEAD, story=story)
    assert await room.tick(1) == 1
    await room.publish("Bão số 9: mười lăm người chết", MORE_DEAD, story=story)
    assert await room.tick(1) == 0
    assert await room.tick(20) == 1


async def test_quiet_hours_and_pauses_hold_news_back(room: Room) -> None:
    article, story = await room.publish("Bão số 9 mạnh lên", BEGAN)
    await room.follow(article)
    local = room.clock.now() + dt.timedelta(hours=7)
    start = local.hour * 60
    async with room.services.database.write() as connection:
        await set_quiet(connection, AN, start, (start + 180) % 1440, now=room.clock.now())
    await room.publish("Bão số 9: bảy người chết", DEAD, story=story)
    assert await room.tick() == 0
    async with room.services.database.write() as connection:
        await set_status(connection, AN, "paused", now=room.clock.now())
    assert await room.tick(200) == 0
    async with room.services.database.write() as connection:
        await set_status(connection, AN, "active", now=room.clock.now())
    assert await room.tick() == 1


async def test_a_story_that_is_joined_or_split_is_followed_with_its_article(room: Room) -> None:
    article, story = await room.publish("Bão số 9 mạnh lên", BEGAN)
    _, joined = await room.publish("Quảng Ngãi sơ tán dân", "Tỉnh Quảng Ngãi sơ tán 40.000 dân ven biển.")
    await room.follow(article)
    await room.tick()
    async with room.services.database.write() as connection:
        await connection.execute(update(articles).where(articles.c.id == article).values(story_id=joined))
    await room.publish("Chuyện ở lại", DEAD, story=story)
    assert await room.tick() == 0, "what stayed behind is another story now"
    await room.publish("Bão số 9: bảy người chết", DEAD, story=joined)
    assert await room.tick() == 1


async def test_a_follow_ends_after_a_quiet_week_and_is_forgotten(room: Room) -> None:
    article, story = await room.publish("Bão số 9 mạnh lên", BEGAN)
    await room.follow(article)
    await room.tick(7 * 24 * 60 + 60)
    await room.publish("Bão số 9: bảy người chết", DEAD, story=story)
    assert await room.tick() == 0
    async with room.services.database.read() as connection:
        assert await find_follows(connection, AN, now=room.clock.now()) == []
    await prune(room.services)


async def test_what_came_while_a_follow_was_stopped_is_not_told(room: Room) -> None:
    article, story = await room.publish("Bão số 9 mạnh lên", BEGAN)
    await room.follow(article)
    now = room.clock.now()
    async with room.services.database.write() as connection:
        [follow] = await find_follows(connection, AN, now=now)
        await set_followed(connection, follow.id, is_followed=False, now=now)
    await room.publish("Bão số 9: bảy người chết", DEAD, story=story)
    assert await room.tick() == 0
    async with room.services.database.write() as connection:
        await set_followed(connection, follow.id, is_followed=True, now=room.clock.now())
    assert await room.tick() == 0
    await room.publish("Bão số 9: mười lăm người chết", MORE_DEAD, story=story)
    assert await room.tick() == 1
