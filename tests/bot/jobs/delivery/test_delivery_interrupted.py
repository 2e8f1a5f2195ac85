"""The sender interrupted: readers who leave meanwhile, kills, pauses, a database that fails."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.news.services import Services
from storage.delivery.refusals import resume_sending, stop_sending
from storage.errors import StorageError
from storage.subscribers import delete_subscriber, find_subscriber, set_status
from storage.tables import deliveries, subscribers
from tests.bot.jobs.delivery.test_delivery import AN, BINH, Queue, seen, statuses
from tests.manual_clock import ManualClock


async def test_who_pauses_while_the_row_is_in_flight_gets_no_second_try(
    services: Services, clock: ManualClock, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    await users.post("fault", kind="hang", seconds=2)
    sending = asyncio.create_task(sender.send_batch())
    await asyncio.sleep(0.1)
    async with services.database.write() as connection:
        await set_status(connection, AN, "paused", now=clock.now())
    await sending
    assert await sender.send_batch() == 0
    assert await statuses(services) == ["gone"]


async def test_who_is_deleted_while_the_row_is_in_flight_gets_nothing_and_others_get_theirs(
    services: Services, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN, BINH)
    await users.post("fault", kind="hang", seconds=0.3, chat=AN)
    sending = asyncio.create_task(sender.send_batch())
    await users.wait(BINH)
    async with services.database.write() as connection:
        await delete_subscriber(connection, AN)
    await sender.call_off(AN)
    await sending
    await sender.send_batch()
    assert await seen(users, AN) == []
    assert await statuses(services) == ["sent"]


async def test_who_is_deleted_between_claim_and_call_gets_nothing(
    services: Services, sender: Sender, queue: Queue, users: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the pace holds a message back."""
    await queue(AN)
    is_held = asyncio.Event()

    async def hold(bot: Any, one: Any) -> Any:
        is_held.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.jobs.delivery.sender.send", hold)
    sending = asyncio.create_task(sender.send_batch())
    await is_held.wait()
    async with services.database.write() as connection:
        await delete_subscriber(connection, AN)
    await sender.call_off(AN)
    await sending
    assert await seen(users, AN) == []
    assert await statuses(services) == []


async def test_a_chat_that_paused_and_then_blocked_stays_paused(
    services: Services, clock: ManualClock, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    await users.post("fault", kind="403")
    async with services.database.write() as connection:
        row = subscribers.c.chat_id == AN
        await connection.execute(subscribers.update().where(row).values(status="paused"))
        await connection.execute(deliveries.update().values(status="pending"))
    await sender.send_batch()
    async with services.database.read() as connection:
        subscriber = await find_subscriber(connection, AN)
    assert subscriber is not None
    assert subscriber.status == "paused"


async def test_rows_left_half_sent_by_a_kill_are_tried_once_more_and_then_in_doubt(
    services: Services, telegram: ExtBot[None], queue: Queue, users: Control
) -> None:
    await queue(AN)
    for expected in ("pending", "unknown"):
        await users.post("fault", kind="hang", seconds=5)
        killed = asyncio.create_task(Sender(services, telegram).send_batch())
        while await statuses(services) != ["sending"]:  # noqa: ASYNC110 - the row is the witness
            await asyncio.sleep(0.02)
        killed.cancel()
        await asyncio.wait([killed])
        assert await statuses(services) == ["sending"]
        await Sender(services, telegram).recover()
        assert await statuses(services) == [expected]


async def test_a_pause_of_all_sending_holds_over_a_restart(
    services: Services, telegram: ExtBot[None], queue: Queue, users: Control
) -> None:
    await queue(AN)
    async with services.database.write() as connection:
        await stop_sending(connection, now=services.clock.now())
    sender = Sender(services, telegram)
    await sender.recover()
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0.1)
    assert await statuses(services) == ["pending"]
    async with services.database.write() as connection:
        await resume_sending(connection)
    sender.check_stop()
    await users.wait(AN)
    sender.stop()
    await running
    assert await statuses(services) == ["sent"]
    later = Sender(services, telegram)
    await later.recover()
    assert not later.is_paused


async def test_what_was_sent_while_the_database_failed_is_written_down_later_and_not_sent_twice(
    services: Services, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    await users.post("fault", kind="slow", seconds=0.3)
    sending = asyncio.create_task(sender.send_batch())
    await asyncio.sleep(0.15)
    async with services.database.write() as connection:
        await connection.execute(text("ALTER TABLE deliveries RENAME TO away"))
    with pytest.raises(StorageError):
        await sending
    with pytest.raises(StorageError):
        await sender.send_batch()
    async with services.database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO deliveries"))
    assert await sender.send_batch() == 0
    assert await statuses(services) == ["sent"]
    assert len(await users.wait(AN, timeout=0)) == 1


class BrokenBot(ExtBot[None]):
    """The library with a fault that affects only one chat."""

    async def send_message(self, chat_id: int | str, *args: Any, **kwargs: Any) -> Any:
        """Fail for AN with an unexpected error."""
        if chat_id == AN:
            raise ZeroDivisionError
        return await super().send_message(chat_id, *args, **kwargs)


async def test_an_unforeseen_error_in_one_send_ends_with_that_row(
    services: Services, queue: Queue, users: Control, emulator: Any
) -> None:
    await queue(AN, BINH)
    async with BrokenBot("42:emulated", base_url=f"{emulator.url}/bot") as bot:
        sender = Sender(services, bot)
        for _ in range(3):
            await sender.send_batch()
    assert await statuses(services) == ["unknown", "sent"]


async def test_a_running_sender_outlives_a_database_that_fails(
    services: Services, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    async with services.database.write() as connection:
        await connection.execute(text("ALTER TABLE deliveries RENAME TO away"))
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0.1)
    async with services.database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO deliveries"))
    sender.wake()
    assert len(await users.wait(AN)) == 1
    sender.stop()
    await running
    assert await statuses(services) == ["sent"]


async def test_stopping_ends_a_sender_that_has_nothing_to_do(sender: Sender) -> None:
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0)
    sender.stop()
    await running


async def test_an_accepted_message_whose_answer_cannot_be_read_is_sent_once(
    services: Services, sender: Sender, queue: Queue, users: Control
) -> None:
    await queue(AN)
    await users.post("fault", kind="odd_answer", method="sendMessage", times=2)
    while await sender.send_batch():
        pass
    assert await statuses(services) == ["sent"]
    assert await seen(users, AN) == ["Tin sáng"]
