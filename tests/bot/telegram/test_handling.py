"""Updates on their way through the running bot: kept, handled once, in order within a chat."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from telegram import Update
from telegram.ext import Application, ApplicationBuilder, TypeHandler

from bot.emulator.api import Emulator
from bot.emulator.client import Control
from bot.messages import texts
from bot.telegram.incoming import PollingRequest
from bot.telegram.transport import AiohttpRequest
from bot.telegram.updates import DurableApplication, DurableQueue, OrderedByChat
from storage.engine import Database
from tests.bot.telegram.handmade import unhandled, update_of
from tests.manual_clock import ManualClock

Handle = Callable[[Update, Any], Awaitable[None]]
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


@asynccontextmanager
async def running(
    database: Database, emulator: Emulator, handle: Handle
) -> AsyncIterator[Application[Any, Any, Any, Any, Any, Any]]:
    """Run a bot as the application does, with one handler for everything."""
    queue = DurableQueue(database, ManualClock(NOW))
    application = (
        ApplicationBuilder()
        .application_class(DurableApplication)
        .token("42:emulated")
        .base_url(f"{emulator.url}/bot")
        .request(AiohttpRequest(4))
        .get_updates_request(PollingRequest(2, queue.keep))
        .update_queue(queue)
        .concurrent_updates(OrderedByChat())
        .build()
    )
    application.add_handler(TypeHandler(Update, handle))
    await application.initialize()
    await queue.reload(application.bot)
    await application.start()
    assert application.updater is not None
    await application.updater.start_polling(timeout=5)
    try:
        yield application
    finally:
        if application.running:
            await application.updater.stop()
            await application.stop()
        await application.shutdown()


async def until_unhandled(database: Database, count: int) -> None:
    """Wait until so many updates wait."""
    for _ in range(500):
        if len(await unhandled(database)) == count:
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"{await unhandled(database)} wait, not {count}")


async def test_an_update_that_cannot_be_kept_is_asked_for_again(
    database: Database, emulator: Emulator, users: Control
) -> None:
    """A database that fails must cost neither the update nor the poller."""
    handled = asyncio.Event()

    async def handle(update: Update, context: Any) -> None:
        handled.set()

    an = await users.user()
    async with running(database, emulator, handle):
        async with database.write() as connection:
            await connection.execute(text("ALTER TABLE updates RENAME TO away"))
        await users.say(an, "giá xăng")
        await asyncio.sleep(0.3)
        assert not handled.is_set()
        async with database.write() as connection:
            await connection.execute(text("ALTER TABLE away RENAME TO updates"))
        await asyncio.wait_for(handled.wait(), 20)
    assert await unhandled(database) == []


async def test_a_bot_killed_while_it_handles_handles_it_at_the_next_start_and_none_twice(
    database: Database, emulator: Emulator, users: Control
) -> None:
    an, binh = await users.user("An"), await users.user("Bình")
    done: list[str] = []
    is_stuck = asyncio.Event()

    async def get_stuck(update: Update, context: Any) -> None:
        assert update.message is not None
        if update.message.chat_id == an:
            is_stuck.set()
            await asyncio.Event().wait()
        done.append(str(update.message.text))

    async with running(database, emulator, get_stuck) as application:
        await users.say(binh, "một")
        await users.say(an, "hai")
        await users.say(an, "ba")
        await asyncio.wait_for(is_stuck.wait(), 20)
        await until_unhandled(database, 2)  # the first is done, the third was polled too
        assert application.updater is not None
        await application.updater.stop()
        with pytest.raises(TimeoutError):  # the kill: no handler goes on
            await asyncio.wait_for(application.stop(), 0.1)

    async def answer(update: Update, context: Any) -> None:
        assert update.message is not None
        done.append(str(update.message.text))

    async with running(database, emulator, answer):
        await until_unhandled(database, 0)
    assert done == ["một", "hai", "ba"]


async def test_a_handler_that_fails_is_done_with_its_update(
    database: Database, emulator: Emulator, users: Control
) -> None:
    seen: list[int] = []
    both_seen = asyncio.Event()

    async def fail(update: Update, context: Any) -> None:
        seen.append(update.update_id)
        if len(seen) == 2:
            both_seen.set()
        raise ZeroDivisionError

    an = await users.user()
    async with running(database, emulator, fail):
        await users.say(an, "một")
        await users.say(an, "hai")
        await asyncio.wait_for(both_seen.wait(), 20)
        await until_unhandled(database, 0)
    assert len(seen) == len(set(seen)) == 2


async def test_one_chats_updates_follow_each_other_and_other_chats_do_not_wait() -> None:
    """A chat that floods fills no place but its own."""
    processor = OrderedByChat()
    order: list[tuple[int, int]] = []
    may_go_on = asyncio.Event()

    async def handle(chat: int, number: int) -> None:
        if chat == 1:
            await may_go_on.wait()
        order.append((chat, number))

    async with processor:
        flood = [
            asyncio.create_task(processor.process_update(update_of(n, chat=1), handle(1, n)))
            for n in range(100)
        ]
        await asyncio.sleep(0)
        await asyncio.wait_for(processor.process_update(update_of(200, chat=2), handle(2, 200)), 5)
        assert order == [(2, 200)]
        may_go_on.set()
        await asyncio.gather(*flood)
    assert order[1:] == [(1, n) for n in range(100)]


async def test_an_update_whose_handler_fails_lets_the_next_of_its_chat_go_on() -> None:
    processor = OrderedByChat()

    async def fail() -> None:
        raise ZeroDivisionError

    async def succeed() -> None:
        return

    async with processor:
        with pytest.raises(ZeroDivisionError):
            await processor.process_update(update_of(1), fail())
        await asyncio.wait_for(processor.process_update(update_of(2), succeed()), 5)


async def test_a_tap_behind_its_chats_messages_says_that_it_waits_and_is_obeyed_in_its_turn(
    database: Database, emulator: Emulator, users: Control
) -> None:
    an = await users.user()
    handled: list[str] = []
    is_asked, may_go_on = asyncio.Event(), asyncio.Event()

    async def handle(update: Update, context: Any) -> None:
        if update.message is not None:
            is_asked.set()
            await may_go_on.wait()
        handled.append("a tap" if update.callback_query else "a message")

    async with running(database, emulator, handle):
        await users.say(an, "giá xăng")
        await asyncio.wait_for(is_asked.wait(), 20)
        tapped = await users.tap(an, data="lich", forge=True, wait_seconds=20)
        assert tapped["answer"]["text"] == texts.WAIT_FOR_YOUR_TURN
        assert handled == []
        may_go_on.set()
        await until_unhandled(database, 0)
    assert handled == ["a message", "a tap"]
