"""What each refusal of Telegram's means. Pure."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.telegram.outcomes import (
    Halt,
    Hold,
    Move,
    Refuse,
    Retire,
    SendPlain,
    Wait,
    outcome_of,
    seconds_of_rest,
)
from bot.telegram.transport import NotSentError
from storage.delivery.refusals import LEFT, NO_RIGHTS


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Retire),
        (Forbidden("Forbidden: bot is not a member of the channel chat"), Retire),
        (BadRequest("Chat not found"), Retire),
        (BadRequest("Can't parse entities: unsupported start tag"), SendPlain),
        (BadRequest("Message is too long"), Refuse),
        (BadRequest("Not enough rights to send text messages to the chat"), Retire),
        (Forbidden("Forbidden: need administrator rights in the channel chat"), Retire),
        (ChatMigrated(-100), Move),
        (InvalidToken("Unauthorized"), Halt),
        (NetworkError("Bad Gateway"), Wait),
        (NetworkError("Too Many Requests"), Hold),
        (BadRequest("SLOWMODE_WAIT_30"), Hold),
        (Conflict("terminated by other getUpdates request"), Wait),
        (TelegramError("Invalid server response"), Wait),
    ],
)
def test_a_refusal_means_one_thing(error: TelegramError, kind: type) -> None:
    assert type(outcome_of(error)) is kind


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (NotSentError("nobody listens"), False),
        (TimedOut(), True),
        (NetworkError("Internal Server Error"), True),
    ],
)
def test_only_what_may_have_arrived_counts_as_a_try(error: TelegramError, counts: bool) -> None:
    assert outcome_of(error) == Wait(2.0, counts, error.message)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Forbidden("Forbidden: bot was kicked from the group chat"), LEFT),
        (BadRequest("Chat not found"), LEFT),
        (BadRequest("Have no rights to send a message"), NO_RIGHTS),
        (BadRequest("CHAT_WRITE_FORBIDDEN"), NO_RIGHTS),
        (Forbidden("Forbidden: need administrator rights in the channel chat"), NO_RIGHTS),
    ],
)
def test_a_chat_that_left_is_told_from_one_that_took_our_rights(error: TelegramError, kind: str) -> None:
    outcome = outcome_of(error)
    assert isinstance(outcome, Retire)
    assert outcome.kind == kind
    assert outcome.recorded == f"{kind}: {error.message}"


def test_a_wait_of_which_telegram_names_no_time_begins_with_ten_seconds() -> None:
    outcome = outcome_of(NetworkError("Too Many Requests"))
    assert isinstance(outcome, Hold)
    assert (outcome.seconds, outcome.is_named) == (10.0, False)


def test_telegrams_own_wait_is_kept_and_is_no_try() -> None:
    outcome = outcome_of(RetryAfter(dt.timedelta(seconds=37)))
    assert isinstance(outcome, Hold)
    assert (outcome.seconds, outcome.is_named) == (37.0, True)


def test_after_two_days_of_a_longer_wait_one_try_finds_out_whether_it_still_holds() -> None:
    for error in (RetryAfter(dt.timedelta(days=9)), BadRequest("SLOWMODE_WAIT_777600")):
        outcome = outcome_of(error)
        assert isinstance(outcome, Hold)
        assert outcome.seconds == 2 * 86_400


def test_rests_are_spread_over_the_upper_half_of_the_longest() -> None:
    wait = Wait(2.0, counts=True, reason="Bad Gateway")
    rests = [seconds_of_rest(wait, 1, chance) for chance in (0.0, 0.25, 0.5, 1.0)]
    assert rests == [1.0, 1.25, 1.5, 2.0]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_rest_grows_with_the_failures_and_has_an_end(failures: int, chance: float) -> None:
    wait = Wait(2.0, counts=True, reason="Bad Gateway")
    assert 1.0 <= seconds_of_rest(wait, failures, chance) <= 60.0
    assert seconds_of_rest(wait, failures, chance) <= seconds_of_rest(wait, failures + 1, chance)
