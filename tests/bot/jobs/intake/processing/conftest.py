"""A processor over SQLite, at a clock that stands still."""

import pytest

from bot.jobs.intake.processing import Processor
from storage.engine import Database
from tests.bot.jobs.intake.processing.reports import NOW
from tests.manual_clock import ManualClock
from tests.texts_here import TextsHere


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still."""
    return ManualClock(NOW)


@pytest.fixture
def workshop(database: Database, clock: ManualClock) -> Processor:
    """What processes articles here."""
    return Processor(database, clock, TextsHere())
