"""Processes that answer and one that sends, at Telegram's default pace: together never over it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.emulator.client import Control, control, emulator_process
from storage.delivery.senders import find_senders
from storage.engine import Database
from tests.bot.processes.conftest import Start, until
from tests.bot.telegram.handmade import raw_update
from tests.faults.chat_fleet import ROOMY, Fleet, Ports, answered, in_order, until_answered
from tests.faults.conftest import Figure, Ledger, copies, make_chats

PACE = 30
READERS, ASKERS, QUESTIONS = 600, 60, 3
pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


@pytest.fixture
def ledger(postgres_database: Database) -> Ledger:
    """The ledger of a PostgreSQL database."""
    return Ledger(postgres_database)


@dataclass
class Fleets:
    """Fleets against an emulator that holds Telegram's limits strictly; `hands` controls the emulator."""

    hands: Control
    ledger: Ledger
    _start: Start
    _url: str
    _folder: Path
    _ports: Ports

    @asynccontextmanager
    async def beside_a_sender(self, count: int) -> AsyncIterator[Fleet]:
        """Start a sender, and `count` processes that answer."""
        start, url, database = self._start, self._url, self.ledger.url
        ports = [self._ports() for _ in range(count)]
        options = {"newsroom": ROOMY, "DIEMTIN_DATABASE_URL": database}
        async with (
            Fleet(start, url, self._folder, ports) as fleet,
            start(url, "--role", "send", **options) as sender,
        ):
            for place in range(count):
                await fleet.begin(place, database)
            await sender.until_logged("at work")
            yield fleet

    async def limits(self) -> dict[str, Any]:
        """Return how the limits were met: the busiest second, and what was refused."""
        limits: dict[str, Any] = (await self.hands.get("stats"))["limits"]
        return limits

    async def check_broadcast(self, readers: list[int], limits: dict[str, Any]) -> None:
        """Check that each reader got one copy, at Telegram's pace and without a refusal."""
        assert limits["refused"] == {}
        assert limits["busiest_second"] <= PACE
        assert set((await copies(self.hands, readers)).values()) == {1}


@pytest.fixture
async def fleets(
    start: Start, tmp_path: Path, ledger: Ledger, unused_tcp_port_factory: Ports
) -> AsyncIterator[Fleets]:
    """Fleets of this test, with an emulator of its own."""
    async with emulator_process(strict=True) as url, control(url) as hands:
        yield Fleets(hands, ledger, start, url, tmp_path, unused_tcp_port_factory)


async def test_two_that_answer_and_one_that_sends_keep_one_pace(
    fleets: Fleets, record_property: Figure
) -> None:
    hands, ledger = fleets.hands, fleets.ledger
    readers, askers = await make_chats(hands, READERS), await make_chats(hands, ASKERS, first=5_000)
    profile = await ledger.subscribe(readers)
    async with fleets.beside_a_sender(2) as fleet:
        began = time.monotonic()
        issue = await ledger.publish(profile)
        await asyncio.gather(fleet.ask(askers, QUESTIONS), until(lambda: ledger.is_done(issue), within=120))
        got = await until_answered(hands, askers, QUESTIONS, within=120)
        seconds = time.monotonic() - began
        limits = await fleets.limits()
    rate = (READERS + ASKERS * QUESTIONS) / seconds
    record_property(
        "figure", f"{rate:.1f} a second, busiest {limits['busiest_second']}, refused {limits['refused']}"
    )
    await fleets.check_broadcast(readers, limits)
    assert all(in_order(numbers) for numbers in got.values())
    assert {len(numbers) for numbers in got.values()} == {QUESTIONS}


async def test_the_places_of_four_processes_that_send_nothing_go_to_the_sender(
    fleets: Fleets, record_property: Figure
) -> None:
    hands, ledger = fleets.hands, fleets.ledger
    readers, [asker] = await make_chats(hands, READERS), await make_chats(hands, 1, first=5_000)
    profile = await ledger.subscribe(readers)
    async with fleets.beside_a_sender(4) as fleet:
        began = time.monotonic()
        issue = await ledger.publish(profile)

        async def has_the_places() -> bool:
            async with ledger.database.read() as connection:
                shares = await find_senders(connection)
            return sorted(share.places for share in shares.values()) == [0, 0, 0, 0, PACE - 1]

        await until(has_the_places)
        await fleet.ask([asker], 1)
        got = await until_answered(hands, [asker], 1, within=60)
        await until(lambda: ledger.is_done(issue), within=120)
        rate = READERS / (time.monotonic() - began)
        limits = await fleets.limits()
    record_property("figure", f"{rate:.1f} a second, busiest {limits['busiest_second']}")
    await fleets.check_broadcast(readers, limits)
    assert got == {asker: [0]}


async def test_readers_who_ask_while_their_digest_goes_out_get_both(
    fleets: Fleets, record_property: Figure
) -> None:
    """Two processes may send to a chat within a second: Telegram refuses the second message for a second."""
    hands, ledger = fleets.hands, fleets.ledger
    chats = await make_chats(hands, 150)
    profile = await ledger.subscribe(chats)
    async with fleets.beside_a_sender(2) as fleet:
        issue = await ledger.publish(profile, "một", "hai")
        await asyncio.gather(
            fleet.ask(chats, 1, at_once=10), until(lambda: ledger.is_done(issue), within=120)
        )
        got = await until_answered(hands, chats, 1, within=60)
        limits = await fleets.limits()
    refused = limits["refused"]
    record_property("figure", f"refused {refused} of {3 * len(chats)} messages")
    assert set(refused) <= {"per_chat_second"}
    assert set(map(tuple, got.values())) == {(0,)}
    assert await ledger.counts(issue) == {"sent": 2 * len(chats)}
    assert set((await copies(hands, chats)).values()) == {3}


async def test_a_group_that_several_processes_answer_is_never_sent_more_than_twenty_a_minute(
    fleets: Fleets, record_property: Figure
) -> None:
    hands = fleets.hands
    members = await make_chats(hands, 2, first=5_000)
    group, questions = await hands.group(members=members), 22
    async with fleets.beside_a_sender(2) as fleet:
        began = time.monotonic()
        for number in range(questions):
            raw = raw_update(number + 1, members[0], f"/tim zq1x{number}")
            raw["message"]["chat"] = {"id": group, "type": "group", "title": "Nhóm"}
            raw["message"]["entities"] = [{"type": "bot_command", "offset": 0, "length": 4}]
            await fleet.bring(raw, number % 2)

            async def is_answered(number: int = number) -> bool:
                return number in await answered(hands, group)

            await until(is_answered, within=90)
        seconds = time.monotonic() - began
        limits = await fleets.limits()
        got = await answered(hands, group)
    record_property("figure", f"{questions} answers in {seconds:.0f} s, refused {limits['refused']}")
    assert set(limits["refused"]) <= {"per_chat_second"}
    assert got == list(range(questions))
