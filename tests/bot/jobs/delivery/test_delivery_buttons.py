"""Any message can carry buttons: they are data in the outbox, and checked when they are read."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import true, update
from telegram.ext import ExtBot

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.intents import RunWatch
from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.news.reader_notices import send_correction
from bot.news.services import Services
from storage.delivery.corrections import draft_correction
from storage.delivery.issues import Issue, IssueStory, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.processing.processed import make_stories
from storage.tables import messages

AN = 1
MORE = ("Xem thêm", encode(RunWatch(7)))
UNKNOWN = ("Lạ", "khong:co:nut:nay")


@pytest.fixture
def sender(services: Services, telegram: ExtBot[None]) -> Sender:
    """A sender that tests run batch by batch."""
    return Sender(services, telegram)


@pytest.fixture
async def story_id(services: Services, users: Control, reader: Callable[..., Awaitable[int]]) -> int:
    """Queue a digest with a button for An, and return the story that it tells."""
    await users.user("An", id=AN, started=True)
    profile, now = await reader(AN), services.clock.now()
    async with services.database.write() as connection:
        [story] = await make_stories(connection, 1, now=now)
        parts = (Part("<b>Giá gạo tăng</b>", ((MORE,),)),)
        stories = (IssueStory(story, 0, "Giá gạo tăng"),)
        issue = Issue(profile, "sang", now, now, IssueStatus.MADE, parts=parts, stories=stories)
        issue_id = await record_issue(connection, issue, now=now)
        assert issue_id is not None
        await enqueue_issues(connection, [issue_id], true(), release=lambda *_: now, now=now)
    return story


async def labels(users: Control) -> list[list[str]]:
    """Return the labels under the first message that An got."""
    message, *_ = await users.wait(AN, count=1, timeout=0)
    return [[button["text"] for button in row] for row in message.get("buttons") or []]


async def test_a_digest_comes_with_its_buttons_and_a_correction_leaves_them_there(
    services: Services, sender: Sender, users: Control, story_id: int
) -> None:
    await sender.send_batch()
    assert await labels(users) == [["Xem thêm"]]
    async with services.database.write() as connection:
        draft = await draft_correction(connection, story_id, "Tăng ít thôi.", now=services.clock.now())
    await send_correction(services, draft.id)
    await sender.send_batch()
    [digest, *_] = await users.wait(AN, count=1, timeout=0)
    assert "Tăng ít thôi." in digest["text"]
    assert await labels(users) == [["Xem thêm"]]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ([[UNKNOWN], [MORE, UNKNOWN]], [["Xem thêm"]]),
        ([[UNKNOWN]], []),
        ([["Xem thêm"], [["Xem thêm"]], "Xem thêm", [[1, 2]]], []),
        ({"Xem thêm": 1}, []),
    ],
)
async def test_a_button_that_nobody_would_understand_is_left_out_and_the_message_goes(
    services: Services, sender: Sender, users: Control, story_id: int, stored: object, shown: list[list[str]]
) -> None:
    async with services.database.write() as connection:
        await connection.execute(update(messages).values(buttons=stored))
    await sender.send_batch()
    assert await labels(users) == shown
