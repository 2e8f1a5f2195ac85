"""An update that the library cannot read is set aside; the updates beside and after it are handled."""

import asyncio
import gc
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from telegram import Update
from telegram.error import Conflict, NetworkError
from telegram.ext import TypeHandler

from bot.emulator.api import Emulator
from bot.emulator.client import Control
from bot.news.services import Services
from bot.operators import notices
from bot.telegram.connection import Address, Connection
from bot.telegram.incoming import PollingRequest
from storage.conversations import count_set_aside
from storage.engine import Database

CHAT = {"id": 5, "type": "private", "first_name": "An"}
PIN = {
    "message_id": 2,
    "date": 1_700_000_000,
    "chat": CHAT,
    "pinned_message": {"message_id": 1, "date": 0, "chat": CHAT},  # as Telegram's own server writes it
}
UNREADABLE: dict[str, dict[str, Any]] = {
    "a message without a date": {"message": {"message_id": 1, "chat": CHAT, "text": "/start"}},
    "a date that is none": {"message": {"message_id": 1, "date": "hôm qua", "chat": CHAT}},
    "a date past all calendars": {"message": {"message_id": 1, "date": 10**18, "chat": CHAT}},
    "a list for a message": {"message": []},
    "a callback of nobody": {"callback_query": {"id": "1"}},
}
HARMLESS: dict[str, dict[str, Any]] = {
    "a kind yet to be invented": {"telepathy": {"thought": "?"}},
    "a chat yet to be invented": {"message": {"message_id": 1, "date": 1, "chat": CHAT | {"type": "hive"}}},
    "nothing": {},
    "a pin whose message cannot be fetched": {"message": PIN},
}


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


async def _texts_seen(
    services: Services, emulator: Emulator, users: Control, odd: dict[str, Any]
) -> list[str]:
    """Queue `odd` between two messages, poll, and return the texts that reached a handler."""
    an, seen, done = await users.user("An"), [], asyncio.Event()
    await users.say(an, "trước")
    await users.post("update", update=odd)
    await users.say(an, "sau")

    async def handle(update: Update, context: object) -> None:
        seen.append(update.message.text if update.message and update.message.chat_id == an else "")
        if "sau" in seen:
            done.set()

    connection = Connection(services, Address(emulator.url, "42:emulated"))
    connection.telegram.add_handler(TypeHandler(Update, handle))
    assert await connection.open(asyncio.Event())
    try:
        await asyncio.wait_for(done.wait(), 20)
    finally:
        await connection.close()
    return [text for text in seen if text]


@pytest.mark.parametrize("odd", UNREADABLE.values(), ids=UNREADABLE)
async def test_an_unreadable_update_costs_no_other_and_is_named_once_in_the_log(
    services: Services, emulator: Emulator, users: Control, odd: dict[str, Any]
) -> None:
    with capture_logs() as logs:
        assert await _texts_seen(services, emulator, users, odd) == ["trước", "sau"]
    told = [entry["event"] for entry in logs if entry["log_level"] == "error"]
    assert told == ["an update cannot be read and is set aside"]
    async with services.database.read() as connection:
        assert await count_set_aside(connection) == 1


@pytest.mark.parametrize("odd", HARMLESS.values(), ids=HARMLESS)
async def test_an_update_of_a_later_telegram_is_no_error(
    services: Services, emulator: Emulator, users: Control, odd: dict[str, Any]
) -> None:
    with capture_logs() as logs:
        assert await _texts_seen(services, emulator, users, odd) == ["trước", "sau"]
    assert [entry for entry in logs if entry["log_level"] == "error"] == []


async def test_updates_that_cannot_be_kept_are_a_problem_of_health(
    services: Services, emulator: Emulator, users: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.connection._DEAF_SECONDS", 0.5)
    connection = Connection(services, Address(emulator.url, "42:emulated"))
    async with services.database.write() as database:
        await database.execute(text("ALTER TABLE updates RENAME COLUMN failure TO away"))
    await users.say(await users.user("An"), "giá xăng")
    monkeypatch.setattr(connection._queue, "reload", _nothing)
    assert await connection.open(asyncio.Event())
    try:
        for _ in range(100):
            if connection.find_problem() == notices.UPDATES_NOT_KEPT:
                break
            await asyncio.sleep(0.1)
        assert connection.find_problem() == notices.UPDATES_NOT_KEPT
    finally:
        await connection.close()


async def test_a_rival_that_stays_is_a_problem_of_health_and_a_hand_over_is_none(
    services: Services, emulator: Emulator
) -> None:
    connection = Connection(services, Address(emulator.url, "42:emulated"))
    assert await connection.open(asyncio.Event())
    try:
        for _ in range(3):
            assert connection.find_problem() is None
            connection._on_polling_error(Conflict("terminated by other getUpdates request"))
        assert connection.find_problem() == notices.OTHER_POLLER
    finally:
        await connection.close()


async def _nothing(_: object) -> int:
    return 0


async def test_a_poller_that_ends_by_itself_begins_again_and_health_says_so(
    services: Services, emulator: Emulator, users: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    an, seen, broken = await users.user("An"), asyncio.Event(), [True]

    async def handle(update: Update, context: object) -> None:
        seen.set()

    connection = Connection(services, Address(emulator.url, "42:emulated"))
    connection.telegram.add_handler(TypeHandler(Update, handle))
    put = connection.telegram.update_queue.put

    async def fail_once(item: object) -> None:
        if broken:
            broken.clear()
            raise ZeroDivisionError
        await put(item)

    monkeypatch.setattr(connection.telegram.update_queue, "put", fail_once)
    assert await connection.open(asyncio.Event())
    try:
        assert connection.find_problem() is None
        await users.say(an, "giá xăng")
        await asyncio.wait_for(seen.wait(), 20)
        assert connection.find_problem() == notices.POLLER_RESTARTED
    finally:
        await connection.close()


async def test_what_a_handler_did_not_finish_at_the_end_is_handled_at_the_next_start(
    services: Services, emulator: Emulator, users: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may wait for the rate of its chat: to go on without a connection would lose the answer."""
    monkeypatch.setattr("bot.telegram.connection._PATIENCE_SECONDS", 0.2)
    an, seconds, begun = await users.user("An", started=True), [1.0, 0.0], asyncio.Event()

    async def handle(update: Update, context: object) -> None:
        begun.set()
        await asyncio.sleep(seconds.pop(0))
        await update.effective_chat.send_message("Đây")  # type: ignore[union-attr] # it has a chat

    for expected in (0, 1):
        connection = Connection(services, Address(emulator.url, "42:emulated"))
        connection.telegram.add_handler(TypeHandler(Update, handle))
        assert await connection.open(asyncio.Event())
        if expected == 0:
            await users.say(an, "giá xăng")
        await asyncio.wait_for(begun.wait(), 10)
        with capture_logs() as logs:
            if expected == 1:
                assert await users.wait(an, after=1, timeout=10)
            await connection.close()
            await asyncio.sleep(1.2 - expected)
        assert [entry for entry in logs if entry["log_level"] == "error"] == []
        assert len(await users.wait(an, after=1, timeout=0)) == expected


@pytest.mark.parametrize("is_ending", [False, True])
async def test_a_poll_that_fails_is_an_error_unless_polling_ends(is_ending: bool) -> None:
    """The library waits for no error once polling ends; asyncio would log one that nobody reads."""
    polled, is_cut = asyncio.Event(), asyncio.Event()

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        polled.set()
        await is_cut.wait()
        writer.close()

    async def keep(found: Iterable[object]) -> list[dict[str, Any]]:
        raise AssertionError(found)

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        request = PollingRequest(1, keep)
        await request.initialize()
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        poll = asyncio.ensure_future(request.do_request(url, "POST"))
        await polled.wait()
        request.is_ending = is_ending
        is_cut.set()
        with nullcontext() if is_ending else pytest.raises(NetworkError):
            assert await poll == (200, b'{"ok": true, "result": []}')
        await request.shutdown()


async def test_a_poll_that_fails_just_before_the_end_leaves_no_error_unread(
    services: Services, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one step of the loop the server vanishes and the bot is asked to end."""
    polled, is_gone = asyncio.Event(), asyncio.Event()
    unread: list[str] = []

    async def vanish(*_given: object) -> tuple[int, bytes]:
        polled.set()
        await is_gone.wait()
        raise NetworkError("gone")

    connection = Connection(services, Address(emulator.url, "42:emulated"))
    monkeypatch.setattr(connection._polling, "exchange", vanish)
    assert await connection.open(asyncio.Event())
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unread.append(context["message"]))
    await asyncio.wait_for(polled.wait(), 20)
    is_gone.set()
    await asyncio.sleep(0)
    await connection.close()
    gc.collect()
    assert unread == []
