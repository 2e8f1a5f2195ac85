"""Two chats with watches, papers that publish, and the jobs that alert."""

import datetime as dt
from typing import Any

from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.jobs.watch_alerts import WatchMatcher, send_alerts
from bot.news.services import Services
from storage.alerts.watches import add_watch
from storage.articles import store_articles
from storage.intake.drafts import Incoming
from storage.processing.processed import Findings, make_stories, save_work
from storage.subscribers import (
    find_subscriber,
)
from storage.times import Published
from summarizer.questions.watching import parse_watch, watch_key
from tests.manual_clock import ManualClock
from tests.waiting import find_waiting

AN, BINH = 1, 2


class Room:
    """Services with the watching job, a sender, and the papers."""

    def __init__(
        self, services: Services, clock: ManualClock, telegram: ExtBot[None], users: Control
    ) -> None:
        self.services = services
        self.clock = clock
        self.users = users
        self.watching = WatchMatcher(services)
        self.sender = Sender(services, telegram)
        self._published = 0

    async def watch(self, chat: int, words: str) -> int:
        """Let a chat watch `words` and return the watch's number."""
        async with self.services.database.write() as connection:
            subscriber = await find_subscriber(connection, chat)
            assert subscriber is not None
            key = watch_key(parse_watch(words))
            now = self.clock.now()
            added = await add_watch(connection, subscriber.id, key=key, text=words, most=20, now=now)
        assert added.watch is not None
        return added.watch.id

    async def publish(
        self, title: str, *, story: int | None = None, hours_ago: float = 0, **values: Any
    ) -> int:
        """Store and process an article; return its story."""
        self._published += 1
        now = self.clock.now()
        article = _incoming(f"{title} {self._published}", now - dt.timedelta(hours=hours_ago), **values)
        async with self.services.database.write() as connection:
            await store_articles(connection, [article], now=now)
            [waiting] = await find_waiting(connection, 2)
            story = story or (await make_stories(connection, 1, now=now))[0]
            await save_work(connection, [Findings(waiting, (), story)], now=now)
        return story

    async def tick(self, minutes: float = 0) -> int:
        """Let time pass, then tell what is to be told; return how many messages were queued."""
        await self.clock.advance(60 * minutes)
        await self.watching.run()
        queued = await send_alerts(self.services)
        await self.sender.send_batch()
        return queued

    async def seen(self, chat: int) -> list[dict[str, Any]]:
        """Return what the chat got."""
        messages: list[dict[str, Any]] = await self.users.wait(chat, count=1, timeout=0)
        return messages


def _incoming(title: str, at: dt.datetime, *, sapo: str = "Chợ sáng nay đông.", **values: Any) -> Incoming:
    given: dict[str, Any] = {
        "key": title, "external_id": title, "url": f"https://baobien.example/{title.replace(' ', '-')}",
        "source": "bao-bien", "topic": None, "title": title, "sapo": sapo, "body": "Bà con kể lại.",
        "published": Published(at), "text_hash": title, "advertorial": False, "place": "thu",
    }  # fmt: skip
    return Incoming(**(given | values))
