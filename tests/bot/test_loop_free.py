"""No step of the event loop takes more than 50 ms of CPU, with the largest inputs that are admitted."""

import datetime as dt
import json
import os
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from sqlalchemy import insert

from bot.chat.my_data import export_file
from bot.chat.operators.bot_state import find_state, state_view
from bot.jobs.intake.intake import poll_sources
from bot.jobs.intake.processing import Processor
from bot.jobs.intake.taking import SetAside, Taker
from bot.jobs.watch_alerts import WatchMatcher
from bot.news.answers import describe, reply_to
from bot.news.digests import compose_digest, window_for
from bot.news.newsroom import Newsroom, Source
from bot.news.services import Services
from bot.text_work.worker import TextWorker
from storage.articles import store_articles
from storage.engine import Database
from storage.intake.drafts import MAX_TEXT_CHARACTERS
from storage.off_loop import CHAT
from storage.processing.processed import Findings, make_stories, save_work
from storage.reader_data import export_subscriber
from storage.tables import deliveries, issues, messages, profiles, questions, subscribers, watches
from storage.times import Published
from summarizer.questions.watching import parse_watch, watch_key
from tests.bot.conftest import AdminChat, incoming
from tests.loop_watch import watched_loop
from tests.waiting import find_waiting

ZONE = "Asia/Ho_Chi_Minh"
LIMIT_SECONDS = 0.05
WORDS = """mưa lớn nước lũ tràn qua đê bao xã Bình An ba trăm hộ dân phải sơ tán đến trường tiểu học
công an tỉnh giao thông giá vàng thế giới tăng mạnh hôm nay chính phủ quốc hội đất đai bóng đá Việt Nam"""


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite alone: what is measured runs before and behind the database."""
    return sqlite_database


@contextmanager
def free_loop() -> Iterator[None]:
    """Fail on any step of the loop meanwhile that is above the limit."""
    with watched_loop(LIMIT_SECONDS) as holds:
        yield
    print(f"longest step: {holds.longest.seconds * 1e3:.0f} ms, {holds.longest.what}")
    assert holds.over == []


@pytest.fixture
async def texts() -> AsyncIterator[TextWorker]:
    """A text process with time enough for the longest articles on a busy machine."""
    worker = TextWorker(cpu_seconds=60)
    yield worker
    await worker.aclose()


@cache
def sentences() -> tuple[str, ...]:
    """Make two thousand sentences, as no paper writes them."""
    chance = random.Random(1)
    words = WORDS.split()
    return tuple(" ".join(chance.choices(words, k=chance.randint(8, 25))).capitalize() for _ in range(2_000))


def long_text(size: int, seed: int) -> str:
    """Make a text of so many characters."""
    chosen = random.Random(seed).choices(sentences(), k=size // 30 + 1)
    return ". ".join(chosen)[:size].strip()


async def store_long(services: Services, count: int, *, sapo: int = 0, body: int = 0) -> None:
    """Store articles with leads and bodies of so many characters."""
    now = services.clock.now()
    rows = [
        replace(
            incoming(f"Tin số {number}-{body} về nước lũ: {long_text(60, number)}", None, now),
            sapo=long_text(sapo, number), body=long_text(body, -number), url=f"https://bao.example/{number}",
            published=Published(now - dt.timedelta(minutes=number)),
        )
        for number in range(count)
    ]  # fmt: skip
    async with services.database.write() as connection:
        await store_articles(connection, rows, now=now)


async def test_long_articles_are_taken_in_and_processed(
    services: Services, texts: TextWorker, admin_chat: AdminChat, source: Callable[..., Source],
    make_newsroom: Callable[..., Newsroom],
) -> None:  # fmt: skip
    inbox = source()
    services.newsroom = make_newsroom(sources=(inbox,))
    services.take = Taker(services.database, texts, SetAside(services, admin_chat).add).take
    file = inbox.path / "tin.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for number in range(10):
            body = long_text(MAX_TEXT_CHARACTERS - 100, number)
            lines.write(json.dumps({"title": f"Tin số {number}", "body": body}, ensure_ascii=False) + "\n")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    with free_loop():
        assert (await poll_sources(services, admin_chat)).tally.new == 10
        assert await Processor(services.database, services.clock, texts).run() == 10


async def test_questions_about_long_texts_are_answered(services: Services) -> None:
    """Ten bodies at the limit of size are read to rank them."""
    await store_long(services, 12, sapo=MAX_TEXT_CHARACTERS)
    await store_long(services, 10, body=MAX_TEXT_CHARACTERS)
    now = services.clock.now()
    async with services.database.write() as connection:
        done = [
            Findings(article, (), (await make_stories(connection, 1, now=now))[0])
            for article in await find_waiting(connection, 50)
        ]
        await save_work(connection, done, now=now)
    with free_loop():
        for question in ("nước lũ", "vì sao người dân phải sơ tán"):
            reply = await reply_to(services, question, zone=ZONE)
            assert reply.ids
        await describe(services, reply.query, reply.ids[:2])


async def test_a_digest_is_composed_of_many_stories(services: Services, texts: TextWorker) -> None:
    await store_long(services, 250, sapo=300, body=1_000)
    await Processor(services.database, services.clock, texts).run()
    [edition] = services.newsroom.editions
    window = window_for(edition, services.clock.now() + dt.timedelta(minutes=1))
    with free_loop():
        assert (await compose_digest(services.database, services.newsroom, edition, window)).parts


async def test_thousands_watch_the_same_word(services: Services, texts: TextWorker) -> None:
    watching = WatchMatcher(services)
    await watching.run()
    await many_readers(services, 4_000)
    now = services.clock.now()
    key = watch_key(parse_watch("nước lũ"))
    rows = [
        {"subscriber_id": number, "key": key, "text": "nước lũ", "made_at": now, "changed_at": now}
        for number in range(1, 4_001)
    ]
    async with services.database.write() as connection:
        await connection.execute(insert(watches), rows)
    await store_long(services, 3, sapo=300)
    await Processor(services.database, services.clock, texts).run()
    with free_loop():
        assert await watching.run() >= 4_000


async def test_an_operator_looks_at_a_large_bot(services: Services) -> None:
    await many_readers(services, 6_000)
    with free_loop():
        state = await find_state(services, is_paused=False)
        await CHAT.run(state_view, state, services.newsroom, services.clock.now())
    assert len(state.profiles) == 6_000


async def test_someone_with_a_long_history_takes_it_along(services: Services) -> None:
    await many_readers(services, 1)
    now = services.clock.now()
    async with services.database.write() as connection:
        rows = [{"chat_id": 1, "text": "giá vàng " * 300, "article_ids": [], "asked_at": now, "message_id": n}
                for n in range(1_200)]  # fmt: skip
        await connection.execute(insert(questions), rows)
        moments = [now - dt.timedelta(hours=number) for number in range(1_200)]
        await connection.execute(
            insert(issues),
            [{"profile_id": 1, "edition": "sang", "slot_at": at, "window_start": at, "status": "made",
              "made_at": at} for at in moments],
        )  # fmt: skip
        digest = {"kind": "digest", "html": "một", "buttons": [], "part": 0}
        await connection.execute(
            insert(messages),
            [digest | {"issue_id": n + 1, "made_at": at} for n, at in enumerate(moments)],
        )
        sent = {"subscriber_id": 1, "status": "sent", "tries": 1}
        await connection.execute(
            insert(deliveries),
            [
                sent | {"message_id": n + 1, "not_before": at, "changed_at": at}
                for n, at in enumerate(moments)
            ],
        )
    with free_loop():
        async with services.database.read() as connection:
            export = await export_subscriber(connection, 1)
        file = await CHAT.run(export_file, 1, export, services.newsroom)
    assert len(json.loads(file)["questions"]) == 1_000


async def many_readers(services: Services, count: int) -> None:
    """Subscribe chats, each with times of its own."""
    now = services.clock.now()
    choices: dict[str, Any] = {"edition": "sang", "topics": [], "days": [], "zone": None, "created_at": now}
    async with services.database.write() as connection:
        for begin in range(0, count, 500):
            numbers = range(begin + 1, min(begin + 500, count) + 1)
            await connection.execute(
                insert(profiles),
                [choices | {"key": str(n), "times": ["06:30"], "next_due_at": now} for n in numbers],
            )
            person = {"kind": "private", "status": "active", "quiet_start": 0, "quiet_end": 0}
            await connection.execute(
                insert(subscribers),
                [person | {"chat_id": n, "profile_id": n, "created_at": now, "changed_at": now}
                 for n in numbers],
            )  # fmt: skip
