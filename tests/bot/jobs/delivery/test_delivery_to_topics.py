"""Digests of a group go to the topic that it chose, and to the group itself when the topic is gone."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select
from telegram.ext import ExtBot

from bot.emulator.client import Control, Json
from bot.jobs.delivery.sender import Sender
from bot.news.services import Services
from storage.subscribers import find_subscriber, set_thread
from storage.tables import deliveries
from tests.manual_clock import ManualClock

Queue = Callable[..., Awaitable[None]]
AN = 1


@pytest.fixture
async def topic(
    services: Services, users: Control, reader: Callable[..., Awaitable[int]], clock: ManualClock
) -> tuple[int, int]:
    """A forum that listens in one of its topics: its number and the topic's."""
    chi = await users.user("Chi")
    chat = await users.group("Xóm nhỏ", forum=True, administrators=[chi])
    opened = await users.post("topic", chat=chat, name="Tin tức", **{"from": chi})
    await reader(chat)
    async with services.database.write() as connection:
        await set_thread(connection, chat, opened["thread"], now=clock.now())
    return chat, opened["thread"]


async def sent(users: Control, chat: int) -> list[Json]:
    """Return what the bot wrote."""
    messages = (await users.chat(chat))["messages"]
    return [message for message in messages if message["from"] == "bot"]


async def test_a_digest_appears_in_the_chosen_topic(
    services: Services,
    telegram: ExtBot[None],
    users: Control,
    queue: Queue,
    topic: tuple[int, int],
) -> None:
    chat, thread = topic
    await queue(AN)
    sender = Sender(services, telegram)
    while await sender.send_batch():
        pass
    assert [message["thread_id"] for message in await sent(users, chat)] == [thread]


async def test_a_topic_that_was_deleted_costs_nobody_a_digest(
    services: Services,
    telegram: ExtBot[None],
    users: Control,
    queue: Queue,
    topic: tuple[int, int],
) -> None:
    chat, thread = topic
    await users.post("topic", chat=chat, thread=thread, action="delete")
    await queue(AN)
    sender = Sender(services, telegram)
    while await sender.send_batch():
        pass
    (message,) = await sent(users, chat)
    assert "thread_id" not in message
    async with services.database.read() as connection:
        subscriber = await find_subscriber(connection, chat)
    assert subscriber is not None
    assert (subscriber.status, subscriber.thread_id) == ("active", None)


async def test_a_group_without_an_open_topic_is_refused_and_not_asked_for_ever(
    services: Services,
    telegram: ExtBot[None],
    users: Control,
    queue: Queue,
    topic: tuple[int, int],
) -> None:
    chat, _ = topic
    await users.post("fault", kind="400", description="TOPIC_CLOSED", chat=chat, times=20)
    await queue(AN)
    sender = Sender(services, telegram)
    calls = [await sender.send_batch() for _ in range(3)]
    assert calls == [2, 1, 0]
    async with services.database.read() as connection:
        row = (await connection.execute(select(deliveries).where(deliveries.c.status == "gone"))).one()
    assert "TOPIC_CLOSED" in row.reason.upper()
