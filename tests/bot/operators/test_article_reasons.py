"""Why an article did not reach a reader, each answered with what really happened."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.emulator.client import Control
from bot.fetching.source_health import QUIET
from bot.jobs.delivery.sender import Sender
from bot.jobs.digests.slots import run_due_slots
from bot.news.newsroom import Newsroom, WebSource
from bot.news.services import Services
from bot.operators.reader_lookup import why_article
from storage.articles import store_articles
from storage.intake.drafts import Draft, Origin, Refusal, take
from storage.processing.processed import Findings, save_work
from storage.sources import SourceState, record_refusals, save_source_state
from tests.bot.conftest import incoming
from tests.bot.operators.answered import TO_SLOT, Reader, Story, article_reason
from tests.manual_clock import ManualClock


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"words_out": ("bóng đá", "hồ làng")}, "người này bỏ tin có từ «hồ làng» (/tu)"),
        (
            {"sources_out": ("bao-bien",)},
            "người này bỏ báo bao-bien (/nguon), và không báo nào khác kể chuyện ấy",
        ),
    ],
)
async def test_a_muted_word_or_paper_is_the_reason(
    services: Services,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    admin_chat: Any,
    chosen: Any,
    words: str,
) -> None:
    await reader(1, **chosen)
    await story("Hồ làng được nạo vét", topic="thoi-su")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    assert await article_reason(services, 1, "Hồ làng được nạo vét") == ("muted", words)


async def test_a_wanted_word_counts_more_than_the_topics(
    services: Services, clock: ManualClock, reader: Reader, story: Story
) -> None:
    await reader(1, topics=("the-thao",), words_in=("hồ làng",))
    await story("Hồ làng được nạo vét", topic="thoi-su")
    assert (await article_reason(services, 1, "Hồ làng được nạo vét"))[0] == "comes_next"


async def test_a_topic_that_the_reader_did_not_choose_is_the_reason(
    services: Services, clock: ManualClock, users: Control, reader: Reader, story: Story, admin_chat: Any
) -> None:
    chat = await users.user("Lan", started=True)
    await reader(chat, topics=("the-thao",))
    await story("Hồ làng được nạo vét", topic="thoi-su")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    code, words = await article_reason(services, chat, "Hồ làng được nạo vét")
    assert (code, words) == ("muted", "chủ đề của bài là Thời sự; người này chỉ nhận Thể thao")


async def test_a_story_without_room_in_the_issue_was_dropped(
    services: Services,
    clock: ManualClock,
    chat: int,
    story: Story,
    admin_chat: Any,
    make_newsroom: Any,
    edition: Any,
) -> None:
    services.newsroom = make_newsroom(replace(edition(), reading_minutes=0.1))
    for number in range(6):
        await story(f"Xã thứ {number} khánh thành cây cầu mới")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    found = [
        await article_reason(services, chat, f"Xã thứ {number} khánh thành cây cầu mới")
        for number in range(6)
    ]
    codes = [code for code, _ in found]
    assert "dropped" in codes
    assert "in_turn" in codes  # what is in the issue waits for its turn
    assert "0.1 phút đọc" in dict(found)["dropped"]


FEED = WebSource(
    "bao-mang", "Báo Mạng", "feed", "https://mang.example/rss", "Asia/Ho_Chi_Minh", None, "full"
)  # fmt: skip


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (None, "not_polled"),
        ({"told": (QUIET,)}, "source_silent"),
        ({"trouble": "missing", "detail": "HTTP 404"}, "source_broken"),
        ({}, "not_seen"),
    ],
)
async def test_a_silent_or_unpolled_source_is_the_reason(
    services: Services,
    clock: ManualClock,
    chat: int,
    make_newsroom: Callable[..., Newsroom],
    state: Any,
    code: str,
) -> None:
    services.newsroom = make_newsroom(sources=(FEED,))
    now = clock.now()
    if state is not None:
        known = SourceState(
            "bao-mang", FEED.url, now, fetched_at=now, new_at=now - dt.timedelta(days=2), **state
        )
        async with services.database.write() as connection:
            await save_source_state(connection, known)
    found, words = await article_reason(services, chat, "https://m.mang.example/tin-moi-123.html")
    assert found == code
    assert "Báo Mạng" in words
    assert (await article_reason(services, chat, "https://khac.example/1"))[0] == "no_source"


async def test_a_refused_article_is_answered_with_its_refusal(
    services: Services, clock: ManualClock, chat: int
) -> None:
    async with services.database.write() as connection:
        refused = [Refusal("/tin/a_b.jsonl:2", "thiếu tiêu đề"), Refusal("/tin/aXb.jsonl:2", "khác")]
        await record_refusals(connection, "bao-bien", refused, now=clock.now())
    assert await article_reason(services, chat, "a_b.jsonl:2") == (
        "article_refused", "không nhận bài này (/tin/a_b.jsonl:2): thiếu tiêu đề",
    )  # fmt: skip


async def test_an_article_that_a_feed_named_and_that_was_refused(
    services: Services, clock: ManualClock, chat: int
) -> None:
    draft = Draft("https://mang.example/rss#4", url="https://mang.example/bai-4.html")
    refused = take(draft, Origin("bao-mang"), clock.now())
    assert isinstance(refused, Refusal)
    async with services.database.write() as connection:
        await record_refusals(connection, "bao-mang", [refused], now=clock.now())
    for asked in ("https://mang.example/bai-4.html", "https://mang.example/bai-4.html#binh-luan"):
        assert await article_reason(services, chat, asked) == (
            "article_refused", f"không nhận bài này (https://mang.example/rss#4): {refused.reason}",
        )  # fmt: skip


async def test_an_article_folded_into_a_story_is_answered_with_its_headline(
    services: Services, clock: ManualClock, chat: int, story: Story, admin_chat: Any, sender: Sender
) -> None:
    number = await story("Hồ làng được nạo vét")
    async with services.database.write() as connection:
        other = replace(incoming("Nạo vét xong hồ làng", None, clock.now()), source="bao-doi")
        await store_articles(connection, [other], now=clock.now())
    found = await why_article(services, chat, "Nạo vét xong hồ làng")
    assert found is not None
    assert found[0] is not None
    async with services.database.write() as connection:
        await save_work(connection, [Findings(found[0], (), number)], now=clock.now())
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    await sender.send_batch()
    reasons = [
        await article_reason(services, chat, title)
        for title in ("Hồ làng được nạo vét", "Nạo vét xong hồ làng")
    ]
    assert sorted(code for code, _ in reasons) == ["folded", "on_time"]
    folded = dict(reasons)["folded"]
    assert "gộp vào chuyện «" in folded
    assert "đã gửi lúc 06:45" in folded


async def test_an_article_that_waits_for_processing_says_so(
    services: Services, clock: ManualClock, chat: int
) -> None:
    async with services.database.write() as connection:
        await store_articles(connection, [incoming("Hồ làng", None, clock.now())], now=clock.now())
    code, words = await article_reason(services, chat, "Hồ làng")
    assert (code, words) == ("not_processed", "nhận lúc 05:00, còn chờ xử lý nên chưa vào số nào")
