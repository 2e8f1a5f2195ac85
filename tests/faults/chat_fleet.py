"""Several processes that answer chats, a Telegram that calls any of them, and a line to the database."""

import asyncio
import contextlib
import random
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.emulator.client import Control
from tests.bot.processes.conftest import NEWSROOM, Run, Start, until
from tests.bot.processes.test_webhook_process import SECRET, webhook_at
from tests.bot.telegram.handmade import raw_update

ROOMY = f"{NEWSROOM}\n[limits]\nquestions_per_10_seconds = 100\n"
_WORD = re.compile(r"zq\d+x(\d+)")
_SILENCE_SECONDS = 20.0  # as storage.engine sets it for the server
_HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


class Fleet:
    """Processes with the role `chat` that share a database, each on a port of its own."""

    def __init__(self, start: Start, server: str, folder: Path, ports: Sequence[int]) -> None:
        self.ports = ports
        self.runs: dict[int, Run] = {}
        self._start, self._server, self._folder = start, server, folder
        self._stack = AsyncExitStack()
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5))

    async def __aenter__(self) -> "Fleet":
        """Open nothing yet: `begin` starts each process."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Kill what still runs."""
        await self._session.close()
        await self._stack.aclose()

    async def begin(self, place: int, url: str, **environment: str) -> None:
        """Start the process of a port, and wait until Telegram may call it."""
        port = self.ports[place]
        settings = webhook_at(port) | {
            "DIEMTIN_DATABASE_URL": url, "DIEMTIN_INDEX": str(self._folder / "index"), **environment,
        }  # fmt: skip
        begun = self._start(self._server, "--role", "chat", newsroom=ROOMY, **settings)
        self.runs[place] = await self._stack.enter_async_context(begun)

        async def listens() -> bool:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return True
            return False

        await until(listens, within=60)

    async def bring(self, raw: dict[str, Any], place: int | None = None) -> int:
        """Call a process with an update, any one unless told, until one takes it; return the calls made."""
        calls = 0
        first = random.randrange(len(self.ports))
        while True:
            next_one = (first + calls) % len(self.ports)  # as a balancer does
            port = self.ports[next_one if place is None else place]
            address = f"http://127.0.0.1:{port}/telegram"
            calls += 1
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with self._session.post(address, json=raw, headers=_HEADERS) as answer:
                    if answer.status == 200:
                        return calls
            await asyncio.sleep(0.1)

    async def ask(self, chats: Sequence[int], questions: int, *, at_once: int = 40) -> None:
        """Bring questions of chats: a chat's one after the other, as Telegram does, and chats at once."""
        places = asyncio.Semaphore(at_once)

        async def ask(chat: int) -> None:
            for number in range(questions):
                async with places:
                    raw = raw_update(chat * 100 + number, chat, f"zq{chat}x{number}")
                    await self.bring(raw)

        await asyncio.gather(*map(ask, chats))


async def answered(hands: Control, chat: int) -> list[int]:
    """Return the numbers of the questions that a chat got answers to, in order."""
    texts = [message["text"] for message in (await hands.chat(chat))["messages"]]
    return [int(found[1]) for found in map(_WORD.search, texts) if found]


async def until_answered(
    hands: Control, chats: Sequence[int], questions: int, *, within: float
) -> dict[int, list[int]]:
    """Wait until each chat has all its answers; return them."""
    missing = set(chats)

    async def is_done() -> bool:
        for chat in list(missing):
            if len(set(await answered(hands, chat))) < questions:
                return False
            missing.discard(chat)
        return True

    await until(is_done, within=within)
    return {chat: await answered(hands, chat) for chat in chats}


def in_order(numbers: Sequence[int]) -> bool:
    """Tell whether questions were answered in their order, each but for repeated ones."""
    firsts = list(dict.fromkeys(numbers))
    return firsts == sorted(firsts)


class Line:
    """A port on loopback that passes bytes on to a PostgreSQL's socket, until told otherwise."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.port = 0
        self._flows = asyncio.Event()
        self._flows.set()
        self._far: set[asyncio.StreamWriter] = set()
        self._giving_up: asyncio.TimerHandle | None = None

    def url(self, database: str) -> str:
        """Return the address of a database over this line."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def cut(self) -> None:
        """Pass nothing on: neither side hears that. After 20 seconds the server gives up, as it was told."""
        self._flows.clear()
        self._giving_up = asyncio.get_running_loop().call_later(_SILENCE_SECONDS, self._give_up)

    def _give_up(self) -> None:
        for writer in self._far:
            writer.close()

    def mend(self) -> None:
        """Pass on what has been waiting."""
        if self._giving_up is not None:
            self._giving_up.cancel()
        self._flows.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass a connection's bytes on."""
        await self._flows.wait()
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(str(self.socket))
        except OSError:
            writer.close()
            return
        self._far.add(far_writer)
        both = [self._pass_on(reader, far_writer), self._pass_on(far_reader, writer)]
        await asyncio.gather(*both, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while some := await reader.read(65_536):
                await self._flows.wait()
                writer.write(some)
                await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def line_to(home: Path) -> AsyncIterator[Line]:
    """Open a line to the PostgreSQL whose socket is in `home`."""
    line = Line(home / ".s.PGSQL.5432")
    listening = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    line.port = listening.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        listening.close()


Ports = Callable[[], int]
