"""Telegram's sending limits: exact windows on a clock of our own, and 429 over HTTP."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot
from telegram.error import RetryAfter

from bot.emulator.client import Control, control
from bot.emulator.refusals import RateLimits, Rates, Refusal
from bot.emulator.server import serve


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def strict(clock: Clock, **rates: int) -> RateLimits:
    """Limits that are enforced; Telegram's unless given."""
    return RateLimits(clock, Rates(strict=True, **rates))


def pause_asked_for(limits: RateLimits, chat: int) -> int:
    """The seconds that a refusal asks to wait, 0 for none."""
    try:
        limits.admit(chat)
    except Refusal as refusal:
        return refusal.parameters["retry_after"]
    return 0


def test_thirty_messages_pass_in_a_second_and_no_more() -> None:
    limits = strict(Clock())
    assert [pause_asked_for(limits, number) for number in range(1, 32)] == [0] * 30 + [1]
    assert limits.refused == {"per_second": 1}
    assert limits.busiest_second == 30


def test_the_second_slides() -> None:
    clock = Clock()
    limits = strict(clock)
    for number in range(1, 31):
        limits.admit(number)
        clock.now += 1 / 64
    assert pause_asked_for(limits, 99) == 1
    clock.now = 1001.0
    assert pause_asked_for(limits, 99) == 0
    assert pause_asked_for(limits, 100) == 1


def test_one_chat_gets_one_message_a_second() -> None:
    clock = Clock()
    limits = strict(clock)
    assert [pause_asked_for(limits, 1) for _ in range(2)] == [0, 1]
    clock.now += 1
    assert pause_asked_for(limits, 1) == 0


def test_a_group_gets_twenty_messages_a_minute() -> None:
    clock = Clock()
    limits = strict(clock)
    group = -100
    for _ in range(20):
        assert pause_asked_for(limits, group) == 0
        clock.now += 2
    assert pause_asked_for(limits, group) == 20
    clock.now += 20
    assert pause_asked_for(limits, group) == 0
    assert limits.refused == {"per_group_minute": 1}


def test_a_refused_message_does_not_count() -> None:
    clock = Clock()
    limits = strict(clock)
    limits.admit(1)
    clock.now += 0.75
    assert pause_asked_for(limits, 1) == 1
    clock.now += 0.25
    assert pause_asked_for(limits, 1) == 0


def test_without_strictness_everything_passes_and_is_counted() -> None:
    limits = RateLimits(Clock())
    assert [pause_asked_for(limits, 1) for _ in range(50)] == [0] * 50
    assert limits.busiest_second == 50


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 3)), max_size=60))
def test_no_window_ever_holds_more_than_its_limit(steps: list[tuple[int, int]]) -> None:
    """Waiting as long as a refusal says is always enough."""
    clock = Clock()
    limits = strict(clock, per_second=5, per_chat_second=2)
    sent: list[tuple[float, int]] = []
    for sixteenths, number in steps:
        clock.now += sixteenths / 16
        if pause := pause_asked_for(limits, number):
            clock.now += pause
            assert pause_asked_for(limits, number) == 0
        sent.append((clock.now, number))
    for moment, number in sent:
        within = [row for row in sent if moment <= row[0] < moment + 1]
        assert len(within) <= 5
        assert len([row for row in within if row[1] == number]) <= 2


async def test_a_strict_emulator_answers_429_in_telegrams_words() -> None:
    async with (
        serve(strict=True) as emulator,
        control(emulator.url) as users,
        Bot("42:x", base_url=f"{emulator.url}/bot") as bot,
    ):
        an = await users.user("An", started=True)
        await bot.send_message(an, "một")
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(an, "hai")
        assert caught.value.retry_after == timedelta(seconds=1)
        stats = await users.get("stats")
        assert stats["limits"]["refused"] == {"per_chat_second": 1}
        assert stats["methods"]["sendMessage"] == {"calls": 2, "statuses": {"200": 1, "429": 1}}
        assert stats["chats"][str(an)] == {"accepted": 1, "statuses": {"200": 1, "429": 1}}


async def test_limits_can_be_changed_and_come_back_with_a_reset(bot: Bot, users: Control, an: int) -> None:
    changed = await users.post("limits", strict=True, per_chat_second=2)
    assert (changed["strict"], changed["per_second"], changed["per_chat_second"]) == (True, 30, 2)
    await bot.send_message(an, "một")
    await bot.send_message(an, "hai")
    with pytest.raises(RetryAfter):
        await bot.send_message(an, "ba")
    await users.post("reset")
    assert (await users.post("limits"))["strict"] is False


async def test_edits_do_not_count_against_the_limits(bot: Bot, users: Control, an: int) -> None:
    await users.post("limits", strict=True)
    sent = await bot.send_message(an, "một")
    for text in ("hai", "ba"):
        await bot.edit_message_text(text, an, sent.message_id)
