"""Admins are told once what Telegram refuses, and the overview shows it as a fault."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from telegram.ext import ExtBot

from bot.chat.operators.bot_state import State, state_view
from bot.emulator.client import Control
from bot.jobs.delivery.risks import report_refusals
from bot.jobs.delivery.sender import Sender
from bot.messages import operator_texts
from bot.news.services import Services
from storage.delivery.refusals import LEFT, NO_RIGHTS, REFUSED
from storage.subscribers import find_subscriber, set_status
from storage.tables import deliveries
from storage.upkeep.stats import gather_stats
from tests.bot.jobs.delivery.test_delivery import AN, BINH, Queue, Reader, seen, statuses
from tests.bot.jobs.delivery.test_waits import LONG, refuse, until_idle
from tests.manual_clock import ManualClock

DAY = dt.timedelta(days=1)


@pytest.fixture
def sender(services: Services, telegram: ExtBot[None]) -> Sender:
    """A sender that tests run batch by batch."""
    return Sender(services, telegram)


async def sending_lines(services: Services) -> str:
    """Return what the operators' overview says."""
    now = services.clock.now()
    async with services.database.read() as connection:
        stats = await gather_stats(connection, since=now - DAY, now=now)
    return str(state_view(State(stats, [], {}, [], is_stopped=False), services.newsroom, now).html)


async def reasons(services: Services) -> set[str]:
    """Return how the reasons of deliveries begin."""
    async with services.database.read() as connection:
        rows = (await connection.execute(select(deliveries.c.reason))).scalars()
        return {str(reason).partition(":")[0] for reason in rows if reason}


async def test_an_edition_refused_as_a_whole_is_told_once_with_telegrams_words_and_again_after_it_was_well(
    services: Services,
    clock: ManualClock,
    sender: Sender,
    telegram: ExtBot[None],
    queue: Queue,
    users: Control,
    admin_chat: Any,
) -> None:
    async def issue() -> None:
        await clock.advance(3_600)
        await queue(AN, BINH)
        await until_idle(sender)
        for _ in range(2):
            await report_refusals(services, telegram, admin_chat)

    await users.post("fault", kind="400", method="sendMessage", description="message text is odd", times=4)
    await issue()
    [text] = admin_chat
    assert "2 trên 2 tin nhắn không gửi được" in text
    assert "essage text is odd" in text
    assert operator_texts.SENDING_RUNS not in await sending_lines(services)
    assert await reasons(services) == {REFUSED}
    await issue()
    assert admin_chat == [text], "the same trouble"
    await issue()
    assert admin_chat[1:] == ["✓ Số mới của bản tin đã gửi được bình thường."]
    assert operator_texts.SENDING_RUNS in await sending_lines(services)


async def test_a_reader_who_left_is_no_refusal(
    services: Services, sender: Sender, telegram: ExtBot[None], queue: Queue, users: Control, admin_chat: Any
) -> None:
    await queue(AN, BINH)
    await users.post("fault", kind="403", chat=AN)
    await until_idle(sender)
    await report_refusals(services, telegram, admin_chat)
    assert admin_chat == []
    assert await reasons(services) == {LEFT}
    assert operator_texts.SENDING_RUNS in await sending_lines(services)


async def test_lost_rights_in_a_group_are_told_to_admins_and_to_its_owner_once(
    services: Services, clock: ManualClock, sender: Sender, telegram: ExtBot[None], queue: Queue,
    users: Control, reader: Reader, admin_chat: Any,
) -> None:  # fmt: skip
    await users.user("Chủ nhóm", id=BINH, started=True)
    group = await users.group("Xóm nhỏ", administrators=[BINH])
    await reader(group)
    await queue(AN)
    words = "not enough rights to send text messages to the chat"
    await users.post("fault", kind="400", method="sendMessage", chat=group, description=words)
    await until_idle(sender)
    for _ in range(2):
        await report_refusals(services, telegram, admin_chat)
    [text] = admin_chat
    assert "Xóm nhỏ" in text
    assert words[1:] in text
    [to_owner] = await seen(users, BINH)
    assert to_owner.startswith("Điểm Tin không còn quyền đăng trong Xóm nhỏ")
    assert await reasons(services) == {NO_RIGHTS}
    assert "Bot mất quyền đăng tin ở 1 nhóm" in await sending_lines(services)
    async with services.database.write() as connection:
        subscriber = await find_subscriber(connection, group)
        await set_status(connection, group, "active", now=clock.now())
    assert subscriber is not None
    assert subscriber.status == "gone"
    assert operator_texts.SENDING_RUNS in await sending_lines(services)


async def test_a_long_wait_is_told_once_with_its_end(
    services: Services, sender: Sender, telegram: ExtBot[None], queue: Queue, users: Control, admin_chat: Any
) -> None:
    await refuse(users, AN)
    await refuse(users, BINH, seconds=60)
    await queue(AN, BINH, 3)
    await until_idle(sender)
    for _ in range(2):
        await report_refusals(services, telegram, admin_chat)
    [text] = admin_chat
    assert "1 cuộc trò chuyện đợi lâu, lâu nhất đến 17:10 ngày 2/3" in text
    assert LONG == 12 * 3_600 + 10 * 60 + 37
    assert operator_texts.SENDING_RUNS not in await sending_lines(services)


@pytest.mark.parametrize("description", ["can't parse entities: odd", "message text is odd"])
async def test_the_part_after_a_refused_one_says_what_is_missing(
    services: Services, sender: Sender, queue: Queue, users: Control, description: str
) -> None:
    await queue(AN, parts=("<b>Tin</b> (1/2)", "Tin (2/2)"))
    times = 2 if "parse" in description else 1
    await users.post("fault", kind="400", method="sendMessage", description=description, times=times)
    await until_idle(sender)
    [text] = await seen(users, AN)
    assert text.startswith("⚠️ Thiếu phần 1/2 của bản tin này")
    assert text.endswith("Tin (2/2)")
    assert await statuses(services) == ["gone", "sent"]


async def test_a_last_part_that_is_refused_is_told_in_a_line_of_its_own(
    services: Services, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN, parts=("Tin (1/2)", "a" * 5_000))
    await until_idle(sender)
    first, second = await seen(users, AN)
    assert (first, second[:22]) == ("Tin (1/2)", "⚠️ Thiếu phần 2/2 của ")
    assert await statuses(services) == ["sent", "gone"]
