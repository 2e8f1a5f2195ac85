"""Updates survive a kill, are handled once, and in order within a chat."""

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select, text, update
from telegram import Update
from telegram.error import NetworkError
from telegram.ext import Application, ApplicationBuilder, ExtBot, TypeHandler

from bot.emulator.client import Control
from bot.emulator.emulation import Emulator
from bot.messages import texts
from bot.telegram.backlog import OF_A_PERSON
from bot.telegram.incoming import PollingRequest
from bot.telegram.transport import AiohttpRequest
from bot.telegram.updates import DurableApplication, DurableQueue, OrderedByChat
from bot.times.clock import ManualClock
from storage.conversations import count_passed_over, count_set_aside
from storage.engine import Database
from storage.tables import updates

Handle = Callable[[Update, Any], Awaitable[None]]
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


@pytest.fixture
def queue(database: Database) -> DurableQueue:
    """A queue on an empty database."""
    return DurableQueue(database, ManualClock(NOW))


def raw_update(number: int, chat: int = 5, text: str = "giá xăng") -> dict[str, Any]:
    """Build the update of a message as Telegram sends it."""
    who = {"id": chat, "first_name": "An"}
    message = {
        "message_id": number,
        "date": 1_700_000_000,
        "chat": who | {"type": "private"},
        "from": who | {"is_bot": False},
        "text": text,
    }
    return {"update_id": number, "message": message}


def update_of(number: int, chat: int = 5, text: str = "giá xăng") -> Update:
    """Build the update of a message as the library reads it."""
    update = Update.de_json(raw_update(number, chat, text), ExtBot("42:emulated"))
    assert update is not None
    return update


async def receive(queue: DurableQueue, number: int, text: str = "giá xăng") -> None:
    """Receive a message as the poller does: keep it as it came, then queue what the library reads."""
    for raw in await queue.keep([raw_update(number, text=text)]):
        await queue.put(Update.de_json(raw, ExtBot("42:emulated")))


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


async def unhandled(database: Database) -> list[int]:
    """Return the numbers of the updates that wait."""
    async with database.read() as connection:
        query = select(updates.c.update_id).where(updates.c.payload.is_not(None))
        return list((await connection.execute(query.order_by(updates.c.update_id))).scalars())


async def until_unhandled(database: Database, count: int) -> None:
    """Wait until so many updates wait."""
    for _ in range(500):
        if len(await unhandled(database)) == count:
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"{await unhandled(database)} wait, not {count}")


async def test_an_update_is_on_disk_before_it_is_queued(queue: DurableQueue, database: Database) -> None:
    await receive(queue, 1)
    assert await unhandled(database) == [1]
    assert queue.qsize() == 1


async def test_an_update_that_comes_twice_is_queued_once(queue: DurableQueue) -> None:
    await receive(queue, 1)
    await receive(queue, 1)
    await queue.forget(1)
    await receive(queue, 1)
    assert queue.qsize() == 1


async def test_what_a_killed_bot_left_is_queued_again_in_order(
    queue: DurableQueue, database: Database
) -> None:
    for number in (3, 1, 2):
        await receive(queue, number, f"câu {number}")
    await queue.forget(2)
    later = DurableQueue(database, ManualClock(NOW))
    assert await later.reload(ExtBot("42:emulated")) == 2
    left = [later.get_nowait() for _ in range(2)]
    assert [u.message.text for u in left if isinstance(u, Update) and u.message] == ["câu 1", "câu 3"]


ODD = {
    "no JSON": "{",
    "a list": "[1]",
    "no number": "{}",
    "nested without end": "[" * 100_000,
    "a message without a date": json.dumps({"update_id": 2, "message": {"message_id": 1}}),
}


@pytest.mark.parametrize("payload", ODD.values(), ids=ODD)
async def test_an_odd_row_is_set_aside_at_the_start_and_the_others_are_handled(
    queue: DurableQueue, database: Database, payload: str
) -> None:
    for number in (1, 2, 3):
        await receive(queue, number)
    async with database.write() as connection:
        await connection.execute(update(updates).where(updates.c.update_id == 2).values(payload=payload))
    restarted = DurableQueue(database, ManualClock(NOW))
    assert await restarted.reload(ExtBot("42:emulated")) == 2
    async with database.read() as connection:
        assert await count_set_aside(connection) == 1
    await restarted.excuse()
    assert await DurableQueue(database, ManualClock(NOW)).reload(ExtBot("42:emulated")) == 2


async def test_of_a_flood_a_share_is_handled_and_the_rest_is_counted_and_known(
    queue: DurableQueue, database: Database
) -> None:
    flood = [raw_update(number) for number in range(1, 201)]
    read = await queue.keep([*flood, raw_update(500, chat=6)])
    assert [raw["update_id"] for raw in read if "message" in raw] == [*range(1, OF_A_PERSON + 1), 500]
    assert [raw["update_id"] for raw in read] == [*range(1, 201), 500], "all are confirmed to Telegram"
    for raw in read:
        await queue.put(Update.de_json(raw, ExtBot("42:emulated")))
    assert queue.qsize() == OF_A_PERSON + 1
    async with database.read() as connection:
        assert await count_passed_over(connection) == 200 - OF_A_PERSON
        assert await count_set_aside(connection) == 0
    for number in range(1, OF_A_PERSON + 1):
        await queue.forget(number)
    [again] = await queue.keep([raw_update(200)])
    assert "message" not in again, "what was passed over does not come back"
    [next_one] = await queue.keep([raw_update(201)])
    assert "message" in next_one
    restarted = DurableQueue(database, ManualClock(NOW))
    assert await restarted.reload(ExtBot("42:emulated")) == 2


async def test_a_failed_write_leaves_a_senders_share_as_it_was(
    queue: DurableQueue, database: Database
) -> None:
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE updates RENAME TO away"))
    for _ in range(3):
        with pytest.raises(NetworkError):
            await queue.keep([raw_update(number) for number in range(1, OF_A_PERSON + 1)])
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO updates"))
    read = await queue.keep([raw_update(number) for number in range(1, OF_A_PERSON + 1)])
    assert all("message" in raw for raw in read)


async def test_many_updates_done_at_once_are_all_marked(queue: DurableQueue, database: Database) -> None:
    await queue.keep([raw_update(number, chat=number) for number in range(1, 61)])
    await asyncio.gather(*(queue.forget(number) for number in range(1, 60)))
    assert await unhandled(database) == [60]


async def test_a_full_poll_says_that_more_waits_and_a_short_one_that_nothing_does(
    queue: DurableQueue,
) -> None:
    await queue.keep([raw_update(number, chat=number) for number in range(1, 101)])
    assert queue.is_behind
    await queue.keep([raw_update(101)])
    assert not queue.is_behind


async def started(database: Database) -> DurableQueue:
    """Start after a crash: a new queue with what is left over, suspects tried."""
    queue = DurableQueue(database, ManualClock(NOW))
    await queue.reload(ExtBot("42:emulated"))
    await queue.try_suspects(ExtBot("42:emulated"), most_seconds=0.01)
    return queue


def queued(queue: DurableQueue) -> list[int]:
    """Take what is queued; return the numbers."""
    taken = [queue.get_nowait() for _ in range(queue.qsize())]
    return [one.update_id for one in taken if isinstance(one, Update)]


async def test_an_update_at_which_the_bot_dies_again_and_again_is_set_aside_and_no_other(
    queue: DurableQueue, database: Database
) -> None:
    for number in (1, 2, 3):
        await receive(queue, number)
    seen = []
    for _ in range(4):
        restarted = await started(database)
        seen.append(queued(restarted))
        if 3 in seen[-1]:
            await restarted.forget(3)
        if 1 in seen[-1] and len(seen) == 2:
            await restarted.forget(1)
    assert seen == [[1, 2, 3], [1, 2], [2], []], "2 was in work each time"
    async with database.read() as connection:
        assert await count_set_aside(connection) == 1
    await receive(queue, 4)
    assert queued(await started(database)) == [4]


async def test_suspects_are_tried_one_by_one_after_the_others(
    queue: DurableQueue, database: Database
) -> None:
    for number in (1, 2):
        await receive(queue, number)
    await started(database)
    await receive(queue, 3)
    restarted = DurableQueue(database, ManualClock(NOW))
    await restarted.reload(ExtBot("42:emulated"))
    assert queued(restarted) == [3]
    trying = asyncio.create_task(restarted.try_suspects(ExtBot("42:emulated")))
    await asyncio.sleep(0.3)
    assert queued(restarted) == [], "another is in work"
    for number in (3, 1, 2):
        await restarted.forget(number)
        await asyncio.sleep(0.5)
        assert queued(restarted) == {3: [1], 1: [2], 2: []}[number]
    await asyncio.wait_for(trying, 5)


async def test_what_an_ordinary_end_leaves_is_blamed_for_nothing(
    queue: DurableQueue, database: Database
) -> None:
    await receive(queue, 1)
    for _ in range(6):
        restarted = await started(database)
        assert queued(restarted) == [1]
        await restarted.excuse()


async def test_an_update_kept_and_not_yet_queued_is_queued_when_it_comes_again(queue: DurableQueue) -> None:
    """A webhook call may be cut between the two."""
    await queue.keep([raw_update(1)])
    await receive(queue, 1)
    assert queue.qsize() == 1


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


async def test_keep_tells_the_poller_that_the_update_was_not_kept(
    queue: DurableQueue, database: Database
) -> None:
    async with database.write() as connection:
        await connection.execute(text("DROP TABLE updates"))
    with pytest.raises(NetworkError, match="update 1 was not kept"):
        await receive(queue, 1)
    assert queue.empty()


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
