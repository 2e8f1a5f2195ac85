"""The emulator from Python: start it as a process, and act as scripted users."""

import asyncio
import re
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from storage.off_loop import Program, start_async

START_SECONDS = 20.0
STOP_SECONDS = 5.0
_ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost|\[::1\]):[0-9]{1,5}")
_LONGEST_REASON = 2_000  # bytes


class StartError(Exception):
    """The process ended or printed nothing before it had an address; the text is its output."""


@asynccontextmanager
async def emulator_process(*, port: int = 0, strict: bool = False) -> AsyncIterator[str]:
    """Run `bot.emulator` in a process, wait until it listens, and yield its address; port 0: any free one.

    Raises:
        StartError: it has no address after 20 seconds.
    """
    options = ["--port", str(port), *(["--strict"] if strict else [])]
    program = Program("bot.emulator", tuple(options))
    process = await start_async(program, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    try:
        yield await _read_address(process)
    finally:
        await stop_process(process, STOP_SECONDS)


async def _read_address(process: Process) -> str:
    """Return the first line; the process listens before it prints it."""
    if process.stdout is None or process.stderr is None:
        raise StartError("no pipes")
    try:
        async with asyncio.timeout(START_SECONDS):
            address = (await process.stdout.readline()).decode(errors="replace").strip()
            if not address:
                words = await process.stderr.read()
                await process.wait()
                raise StartError(words[-_LONGEST_REASON:].decode(errors="replace").strip())
    except TimeoutError:
        raise StartError(f"no answer within {START_SECONDS:.0f} s") from None
    if not _ADDRESS.fullmatch(address):
        raise StartError(f"this is no address: {address[:100]!r}")
    return address


async def stop_process(process: Process, seconds: float) -> None:
    """Terminate a process, and kill it if it does not end in `seconds`."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(seconds):
            await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()


Json = dict[str, Any]


class ControlError(Exception):
    """The control interface refused an input; the text names the key."""


class Control:
    """Scripted users of an emulator, over HTTP. Keyword arguments are the keys of `docs/emulator.md`."""

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
        async with self._session.delete(f"/_control/{path}") as response:
            return await _read(response)

    async def user(self, first_name: str = "An", **body: Any) -> int:
        """Make a user and return the id, which is the private chat's too."""
        made = await self.post("user", first_name=first_name, **body)
        return int(made["chat"]["id"])

    async def group(self, title: str = "Nhóm", **body: Any) -> int:
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
