"""Times in a queued message can be tapped; a server that does not know them gets them only once."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import true
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.messages.markup import dated
from bot.news.services import Services
from storage.delivery.issues import Issue, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus

AN = 1
MOMENT = dt.datetime(2026, 3, 1, 21, 30, tzinfo=dt.UTC)
REFUSED = 'can\'t parse entities: Unsupported start tag "tg-time" at byte offset 9'


async def _queue(services: Services, profile: int, slot: dt.datetime) -> None:
    now, part = services.clock.now(), Part(f"<b>Giá gạo tăng</b>\n{dated('04:30 hôm nay', MOMENT)}")
    async with services.database.write() as connection:
        issue = Issue(profile, "sang", slot, now, IssueStatus.MADE, parts=(part,))
        issue_id = await record_issue(connection, issue, now=now)
        assert issue_id is not None
        await enqueue_issues(connection, [issue_id], true(), release=lambda *_: now, now=now)


async def _kinds(users: Control) -> list[list[str]]:
    messages: list[dict[str, Any]] = await users.wait(AN, count=1, timeout=0)
    assert {one["text"] for one in messages} == {"Giá gạo tăng\n04:30 hôm nay"}
    return [[entity["type"] for entity in one["entities"]] for one in messages]


async def test_a_server_without_dates_is_remembered(
    services: Services, telegram: ExtBot[None], users: Control, reader: Callable[..., Awaitable[int]]
) -> None:
    await users.user("An", id=AN, started=True)
    profile, now, sender = await reader(AN), services.clock.now(), Sender(services, telegram)
    await _queue(services, profile, now)
    await sender.send_batch()
    assert await _kinds(users) == [["bold", "date_time"]]
    await users.post("fault", kind="400", method="sendMessage", description=REFUSED)
    for hours in (1, 2):  # the server would take the second one
        await _queue(services, profile, now + dt.timedelta(hours=hours))
        await sender.send_batch()
    assert await _kinds(users) == [["bold", "date_time"], ["bold"], ["bold"]], (
        "the rest of its markup is kept"
    )


async def test_a_date_that_is_refused_costs_only_the_dates_of_its_message(
    services: Services, telegram: ExtBot[None], users: Control, reader: Callable[..., Awaitable[int]]
) -> None:
    await users.user("An", id=AN, started=True)
    profile, now, sender = await reader(AN), services.clock.now(), Sender(services, telegram)
    await users.post("fault", kind="400", method="sendMessage", description="ENTITY_DATE_INVALID")
    for hours in (0, 1):
        await _queue(services, profile, now + dt.timedelta(hours=hours))
        await sender.send_batch()
    assert await _kinds(users) == [["bold"], ["bold", "date_time"]]
