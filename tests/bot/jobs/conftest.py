"""A sender that tests send with, batch by batch."""

import pytest
from telegram.ext import ExtBot

from bot.jobs.delivery.sender import Sender
from bot.news.services import Desk
from bot.telegram.limiter import TelegramPace


@pytest.fixture
def sender(desk: Desk, telegram: ExtBot[None]) -> Sender:
    """A sender that is not running: tests send batch by batch, five each."""
    return Sender(desk, telegram, pace=TelegramPace())
