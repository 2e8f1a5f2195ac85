"""How much one chat may ask in a while, also when several processes count together."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.chat.rate_limits import (
    Admission,
    Limit,
    RequestLimiter,
    SharedRequestLimiter,
    decide_admission,
    limiter_for,
    question_limits,
)
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from storage.admissions import (
    KEPT,
    Admissions,
    AskerKey,
    find_admissions,
    forget_admissions,
    write_admissions,
)
from storage.engine import Database
from storage.subscribers import delete_subscriber
from storage.tables import admissions

START = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
LIMITS = (Limit(5, dt.timedelta(seconds=10)), Limit(60, dt.timedelta(hours=1)))


def _at(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


def test_a_newsroom_limits_questions_in_ten_seconds_and_in_an_hour(
    make_newsroom: Callable[[], Newsroom],
) -> None:
    newsroom = make_newsroom()
    assert question_limits(newsroom) == LIMITS
    four_times = question_limits(newsroom, 4)
    assert four_times == (Limit(20, dt.timedelta(seconds=10)), Limit(240, dt.timedelta(hours=1)))


def test_five_are_let_in_and_the_sixth_is_told_when_to_come_back() -> None:
    limiter = RequestLimiter()
    assert all(limiter.admit(1, LIMITS, _at(second)).is_admitted for second in range(5))
    assert limiter.admit(1, LIMITS, _at(5)) == Admission(is_admitted=False, wait=dt.timedelta(seconds=5))


def test_after_that_one_line_there_is_silence_until_the_chat_is_free() -> None:
    limiter = RequestLimiter()
    for _ in range(6):
        limiter.admit(1, LIMITS, START)
    assert [limiter.admit(1, LIMITS, _at(second)) for second in (1, 5, 9.9)] == [
        Admission(is_admitted=False)
    ] * 3
    assert limiter.admit(1, LIMITS, _at(10)).is_admitted


def test_of_two_bursts_in_a_full_hour_each_is_told_once() -> None:
    limiter = RequestLimiter()
    for second in range(60):
        limiter.admit(1, LIMITS, _at(20 * second))
    waits = [limiter.admit(1, LIMITS, _at(second)).wait for second in (1_201, 1_202, 1_203, 1_800, 1_801)]
    assert [wait is not None for wait in waits] == [True, False, False, True, False]
    assert waits[3] == dt.timedelta(minutes=30)


def test_a_burst_ends_with_a_pause_of_a_minute_or_a_clock_set_back() -> None:
    limiter, hour = RequestLimiter(), (Limit(1, dt.timedelta(hours=1)),)
    moments = (0, 10, 10, 69, 129, 188, 150, 300)
    answers = [limiter.admit(1, hour, _at(second)) for second in moments]
    assert [one.wait is not None for one in answers] == [False, True, False, False, True, False, True, True]


def test_a_chat_that_was_free_again_is_told_again() -> None:
    limiter = RequestLimiter()
    for _ in range(6):
        limiter.admit(1, LIMITS, START)
    for _ in range(5):
        limiter.admit(1, LIMITS, _at(10))
    assert limiter.admit(1, LIMITS, _at(10)).wait == dt.timedelta(seconds=10)


def test_sixty_in_an_hour_are_let_in_and_no_more() -> None:
    limiter = RequestLimiter()
    assert all(limiter.admit(1, LIMITS, _at(30 * n)).is_admitted for n in range(60))
    assert limiter.admit(1, LIMITS, _at(1_800)).wait == dt.timedelta(minutes=30)


def test_one_chat_does_not_use_up_what_another_may() -> None:
    limiter = RequestLimiter()
    for _ in range(9):
        limiter.admit(1, LIMITS, START)
    assert limiter.admit(2, LIMITS, START).is_admitted


def test_no_more_chats_are_remembered_than_said() -> None:
    limiter = RequestLimiter(most_askers=10)
    for chat in range(100):
        limiter.admit(chat, LIMITS, START)
    assert len(limiter) == 10
    assert [limiter.admit(99, LIMITS, START).is_admitted for _ in range(5)] == [True] * 4 + [False]


def test_ten_thousand_chats_are_remembered() -> None:
    limiter = RequestLimiter()
    for chat in range(10_001):
        limiter.admit(chat, LIMITS, START)
    assert len(limiter) == 10_000


def test_of_an_asker_only_the_moments_of_the_last_hour_are_kept() -> None:
    known = Admissions((), None, START)
    for second in (0, 1, 2, 3_601):
        _, known = decide_admission(known, LIMITS, _at(second))
    assert known == Admissions((_at(2), _at(3_601)), None, _at(3_601))


def test_a_clock_set_back_locks_nobody_out() -> None:
    limiter = RequestLimiter()
    for _ in range(6):
        limiter.admit(1, LIMITS, START)
    assert limiter.admit(1, LIMITS, _at(-86_400)).is_admitted


def test_of_a_clock_set_back_a_little_only_the_requests_to_come_are_forgotten() -> None:
    limiter = RequestLimiter()
    for second in (0, 9, 9, 9, 9):
        limiter.admit(1, LIMITS, _at(second))
    answers = [limiter.admit(1, LIMITS, _at(1)) for _ in range(5)]
    assert [one.is_admitted for one in answers] == [True, True, True, True, False]


@given(st.lists(st.floats(0, 30), max_size=120))
def test_however_they_come_no_window_holds_more_than_its_limit(pauses: list[float]) -> None:
    limiter, now, admitted = RequestLimiter(), START, []
    for pause in pauses:
        now += dt.timedelta(seconds=pause)
        if limiter.admit(1, LIMITS, now).is_admitted:
            admitted.append(now)
    for limit in LIMITS:
        fences = zip(admitted, admitted[limit.count :], strict=False)
        assert all(later - first >= limit.window for first, later in fences)
    assert all(first <= later for first, later in pairwise(admitted))


# Several processes.

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)  # the machine's clock does not count
SHARED_LIMITS = (Limit(3, dt.timedelta(seconds=10)), Limit(60, dt.timedelta(hours=1)))


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """Only PostgreSQL has several processes."""
    return postgres_database


async def test_two_processes_admit_an_asker_as_often_as_one_does(database: Database) -> None:
    limiters = [SharedRequestLimiter(database, "questions") for _ in range(2)]
    answers = [await limiters[i % 2].ask((5, 5), SHARED_LIMITS, LONG_AGO) for i in range(6)]
    assert [one.is_admitted for one in answers] == [True, True, True, False, False, False]
    assert [one.wait is not None for one in answers[3:]] == [True, False, False], "a burst is told once"
    assert (await limiters[0].ask((5, None), SHARED_LIMITS, LONG_AGO)).is_admitted, "the group's own share"
    async with database.read() as connection:
        assert len((await find_admissions(connection, AskerKey("questions", 5, 0))).moments) == 1
    assert (await SharedRequestLimiter(database, "anything").ask((5, 5), SHARED_LIMITS, LONG_AGO)).is_admitted


async def test_what_askers_were_admitted_with_goes_with_their_data_and_after_an_hour(
    database: Database,
) -> None:
    limiter = SharedRequestLimiter(database, "questions")
    for chat in (5, 6):
        await limiter.ask((chat, chat), SHARED_LIMITS, LONG_AGO)
    async with database.write() as connection:
        await delete_subscriber(connection, 5)
        assert (await find_admissions(connection, AskerKey("questions", 5, 5))).moments == ()
        known = await find_admissions(connection, AskerKey("questions", 6, 6))
        assert len(known.moments) == 1
        await forget_admissions(connection, before=known.now + dt.timedelta(seconds=1))
        assert (await find_admissions(connection, AskerKey("questions", 6, 6))).moments == ()


async def test_old_admissions_are_deleted_once_in_many_requests(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent, limiter = AskerKey("questions", 6, 6), SharedRequestLimiter(database, "questions")

    async def remembered_after_each(requests: int) -> list[list[int]]:
        async with database.write() as connection:
            now = (await find_admissions(connection, silent)).now
            for key, ago in (
                (silent, KEPT + dt.timedelta(seconds=1)),
                (replace(silent, chat_id=7), KEPT - dt.timedelta(minutes=1)),
            ):
                await write_admissions(connection, key, Admissions((now - ago,), None, now - ago))
        remembered = []
        for _ in range(requests):
            await limiter.ask((5, 5), SHARED_LIMITS, LONG_AGO)
            async with database.read() as connection:
                rows = await connection.execute(select(admissions.c.chat_id).order_by(admissions.c.chat_id))
                remembered.append(list(rows.scalars()))
        return remembered

    with monkeypatch.context() as fewer:
        fewer.setattr("bot.chat.rate_limits._TIDIED_EACH", 3)
        assert await remembered_after_each(3) == [[5, 6, 7], [5, 6, 7], [5, 7]]
    monkeypatch.setattr(limiter, "_asked", 998)
    assert await remembered_after_each(2) == [[5, 6, 7], [5, 7]], "at each five hundredth, as the thousandth"


async def test_a_process_that_is_alone_counts_by_itself(services: Services) -> None:
    assert isinstance(limiter_for(services, "questions"), RequestLimiter)
    services.shares_chats = True
    assert isinstance(limiter_for(services, "questions"), SharedRequestLimiter)
