"""Bots of the real library, and updates as Telegram sends them and as the library reads them."""

from functools import cache
from typing import Any

from sqlalchemy import select
from telegram import Update
from telegram.ext import ExtBot

from bot.telegram.transport import AiohttpRequest
from bot.telegram.updates import DurableQueue
from storage.engine import Database
from storage.tables import updates


@cache
def signed_out() -> ExtBot[None]:
    """Return a bot for reading updates; making one costs as much as a hundred readings."""
    return ExtBot("42:emulated")


def bot_at(url: str, **options: Any) -> ExtBot[Any]:
    """Return a bot that asks the server at `url`, to be signed in by `async with`.

    It loads no certificates, which the library does for each bot that is given no requests.
    """
    given = {"request": AiohttpRequest(4), "get_updates_request": AiohttpRequest(1)} | options
    return ExtBot("42:emulated", base_url=f"{url}/bot", **given)


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
    update = Update.de_json(raw_update(number, chat, text), signed_out())
    assert update is not None
    return update


async def receive(queue: DurableQueue, number: int, text: str = "giá xăng") -> None:
    """Receive a message as the poller does: keep it as it came, then queue what the library reads."""
    for raw in await queue.keep([raw_update(number, text=text)]):
        await queue.put(Update.de_json(raw, signed_out()))


async def unhandled(database: Database) -> list[int]:
    """Return the numbers of the updates that wait."""
    async with database.read() as connection:
        query = select(updates.c.update_id).where(updates.c.payload.is_not(None))
        return list((await connection.execute(query.order_by(updates.c.update_id))).scalars())
