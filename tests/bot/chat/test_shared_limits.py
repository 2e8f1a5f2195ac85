"""Limits that processes keep together: an asker has one share, whichever process is called."""

import datetime as dt

import pytest

from bot.chat.permissions import Guard, Limit
from bot.chat.shared_limits import SharedGuard, guard_for
from bot.news.services import Services
from storage.admissions import AskerKey, find_admissions, forget_admissions
from storage.engine import Database
from storage.subscribers import delete_subscriber

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)  # the machine's clock does not count
LIMITS = (Limit(3, dt.timedelta(seconds=10)), Limit(60, dt.timedelta(hours=1)))


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """Only PostgreSQL has several processes."""
    return postgres_database


async def test_two_processes_admit_an_asker_as_often_as_one_does(database: Database) -> None:
    guards = [SharedGuard(database, "questions") for _ in range(2)]
    verdicts = [await guards[i % 2].ask((5, 5), LIMITS, LONG_AGO) for i in range(6)]
    assert [one.is_admitted for one in verdicts] == [True, True, True, False, False, False]
    assert [one.wait is not None for one in verdicts[3:]] == [True, False, False], "a burst is told once"
    assert (await guards[0].ask((5, None), LIMITS, LONG_AGO)).is_admitted, "the group's own share"
    assert (await SharedGuard(database, "anything").ask((5, 5), LIMITS, LONG_AGO)).is_admitted


async def test_what_askers_were_admitted_with_goes_with_their_data_and_after_an_hour(
    database: Database,
) -> None:
    guard = SharedGuard(database, "questions")
    for chat in (5, 6):
        await guard.ask((chat, chat), LIMITS, LONG_AGO)
    async with database.write() as connection:
        await delete_subscriber(connection, 5)
        assert (await find_admissions(connection, AskerKey("questions", 5, 5))).moments == ()
        known = await find_admissions(connection, AskerKey("questions", 6, 6))
        assert len(known.moments) == 1
        await forget_admissions(connection, before=known.now + dt.timedelta(seconds=1))
        assert (await find_admissions(connection, AskerKey("questions", 6, 6))).moments == ()


async def test_a_process_that_is_alone_counts_by_itself(services: Services) -> None:
    assert isinstance(guard_for(services, "questions"), Guard)
    services.shares_chats = True
    assert isinstance(guard_for(services, "questions"), SharedGuard)
