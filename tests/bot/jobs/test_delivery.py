"""The sender against the emulator over HTTP, on both engines: what becomes of a row, whatever happens."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from telegram.ext import ExtBot

from bot.desk import Desk
from bot.emulator.client import Control
from bot.emulator.emulation import Emulator
from bot.jobs.delivery import FEWEST_IN_FLIGHT, MOST_IN_FLIGHT, Sender
from bot.jobs.outcomes import Wait
from bot.telegram.limiter import TelegramPace
from bot.telegram.transport import AiohttpRequest
from bot.times.clock import ManualClock
from storage.delivery.deliveries import Claimed
from storage.errors import StorageError
from storage.subscribers import delete_subscriber, find_subscriber, set_status
from storage.tables import deliveries, subscribers

Reader = Callable[..., Awaitable[int]]
Queue = Callable[..., Awaitable[None]]
AN, BINH = 1, 2


@pytest.fixture
def sender(desk: Desk, telegram: ExtBot[None]) -> Sender:
    """A sender that is not running: tests send batch by batch, five each."""
    return Sender(desk, telegram, pace=TelegramPace())


async def ledger(desk: Desk) -> list[tuple[str, int, str | None]]:
    """Return status, tries and reason of each row."""
    d = deliveries.c
    async with desk.database.read() as connection:
        rows = await connection.execute(select(d.status, d.tries, d.reason).order_by(d.id))
        return [(row.status, row.tries, row.reason) for row in rows]


async def statuses(desk: Desk) -> list[str]:
    """Return the status of each row."""
    return [status for status, _, _ in await ledger(desk)]


async def seen(users: Control, chat: int) -> list[str]:
    """Return what the chat got."""
    return [message["text"] for message in await users.wait(chat, count=1, timeout=0)]


async def is_active(desk: Desk, chat: int) -> bool:
    """Tell whether the chat would get the next issue."""
    async with desk.database.read() as connection:
        subscriber = await find_subscriber(connection, chat)
    return subscriber is not None and subscriber.status == "active"


async def test_a_due_row_is_sent_and_keeps_telegrams_number(
    desk: Desk, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    assert await sender.send_batch() == 1
    assert await sender.send_batch() == 0
    assert await seen(users, AN) == ["Tin sáng"]
    async with desk.database.read() as connection:
        number = (await connection.execute(select(deliveries.c.message_id))).scalar_one()
    assert number == (await users.wait(AN))[0]["message_id"]


async def test_parts_arrive_in_their_order(sender: Sender, queue: Queue, users: Control) -> None:
    await queue(AN, BINH, parts=("một", "hai", "ba"))
    while await sender.send_batch():
        pass
    for chat in (AN, BINH):
        assert [message["text"] for message in await users.wait(chat, count=3)] == ["một", "hai", "ba"]


async def test_without_a_pace_many_are_in_flight_and_at_telegrams_rate_few(
    desk: Desk, telegram: ExtBot[None], queue: Queue
) -> None:
    await queue(*range(1, 51))
    assert await Sender(desk, telegram, pace=TelegramPace()).send_batch() == FEWEST_IN_FLIGHT
    assert await Sender(desk, telegram).send_batch() == MOST_IN_FLIGHT


async def test_a_sender_whose_rows_another_process_took_up_sends_none_of_them(
    desk: Desk, sender: Sender, queue: Queue, users: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the pace holds messages back."""
    await queue(AN, BINH)
    held = asyncio.Semaphore(0)

    async def hold(bot: Any, one: Any) -> Any:
        held.release()
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.jobs.delivery.send", hold)
    sending = asyncio.create_task(sender.run())
    for _ in range(2):
        await held.acquire()
    sender.abandon()
    await asyncio.wait_for(sending, 5)
    assert await statuses(desk) == ["sending", "sending"], "whoever took them up says what became of them"


async def test_after_a_failure_nothing_more_is_taken_up_than_the_one_that_asks(
    desk: Desk, sender: Sender, queue: Queue, users: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More are in flight then than may be: they hang, while one of them failed long ago."""
    await queue(*range(1, 21))
    failed = asyncio.Event()

    async def fail_or_hang(bot: Any, one: Claimed) -> Wait:
        if one.chat_id != AN:
            await asyncio.Event().wait()
        failed.set()
        return Wait(0.0, counts=True, reason="502")

    monkeypatch.setattr("bot.jobs.delivery.send", fail_or_hang)
    sending = asyncio.create_task(sender.run())
    await asyncio.wait_for(failed.wait(), 5)
    for _ in range(3):
        sender.wake()
        await asyncio.sleep(0.2)
    assert (await statuses(desk)).count("sending") <= FEWEST_IN_FLIGHT
    sender.abandon()
    await sending


async def test_a_chat_with_a_backlog_holds_no_other_chat_up(
    desk: Desk, clock: ManualClock, emulator: Emulator, queue: Queue, users: Control
) -> None:
    for _ in range(2 * FEWEST_IN_FLIGHT):
        await queue(AN)
        await clock.advance(1)
    await queue(BINH)
    pace = TelegramPace()
    bot: ExtBot[None] = ExtBot(
        "42:emulated", base_url=f"{emulator.url}/bot", request=AiohttpRequest(8), rate_limiter=pace
    )
    async with bot:
        sender = Sender(desk, bot, pace=pace)
        sending = asyncio.create_task(sender.run())
        assert await users.wait(BINH)
        assert len(await users.wait(AN, timeout=0)) <= 2, "one a second"
        sender.stop()
        sending.cancel()
        await asyncio.wait([sending])


async def test_of_a_backlog_one_row_at_a_time_is_taken_up_though_nothing_else_is_due(
    desk: Desk, clock: ManualClock, sender: Sender, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is due a moment later finds a place."""
    for _ in range(3):
        await queue(AN)
        await clock.advance(1)
    held = asyncio.Event()

    async def hold(bot: Any, one: Any) -> Any:
        held.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.jobs.delivery.send", hold)
    monkeypatch.setattr(TelegramPace, "busy_chats", lambda pace: [AN])
    sending = asyncio.create_task(sender.run())
    await asyncio.wait_for(held.wait(), 5)
    for _ in range(3):
        sender.wake()
        await asyncio.sleep(0.1)
    assert (await statuses(desk)).count("sending") == 1
    sender.abandon()
    await sending


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
    desk: Desk, sender: Sender, queue: Queue, users: Control, why: dict[str, str]
) -> None:
    await queue(AN, BINH, parts=("một", "hai"))
    await users.post("fault", method="sendMessage", chat=AN, **why)
    while await sender.send_batch():
        pass
    assert sorted(await statuses(desk)) == ["gone", "gone", "sent", "sent"]
    assert (await is_active(desk, AN), await is_active(desk, BINH)) == (False, True)


@pytest.mark.parametrize("fault", ["500", "html_502", "cut_before", "cut_after", "hang"])
async def test_a_try_that_may_have_arrived_is_repeated_once_and_then_in_doubt(
    desk: Desk, sender: Sender, queue: Queue, users: Control, fault: str
) -> None:
    await queue(AN)
    await users.post("fault", kind=fault, method="sendMessage", times=2, seconds=2)
    await sender.send_batch()
    assert [row[:2] for row in await ledger(desk)] == [("pending", 1)]
    await sender.send_batch()
    assert await statuses(desk) == ["unknown"]
    assert await sender.send_batch() == 0
    assert await is_active(desk, AN)


@pytest.mark.parametrize("fault", ["500", "cut_before", "cut_after"])
async def test_after_a_doubtful_try_the_row_goes_to_the_tail_and_arrives(
    desk: Desk, sender: Sender, queue: Queue, users: Control, fault: str
) -> None:
    chats = range(1, FEWEST_IN_FLIGHT + 2)
    await queue(*chats)
    await users.post("fault", kind=fault, method="sendMessage", chat=AN)
    await sender.send_batch()
    await sender.send_batch()
    assert await statuses(desk) == ["sent"] * len(chats)
    assert len(await users.wait(AN, timeout=0)) == (2 if fault == "cut_after" else 1)


async def test_a_429_is_no_try_and_makes_the_sender_rest(
    desk: Desk, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    await users.post("fault", kind="429", retry_after=60, times=3)
    for _ in range(3):
        await sender.send_batch()
    assert [row[:2] for row in await ledger(desk)] == [("pending", 0)]
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0.1)
    assert await statuses(desk) == ["pending"], "it rests"
    sender.stop()
    await running


async def test_a_server_that_is_down_costs_no_try(
    desk: Desk, queue: Queue, users: Control, unused_tcp_port: int
) -> None:
    await queue(AN)
    request = AiohttpRequest(2)
    await request.initialize()
    base_url = f"http://127.0.0.1:{unused_tcp_port}/bot"
    away: ExtBot[None] = ExtBot("42:emulated", base_url=base_url, request=request)
    for _ in range(3):
        await Sender(desk, away).send_batch()
    await request.shutdown()
    assert [row[:2] for row in await ledger(desk)] == [("pending", 0)]


async def test_markup_that_telegram_cannot_read_goes_out_as_plain_words_once(
    desk: Desk, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN, parts=("<b>Giá xăng &lt; 20.000 đồng",))
    await sender.send_batch()
    assert await seen(users, AN) == ["Giá xăng < 20.000 đồng"]
    assert await statuses(desk) == ["sent"]


async def test_a_message_refused_for_itself_ends_and_the_chat_stays(
    desk: Desk, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN, parts=("a" * 5_000,))
    await sender.send_batch()
    [(status, _, reason)] = await ledger(desk)
    assert status == "gone"
    assert "too long" in str(reason)
    assert await is_active(desk, AN)


async def test_a_group_that_became_a_supergroup_is_followed(
    desk: Desk, sender: Sender, queue: Queue, users: Control, reader: Reader
) -> None:
    made = await users.post("group", title="Xóm nhỏ", type="group")
    old = made["chat"]["id"]
    await reader(old)
    await queue(AN)
    new = (await users.post("member", chat=old, action="upgrade"))["chat"]["id"]
    while await sender.send_batch():
        pass
    assert await statuses(desk) == ["sent", "sent"]
    assert "Tin sáng" in await seen(users, new)
    assert await is_active(desk, new)


async def test_a_group_whose_new_number_subscribed_meanwhile_loses_no_digest(
    desk: Desk, sender: Sender, queue: Queue, users: Control, reader: Reader
) -> None:
    old = await users.group("Xóm nhỏ", type="group")
    await reader(old)
    await queue(AN)
    new = (await users.post("member", chat=old, action="upgrade"))["chat"]["id"]
    await reader(new)
    while await sender.send_batch():
        pass
    assert await statuses(desk) == ["sent", "sent"]
    assert "Tin sáng" in await seen(users, new)


async def test_a_refused_token_halts_the_sender_and_keeps_the_rows(
    desk: Desk, sender: Sender, queue: Queue, users: Control, telegram: ExtBot[None]
) -> None:
    await queue(AN)
    await users.post("token", token=telegram.token)
    await sender.send_batch()
    assert sender.is_halted
    assert [row[:2] for row in await ledger(desk)] == [("pending", 0)]


async def test_who_pauses_while_the_row_is_in_flight_gets_no_second_try(
    desk: Desk, clock: ManualClock, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    await users.post("fault", kind="hang", seconds=2)
    sending = asyncio.create_task(sender.send_batch())
    await asyncio.sleep(0.1)
    async with desk.database.write() as connection:
        await set_status(connection, AN, "paused", now=clock.now())
    await sending
    assert await sender.send_batch() == 0
    assert await statuses(desk) == ["gone"]


async def test_who_is_deleted_while_the_row_is_in_flight_gets_nothing_and_others_get_theirs(
    desk: Desk, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN, BINH)
    await users.post("fault", kind="hang", seconds=0.3, chat=AN)
    sending = asyncio.create_task(sender.send_batch())
    await users.wait(BINH)
    async with desk.database.write() as connection:
        await delete_subscriber(connection, AN)
    await sender.call_off(AN)
    await sending
    await sender.send_batch()
    assert await seen(users, AN) == []
    assert await statuses(desk) == ["sent"]


async def test_who_is_deleted_between_claim_and_call_gets_nothing(
    desk: Desk, sender: Sender, queue: Queue, users: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the pace holds a message back."""
    await queue(AN)
    is_held = asyncio.Event()

    async def hold(bot: Any, one: Any) -> Any:
        is_held.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.jobs.delivery.send", hold)
    sending = asyncio.create_task(sender.send_batch())
    await is_held.wait()
    async with desk.database.write() as connection:
        await delete_subscriber(connection, AN)
    await sender.call_off(AN)
    await sending
    assert await seen(users, AN) == []
    assert await statuses(desk) == []


async def test_a_chat_that_paused_and_then_blocked_stays_paused(
    desk: Desk, clock: ManualClock, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    await users.post("fault", kind="403")
    async with desk.database.write() as connection:
        row = subscribers.c.chat_id == AN
        await connection.execute(subscribers.update().where(row).values(status="paused"))
        await connection.execute(deliveries.update().values(status="pending"))
    await sender.send_batch()
    async with desk.database.read() as connection:
        subscriber = await find_subscriber(connection, AN)
    assert subscriber is not None
    assert subscriber.status == "paused"


async def test_rows_left_half_sent_by_a_kill_are_tried_once_more_and_then_in_doubt(
    desk: Desk, telegram: ExtBot[None], queue: Queue, users: Control
) -> None:
    await queue(AN)
    for expected in ("pending", "unknown"):
        await users.post("fault", kind="hang", seconds=5)
        killed = asyncio.create_task(Sender(desk, telegram).send_batch())
        while await statuses(desk) != ["sending"]:  # noqa: ASYNC110 - the row is the witness
            await asyncio.sleep(0.02)
        killed.cancel()
        await asyncio.wait([killed])
        assert await statuses(desk) == ["sending"]
        await Sender(desk, telegram).recover()
        assert await statuses(desk) == [expected]


async def test_a_pause_of_all_sending_holds_over_a_restart(
    desk: Desk, telegram: ExtBot[None], queue: Queue, users: Control
) -> None:
    await queue(AN)
    await Sender(desk, telegram).set_paused(True)
    sender = Sender(desk, telegram)
    await sender.recover()
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0.1)
    assert await statuses(desk) == ["pending"]
    await sender.set_paused(False)
    await users.wait(AN)
    sender.stop()
    await running
    assert await statuses(desk) == ["sent"]
    later = Sender(desk, telegram)
    await later.recover()
    assert not later.is_paused


async def test_what_was_sent_while_the_database_failed_is_written_down_later_and_not_sent_twice(
    desk: Desk, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    await users.post("fault", kind="slow", seconds=0.3)
    sending = asyncio.create_task(sender.send_batch())
    await asyncio.sleep(0.15)
    async with desk.database.write() as connection:
        await connection.execute(text("ALTER TABLE deliveries RENAME TO away"))
    with pytest.raises(StorageError):
        await sending
    with pytest.raises(StorageError):
        await sender.send_batch()
    async with desk.database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO deliveries"))
    assert await sender.send_batch() == 0
    assert await statuses(desk) == ["sent"]
    assert len(await users.wait(AN, timeout=0)) == 1


class BrokenBot(ExtBot[None]):
    """The library with a mistake that only one chat meets."""

    async def send_message(self, chat_id: int | str, *args: Any, **kwargs: Any) -> Any:
        """Fail for AN in a way that no one foresaw."""
        if chat_id == AN:
            raise ZeroDivisionError
        return await super().send_message(chat_id, *args, **kwargs)


async def test_an_unforeseen_error_in_one_send_ends_with_that_row(
    desk: Desk, queue: Queue, users: Control, emulator: Any
) -> None:
    await queue(AN, BINH)
    async with BrokenBot("42:emulated", base_url=f"{emulator.url}/bot") as bot:
        sender = Sender(desk, bot)
        for _ in range(3):
            await sender.send_batch()
    assert await statuses(desk) == ["unknown", "sent"]


async def test_a_running_sender_outlives_a_database_that_fails(
    desk: Desk, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    async with desk.database.write() as connection:
        await connection.execute(text("ALTER TABLE deliveries RENAME TO away"))
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0.1)
    async with desk.database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO deliveries"))
    sender.wake()
    assert len(await users.wait(AN)) == 1
    sender.stop()
    await running
    assert await statuses(desk) == ["sent"]


async def test_stopping_ends_a_sender_that_has_nothing_to_do(sender: Sender) -> None:
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0)
    sender.stop()
    await running
