"""The sender against the emulator over HTTP, on both engines: the status of a delivery after each event."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs.delivery.sender import FEWEST_IN_FLIGHT, Sender
from bot.news.services import Services
from bot.telegram.transport import AiohttpRequest
from storage.subscribers import find_subscriber
from storage.tables import deliveries

Reader = Callable[..., Awaitable[int]]

Queue = Callable[..., Awaitable[None]]

AN, BINH = 1, 2


async def ledger(services: Services) -> list[tuple[str, int, str | None]]:
    """Return status, tries and reason of each row."""
    d = deliveries.c
    async with services.database.read() as connection:
        rows = await connection.execute(select(d.status, d.tries, d.reason).order_by(d.id))
        return [(row.status, row.tries, row.reason) for row in rows]


async def statuses(services: Services) -> list[str]:
    """Return the status of each row."""
    return [status for status, _, _ in await ledger(services)]


async def seen(users: Control, chat: int) -> list[str]:
    """Return what the chat got."""
    return [message["text"] for message in await users.wait(chat, count=1, timeout=0)]


async def is_active(services: Services, chat: int) -> bool:
    """Tell whether the chat would get the next issue."""
    async with services.database.read() as connection:
        subscriber = await find_subscriber(connection, chat)
    return subscriber is not None and subscriber.status == "active"


async def test_a_due_row_is_sent_and_keeps_telegrams_number(
    services: Services, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    assert await sender.send_batch() == 1
    assert await sender.send_batch() == 0
    assert await seen(users, AN) == ["Tin sáng"]
    async with services.database.read() as connection:
        number = (await connection.execute(select(deliveries.c.telegram_id))).scalar_one()
    assert number == (await users.wait(AN))[0]["message_id"]


async def test_parts_arrive_in_their_order(sender: Sender, queue: Queue, users: Control) -> None:
    await queue(AN, BINH, parts=("một", "hai", "ba"))
    while await sender.send_batch():
        pass
    for chat in (AN, BINH):
        assert [message["text"] for message in await users.wait(chat, count=3)] == ["một", "hai", "ba"]


@pytest.mark.parametrize(
    "why",
    [
        {"kind": "403", "description": "bot was blocked by the user"},
        {"kind": "403", "description": "user is deactivated"},
        {"kind": "403", "description": "bot was kicked from the supergroup chat"},
        {"kind": "403", "description": "the group chat was deleted"},
        {"kind": "400", "description": "chat not found"},
    ],
    ids=lambda why: why["description"],
)
async def test_a_chat_that_is_gone_is_retired_and_its_other_rows_called_off(
    services: Services, sender: Sender, queue: Queue, users: Control, why: dict[str, str]
) -> None:
    await queue(AN, BINH, parts=("một", "hai"))
    await users.post("fault", method="sendMessage", chat=AN, **why)
    while await sender.send_batch():
        pass
    assert sorted(await statuses(services)) == ["gone", "gone", "sent", "sent"]
    assert (await is_active(services, AN), await is_active(services, BINH)) == (False, True)


@pytest.mark.parametrize("fault", ["500", "html_502", "cut_before", "cut_after", "hang"])
async def test_a_try_that_may_have_arrived_is_repeated_once_and_then_in_doubt(
    services: Services, sender: Sender, queue: Queue, users: Control, fault: str
) -> None:
    await queue(AN)
    await users.post("fault", kind=fault, method="sendMessage", times=2, seconds=2)
    await sender.send_batch()
    assert [row[:2] for row in await ledger(services)] == [("pending", 1)]
    await sender.send_batch()
    assert await statuses(services) == ["unknown"]
    assert await sender.send_batch() == 0
    assert await is_active(services, AN)


@pytest.mark.parametrize("fault", ["500", "cut_before", "cut_after"])
async def test_after_a_doubtful_try_the_row_goes_to_the_tail_and_arrives(
    services: Services, sender: Sender, queue: Queue, users: Control, fault: str
) -> None:
    chats = range(1, FEWEST_IN_FLIGHT + 2)
    await queue(*chats)
    await users.post("fault", kind=fault, method="sendMessage", chat=AN)
    await sender.send_batch()
    await sender.send_batch()
    assert await statuses(services) == ["sent"] * len(chats)
    assert len(await users.wait(AN, timeout=0)) == (2 if fault == "cut_after" else 1)


async def test_a_429_is_no_try_and_its_chat_waits(
    services: Services, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    await users.post("fault", kind="429", retry_after=60, times=3)
    for _ in range(3):
        await sender.send_batch()
    assert [row[:2] for row in await ledger(services)] == [("pending", 0)]
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0.1)
    assert await statuses(services) == ["pending"], "the chat waits"
    sender.stop()
    await running


async def test_a_server_that_is_down_costs_no_try(
    services: Services, queue: Queue, users: Control, unused_tcp_port: int
) -> None:
    await queue(AN)
    request = AiohttpRequest(2)
    await request.initialize()
    base_url = f"http://127.0.0.1:{unused_tcp_port}/bot"
    away: ExtBot[None] = ExtBot("42:emulated", base_url=base_url, request=request)
    for _ in range(3):
        await Sender(services, away).send_batch()
    await request.shutdown()
    assert [row[:2] for row in await ledger(services)] == [("pending", 0)]


async def test_markup_that_telegram_cannot_read_goes_out_as_plain_words_once(
    services: Services, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN, parts=("<b>Giá xăng &lt; 20.000 đồng",))
    await sender.send_batch()
    assert await seen(users, AN) == ["Giá xăng < 20.000 đồng"]
    assert await statuses(services) == ["sent"]


async def test_a_message_refused_for_itself_ends_and_the_chat_stays(
    services: Services, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN, parts=("a" * 5_000,))
    await sender.send_batch()
    [(status, _, reason)] = await ledger(services)
    assert status == "gone"
    assert "too long" in str(reason)
    assert await is_active(services, AN)


async def test_a_group_that_became_a_supergroup_is_followed(
    services: Services, sender: Sender, queue: Queue, users: Control, reader: Reader
) -> None:
    made = await users.post("group", title="Xóm nhỏ", type="group")
    old = made["chat"]["id"]
    await reader(old)
    await queue(AN)
    new = (await users.post("member", chat=old, action="upgrade"))["chat"]["id"]
    while await sender.send_batch():
        pass
    assert await statuses(services) == ["sent", "sent"]
    assert "Tin sáng" in await seen(users, new)
    assert await is_active(services, new)


async def test_a_group_whose_new_number_subscribed_meanwhile_loses_no_digest(
    services: Services, sender: Sender, queue: Queue, users: Control, reader: Reader
) -> None:
    old = await users.group("Xóm nhỏ", type="group")
    await reader(old)
    await queue(AN)
    new = (await users.post("member", chat=old, action="upgrade"))["chat"]["id"]
    await reader(new)
    while await sender.send_batch():
        pass
    assert await statuses(services) == ["sent", "sent"]
    assert "Tin sáng" in await seen(users, new)


async def test_a_refused_token_halts_the_sender_and_keeps_the_rows(
    services: Services, sender: Sender, queue: Queue, users: Control, telegram: ExtBot[None]
) -> None:
    await queue(AN)
    await users.post("token", token=telegram.token)
    await sender.send_batch()
    assert sender.is_halted
    assert [row[:2] for row in await ledger(services)] == [("pending", 0)]
