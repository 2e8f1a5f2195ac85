"""Readers with an issue to come, and a sender that tests run batch by batch."""

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.jobs.delivery.sender import Sender
from bot.telegram.transport import AiohttpRequest
from storage.subscribers import set_quiet
from storage.tables import deliveries
from tests.bot.telegram.handmade import bot_at

NOON = dt.datetime(2026, 11, 23, 5, 0, tzinfo=dt.UTC)  # Monday, 12:00 in Việt Nam


@pytest.fixture
async def sender(house: Any) -> AsyncIterator[Sender]:
    """A sender that tests run batch by batch."""
    request = AiohttpRequest(4, read_timeout=0.5)
    async with bot_at(house.url, request=request) as bot:
        yield Sender(house.services, bot)


@pytest.fixture
async def readers(house: Any, operator: Any, publish: Any) -> list[Any]:
    """Three readers, at noon, and one story that nobody has got yet."""
    await operator.says("/trogiup")
    await house.clock.advance((NOON - house.clock.now()).total_seconds())
    people = [await house.person(name) for name in ("An", "Bình", "Cúc")]
    for person in people:
        await person.says("/start")
        async with house.services.database.write() as connection:
            await set_quiet(connection, person.chat, 0, 0, now=house.clock.now())
    await publish("Giá xăng tăng 3.000 đồng", hours_ago=0)
    await house.clock.advance(60)
    return people


async def send_everything(sender: Sender) -> None:
    """Send until nothing is due."""
    while await sender.send_batch():
        pass


async def statuses(house: Any) -> list[str]:
    """Return the status of each delivery."""
    async with house.services.database.read() as connection:
        return list((await connection.execute(select(deliveries.c.status))).scalars())
