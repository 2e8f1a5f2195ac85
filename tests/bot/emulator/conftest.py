"""An emulator in this process, its control interface, and the real Telegram library as the bot."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.emulator.api import Emulator
from bot.emulator.client import Control, control
from bot.emulator.server import serve

TOKEN = "42:emulated"  # noqa: S105 - the emulator takes any


@pytest.fixture(autouse=True)
def _pauses_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the library's coming form of `retry_after`; it warns of the present one."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


async def running_emulator() -> AsyncIterator[Emulator]:
    """An emulator on a free port."""
    async with serve() as running:
        yield running


async def control_of(emulator: Emulator) -> AsyncIterator[Control]:
    """The control interface."""
    async with control(emulator.url) as hands:
        yield hands


async def bot_at(emulator: Emulator) -> AsyncIterator[Bot]:
    """The real library, signed in. It loads no certificates, which takes 50 ms and serves https only."""
    requests = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
    async with Bot(
        TOKEN,
        base_url=f"{emulator.url}/bot",
        base_file_url=f"{emulator.url}/file/bot",
        request=requests[0],
        get_updates_request=requests[1],
    ) as signed_in:
        yield signed_in


emulator = pytest.fixture(running_emulator, name="emulator")
users = pytest.fixture(control_of, name="users")
bot = pytest.fixture(bot_at, name="bot")


@pytest.fixture
async def an(users: Control) -> int:
    """A user who has started the bot; the id is the chat's too."""
    return await users.user("An", username="an_doc_tin", started=True)
