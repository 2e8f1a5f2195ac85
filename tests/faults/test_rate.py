"""Telegram's full rate, kept while people ask: never a 429, and no answer waits behind a broadcast."""

import asyncio
import statistics
import time

import pytest

from bot.emulator.client import Control, control, emulator_process
from tests.bot.processes.conftest import Start, is_polling, until
from tests.faults.conftest import Figure, Ledger, accepted, copies, make_chats

DELIVERIES, ASKERS = 10_000, 20


async def ask_every_second(hands: Control, askers: list[int], waits: list[float]) -> None:
    """Let one person after the other ask, one a second; write down how long each waited for an answer."""
    async with asyncio.TaskGroup() as asking:
        number = 0
        while True:
            asking.create_task(ask(hands, askers[number % len(askers)], waits))
            number += 1
            await asyncio.sleep(1)


async def ask(hands: Control, chat: int, waits: list[float]) -> None:
    """Ask once; a question that nobody answers within half a minute counts as that."""
    began = time.monotonic()
    await hands.ask(chat, "chợ quê sau bão")
    waits.append(time.monotonic() - began)


async def broadcast_while_people_ask(
    hands: Control, ledger: Ledger, chats: list[int], askers: list[int]
) -> tuple[float, list[float]]:
    """Send an issue to all chats; return messages a second, answers included, and how long each took."""
    waits: list[float] = []
    asking = asyncio.create_task(ask_every_second(hands, askers, waits))
    before, began = await accepted(hands), time.monotonic()
    await ledger.publish(await ledger.profile_of(chats[0]))
    await until(ledger.is_done, within=900)
    rate = (await accepted(hands) - before) / (time.monotonic() - began)
    asking.cancel()
    await asyncio.wait([asking])
    return rate, waits


@pytest.mark.faults
@pytest.mark.timeout(1_200)
async def test_ten_thousand_deliveries_under_strict_limits_while_people_ask(
    start: Start, sqlite_ledger: Ledger, record_property: Figure
) -> None:
    async with emulator_process(strict=True) as url, control(url) as hands:
        chats = await make_chats(hands, DELIVERIES)
        askers = await make_chats(hands, ASKERS, first=1)
        await sqlite_ledger.subscribe(chats)
        async with start(url, DIEMTIN_DATABASE_URL=sqlite_ledger.url) as run:
            await until(lambda: is_polling(hands))
            rate, waits = await broadcast_while_people_ask(hands, sqlite_ledger, chats, askers)
            assert (await run.stop())[0] == 0
        stats = await hands.get("stats")
        slow = statistics.quantiles(waits, n=20)[-1]
        figure = f"{rate:.2f} messages a second, {len(waits)} answers, p95 {slow:.2f} s, {stats['statuses']}"
        record_property("figure", figure)
        assert await sqlite_ledger.counts() == {"sent": DELIVERIES}
        assert set((await copies(hands, chats)).values()) == {1}
        assert "429" not in stats["statuses"]
        assert rate >= 27
        assert slow <= 1.0


async def test_a_short_broadcast_under_strict_limits_meets_no_429_and_answers_come_through(
    start: Start, sqlite_ledger: Ledger
) -> None:
    async with emulator_process(strict=True) as url, control(url) as hands:
        chats = await make_chats(hands, 100)
        askers = await make_chats(hands, 3, first=1)
        await sqlite_ledger.subscribe(chats)
        async with start(url, DIEMTIN_DATABASE_URL=sqlite_ledger.url) as run:
            await until(lambda: is_polling(hands))
            _, waits = await broadcast_while_people_ask(hands, sqlite_ledger, chats, askers)
            assert (await run.stop())[0] == 0
        assert "429" not in (await hands.get("stats"))["statuses"]
        assert await sqlite_ledger.counts() == {"sent": 100}
        assert waits


@pytest.mark.faults
async def test_a_groups_burst_of_commands_is_answered_in_order_while_it_sees_that_the_bot_writes(
    start: Start, sqlite_ledger: Ledger
) -> None:
    async with emulator_process(strict=True) as url, control(url) as hands:
        an = await hands.user("An")
        group = await hands.group(members=[an])
        async with start(url, DIEMTIN_DATABASE_URL=sqlite_ledger.url):
            await until(lambda: is_polling(hands))
            asked = [
                (await hands.say(group, "/trogiup@diemtin_bot", sender=an))["message_id"] for _ in range(8)
            ]

            async def answered() -> list[int]:
                messages = (await hands.chat(group))["messages"]
                return [message["reply_to"] for message in messages if "reply_to" in message]

            async def are_all_answered() -> bool:
                return len(await answered()) >= len(asked)

            await until(are_all_answered, within=60)
            assert await answered() == asked
            seen = await hands.chat(group)
        assert "typing" in seen["actions"]
        assert "429" not in (await hands.get("stats"))["statuses"]
