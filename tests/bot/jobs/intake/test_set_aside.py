"""A text that ends its text process is set aside, named to admins once, and not tried again."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.jobs.intake.intake import Intake, poll_sources
from bot.jobs.intake.processing import Processor
from bot.jobs.intake.taking import SetAside, Taker
from bot.news.newsroom import Newsroom, Source
from bot.news.services import Services
from bot.text_work.worker import TextWorker
from storage.articles import count_waiting, store_articles
from storage.intake.drafts import Draft, Incoming, Origin, Refusal
from storage.processing.article_turns import claim_suspect
from storage.sources import MOST_TRIES, begin_tries, find_refusals
from tests.bot.conftest import AdminChat, incoming
from tests.manual_clock import ManualClock
from tests.texts_here import TextsHere
from tests.waiting import find_waiting

POISON = "độc: regex"
TEXT = "Hôm qua bà con trong xóm kéo lưới từ sáng sớm. Ghe về bến khi trời còn mờ sương, cá đầy khoang."


@pytest.fixture
async def texts(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TextWorker]:
    """A text process that an article called `POISON` keeps busy for ever."""
    monkeypatch.setattr("bot.text_work.worker.PROGRAM", "tests.bot.text_work.poison_process")
    worker = TextWorker(cpu_seconds=0.5)
    yield worker
    await worker.aclose()


async def store(services: Services, *titles: str, text: str = "") -> None:
    """Store articles; the same titles with another `text` are changed articles."""
    now = services.clock.now()
    articles = [replace(incoming(title, None, now), text_hash=f"{title} {text}") for title in titles]
    async with services.database.write() as connection:
        await store_articles(connection, articles, now=now)


async def test_an_article_that_outruns_its_process_is_set_aside_and_the_others_go_on(
    services: Services, texts: TextWorker, admin_chat: AdminChat
) -> None:
    await store(services, "Tin một", POISON, "Tin hai")
    named = SetAside(services, admin_chat)
    assert await Processor(services.database, services.clock, texts, named.add).run() == 2
    await named.report()
    await named.report()
    assert len(admin_chat) == 1
    assert POISON in admin_chat[0]
    async with services.database.read() as connection:
        assert await count_waiting(connection) == 0
        assert await find_refusals(connection) == [("bao-bien", POISON, "xử lý quá lâu, đã dừng", None)]


async def test_after_a_restart_it_is_not_tried_again_until_its_text_changes(
    services: Services, texts: TextWorker
) -> None:
    await store(services, POISON)
    assert await Processor(services.database, services.clock, texts).run() == 0
    restarted = Processor(services.database, services.clock, TextsHere())
    assert await restarted.run() == 0, "TextsHere would process it"
    await store(services, POISON, text="đã sửa")
    assert await restarted.run() == 1


async def test_an_article_in_work_each_time_the_bot_is_killed_is_set_aside(
    services: Services, admin_chat: AdminChat
) -> None:
    await store(services, "Tin một", "Tin hai", "Tin ba")
    killed_twice = [1, 2]
    for _ in range(2):
        await killed_at_work(services, killed_twice)
    await killed_at_work(services, [2])
    named = SetAside(services, admin_chat)
    assert await Processor(services.database, services.clock, TextsHere(), named.add).run() == 2
    await named.report()
    assert "Tin hai" in admin_chat[0]
    assert "Tin một" not in admin_chat[0]
    assert await Processor(services.database, services.clock, TextsHere()).run() == 0


async def test_what_was_in_work_at_a_kill_is_tried_alone_and_after_the_others(services: Services) -> None:
    await store(services, "Tin một", "Tin hai", "Tin ba")
    await killed_at_work(services, [1, 2])
    calls: list[list[str]] = []

    class Counting(TextsHere):
        async def run(self, task: Any, about: Any, items: Any) -> list[Any]:
            calls.append([item.document.title for item in items])
            return await super().run(task, about, items)

    await Processor(services.database, services.clock, Counting()).run()
    assert calls == [["Tin ba"], ["Tin một"], ["Tin hai"]]


async def test_to_be_stopped_is_no_articles_fault(services: Services) -> None:
    await store(services, "Tin một")

    class Stopped(TextsHere):
        async def run(self, task: Any, about: Any, items: Any) -> list[Any]:
            raise asyncio.CancelledError

    for _ in range(MOST_TRIES + 1):
        with pytest.raises(asyncio.CancelledError):
            await Processor(services.database, services.clock, Stopped()).run()
    async with services.database.write() as connection:
        assert await claim_suspect(connection, "ai khác") is None
        assert len(await find_waiting(connection, 5)) == 1


async def test_the_admins_get_at_most_one_word_an_hour(
    services: Services, admin_chat: AdminChat, clock: ManualClock
) -> None:
    named = SetAside(services, admin_chat)
    for number in range(20):
        named.add("bao-bien", f"Bài {number}", "lý do")
        await named.report()
    assert len(admin_chat) == 1
    await clock.advance(3_600)
    await named.report()
    assert len(admin_chat) == 2
    assert "19 bài" in admin_chat[1]


async def test_a_draft_that_outruns_the_process_is_refused_and_never_tried_again(
    services: Services, texts: TextWorker, admin_chat: AdminChat
) -> None:
    """Neither at the next poll, which brings it again, nor after a restart."""
    named = SetAside(services, admin_chat)
    drafts = [Draft("feed#1", "Tin một", TEXT), Refusal("feed#2", "cụt"), Draft("feed#3", POISON, TEXT)]
    drafts.append(Draft("feed#4", "Tin hai", TEXT))
    origin, now = Origin("bao-bien"), services.clock.now()
    first = await Taker(services.database, texts, named.add).take(drafts, origin, now)
    assert [type(one) for one in first] == [Incoming, Refusal, Refusal, Incoming]
    assert first[2] == Refusal("feed#3", "xử lý quá lâu, đã dừng")
    again = await Taker(services.database, TextsHere(), named.add).take(drafts[::-1], origin, now)
    assert [type(one) for one in again] == [Incoming, Refusal, Refusal, Incoming], "TextsHere would take it"
    await named.report()
    assert len(admin_chat) == 1
    assert POISON in admin_chat[0]


async def test_a_files_poison_is_refused_by_its_line_and_the_rest_is_stored(
    services: Services, texts: TextWorker, admin_chat: AdminChat, source: Callable[..., Source],
    make_newsroom: Callable[..., Newsroom],
) -> None:  # fmt: skip
    inbox = source()
    services.newsroom = make_newsroom(sources=(inbox,))
    services.take = Taker(services.database, texts, SetAside(services, admin_chat).add).take
    rows = [{"title": title, "body": TEXT} for title in ("Tin một", POISON, "Tin hai")]
    file = inbox.path / "tin.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    taken = await poll_sources(services, admin_chat)
    assert taken.tally.new == 2
    assert [refusal.path for refusal in taken.refused] == [f"{file}:2"]
    assert await poll_sources(services, admin_chat) == Intake(), "the file is known"


async def killed_at_work(services: Services, ids: list[int]) -> None:
    """Leave what a bot leaves that is killed while these articles are in work."""
    async with services.database.write() as connection:
        await begin_tries(connection, ids)
