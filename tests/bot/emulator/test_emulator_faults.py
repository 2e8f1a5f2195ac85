"""Declared faults: each looks to the real library like the real fault."""

import asyncio

import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.emulator.client import Control, ControlError


async def accepted(users: Control, chat: int) -> int:
    """How many messages of the bot stand in a chat."""
    return len((await users.get("wait", chat=chat, timeout=0))["messages"])


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        ({"kind": "429", "retry_after": 7}, RetryAfter, "Retry in"),
        ({"kind": "429", "retry_after": 0}, NetworkError, "Too Many Requests"),
        ({"kind": "500"}, NetworkError, "Internal Server Error"),
        ({"kind": "409"}, Conflict, "terminated by other getUpdates request"),
        ({"kind": "403"}, Forbidden, "bot was blocked by the user"),
        ({"kind": "403", "description": "user is deactivated"}, Forbidden, "user is deactivated"),
        ({"kind": "400", "description": "chat not found"}, BadRequest, "Chat not found"),
        ({"kind": "401"}, InvalidToken, "Unauthorized"),
        ({"kind": "html_502"}, NetworkError, "Bad Gateway"),
        ({"kind": "cut_before"}, NetworkError, "RemoteProtocolError|ReadError"),
    ],
)
async def test_a_fault_keeps_a_message_from_being_sent(
    bot: Bot, users: Control, an: int, fault: dict[str, object], error: type[TelegramError], reason: str
) -> None:
    await users.post("fault", method="sendmessage", **fault)
    with pytest.raises(error, match=reason):
        await bot.send_message(an, "Tin")
    assert await accepted(users, an) == 0
    await bot.send_message(an, "Tin")
    assert await accepted(users, an) == 1


async def test_a_cut_after_delivery_loses_only_the_answer(bot: Bot, users: Control, an: int) -> None:
    await users.post("fault", kind="cut_after")
    with pytest.raises(NetworkError):
        await bot.send_message(an, "Tin")
    assert await accepted(users, an) == 1
    stats = await users.get("stats")
    assert stats["methods"]["sendMessage"]["statuses"] == {"cut": 1}
    assert (stats["accepted"], stats["faults"]) == (1, {"cut_after": 1})


async def test_a_hanging_connection_times_out_undelivered(bot: Bot, users: Control, an: int) -> None:
    await users.post("fault", kind="hang", seconds=0.4)
    with pytest.raises(TimedOut):
        await bot.send_message(an, "Tin", read_timeout=0.1)
    await asyncio.sleep(0.5)
    assert await accepted(users, an) == 0


async def test_a_slow_answer_may_come_too_late_though_it_is_delivered(
    bot: Bot, users: Control, an: int
) -> None:
    await users.post("fault", kind="slow", seconds=0.3)
    with pytest.raises(TimedOut):
        await bot.send_message(an, "Tin", read_timeout=0.1)
    assert len(await users.wait(an)) == 1


async def test_a_dripping_answer_comes_whole_to_who_waits(bot: Bot, users: Control, an: int) -> None:
    await users.post("fault", kind="drip", seconds=0.2)
    assert (await bot.send_message(an, "Tin " * 50)).text == ("Tin " * 50).strip()
    await users.post("fault", kind="drip", seconds=60)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bot.send_message(an, "Tin"), 0.3)
    assert await accepted(users, an) == 2


async def test_a_fault_hits_its_chat_and_method_only_as_often_as_ordered(
    bot: Bot, users: Control, an: int
) -> None:
    binh = await users.user("Bình", started=True)
    await users.post("fault", kind="500", chat=an, method="sendMessage", times=2)
    await bot.send_message(binh, "Tin")
    await bot.send_chat_action(an, "typing")
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(an, "Tin")
    await bot.send_message(an, "Tin")
    assert await users.get("fault") == {"waiting": [], "happened": {"500": 2}}


async def test_faults_can_hit_polling_too(bot: Bot, users: Control) -> None:
    await users.post("fault", kind="html_502", method="getUpdates")
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.get_updates()
    assert await bot.get_updates() == ()


async def test_faults_come_in_the_order_of_their_declaration(bot: Bot, users: Control, an: int) -> None:
    await users.post("fault", kind="403")
    await users.post("fault", kind="400")
    with pytest.raises(Forbidden):
        await bot.send_message(an, "Tin")
    with pytest.raises(BadRequest):
        await bot.send_message(an, "Tin")


async def test_faults_can_be_called_off(bot: Bot, users: Control, an: int) -> None:
    ordered = await users.post("fault", kind="500", times=9)
    assert ordered["waiting"] == [{"kind": "500", "times": 9, "method": "", "chat": 0}]
    await users.delete("fault")
    assert (await bot.send_message(an, "Tin")).text == "Tin"


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"kind": "418"}, "kind"),
        ({"kind": "500", "times": 0}, "times"),
        ({"kind": "500", "method": "sendNothing"}, "method"),
        ({"times": 1}, "kind"),
        ({"kind": "hang", "seconds": -1}, "seconds"),
    ],
)
async def test_a_wrong_fault_is_refused(users: Control, body: dict[str, object], key: str) -> None:
    with pytest.raises(ControlError, match=f"^{key}: "):
        await users.post("fault", **body)
