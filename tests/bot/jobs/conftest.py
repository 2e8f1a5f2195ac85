"""A sender that tests send with, batch by batch."""

import pytest
from telegram.ext import ExtBot

from bot.jobs.delivery.sender import Sender
from bot.news.services import Services
from bot.telegram.limiter import TelegramPace


@pytest.fixture
def sender(services: Services, telegram: ExtBot[None]) -> Sender:
    """A sender that is not running: tests send batch by batch, five each."""
    return Sender(services, telegram, pace=TelegramPace())
