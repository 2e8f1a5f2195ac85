"""A newsroom, services with a clock set by hand, readers and stories: what jobs work with, one call each."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import true
from telegram.ext import ExtBot

from bot.emulator.api import Emulator
from bot.emulator.client import Control, control
from bot.emulator.server import serve
from bot.news.newsroom import Edition, Newsroom, Source
from bot.news.services import Services
from bot.telegram.transport import AiohttpRequest
from bot.times.schedule import Schedule
from storage.articles import store_articles
from storage.delivery.issues import Issue, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.engine import Database
from storage.intake.drafts import Incoming
from storage.processing.processed import Findings, make_stories, save_work
from storage.profiles import Choices, join_profile
from storage.subscribers import set_quiet, subscribe
from storage.times import Published
from summarizer.model import Place, sentence_at
from tests.manual_clock import ManualClock
from tests.waiting import find_waiting

START = dt.datetime(2026, 3, 1, 22, 0, tzinfo=dt.UTC)  # Monday 5:00 in Việt Nam
ADMIN = 900
TOPICS = {"thoi-su": "Thời sự", "kinh-te": "Kinh tế", "the-thao": "Thể thao"}


@pytest.fixture(autouse=True)
def _pauses_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the library's coming form of `retry_after`; it warns of the present one."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(scope="session", autouse=True)
def _plain_tracebacks() -> None:
    """Let errors that tests provoke be logged as the running bot does it: the default draws pictures."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
    )


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at Monday 5:00 in Việt Nam."""
    return ManualClock(START)


@pytest.fixture
def make_newsroom() -> Callable[..., Newsroom]:
    """Return a function that declares a newsroom: one edition at 6:45, an inbox and three topics."""

    def declare(*editions: Edition, **given: Any) -> Newsroom:
        values: dict[str, Any] = {
            "zone": "Asia/Ho_Chi_Minh",
            "editions": editions or (make_edition(),),
            "sources": (),
            "topics": TOPICS,
            "topic_aliases": {title: name for name, title in TOPICS.items()},
            "keep_days": 90,
            "late_window": dt.timedelta(hours=2),
            "questions_per_10_seconds": 5,
            "questions_per_hour": 60,
        }
        return Newsroom(**(values | given))

    return declare


def make_edition(name: str = "sang", *times: str, **given: Any) -> Edition:
    """Declare an edition, at 6:45 unless told."""
    schedule = Schedule(tuple(map(dt.time.fromisoformat, times or ("06:45",))), **given)
    return Edition(name, f"Bản tin {name}", schedule, (), 3, dt.timedelta(hours=48))


@pytest.fixture
def edition() -> Callable[..., Edition]:
    """Return a function that declares an edition by name and times."""
    return make_edition


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., Source]:
    """Return a function that declares an inbox, or a feed's file, in this test's folder."""

    def declare(name: str = "bao-bien", *, feed: str | None = None) -> Source:
        path = tmp_path / (feed or name)
        if feed is None:
            path.mkdir(exist_ok=True)
        kind = "feed" if feed else "inbox"
        return Source(name, f"Báo {name}", kind, path, "Asia/Ho_Chi_Minh", None, "full")  # type: ignore[arg-type] - one of two words

    return declare


@pytest.fixture
def services(database: Database, clock: ManualClock, make_newsroom: Callable[..., Newsroom]) -> Services:
    """Services on an empty database, on each engine unless the test's file says otherwise."""
    return Services(database, clock, make_newsroom(), frozenset({ADMIN}))


class AdminChat(list[str]):
    """The texts sent to the admins, in order. Called like `notify_admins`."""

    async def __call__(self, text: str) -> None:
        """Send one more text."""
        self.append(text)


@pytest.fixture
def admin_chat() -> AdminChat:
    """The admin chat, without Telegram."""
    return AdminChat()


Reader = Callable[..., Awaitable[int]]


@pytest.fixture
def reader(services: Services) -> Reader:
    """Return a function that subscribes a chat, never quiet unless told, and returns its profile's id."""

    async def subscribed(
        chat_id: int, *, quiet: tuple[int, int] = (0, 0), due: dt.datetime | None = None, **choices: Any
    ) -> int:
        chosen = Choices(**({"edition": "sang"} | choices))
        now = services.clock.now()
        due = due or services.newsroom.edition_for(chosen).schedule.next_after(now)
        async with services.database.write() as connection:
            profile = await join_profile(connection, chosen, next_due_at=due, now=now)
            await subscribe(connection, chat_id, kind="private", profile_id=profile, now=now)
            await set_quiet(connection, chat_id, *quiet, now=now)
        return profile

    return subscribed


Story = Callable[..., Awaitable[int]]


@pytest.fixture
def story(services: Services) -> Story:
    """Return a function that stores an article, processed, and returns its story: its own, unless told."""

    async def stored(
        title: str,
        *,
        topic: str | None = None,
        of: int | None = None,
        source: str = "bao-bien",
        sapo: str = "",
    ) -> int:
        now = services.clock.now()
        async with services.database.write() as connection:
            article_in = incoming(title, topic, now)
            article_in = replace(article_in, source=source, sapo=sapo or article_in.sapo)
            await store_articles(connection, [article_in], now=now)
            [article] = await find_waiting(connection, 2)
            sentence = sentence_at([article.document], Place(0, "sapo", 0, len(article.sapo)))
            own = of or (await make_stories(connection, 1, now=now))[0]
            worked = Findings(article, (sentence.place,), own, topic)
            await save_work(connection, [worked], now=now)
        return worked.story_id

    return stored


def incoming(title: str, topic: str | None, now: dt.datetime) -> Incoming:
    """Build an article as intake hands it on."""
    return Incoming(
        key=title,
        external_id=title,
        url=None,
        source="bao-bien",
        topic=topic,
        title=title,
        sapo=f"{title}, theo lời kể của bà con trong xóm sáng nay.",
        body="",
        published=Published(now),
        text_hash=title,
        advertorial=False,
        place="thu",
    )


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """An emulator on a free port."""
    async with serve() as running:
        yield running


@pytest.fixture
async def users(emulator: Emulator) -> AsyncIterator[Control]:
    """The emulator's control interface."""
    async with control(emulator.url) as hands:
        yield hands


@pytest.fixture
async def telegram(emulator: Emulator) -> AsyncIterator[ExtBot[None]]:
    """The real library over our transport, signed in, without any pace."""
    bot: ExtBot[None] = ExtBot(
        "42:emulated",
        base_url=f"{emulator.url}/bot",
        base_file_url=f"{emulator.url}/file/bot",
        request=AiohttpRequest(8, read_timeout=0.5),
        get_updates_request=AiohttpRequest(1),
    )
    async with bot:
        yield bot


Queue = Callable[..., Awaitable[None]]


@pytest.fixture
def queue(services: Services, users: Control, reader: Reader) -> Queue:
    """Return a function that makes chats of readers and queues an issue for all of them."""

    async def queued(*chats: int, parts: tuple[str, ...] = ("<b>Tin</b> sáng",)) -> None:
        for chat in chats:
            await users.user(f"Bạn {chat}", id=chat, started=True)
            profile = await reader(chat)
        now = services.clock.now()
        issue = Issue(
            profile, "sang", now, now - dt.timedelta(hours=1), IssueStatus.MADE, parts=tuple(map(Part, parts))
        )
        async with services.database.write() as connection:
            issue_id = await record_issue(connection, issue, now=now)
            assert issue_id is not None
            await enqueue_issues(connection, [issue_id], true(), release=lambda start, end: now, now=now)

    return queued
