"""How the emulator reads requests: paths, tokens and bodies."""

import aiohttp
import pytest
from telegram import (
    Bot,
)
from telegram.error import InvalidToken

from bot.emulator.api import Emulator
from bot.emulator.client import Control


async def test_methods_are_found_in_any_case_and_by_any_way(emulator: Emulator, an: int) -> None:
    async with aiohttp.ClientSession(emulator.url) as session:
        requests = [
            session.get(f"/bot42:x/SENDMESSAGE?chat_id={an}&text=Tin"),
            session.post("/bot42:x/sendmessage", data={"chat_id": str(an), "text": "Tin"}),
            session.post("/bot42:x/sendMessage", json={"chat_id": an, "text": "Tin"}),
            session.post(
                "/bot42:x/sendMessage",
                data=aiohttp.FormData({"chat_id": str(an), "text": "Tin"}, default_to_multipart=True),
            ),
        ]
        for request in requests:
            async with request as response:
                assert (await response.json())["result"]["text"] == "Tin"


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/bot42:x/sendNothing", 404, "Not Found: method not found"),
        ("/botkhong/getMe", 404, "Not Found"),
        ("/bot42:x/getMe?x=1", 200, None),
    ],
)
async def test_unknown_methods_and_malformed_tokens_are_not_found(
    emulator: Emulator, path: str, status: int, description: str | None
) -> None:
    async with aiohttp.ClientSession(emulator.url) as session, session.get(path) as response:
        body = await response.json()
    assert (response.status, body.get("description")) == (status, description)


@pytest.mark.parametrize("body", ["{", "[]", "[" * 100_000, '{"chat_id": '])
async def test_a_broken_body_is_refused(emulator: Emulator, body: str) -> None:
    async with aiohttp.ClientSession(emulator.url) as session:
        headers = {"Content-Type": "application/json"}
        async with session.post("/bot42:x/sendMessage", data=body, headers=headers) as response:
            assert (await response.json())["description"] == "Bad Request: can't parse request body"


async def test_a_revoked_token_is_unauthorized(bot: Bot, users: Control) -> None:
    await users.post("token", token=bot.token)
    with pytest.raises(InvalidToken):
        await bot.get_me()
    await users.post("token", token=bot.token, revoked=False)
    assert (await bot.get_me()).is_bot
