"""Telegram's rates are never passed: against its windows in simulated time, and over HTTP for seconds."""

import asyncio
import random
import selectors
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.emulator.api import Emulator
from bot.emulator.client import Control
from bot.emulator.refusals import RateLimits, Rates
from bot.telegram.limiter import AT_ONCE, TelegramPace
from bot.telegram.transport import AiohttpRequest, NotSentError
from tests.bot.telegram.handmade import bot_at

GROUP = -1001


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop whose time leaps to the next timer instead of passing: minutes cost nothing."""

    def __init__(self) -> None:
        self._leapt = 0.0
        super().__init__(_Leaping(self))

    def time(self) -> float:
        """Return the leapt time."""
        return self._leapt

    def leap(self, seconds: float) -> None:
        """Let time pass."""
        self._leapt += seconds


class _Leaping(selectors.DefaultSelector):
    def __init__(self, loop: LeapingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        self._loop.leap(max(timeout or 0, 1e-5))  # a little passes while anything runs, as it does
        return super().select(0)


class StrictTelegram:
    """Telegram's windows held strictly, without its network."""

    def __init__(self, pace: TelegramPace, clock: Callable[[], float], *, delay: float = 0.0) -> None:
        self._pace = pace
        self._delay = delay
        self._chance = random.Random(5)
        self._limits = RateLimits(clock, Rates(strict=True))
        self.arrived: Counter[int] = Counter()
        self.busiest = self._limits

    async def call(self, method: str, **data: object) -> None:
        """Call a method that sends no message."""

        async def answer() -> bool:
            return True

        await self._pace.process_request(answer, (), {}, method, data, None)

    async def send(self, chat_id: int) -> None:
        """Send one message through the pace; what Telegram refuses raises."""
        await self._pace.process_request(
            self._take, (chat_id,), {}, "sendMessage", {"chat_id": chat_id}, None
        )

    async def _take(self, chat_id: int) -> bool:
        await asyncio.sleep(self._delay * self._chance.random() ** 4)
        self._limits.admit(chat_id)
        self.arrived[chat_id] += 1
        await asyncio.sleep(self._delay * self._chance.random() ** 4)
        return True


def in_leaping_time(
    work: Callable[[StrictTelegram], Awaitable[None]], *, delay: float = 0.0
) -> tuple[StrictTelegram, float]:
    """Run `work` and return Telegram and how many seconds would have passed.

    Each way over the network takes up to `delay` seconds, mostly far less.
    """
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        loop = runner.get_loop()

        async def main() -> StrictTelegram:
            telegram = StrictTelegram(TelegramPace(), loop.time, delay=delay)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(work(telegram))  # type: ignore[arg-type] - a coroutine is what it gets
            return telegram

        return runner.run(main()), loop.time()


def test_a_burst_to_fifty_chats_and_a_group_is_never_refused() -> None:
    async def burst(telegram: StrictTelegram) -> None:
        chats = [*range(1, 51), *range(1, 51), *[GROUP] * 30]
        await asyncio.gather(*map(telegram.send, chats))

    telegram, seconds = in_leaping_time(burst)
    assert telegram.arrived == Counter(dict.fromkeys(range(1, 51), 2) | {GROUP: 30})
    assert telegram.busiest.refused == Counter()
    assert seconds < 110, "thirty to one group at fifteen a minute, five at once"


def test_a_steady_crowd_gets_nearly_all_that_telegram_allows() -> None:
    async def crowd(telegram: StrictTelegram) -> None:
        await asyncio.gather(*map(telegram.send, range(1, 841)))

    telegram, seconds = in_leaping_time(crowd)
    assert telegram.busiest.refused == Counter()
    assert 28 <= seconds <= 30, "29 a second"


@pytest.mark.parametrize("delay", [0.05, 0.4, 3.0])
def test_a_network_that_heaps_up_what_left_evenly_leads_to_no_refusal(delay: float) -> None:
    async def crowd(telegram: StrictTelegram) -> None:
        await asyncio.gather(*map(telegram.send, range(1, 841)))

    telegram, _ = in_leaping_time(crowd, delay=delay)
    assert telegram.busiest.refused == Counter()
    assert telegram.busiest.busiest_second <= 30


def test_one_chat_gets_at_most_one_message_a_second() -> None:
    async def flood(telegram: StrictTelegram) -> None:
        await asyncio.gather(*[telegram.send(7) for _ in range(10)])

    telegram, seconds = in_leaping_time(flood)
    assert telegram.busiest.refused == Counter()
    assert 9 <= seconds <= 11


def test_a_reply_waits_little_behind_a_broadcast() -> None:
    """Five in flight is what the sender allows itself."""
    waited: list[float] = []

    async def both(telegram: StrictTelegram) -> None:
        loop = asyncio.get_running_loop()

        async def broadcast(worker: int) -> None:
            for number in range(100):
                await telegram.send(1_000 * worker + number)

        async def reply() -> None:
            await asyncio.sleep(1)
            asked = loop.time()
            await telegram.send(9)
            waited.append(loop.time() - asked)

        await asyncio.gather(*map(broadcast, range(1, 6)), reply())

    in_leaping_time(both)
    assert waited[0] < 0.5


def test_what_is_no_message_waits_for_nothing_in_a_busy_group() -> None:
    waited: dict[str, float] = {}

    async def tapped(telegram: StrictTelegram) -> None:
        loop = asyncio.get_running_loop()
        sending = [asyncio.create_task(telegram.send(GROUP)) for _ in range(12)]
        await asyncio.sleep(7)
        for method, data in [
            ("answerCallbackQuery", {"callback_query_id": "7"}),
            ("sendChatAction", {"chat_id": GROUP}),
            ("getChatMember", {"chat_id": GROUP}),
            ("editMessageText", {"chat_id": GROUP}),
        ]:
            asked = loop.time()
            await telegram.call(method, **data)
            waited[method] = loop.time() - asked
        await asyncio.gather(*sending)

    telegram, seconds = in_leaping_time(tapped)
    assert seconds > 25, "twelve messages to a group"
    assert telegram.busiest.refused == Counter()
    assert max(waited.values()) < 0.1


def test_edits_keep_to_the_overall_rate() -> None:
    async def correct(telegram: StrictTelegram) -> None:
        edits = [telegram.call("editMessageText", chat_id=chat) for chat in (GROUP, *range(1, 145))]
        await asyncio.gather(*edits)

    _, seconds = in_leaping_time(correct)
    assert 4.5 < seconds < 5.5, "29 a second"


@pytest.mark.parametrize(("seconds", "in_flight"), [(0.01, 1), (0.5, 10), (3, 23), (60, 30)])
def test_the_slower_telegram_answers_the_more_are_in_flight_at_the_full_rate(
    seconds: float, in_flight: int
) -> None:
    async def main() -> int:
        pace = TelegramPace()

        async def take() -> bool:
            await asyncio.sleep(seconds)
            return True

        for chat in range(80):
            await pace.process_request(take, (), {}, "sendMessage", {"chat_id": chat}, None)
        return pace.in_flight_and(0.0)

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        assert abs(runner.run(main()) - in_flight) <= 1


def test_a_chat_is_busy_until_a_second_after_its_message() -> None:
    seen: list[list[int]] = []

    async def take() -> bool:
        await asyncio.sleep(1)
        return True

    async def main() -> None:
        pace = TelegramPace()
        sending = asyncio.create_task(pace.process_request(take, (), {}, "sendMessage", {"chat_id": 7}, None))
        for seconds in (0.5, 1.0, 1.0):
            await asyncio.sleep(seconds)
            seen.append(pace.busy_chats())
        await sending

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(main())
    assert seen == [[7], [7], []]


@pytest.mark.parametrize(("refusals", "wait", "tries"), [(1, 3, 2), (2, 3, 2), (1, 60, 1)])
def test_a_short_wait_that_telegram_asks_for_is_waited_out_once(refusals: int, wait: int, tries: int) -> None:
    calls = []

    async def take() -> bool:
        calls.append(asyncio.get_running_loop().time())
        if len(calls) <= refusals:
            raise RetryAfter(wait)
        return True

    async def main() -> Any:
        return await TelegramPace().process_request(take, (), {}, "sendMessage", {"chat_id": 1}, None)

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        if refusals < tries:
            assert runner.run(main()) is True
            assert calls[1] - calls[0] >= wait
        else:
            with pytest.raises(RetryAfter):
                runner.run(main())
    assert len(calls) == tries


async def test_over_http_a_burst_is_never_refused(emulator: Emulator, users: Control) -> None:
    await users.post("limits", strict=True)
    chats = [await users.user(f"Bạn {number}", started=True) for number in range(30)]
    async with bot_at(emulator.url, request=AiohttpRequest(16), rate_limiter=TelegramPace()) as bot:
        await asyncio.gather(*[bot.send_message(chat, "Tin") for chat in (*chats, *chats)])
    stats = await users.get("stats")
    assert stats["accepted"] == 60
    assert stats["limits"]["refused"] == {}
    assert stats["methods"]["sendMessage"]["statuses"] == {"200": 60}


async def test_a_delivery_does_not_leave_when_another_process_may_send() -> None:
    pace, sent = TelegramPace(), list[int]()

    async def ask(chat: int, patience: int | None) -> None:
        async def send() -> None:
            sent.append(chat)

        await pace.process_request(send, (), {}, "sendMessage", {"chat_id": chat}, patience)

    pace.may_deliver = lambda: False
    with pytest.raises(NotSentError):
        await ask(1, AT_ONCE)
    await ask(2, None)
    pace.may_deliver = lambda: True
    await ask(3, AT_ONCE)
    assert sent == [2, 3], "a reply is no delivery"
