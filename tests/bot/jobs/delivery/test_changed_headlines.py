"""A paper changes a headline after readers got it: admins are told once, with the correcting command."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select, true, update

from bot.jobs.delivery.risks import report_changed_headlines
from bot.messages.markup import MAX_UNITS, visible_length
from bot.news.services import Services
from storage.articles import find_articles, store_articles
from storage.delivery.issues import Issue, IssueStory, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.processing.processed import Findings, make_stories, save_work
from storage.search.search import search_articles
from storage.tables import deliveries, messages
from summarizer.questions.query import parse_query
from tests.manual_clock import ManualClock
from tests.storage.conftest import incoming
from tests.waiting import find_waiting

OLD, NEW = "Ông Lê Văn Tám bị bắt vì nhận hối lộ", "Một cán bộ <xã> bị bắt vì nhận hối lộ"
KEY = "url:bao.example#5999301"


async def publish(
    services: Services, profile: int, headline: str, *, key: str = KEY, status: str = "sent"
) -> int:
    """Store and process an article of this headline, tell it in an issue, and return the story's number."""
    now = services.clock.now()
    async with services.database.write() as connection:
        await store_articles(connection, [incoming(key, title=headline)], now=now)
        [article] = await find_waiting(connection, 10)
        [story] = await make_stories(connection, 1, now=now)
        await save_work(connection, [Findings(article, (), story)], now=now)
        slot = now - dt.timedelta(minutes=story)
        shown = headline if len(headline) < 150 else headline[:140].rstrip() + "…"
        told = (IssueStory(story, 0, shown),)
        issue = Issue(profile, "sang", slot, slot, IssueStatus.MADE, parts=(Part("một"),), stories=told)
        issue_id = await record_issue(connection, issue, now=now)
        assert issue_id is not None
        await enqueue_issues(connection, [issue_id], true(), release=lambda *_: now, now=now)
        mine = deliveries.c.message_id.in_(select(messages.c.id).where(messages.c.issue_id == issue_id))
        await connection.execute(update(deliveries).where(mine).values(status=status))
    return story


async def change(services: Services, headline: str, *, key: str = KEY, body: str = "Nước lên nhanh.") -> None:
    """Let the paper change an article."""
    async with services.database.write() as connection:
        await store_articles(connection, [incoming(key, headline, body)], now=services.clock.now())


async def test_the_admins_hear_once_of_a_changed_headline_that_was_sent(
    services: Services, clock: ManualClock, admin_chat: Any, reader: Any
) -> None:
    story = await publish(services, await reader(5), OLD)
    await change(services, NEW)
    await report_changed_headlines(services, admin_chat)
    await report_changed_headlines(services, admin_chat)
    [notice] = admin_chat
    assert f"«{OLD}»" in notice
    assert "«Một cán bộ &lt;xã&gt; bị bắt vì nhận hối lộ»" in notice
    assert "đã gửi cho 1 người" in notice
    assert f"<code>/dinhchinh {story} Báo đã sửa tiêu đề thành: Một cán bộ &lt;xã&gt;" in notice


async def test_the_old_headline_is_not_askable_any_more(services: Services, reader: Any) -> None:
    await publish(services, await reader(5), OLD)
    await change(services, NEW)
    async with services.database.write() as connection:
        [article] = await find_waiting(connection, 10)
        assert article.story_id is not None
        await save_work(connection, [Findings(article, (), article.story_id)], now=services.clock.now())
        old = await search_articles(connection, parse_query("Lê Văn Tám"), now=services.clock.now())
        new = await search_articles(connection, parse_query("cán bộ xã"), now=services.clock.now())
        [stored] = (await find_articles(connection, [article.id])).values()
    assert (old.ids, new.ids) == ((), (article.id,))
    assert (stored.title, stored.version) == (NEW, 2)


@pytest.mark.parametrize("status", ["pending", "gone"])
async def test_nobody_hears_of_a_headline_that_nobody_got(
    services: Services, admin_chat: Any, reader: Any, status: str
) -> None:
    await publish(services, await reader(5), OLD, status=status)
    await change(services, NEW)
    await report_changed_headlines(services, admin_chat)
    assert admin_chat == []


async def test_a_text_that_changes_under_its_headline_is_no_such_case(
    services: Services, admin_chat: Any, reader: Any
) -> None:
    await publish(services, await reader(5), OLD)
    await change(services, OLD, body="Nước xuống nhanh.")
    await report_changed_headlines(services, admin_chat)
    assert admin_chat == []


async def test_a_headline_that_was_taken_back_at_once_is_not_told(
    services: Services, admin_chat: Any, reader: Any
) -> None:
    await publish(services, await reader(5), OLD)
    await change(services, NEW)
    await change(services, OLD)
    await report_changed_headlines(services, admin_chat)
    assert admin_chat == []


async def test_many_changes_come_in_messages_that_fit(
    services: Services, admin_chat: Any, reader: Any
) -> None:
    profile = await reader(5)
    for number in range(6):
        key = f"url:bao.example#599930{number}"
        await publish(services, profile, f"Tin cũ số {number} " + "rất dài " * 60, key=key)
        await change(services, f"Tin mới số {number} " + "<dài> " * 80, key=key)
        async with services.database.write() as connection:
            [article] = await find_waiting(connection, 10)
            await save_work(
                connection, [Findings(article, (), article.story_id or 0)], now=services.clock.now()
            )
    for _ in range(3):
        await report_changed_headlines(services, admin_chat)
    assert [notice.count("Đã gửi: «Tin cũ") for notice in admin_chat] == [4, 2]
    assert max(map(visible_length, admin_chat)) <= MAX_UNITS
