"""The twelve questions an operator is asked, each answered with what really happened, on both engines."""

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.fetching.source_health import QUIET
from bot.jobs.delivery.sender import Sender
from bot.jobs.digests.slots import run_due_slots
from bot.news.newsroom import Newsroom, WebSource
from bot.news.services import Services
from bot.operators.looking_up import look_at_reader, why_article
from bot.operators.reasons import Reason, Why
from bot.operators.steering import look_at_issues
from bot.telegram.limiter import TelegramPace
from bot.times.clock import ManualClock
from storage.articles import store_articles
from storage.delivery.retractions import find_batch, find_batches, retract
from storage.intake import Draft, Origin, Refusal, take
from storage.processed import Worked, save_work
from storage.sources import SourceState, record_refusals, save_source_state
from storage.subscribers import set_quiet, set_status
from tests.bot.conftest import incoming

Reader = Callable[..., Awaitable[int]]
Story = Callable[..., Awaitable[int]]
MINUTE = 60
TO_SLOT = 105 * MINUTE  # from 5:00 to 6:45


@pytest.fixture
def sender(services: Services, telegram: ExtBot[None]) -> Sender:
    """A sender that is not running."""
    return Sender(services, telegram, pace=TelegramPace())


@pytest.fixture
async def chat(users: Control, reader: Reader) -> int:
    """One reader, who exists for Telegram."""
    chat = await users.user("Lan", started=True)
    await reader(chat)
    return chat


async def last(services: Services, chat: int) -> Reason:
    view = await look_at_reader(services, chat)
    assert view is not None
    return view.past[0][1]


async def coming(services: Services, chat: int) -> tuple[str | None, list[Why]]:
    view = await look_at_reader(services, chat)
    assert view is not None
    arrives = view.next.arrives_at
    local = arrives.astimezone(dt.timezone(dt.timedelta(hours=7))) if arrives else None
    return f"{local:%H:%M}" if local else None, [reason.code for reason in view.next.reasons]


async def issue(services: Services) -> Reason:
    _, past = await look_at_issues(services, days=7, limit=10)
    return past[0][1]


async def article_reason(services: Services, chat: int, wanted: str) -> tuple[str, str]:
    found = await why_article(services, chat, wanted)
    assert found is not None
    return found[1].code, found[1].words


async def test_held_by_quiet_hours(
    services: Services, clock: ManualClock, chat: int, story: Story, told: Any, sender: Sender
) -> None:
    async with services.database.write() as connection:
        await set_quiet(connection, chat, 22 * 60, 7 * 60 + 30, now=clock.now())
    assert await coming(services, chat) == ("07:30", [Why.QUIET])
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, told)
    reason = await last(services, chat)
    assert (reason.code, reason.words) == (Why.QUIET, "đợi hết giờ yên tĩnh, gửi lúc 07:30")
    assert (await issue(services)).code == Why.QUIET
    await clock.advance(45 * MINUTE)
    await sender.send_batch()
    reason = await last(services, chat)
    assert (reason.code, reason.words) == (
        Why.QUIET, "đã gửi lúc 07:30: đợi 45 phút cho hết giờ yên tĩnh",
    )  # fmt: skip


async def test_blocked(
    services: Services, clock: ManualClock, chat: int, story: Story, told: Any, sender: Sender, users: Control
) -> None:
    await users.post("fault", kind="403", description="Forbidden: bot was blocked by the user")
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, told)
    await sender.send_batch()
    assert (await last(services, chat)).code == Why.BLOCKED
    assert "blocked by the user" in (await last(services, chat)).words
    assert await coming(services, chat) == (None, [Why.BLOCKED])


async def test_paused(services: Services, clock: ManualClock, chat: int, story: Story, told: Any) -> None:
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, told)
    until = clock.now() + dt.timedelta(days=2)
    async with services.database.write() as connection:
        await set_status(connection, chat, "paused", now=clock.now(), paused_until=until)
    assert (await last(services, chat)).code == Why.PAUSED
    assert await coming(services, chat) == ("06:45", [Why.PAUSED])
    async with services.database.write() as connection:
        await set_status(connection, chat, "paused", now=clock.now())
    assert await coming(services, chat) == (None, [Why.PAUSED])


async def test_late_after_a_stop(
    services: Services, clock: ManualClock, chat: int, story: Story, told: Any, sender: Sender
) -> None:
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT + 47 * MINUTE)
    await run_due_slots(services, told)
    await sender.send_batch()
    reason = await last(services, chat)
    assert reason.code == Why.MADE_LATE
    assert reason.words.startswith("đã gửi lúc 07:32: số soạn muộn 47 phút")
    assert (await issue(services)).code == Why.MADE_LATE
    await clock.advance(26 * 3600)  # past the late window of the next slot
    await run_due_slots(services, told)
    assert (await issue(services)).code == Why.SKIPPED
    view = await look_at_reader(services, chat)
    assert view is not None
    assert view.blank[0][1].words == "bỏ qua, quá muộn, bot không chạy lúc đến giờ"


async def test_429(
    services: Services, clock: ManualClock, chat: int, story: Story, told: Any, sender: Sender, users: Control
) -> None:
    await users.post("fault", kind="429", chat=chat, retry_after=1_800, method="sendMessage")
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, told)
    await sender.send_batch()
    reason = await last(services, chat)
    assert reason.code == Why.HELD
    assert "429" in reason.words
    assert "07:1" in reason.words
    assert (await issue(services)).code == Why.HELD


async def test_sending_stopped_by_an_operator(
    services: Services, clock: ManualClock, chat: int, story: Story, told: Any, sender: Sender
) -> None:
    await sender.set_paused(True)
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, told)
    assert (await last(services, chat)).code == Why.STOPPED
    assert (await issue(services)).code == Why.STOPPED
    assert (await coming(services, chat))[1] == [Why.STOPPED]
    await sender.set_paused(False)
    assert (await last(services, chat)).code == Why.IN_TURN


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
async def test_muted_by_a_word_or_a_paper(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any, chosen: Any, words: str
) -> None:
    await reader(1, **chosen)
    await story("Hồ làng được nạo vét", topic="thoi-su")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, told)
    assert await article_reason(services, 1, "Hồ làng được nạo vét") == ("muted", words)


async def test_a_wanted_word_counts_more_than_the_topics(
    services: Services, clock: ManualClock, reader: Reader, story: Story
) -> None:
    await reader(1, topics=("the-thao",), words_in=("hồ làng",))
    await story("Hồ làng được nạo vét", topic="thoi-su")
    assert (await article_reason(services, 1, "Hồ làng được nạo vét"))[0] == "comes_next"


async def test_muted(
    services: Services, clock: ManualClock, users: Control, reader: Reader, story: Story, told: Any
) -> None:
    chat = await users.user("Lan", started=True)
    await reader(chat, topics=("the-thao",))
    await story("Hồ làng được nạo vét", topic="thoi-su")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, told)
    code, words = await article_reason(services, chat, "Hồ làng được nạo vét")
    assert (code, words) == ("muted", "chủ đề của bài là Thời sự; người này chỉ nhận Thể thao")


async def test_dropped_when_the_issue_was_made(
    services: Services,
    clock: ManualClock,
    chat: int,
    story: Story,
    told: Any,
    make_newsroom: Any,
    edition: Any,
) -> None:
    services.newsroom = make_newsroom(replace(edition(), reading_minutes=0.1))
    for number in range(6):
        await story(f"Xã thứ {number} khánh thành cây cầu mới")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, told)
    found = [
        await article_reason(services, chat, f"Xã thứ {number} khánh thành cây cầu mới")
        for number in range(6)
    ]
    codes = [code for code, _ in found]
    assert "dropped" in codes
    assert "in_turn" in codes  # what is in the issue waits for its turn
    assert "0.1 phút đọc" in dict(found)["dropped"]


async def test_retracted(services: Services, clock: ManualClock, chat: int, story: Story, told: Any) -> None:
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, told)
    async with services.database.write() as connection:
        [batch] = await find_batches(connection, since=clock.now() - dt.timedelta(days=1), limit=1)
        counted = await find_batch(connection, batch.id)
        assert counted is not None
        await retract(connection, counted, "thử", now=clock.now())
    assert (await last(services, chat)).code == Why.RETRACTED
    assert (await issue(services)).code == Why.RETRACTED


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
async def test_source_silent(
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


async def test_article_refused(services: Services, clock: ManualClock, chat: int) -> None:
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


async def test_folded_into_a_story(
    services: Services, clock: ManualClock, chat: int, story: Story, told: Any, sender: Sender
) -> None:
    number = await story("Hồ làng được nạo vét")
    async with services.database.write() as connection:
        other = replace(incoming("Nạo vét xong hồ làng", None, clock.now()), source="bao-doi")
        await store_articles(connection, [other], now=clock.now())
    found = await why_article(services, chat, "Nạo vét xong hồ làng")
    assert found is not None
    assert found[0] is not None
    async with services.database.write() as connection:
        await save_work(connection, [Worked(found[0], (), number)], now=clock.now())
    await clock.advance(TO_SLOT)
    await run_due_slots(services, told)
    await sender.send_batch()
    reasons = [
        await article_reason(services, chat, title)
        for title in ("Hồ làng được nạo vét", "Nạo vét xong hồ làng")
    ]
    assert sorted(code for code, _ in reasons) == ["folded", "on_time"]
    folded = dict(reasons)["folded"]
    assert "gộp vào chuyện «" in folded
    assert "đã gửi lúc 06:45" in folded


async def test_not_yet_processed(services: Services, clock: ManualClock, chat: int) -> None:
    async with services.database.write() as connection:
        await store_articles(connection, [incoming("Hồ làng", None, clock.now())], now=clock.now())
    code, words = await article_reason(services, chat, "Hồ làng")
    assert (code, words) == ("not_processed", "nhận lúc 05:00, còn chờ xử lý nên chưa vào số nào")


async def test_nobody_is_answered_for(services: Services) -> None:
    assert await look_at_reader(services, 77) is None
    assert await why_article(services, 77, "1") is None


async def test_what_came_in_time_and_what_comes_next(
    services: Services, clock: ManualClock, chat: int, story: Story, told: Any, sender: Sender
) -> None:
    assert await coming(services, chat) == ("06:45", [])
    await story("Hồ làng được nạo vét")
    code, words = await article_reason(services, chat, "Hồ làng được nạo vét")
    assert (code, words[-5:]) == ("comes_next", "06:45")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, told)
    await sender.send_batch()
    assert await last(services, chat) == Reason(Why.ON_TIME, "đã gửi lúc 06:45")
    ahead, past = await look_at_issues(services, days=1, limit=10)
    assert [(one.edition, one.readers) for one in ahead] == [("sang", 1)]
    one, reason = past[0]
    assert (one.sent, one.waiting, one.first_sent_at, reason.code) == (1, 0, clock.now(), Why.ON_TIME)


async def test_a_paused_edition(
    services: Services, clock: ManualClock, chat: int, edition: Any, make_newsroom: Any, told: Any
) -> None:
    services.newsroom = make_newsroom(replace(edition(), is_paused=True))
    assert await coming(services, chat) == (None, [Why.EDITION_PAUSED])
    assert (await look_at_issues(services, days=1, limit=10))[0] == []
    await clock.advance(TO_SLOT)
    await run_due_slots(services, told)
    assert await issue(services) == Reason(Why.SKIPPED, "bỏ qua, bản tin tạm ngừng")
