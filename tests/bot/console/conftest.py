"""The console on a real port, over a database with readers, issues and hostile articles."""

import datetime as dt
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest

from bot.console.guard import BASE, make_link
from bot.console.site import Console
from bot.jobs.digests.gate import prepare_early
from bot.jobs.digests.slots import run_due_slots
from bot.news.newsroom import Approval
from bot.news.services import Services
from bot.process.metrics import serve_health
from storage.engine import Database
from tests.bot.conftest import ADMIN, make_edition
from tests.manual_clock import ManualClock


@dataclass
class Served:
    """A console that runs. `problems` is what is wrong with the bot."""

    console: Console
    origin: str
    database: Database
    problems: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return the address of its first page."""
        return f"{self.origin}{BASE}"

    async def invite(self, admin: int = ADMIN) -> str:
        """Return a link that logs an operator in."""
        return await make_link(self.database, self.origin, admin)


@dataclass
class Answered:
    """An answer: its status, its headers and its text."""

    status: int
    headers: Any
    text: str


class Browser:
    """Asks as a browser of one person does; it follows no redirect by itself."""

    def __init__(self, served: Served, session: aiohttp.ClientSession) -> None:
        self.served = served
        self.session = session

    async def get(self, path: str = "", **given: Any) -> Answered:
        """Ask for a page under the console."""
        return await self._ask("GET", path, **given)

    async def post(self, path: str, **form: str) -> Answered:
        """Send a form from a page of the console."""
        return await self._ask("POST", path, data=form, headers={"Origin": self.served.origin})

    async def post_raw(self, path: str, form: dict[str, str], headers: dict[str, str]) -> Answered:
        """Send a form with other headers."""
        return await self._ask("POST", path, data=form, headers=headers)

    async def _ask(self, method: str, path: str, **given: Any) -> Answered:
        url = f"{self.served.url}{path}"
        async with self.session.request(method, url, allow_redirects=False, **given) as answer:
            return Answered(answer.status, answer.headers, await answer.text())

    async def log_in(self, admin: int = ADMIN) -> None:
        """Use a fresh link."""
        code = (await self.served.invite(admin)).partition("ma=")[2]
        assert (await self.post("/vao", ma=code)).status == 303

    async def csrf(self) -> str:
        """Return the proof that forms of this session carry."""
        found = re.search(r'name="csrf" value="([^"]+)"', (await self.get()).text)
        assert found is not None
        return found[1]


async def nobody(_: str) -> None:
    """Ignore the text."""


@pytest.fixture
async def served(services: Services, unused_tcp_port: int) -> AsyncIterator[Served]:
    """A console on loopback."""
    origin = f"http://127.0.0.1:{unused_tcp_port}"
    found = Served.__new__(Served)

    async def problems() -> list[str]:
        return found.problems

    async def run_slots() -> None:
        await prepare_early(services)
        await run_due_slots(services, nobody)

    console = Console(services, origin, problems, run_slots)
    found.__init__(console, origin, services.database)  # type: ignore[misc] # the two know each other
    runner = await serve_health(
        "127.0.0.1", unused_tcp_port, problems, dict, {BASE: found.console.application()}
    )
    yield found
    await runner.cleanup()


@pytest.fixture
async def make_browser(served: Served) -> AsyncIterator[Callable[[], Browser]]:
    """Return a function that makes a browser with cookies of its own."""
    sessions: list[aiohttp.ClientSession] = []

    def make() -> Browser:
        sessions.append(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
        return Browser(served, sessions[-1])

    yield make
    for session in sessions:
        await session.close()


@pytest.fixture
async def stranger(make_browser: Callable[[], Browser]) -> Browser:
    """Somebody who is not logged in."""
    return make_browser()


@pytest.fixture
async def operator(make_browser: Callable[[], Browser]) -> Browser:
    """An operator who is logged in."""
    browser = make_browser()
    await browser.log_in()
    return browser


Reader = Callable[..., Awaitable[int]]
LEAD = 20 * 60


@pytest.fixture
async def gate(services: Services, clock: ManualClock, make_newsroom: Any, reader: Reader, story: Any) -> str:
    """The page of the morning's gate, with two stories, just opened at 6:25."""
    services.newsroom = make_newsroom(replace(make_edition(), approval=Approval(dt.timedelta(seconds=LEAD))))
    await reader(1)
    await story("</h2>Lũ quét <script>\u202eở Mường")
    await story("Giá tôm tăng mạnh ở Cà Mau")
    await clock.advance(105 * 60 - LEAD)
    await prepare_early(services)
    return "/so/duyet/1"
