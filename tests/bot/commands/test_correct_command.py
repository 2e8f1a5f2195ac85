"""`diemtin correct`: shown first, sent only when asked, wrong use reported in words."""

import asyncio
import datetime as dt
from typing import Any

import pytest
from sqlalchemy import insert, select, true

from storage.delivery.issues import Issue, IssueStory, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.engine import Database
from storage.profiles import Choices, join_profile
from storage.subscribers import subscribe
from storage.tables import deliveries, stories

NOON = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)
STORY = 7


async def _send_story(url: str) -> None:
    database = Database(url)
    async with database.write() as connection:
        await connection.execute(insert(stories).values(id=STORY, created_at=NOON))
        profile = await join_profile(connection, Choices("sang"), next_due_at=NOON, now=NOON)
        for chat in (1, 2):
            await subscribe(connection, chat, kind="private", profile_id=profile, now=NOON)
        shown = (IssueStory(STORY, 0, "Giá gạo tăng"),)
        issue = Issue(
            profile,
            "sang",
            NOON,
            NOON,
            IssueStatus.MADE,
            parts=(Part("<b>Giá gạo tăng</b>"),),
            stories=shown,
        )
        number = await record_issue(connection, issue, now=NOON)
        assert number is not None
        await enqueue_issues(connection, [number], true(), release=lambda start, end: NOON, now=NOON)
        await connection.execute(deliveries.update().values(status="sent", telegram_id=5))
    await database.close()


async def _waiting(url: str) -> int:
    database = Database(url)
    async with database.read() as connection:
        query = select(deliveries.c.id).where(deliveries.c.status == "pending")
        count = len((await connection.execute(query)).all())
    await database.close()
    return count


@pytest.fixture
def sent(sqlite_url: str) -> str:
    """Return the address of a database with a story that two readers got."""
    asyncio.run(_send_story(sqlite_url))
    return sqlite_url


def test_a_correction_is_shown_and_nothing_queued_until_it_is_asked_for(run: Any, sent: str) -> None:
    shown = run("correct", str(STORY), "Gạo tăng 300 đồng & không hơn.")
    assert shown.code == 0
    assert (
        "Về tin «Giá gạo tăng» (Bản tin sáng lúc 12:00 ngày 20/11): Gạo tăng 300 đồng & không hơn."
        in shown.out
    )
    assert "2 người sẽ nhận. Gửi thật: thêm --send" in shown.out
    assert asyncio.run(_waiting(sent)) == 0


def test_a_confirmed_correction_waits_for_the_running_bot(run: Any, sent: str) -> None:
    result = run("correct", str(STORY), "Gạo tăng 300 đồng.", "--send")
    assert result.code == 0
    assert "✓ Đã xếp gửi: sửa 2 tin nhắn, báo cho 2 người nhận" in result.out
    assert asyncio.run(_waiting(sent)) == 4


@pytest.mark.parametrize("text", ["", "…", "x" * 301])
def test_an_invalid_text_is_wrong_use(run: Any, sent: str, text: str) -> None:
    result = run("correct", str(STORY), text, "--send")
    assert result.code == 2
    assert "dài nhất 300 ký tự" in result.err
    assert asyncio.run(_waiting(sent)) == 0


@pytest.mark.parametrize("story", ["8", str(10**30)])
def test_a_story_that_nobody_got_is_refused(run: Any, sent: str, story: str) -> None:
    result = run("correct", story, "Gạo tăng 300 đồng.", "--send")
    assert result.code == 1
    assert f"tin mang mã {story}" in result.err
