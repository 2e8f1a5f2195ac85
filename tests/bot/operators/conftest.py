"""A reader who exists for Telegram, and a sender that does not run."""

import pytest
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.news.services import Services
from bot.telegram.limiter import TelegramPace
from tests.bot.operators.answered import Reader


@pytest.fixture
def sender(services: Services, telegram: ExtBot[None]) -> Sender:
    """A sender that is not running."""
    return Sender(services, telegram, pace=TelegramPace())


@pytest.fixture
async def chat(users: Control, reader: Reader) -> int:
    """One reader, who exists for Telegram."""
    chat = await users.user("Lan", started=True)
    await reader(chat)
    return chat
