"""The control interface from Python: the hands of scripted users, in tests, demonstrations and simulations.

It speaks HTTP like anyone else, so it serves an emulator in this process and one in another alike.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

Json = dict[str, Any]


class ControlError(Exception):
    """The control interface refused an input; the text names the key."""


class Control:
    """One emulator's control interface. Keyword arguments are the keys of `docs/emulator.md`."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def post(self, path: str, **body: Any) -> Json:
        """Call a POST route with `body`.

        Raises:
            ControlError: the input is wrong.
        """
        async with self._session.post(f"/_control/{path}", json=body) as response:
            return await _read(response)

    async def get(self, path: str, **query: Any) -> Json:
        """Call a GET route with `query`.

        Raises:
            ControlError: the input is wrong.
        """
        async with self._session.get(f"/_control/{path}", params=query) as response:
            return await _read(response)

    async def delete(self, path: str) -> Json:
        """Call a DELETE route."""
        async with self._session.delete(f"/_control/{path}") as response:
            return await _read(response)

    async def user(self, first_name: str = "An", **body: Any) -> int:
        """Make a user and return the id, which is the private chat's too."""
        made = await self.post("user", first_name=first_name, **body)
        return int(made["chat"]["id"])

    async def group(self, title: str = "Nhóm", **body: Any) -> int:
        """Make a group and return its chat id."""
        made = await self.post("group", title=title, **body)
        return int(made["chat"]["id"])

    async def say(self, chat: int, text: str, **body: Any) -> Json:
        """Write a message as a user (`sender` in a group)."""
        if "sender" in body:
            body["from"] = body.pop("sender")
        return await self.post("message", chat=chat, text=text, **body)

    async def tap(self, chat: int, button: str | list[int] | None = None, **body: Any) -> Json:
        """Tap a button by its text or [row, column], or by `data`, as `sender`."""
        if "sender" in body:
            body["from"] = body.pop("sender")
        if button is not None:
            body["button"] = button
        return await self.post("tap", chat=chat, **body)

    async def wait(self, chat: int, *, after: int = 0, count: int = 1, timeout: float = 10) -> list[Json]:
        """Return the bot's messages after `after`: once there are `count`, or after `timeout` s."""
        answer = await self.get("wait", chat=chat, after=after, count=count, timeout=timeout)
        messages: list[Json] = answer["messages"]
        return messages

    async def ask(
        self, chat: int, text: str, *, count: int = 1, timeout: float = 10, **body: Any
    ) -> list[Json]:
        """Write a message and return the bot's `count` messages that follow it."""
        said = await self.say(chat, text, **body)
        return await self.wait(chat, after=said["message_id"], count=count, timeout=timeout)

    async def chat(self, chat: int, **query: Any) -> Json:
        """Return what a chat shows."""
        return await self.get(f"chats/{chat}", **query)


@asynccontextmanager
async def control(url: str) -> AsyncIterator[Control]:
    """Open the control interface of the emulator at `url`."""
    async with aiohttp.ClientSession(url) as session:
        yield Control(session)


async def _read(response: aiohttp.ClientResponse) -> Json:
    body: Json = await response.json()
    if response.status != 200:
        raise ControlError(f"{body.get('key')}: {body.get('error')}")
    return body
