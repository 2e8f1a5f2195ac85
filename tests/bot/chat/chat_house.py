"""The real library polling an emulator in this process, with a real database and a clock set by hand.

A person's move returns once the bot has handled it: nothing here waits for time to pass.
"""

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import ApplicationBuilder, TypeHandler

from bot.chat.handlers import add_handlers
from bot.chat.operators.admin import AdminActions
from bot.emulator.client import Control, Json
from bot.news.newsroom import Edition, Newsroom, Source
from bot.news.services import Services
from bot.telegram.transport import AiohttpRequest
from bot.times.schedule import Schedule
from storage.subscribers import Subscriber, find_subscriber
from tests.manual_clock import ManualClock

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)  # Sunday, 19:00 in Việt Nam
OPERATOR = 7_000


def make_newsroom(**changes: Any) -> Newsroom:
    """Return a newsroom with two editions and three topics."""
    values: dict[str, Any] = {
        "zone": "Asia/Ho_Chi_Minh",
        "editions": (
            Edition("sang", "Bản tin sáng", Schedule((dt.time(6, 45),)), (), 3, dt.timedelta(hours=48)),
            Edition("toi", "Bản tin tối", Schedule((dt.time(18, 30),)), (), 3, dt.timedelta(hours=48)),
        ),
        "sources": (Source("bao-bien", "Báo Biển", "inbox", Path("tin"), "Asia/Ho_Chi_Minh", None, "full"),),
        "topics": {"kinh-te": "Kinh tế", "the-thao": "Thể thao", "suc-khoe": "Sức khỏe"},
        "topic_aliases": {"Kinh tế": "kinh-te", "Thể thao": "the-thao", "Sức khỏe": "suc-khoe"},
        "keep_days": 90,
        "late_window": dt.timedelta(hours=2),
        "questions_per_10_seconds": 5,
        "questions_per_hour": 60,
    }
    return Newsroom(**(values | changes))


@dataclass
class Actions:
    """Fake `AdminActions` that record their calls."""

    sent: list[str] = field(default_factory=list)
    is_stopped: bool = False
    called_off: list[int] = field(default_factory=list)
    queues: int = 12
    clock_problem: str | None = None
    on_gates: Callable[[], Awaitable[None]] | None = None

    async def invite(self, admin: int) -> str:
        """Return a link to a console."""
        return f"http://127.0.0.1:8088/bang/vao?ma={admin}"

    async def find_clock_problem(self) -> str | None:
        """Say what the test has put there."""
        return self.clock_problem

    async def call_off(self, chat_id: int) -> None:
        """Remember the chat."""
        self.called_off.append(chat_id)

    async def send_now(self, edition: str) -> int:
        """Remember the edition."""
        self.sent.append(edition)
        return self.queues

    async def act_on_gates(self) -> None:
        """Do what the test has put there."""
        if self.on_gates is not None:
            await self.on_gates()

    async def set_paused(self, is_paused: bool) -> None:
        """Remember whether sending is stopped."""
        self.is_stopped = is_paused

    async def is_paused(self) -> bool:
        """Tell what was remembered."""
        return self.is_stopped


class Person:
    """Someone with a chat: a user in private, or a user in a group."""

    def __init__(self, house: "House", user: int, chat: int) -> None:
        self.house = house
        self.id = user
        self.chat = chat

    async def says(self, text: str, **how: Any) -> list[Json]:
        """Write `text` and return what the bot sent in answer."""
        before = await self.messages()
        said = await self.house.control.say(self.chat, text, sender=self.id, **how)
        await self.house.handled(said["update_id"])
        known = {message["message_id"] for message in before}
        after = await self.messages()
        return [m for m in after if m["message_id"] not in known and m["from"] == "bot"]

    async def taps(self, button: str, **how: Any) -> str | None:
        """Tap the newest button with this label and return the line that the bot showed over it."""
        return await self._tap(button=button, **how)

    async def forges(self, data: str, **how: Any) -> str | None:
        """Send callback data that no button need have."""
        return await self._tap(data=data, forge=True, **how)

    async def _tap(self, **how: Any) -> str | None:
        tapped = await self.house.control.tap(self.chat, sender=self.id, **how)
        await self.house.handled(tapped["update_id"])
        view = await self.house.control.chat(self.chat)
        answers = {row["callback_query_id"]: row for row in view["callback_answers"]}
        assert tapped["callback_query_id"] in answers, "the button was left busy"
        return answers[tapped["callback_query_id"]].get("text") or None

    async def messages(self) -> list[Json]:
        """Return everything in the chat."""
        view = await self.house.control.chat(self.chat)
        messages: list[Json] = view["messages"]
        return messages

    async def last(self) -> Json:
        """Return the bot's newest message as it shows now."""
        return [message for message in await self.messages() if message["from"] == "bot"][-1]

    async def sees(self, *texts: str) -> Json:
        """Check that the bot's newest message holds each of `texts`, and return it."""
        message = await self.last()
        for text in texts:
            assert text in message["text"]
        return message

    async def buttons(self) -> list[str]:
        """Return the labels under the bot's newest message."""
        return [button["text"] for row in (await self.last())["buttons"] for button in row]

    async def subscription(self) -> Subscriber | None:
        """Return what the database holds on this chat."""
        async with self.house.services.database.read() as connection:
            return await find_subscriber(connection, self.chat)


class House:
    """The emulator, the bot and its services."""

    def __init__(
        self, url: str, services: Services, clock: ManualClock, hands: Control, actions: Actions
    ) -> None:
        self.url = url
        self.username = ""
        self._application: Any = None
        self.services = services
        self.clock = clock
        self.control = hands
        self.actions = actions
        self._handled: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)

    def at(self, text: str, name: str = "") -> str:
        """Return a command as groups write it, to the bot by its name or to another one."""
        command, _, words = text.partition(" ")
        return f"{command}@{name or self.username} {words}".strip()

    async def open(self) -> None:
        """Start the bot."""
        self._application = (
            ApplicationBuilder()
            .token("42:emulated")
            .base_url(f"{self.url}/bot")
            .base_file_url(f"{self.url}/file/bot")
            .request(AiohttpRequest(4))
            .get_updates_request(AiohttpRequest(2))
            .job_queue(None)  # nothing uses it, and it sleeps at its end
            .build()
        )
        acts = self.actions
        levers = AdminActions(
            acts.send_now,
            acts.set_paused,
            acts.is_paused,
            acts.call_off,
            acts.find_clock_problem,
            acts.invite,
            acts.act_on_gates,
        )
        add_handlers(self._application, self.services, levers)
        self._application.add_handler(TypeHandler(Update, self._mark_handled), group=9)
        await self._application.initialize()
        await self._application.start()
        await self._application.updater.start_polling(timeout=5)
        self.username = self._application.bot.username

    async def close(self) -> None:
        """Stop the bot."""
        await self._application.updater.stop()
        await self._application.stop()
        await self._application.shutdown()

    @property
    def telegram(self) -> Any:
        """Return the bot's way to Telegram."""
        return self._application.bot

    async def handled(self, update_id: int | None) -> None:
        """Wait until the bot has handled an update; None: the bot does not get it."""
        if update_id is not None:
            await asyncio.wait_for(self._handled[update_id].wait(), 20)

    async def _mark_handled(self, update: Update, context: object) -> None:
        self._handled[update.update_id].set()

    async def person(self, name: str = "An", **body: Any) -> Person:
        """Make a user who has not written yet."""
        user = await self.control.user(name, **body)
        return Person(self, user, user)

    async def group(self, *people: Person, administrator: Person | None = None, **body: Any) -> list[Person]:
        """Make a group and return its people there, the administrator last."""
        administrators = [administrator.id] if administrator else []
        members = [person.id for person in people]
        made = await self.control.post(
            "group", title="Xóm nhỏ", members=members, administrators=administrators, **body
        )
        await self.handled(made["update_id"])
        return [Person(self, user, made["chat"]["id"]) for user in members + administrators]
