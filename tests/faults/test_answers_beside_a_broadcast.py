"""Processes that answer and one that sends, at Telegram's default pace: together never over it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

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


@pytest.fixture
async def strict() -> AsyncIterator[tuple[str, Control]]:
    """An emulator that holds Telegram's limits strictly: its address and its control interface."""
    async with emulator_process(strict=True) as url, control(url) as hands:
        yield url, hands


@asynccontextmanager
async def fleet_beside_a_sender(
    start: Start, url: str, folder: Path, ledger: Ledger, ports: list[int]
) -> AsyncIterator[Fleet]:
    """Start a sender, and a process that answers at each port."""
    options = {"newsroom": ROOMY, "DIEMTIN_DATABASE_URL": ledger.url}
    async with Fleet(start, url, folder, ports) as fleet, start(url, "--role", "send", **options) as sender:
        for place in range(len(ports)):
            await fleet.begin(place, ledger.url)
        await sender.until_logged("at work")
        yield fleet


async def test_two_that_answer_and_one_that_sends_keep_one_pace(
    start: Start,
    strict: tuple[str, Control],
    tmp_path: Path,
    ledger: Ledger,
    unused_tcp_port_factory: Ports,
    record_property: Figure,
) -> None:
    url, hands = strict
    readers, askers = await make_chats(hands, READERS), await make_chats(hands, ASKERS, first=5_000)
    profile = await ledger.subscribe(readers)
    ports = [unused_tcp_port_factory() for _ in range(2)]
    async with fleet_beside_a_sender(start, url, tmp_path, ledger, ports) as fleet:
        began = time.monotonic()
        issue = await ledger.publish(profile)
        await asyncio.gather(fleet.ask(askers, QUESTIONS), until(lambda: ledger.is_done(issue), within=120))
        got = await until_answered(hands, askers, QUESTIONS, within=120)
        seconds = time.monotonic() - began
        stats = await hands.get("stats")
    busiest = stats["limits"]["busiest_second"]
    rate = (READERS + ASKERS * QUESTIONS) / seconds
    record_property("figure", f"{rate:.1f} a second, busiest {busiest}, refused {stats['limits']['refused']}")
    assert stats["limits"]["refused"] == {}
    assert busiest <= PACE
    assert set((await copies(hands, readers)).values()) == {1}
    assert all(in_order(numbers) for numbers in got.values())
    assert {len(numbers) for numbers in got.values()} == {QUESTIONS}


async def test_the_places_of_four_processes_that_send_nothing_go_to_the_sender(
    start: Start,
    strict: tuple[str, Control],
    tmp_path: Path,
    ledger: Ledger,
    unused_tcp_port_factory: Ports,
    record_property: Figure,
) -> None:
    url, hands = strict
    readers, [asker] = await make_chats(hands, READERS), await make_chats(hands, 1, first=5_000)
    profile = await ledger.subscribe(readers)
    ports = [unused_tcp_port_factory() for _ in range(4)]
    async with fleet_beside_a_sender(start, url, tmp_path, ledger, ports) as fleet:
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
        stats = await hands.get("stats")
    busiest = stats["limits"]["busiest_second"]
    record_property("figure", f"{rate:.1f} a second, busiest {busiest}")
    assert stats["limits"]["refused"] == {}
    assert busiest <= PACE
    assert got == {asker: [0]}
    assert set((await copies(hands, readers)).values()) == {1}


async def test_readers_who_ask_while_their_digest_goes_out_get_both(
    start: Start,
    strict: tuple[str, Control],
    tmp_path: Path,
    ledger: Ledger,
    unused_tcp_port_factory: Ports,
    record_property: Figure,
) -> None:
    """Two processes may send to a chat within a second: Telegram refuses the second message for a second."""
    url, hands = strict
    chats = await make_chats(hands, 150)
    profile = await ledger.subscribe(chats)
    ports = [unused_tcp_port_factory() for _ in range(2)]
    async with fleet_beside_a_sender(start, url, tmp_path, ledger, ports) as fleet:
        issue = await ledger.publish(profile, "một", "hai")
        await asyncio.gather(
            fleet.ask(chats, 1, at_once=10), until(lambda: ledger.is_done(issue), within=120)
        )
        got = await until_answered(hands, chats, 1, within=60)
        stats = await hands.get("stats")
    refused = stats["limits"]["refused"]
    record_property("figure", f"refused {refused} of {3 * len(chats)} messages")
    assert set(refused) <= {"per_chat_second"}
    assert set(map(tuple, got.values())) == {(0,)}
    assert await ledger.counts(issue) == {"sent": 2 * len(chats)}
    assert set((await copies(hands, chats)).values()) == {3}


async def test_a_group_that_several_processes_answer_is_never_sent_more_than_twenty_a_minute(
    start: Start,
    strict: tuple[str, Control],
    tmp_path: Path,
    ledger: Ledger,
    unused_tcp_port_factory: Ports,
    record_property: Figure,
) -> None:
    url, hands = strict
    members = await make_chats(hands, 2, first=5_000)
    group, questions = await hands.group(members=members), 22
    ports = [unused_tcp_port_factory() for _ in range(2)]
    async with fleet_beside_a_sender(start, url, tmp_path, ledger, ports) as fleet:
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
        stats = await hands.get("stats")
        got = await answered(hands, group)
    record_property("figure", f"{questions} answers in {seconds:.0f} s, refused {stats['limits']['refused']}")
    assert set(stats["limits"]["refused"]) <= {"per_chat_second"}
    assert got == list(range(questions))
