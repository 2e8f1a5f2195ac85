"""A bot whose edition operators approve."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.news.newsroom import Newsroom
from bot.news.services import Services
from tests.bot.jobs.digests.gated import Gated, edition_to_approve
from tests.bot.jobs.digests.test_slots import Reader, Story
from tests.manual_clock import ManualClock


@pytest.fixture
def gated(
    services: Services,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    admin_chat: Any,
    make_newsroom: Callable[..., Newsroom],
) -> Gated:
    """Its edition asks for approval twenty minutes before 6:45; on each engine."""
    gated = Gated(services, clock, reader, story, admin_chat, make_newsroom)
    gated.declare(edition_to_approve())
    return gated
