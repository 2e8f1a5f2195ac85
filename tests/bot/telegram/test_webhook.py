"""Webhook mode: only calls with the secret count, and an update is confirmed only once it is stored."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from telegram import Update
from telegram.ext import ExtBot, TypeHandler

from bot.emulator.api import Emulator
from bot.emulator.client import Control
from bot.news.services import Services
from bot.telegram.connection import Address, Connection
from bot.telegram.incoming import ListenError, Webhook
from storage.conversations import find_unhandled
from storage.engine import Database

SECRET = "bi-mat-cua-phep-thu_1"  # noqa: S105 - invented
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


class Bot:
    """A connection in webhook mode whose handler notes the texts it gets."""

    def __init__(self, services: Services, emulator: Emulator, port: int) -> None:
        self.webhook = Webhook(f"http://127.0.0.1:{port}/tin", "127.0.0.1", port, SECRET)
        self.connection = Connection(services, Address(emulator.url, "42:emulated", self.webhook))
        self.connection.telegram.add_handler(TypeHandler(Update, self._note))
        self.seen: list[str] = []
        self._is_new = asyncio.Condition()

    async def _note(self, update: Update, context: object) -> None:
        async with self._is_new:
            self.seen.append(str(update.message.text) if update.message else "")
            self._is_new.notify_all()

    async def until_seen(self, *texts: str) -> None:
        """Wait for exactly these texts."""
        async with asyncio.timeout(10), self._is_new:
            await self._is_new.wait_for(lambda: len(self.seen) >= len(texts))
        assert self.seen == list(texts)


@pytest.fixture
async def bot(services: Services, emulator: Emulator, unused_tcp_port: int) -> AsyncIterator[Bot]:
    """A bot that Telegram calls."""
    async with opened(Bot(services, emulator, unused_tcp_port)) as bot:
        yield bot


@asynccontextmanager
async def opened(bot: Bot) -> AsyncIterator[Bot]:
    """Let the bot run."""
    assert await bot.connection.open(asyncio.Event())
    try:
        yield bot
    finally:
        await bot.connection.close()


async def call(bot: Bot, body: bytes, secret: str | None = SECRET, method: str = "POST") -> int:
    """Call the bot as Telegram does, or as somebody else; return the status of its answer."""
    headers = {HEADER: secret} if secret is not None else {}
    async with aiohttp.ClientSession() as session:
        answer = await session.request(method, bot.webhook.url, data=io.BytesIO(body), headers=headers)
        return answer.status


def update_of(number: int, words: str = "giá xăng") -> dict[str, Any]:
    """Build an update."""
    who = {"id": 5, "first_name": "An"}
    message = {"message_id": number, "date": 1_700_000_000, "chat": who | {"type": "private"}, "text": words}
    return {"update_id": number, "message": message | {"from": who | {"is_bot": False}}}


async def test_telegram_brings_what_people_write_in_order(bot: Bot, users: Control) -> None:
    an = await users.user("An")
    for word in ("một", "hai", "ba"):
        await users.say(an, word)
    await bot.until_seen("một", "hai", "ba")
    assert bot.connection.find_problem() is None


@pytest.mark.parametrize("secret", [None, "", "bi-mat-khac-cua-ai-do", SECRET + "x", "bí mật"])
async def test_a_call_without_the_secret_is_refused_unread(bot: Bot, secret: str | None) -> None:
    body = json.dumps(update_of(1)).encode()
    assert await call(bot, body, secret) == 403
    assert await call(bot, b"x" * 2_000_000, secret) == 403
    assert bot.seen == []


HOSTILE = {
    "nothing": b"",
    "no JSON": b"\xff\xfe<html>",
    "half of it": json.dumps(update_of(1)).encode()[:40],
    "a list": b"[1, 2]",
    "a number": b"7",
    "null": b"null",
    "no number": b'{"message": {}}',
    "a number that is none": b'{"update_id": "1"}',
    "true as a number": b'{"update_id": true}',
    "a negative number": b'{"update_id": -1}',
    "a number beyond 64 bits": b'{"update_id": 99999999999999999999}',
    "digits without end": b'{"update_id": ' + b"9" * 100_000 + b"}",
    "nested without end": b"[" * 100_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
async def test_what_is_no_update_is_refused_and_harms_nobody(bot: Bot, body: bytes) -> None:
    with capture_logs() as logs:
        assert await call(bot, body) == 400
        assert await call(bot, json.dumps(update_of(2)).encode()) == 200
        await bot.until_seen("giá xăng")
    assert [entry for entry in logs if entry["log_level"] == "error"] == []


async def test_a_body_beyond_measure_is_refused(bot: Bot) -> None:
    assert await call(bot, b" " * 1_100_000) == 413


async def test_other_paths_and_methods_are_not_there(bot: Bot) -> None:
    assert await call(bot, b"", method="GET") == 405
    async with aiohttp.ClientSession() as session:
        answer = await session.post(bot.webhook.url.replace("/tin", "/"), headers={HEADER: SECRET})
        assert answer.status == 404


async def test_an_update_that_the_library_cannot_read_is_taken_so_that_it_does_not_come_for_ever(
    bot: Bot,
) -> None:
    odd = update_of(1)
    odd["message"]["date"] = "hôm nay"
    with capture_logs() as logs:
        assert await call(bot, json.dumps(odd).encode()) == 200
    told = [entry["event"] for entry in logs if entry["log_level"] == "error"]
    assert told == ["an update cannot be read and is set aside"]


async def test_a_pin_whose_message_cannot_be_fetched_is_taken_like_any_update(bot: Bot) -> None:
    """Telegram's own server writes such a message with the date 0; the library cannot write it back."""
    pin = update_of(1)
    del pin["message"]["text"]
    pin["message"]["pinned_message"] = {"message_id": 7, "date": 0, "chat": pin["message"]["chat"]}
    assert await call(bot, json.dumps(pin).encode()) == 200
    assert await call(bot, json.dumps(update_of(2)).encode()) == 200
    await bot.until_seen("None", "giá xăng")


async def test_an_update_that_comes_twice_is_handled_once(bot: Bot, users: Control) -> None:
    await users.post("fault", kind="cut_after", method="webhook")
    an = await users.user("An")
    await users.say(an, "một")
    await users.say(an, "hai")
    await bot.until_seen("một", "hai")


async def test_an_update_is_acknowledged_only_once_it_is_on_disk(
    bot: Bot, users: Control, database: Database
) -> None:
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE updates RENAME TO away"))
    assert await call(bot, json.dumps(update_of(1)).encode()) == 503
    await users.say(await users.user("An"), "một")
    await asyncio.sleep(0.2)
    assert bot.seen == []
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO updates"))
    await bot.until_seen("một")


async def test_what_was_acknowledged_and_not_handled_is_handled_at_the_next_start(
    services: Services, emulator: Emulator, database: Database, unused_tcp_port: int
) -> None:
    first = Bot(services, emulator, unused_tcp_port)
    first.connection.telegram.process_update = asyncio.Event().wait  # type: ignore[method-assign, assignment] - a kill comes first
    async with opened(first):
        assert await call(first, json.dumps(update_of(1)).encode()) == 200
    async with database.read() as connection:
        assert len(await find_unhandled(connection)) == 1
    async with opened(Bot(services, emulator, unused_tcp_port)) as later:
        await later.until_seen("giá xăng")


async def test_from_polling_to_a_webhook_and_back_no_update_is_lost(
    services: Services, emulator: Emulator, users: Control, unused_tcp_port: int
) -> None:
    an = await users.user("An")
    await users.say(an, "một")
    webhook = Bot(services, emulator, unused_tcp_port)
    async with opened(webhook):
        await webhook.until_seen("một")
    await users.say(an, "hai")
    polling = Bot(services, emulator, unused_tcp_port)
    polling.connection = Connection(services, Address(emulator.url, "42:emulated"))
    polling.connection.telegram.add_handler(TypeHandler(Update, polling._note))
    async with opened(polling):
        await polling.until_seen("hai")
    await users.say(an, "ba")
    again = Bot(services, emulator, unused_tcp_port)
    async with opened(again):
        await again.until_seen("ba")


async def test_a_webhook_that_somebody_else_took_is_set_again(
    bot: Bot, users: Control, telegram: ExtBot[None]
) -> None:
    await telegram.delete_webhook()
    await users.say(await users.user("An"), "một")
    with capture_logs() as logs:
        await bot.connection.check_webhook()
    assert [entry["event"] for entry in logs] == ["the webhook was changed by somebody else"]
    await bot.until_seen("một")


async def test_updates_that_telegram_cannot_bring_are_a_problem_of_health(bot: Bot, users: Control) -> None:
    await users.post("fault", kind="cut_before", method="webhook", times=99)
    await users.say(await users.user("An"), "một")
    await asyncio.sleep(0.2)
    await bot.connection.check_webhook()
    problem = bot.connection.find_problem()
    assert problem is not None
    assert "1 tin nhắn đang đợi" in problem
    assert problem.endswith("Telegram báo: Connection timed out")
    await users.delete("fault")
    await bot.until_seen("một")
    await bot.connection.check_webhook()
    assert bot.connection.find_problem() is None


async def test_a_taken_port_is_told(bot: Bot, services: Services, emulator: Emulator) -> None:
    second = Bot(services, emulator, bot.webhook.port)
    with pytest.raises(ListenError):
        await second.connection.open(asyncio.Event())
    await second.connection.close()


def test_the_secret_is_in_no_repr() -> None:
    assert SECRET not in repr(Webhook("https://tin.example.vn/t", "127.0.0.1", 8443, SECRET))
