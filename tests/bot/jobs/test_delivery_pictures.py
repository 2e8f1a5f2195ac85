"""The picture above a queued message: sent, refused and kept by a correction."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import true
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.news.reader_notices import send_correction
from bot.news.services import Services
from storage.delivery.corrections import draft_correction
from storage.delivery.issues import Issue, IssueStory, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.processing.processed import make_stories

AN = 1
PAGE = "https://baobien.example/tin-1"
SHOWN = {"url": PAGE, "prefer_large_media": True, "show_above_text": True}


@pytest.fixture
def sender(services: Services, telegram: ExtBot[None]) -> Sender:
    """A sender that tests run batch by batch."""
    return Sender(services, telegram)


@pytest.fixture
async def story_id(services: Services, users: Control, reader: Callable[..., Awaitable[int]]) -> int:
    """Queue a digest of two messages for An, the first with a picture; return the first's story."""
    await users.user("An", id=AN, started=True)
    profile, now = await reader(AN), services.clock.now()
    async with services.database.write() as connection:
        [story] = await make_stories(connection, 1, now=now)
        parts = (Part("<b>Giá gạo tăng</b>", (), PAGE), Part("<b>Chợ nổi mở lại</b>"))
        told = (IssueStory(story, 0, "Giá gạo tăng"),)
        issue = Issue(profile, "sang", now, now, IssueStatus.MADE, parts=parts, stories=told)
        issue_id = await record_issue(connection, issue, now=now)
        assert issue_id is not None
        await enqueue_issues(connection, [issue_id], true(), release=lambda *_: now, now=now)
    return story


async def _seen(users: Control) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = await users.wait(AN, count=1, timeout=0)
    return messages


@pytest.mark.usefixtures("story_id")
async def test_the_first_message_alone_has_the_picture(sender: Sender, users: Control) -> None:
    await sender.send_batch()
    await sender.send_batch()
    first, second = await _seen(users)
    assert first["link_preview_options"] == SHOWN
    assert second["link_preview_options"] == {"is_disabled": True}


@pytest.mark.usefixtures("story_id")
async def test_a_refused_picture_costs_the_reader_nothing_else(sender: Sender, users: Control) -> None:
    await users.post("fault", kind="400", method="sendMessage", description="WEBPAGE_URL_INVALID")
    await sender.send_batch()
    [first, *_] = await _seen(users)
    assert first["text"] == "Giá gạo tăng"
    assert first["entities"], "its markup is kept"
    assert first["link_preview_options"] == {"is_disabled": True}


async def test_a_correction_leaves_the_picture_there(
    services: Services, sender: Sender, users: Control, story_id: int
) -> None:
    await sender.send_batch()
    async with services.database.write() as connection:
        draft = await draft_correction(connection, story_id, "Tăng ít thôi.", now=services.clock.now())
    await send_correction(services, draft.id)
    for _ in range(3):
        await sender.send_batch()
    [first, *_] = await _seen(users)
    assert "Tăng ít thôi." in first["text"]
    assert first["link_preview_options"] == SHOWN
