"""The control interface: what it shows, what it waits for, and which callers and inputs it refuses."""

import asyncio

import aiohttp
import pytest
from telegram import Bot

from bot.emulator.api import Emulator
from bot.emulator.client import Control, ControlError, StartError, control, emulator_process
from bot.emulator.server import LoopbackError, serve


@pytest.mark.parametrize(
    ("path", "body", "key"),
    [
        ("user", {"first_name": ""}, "first_name"),
        ("user", {"id": -5}, "id"),
        ("user", {"name": "An"}, "name"),
        ("user", {"username": "a b"}, "username"),
        ("group", {"members": [1]}, "members"),
        ("group", {"administrators": [1]}, "administrators"),
        ("group", {"type": "private"}, "type"),
        ("message", {"text": "chào"}, "chat"),
        ("message", {"chat": 1, "text": "chào"}, "chat"),
        ("message", {"chat": 7000000001}, "text"),
        ("message", {"chat": 7000000001, "text": "x" * 4097}, "text"),
        ("message", {"chat": 7000000001, "text": "x", "edit": 99}, "edit"),
        ("message", {"chat": 7000000001, "text": "x", "reply_to": 99}, "reply_to"),
        ("message", {"chat": 7000000001, "text": "x", "from": 5}, "from"),
        ("message", {"chat": 7000000001, "text": "x", "channel_post": True}, "channel_post"),
        ("message", {"chat": 7000000001, "text": "x", "anonymous_admin": True}, "anonymous_admin"),
        ("tap", {"chat": 7000000001, "data": "x", "wait_seconds": 1000}, "wait_seconds"),
        ("member", {"chat": 7000000001, "action": "promote"}, "action"),
        ("member", {"chat": 7000000001, "action": "explode"}, "action"),
        ("update", {"update": {"update_id": "x"}}, "update.update_id"),
        ("limits", {"per_second": 0}, "per_second"),
    ],
)
async def test_wrong_input_names_its_key(
    emulator: Emulator, an: int, path: str, body: dict[str, object], key: str
) -> None:
    async with (
        aiohttp.ClientSession(emulator.url) as session,
        session.post(f"/_control/{path}", json=body) as response,
    ):
        answer = await response.json()
    assert (response.status, answer["key"]) == (400, key)
    assert answer["error"]


@pytest.mark.parametrize("body", ["{", "[]", "5", "\ud800".encode("utf-8", "surrogatepass")])
async def test_a_body_must_be_a_json_object(emulator: Emulator, body: str | bytes) -> None:
    async with (
        aiohttp.ClientSession(emulator.url) as session,
        session.post("/_control/user", data=body) as response,
    ):
        assert (response.status, (await response.json())["key"]) == (400, "")


@pytest.mark.parametrize("query", [{"chat": "x"}, {"chat": "5"}, {"count": "1"}])
async def test_queries_are_checked_too(users: Control, query: dict[str, str]) -> None:
    with pytest.raises(ControlError, match=r"^chat: "):
        await users.get("wait", **query)


async def test_several_users_of_a_group_must_be_told_apart(users: Control, an: int) -> None:
    group = await users.group(members=[an])
    with pytest.raises(ControlError, match=r"^from: a group has several users"):
        await users.say(group, "/tin")


async def test_users_cannot_edit_the_bots_messages(bot: Bot, users: Control, an: int) -> None:
    sent = await bot.send_message(an, "Tin")
    with pytest.raises(ControlError, match=r"^edit: "):
        await users.say(an, "x", edit=sent.message_id)


async def test_waiting_ends_with_the_last_message_wanted(bot: Bot, users: Control, an: int) -> None:
    waiting = asyncio.create_task(users.wait(an, count=2, timeout=30))
    await bot.send_message(an, "một")
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await bot.send_message(an, "hai")
    assert [message["text"] for message in await waiting] == ["một", "hai"]


async def test_waiting_in_vain_says_so(users: Control, an: int) -> None:
    assert await users.get("wait", chat=an, timeout=0) == {"complete": False, "messages": []}


async def test_a_chat_can_be_watched_for_changes(bot: Bot, users: Control, an: int) -> None:
    sent = await bot.send_message(an, "một")
    version = (await users.chat(an))["version"]
    watching = asyncio.create_task(users.chat(an, version=version, timeout=30))
    await asyncio.sleep(0.05)
    assert not watching.done()
    await bot.edit_message_text("hai", an, sent.message_id)
    assert (await watching)["messages"][0]["text"] == "hai"


async def test_a_user_can_be_renamed_and_chosen_by_id(users: Control) -> None:
    assert await users.user("An", id=2**40) == 2**40
    await users.user("Ân", id=2**40)
    chats = (await users.get("chats"))["chats"]
    assert [row["chat"]["first_name"] for row in chats] == ["Ân"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Host": "evil.example"},
        {"Host": "127.evil.example"},
        {"Origin": "null"},
    ],
)
async def test_other_web_pages_are_turned_away(emulator: Emulator, headers: dict[str, str]) -> None:
    async with (
        aiohttp.ClientSession(emulator.url, headers=headers) as session,
        session.post("/_control/reset") as response,
    ):
        assert response.status == 403


@pytest.mark.parametrize(
    ("path", "kind"), [("/", "text/html"), ("/chat.css", "text/css"), ("/main.js", "text/javascript")]
)
async def test_the_chat_page_is_served(emulator: Emulator, path: str, kind: str) -> None:
    async with aiohttp.ClientSession(emulator.url) as session, session.get(path) as response:
        assert (response.status, response.content_type) == (200, kind)
        assert "default-src 'none'; script-src 'self'" in response.headers["Content-Security-Policy"]


async def test_a_missing_file_is_not_found(emulator: Emulator) -> None:
    async with aiohttp.ClientSession(emulator.url) as session:
        for path in ("/_control/files/x", "/file/bot42:x/documents/x", "/file/botx/documents/x"):
            async with session.get(path) as response:
                assert response.status == 404


@pytest.mark.parametrize("host", ["10.0.0.1", "192.0.2.1", "::", "khong-co.invalid"])
async def test_it_listens_on_this_machine_only(host: str) -> None:
    with pytest.raises(LoopbackError):
        async with serve(host=host):
            pytest.fail("it listens")


async def test_a_process_of_its_own_answers_and_ends() -> None:
    async with emulator_process(strict=True) as url, control(url) as users:
        assert (await users.post("limits"))["strict"] is True
        with pytest.raises(StartError, match="Không mở được cổng"):
            async with emulator_process(port=int(url.rpartition(":")[2])):
                pytest.fail("two on one port")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(url)
