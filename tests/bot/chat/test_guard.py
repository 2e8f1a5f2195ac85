"""How much one chat may ask in a while."""

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.permissions import Guard, Limit, Verdict

START = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
LIMITS = (Limit(5, dt.timedelta(seconds=10)), Limit(60, dt.timedelta(hours=1)))


def _at(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


def test_five_are_let_in_and_the_sixth_is_told_when_to_come_back() -> None:
    guard = Guard()
    assert all(guard.admit(1, LIMITS, _at(second)).is_admitted for second in range(5))
    assert guard.admit(1, LIMITS, _at(5)) == Verdict(is_admitted=False, wait=dt.timedelta(seconds=5))


def test_after_that_one_line_there_is_silence_until_the_chat_is_free() -> None:
    guard = Guard()
    for _ in range(6):
        guard.admit(1, LIMITS, START)
    assert [guard.admit(1, LIMITS, _at(second)) for second in (1, 5, 9.9)] == [Verdict(is_admitted=False)] * 3
    assert guard.admit(1, LIMITS, _at(10)).is_admitted


def test_of_two_bursts_in_a_full_hour_each_is_told_once() -> None:
    guard = Guard()
    for second in range(60):
        guard.admit(1, LIMITS, _at(20 * second))
    waits = [guard.admit(1, LIMITS, _at(second)).wait for second in (1_201, 1_202, 1_203, 1_800, 1_801)]
    assert [wait is not None for wait in waits] == [True, False, False, True, False]
    assert waits[3] == dt.timedelta(minutes=30)


def test_a_chat_that_was_free_again_is_told_again() -> None:
    guard = Guard()
    for _ in range(6):
        guard.admit(1, LIMITS, START)
    for _ in range(5):
        guard.admit(1, LIMITS, _at(10))
    assert guard.admit(1, LIMITS, _at(10)).wait == dt.timedelta(seconds=10)


def test_sixty_in_an_hour_are_let_in_and_no_more() -> None:
    guard = Guard()
    assert all(guard.admit(1, LIMITS, _at(30 * n)).is_admitted for n in range(60))
    assert guard.admit(1, LIMITS, _at(1_800)).wait == dt.timedelta(minutes=30)


def test_one_chat_does_not_use_up_what_another_may() -> None:
    guard = Guard()
    for _ in range(9):
        guard.admit(1, LIMITS, START)
    assert guard.admit(2, LIMITS, START).is_admitted


def test_no_more_chats_are_remembered_than_said() -> None:
    guard = Guard(most_askers=10)
    for chat in range(100):
        guard.admit(chat, LIMITS, START)
    assert len(guard) == 10


def test_a_clock_set_back_locks_nobody_out() -> None:
    guard = Guard()
    for _ in range(6):
        guard.admit(1, LIMITS, START)
    assert guard.admit(1, LIMITS, _at(-86_400)).is_admitted


@given(st.lists(st.floats(0, 30), max_size=120))
def test_however_they_come_no_window_holds_more_than_its_limit(pauses: list[float]) -> None:
    guard, now, admitted = Guard(), START, []
    for pause in pauses:
        now += dt.timedelta(seconds=pause)
        if guard.admit(1, LIMITS, now).is_admitted:
            admitted.append(now)
    for limit in LIMITS:
        fences = zip(admitted, admitted[limit.count :], strict=False)
        assert all(later - first >= limit.window for first, later in fences)
    assert all(first <= later for first, later in pairwise(admitted))
