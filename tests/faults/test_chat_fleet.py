"""Chats answered by several processes on one PostgreSQL: killed, cut off, and the server itself killed."""

import asyncio
import random
import socket
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.emulator.client import Control
from bot.telegram.turns import PLACES
from storage.engine import Database
from storage.upkeep.upgrade import upgrade
from tests.bot.processes.conftest import Start
from tests.bot.telegram.handmade import raw_update, unhandled
from tests.faults.chat_fleet import Fleet, Ports, answered, in_order, line_to, until_answered
from tests.faults.conftest import Figure, make_chats
from tests.faults.test_database_faults import NOW, Server, own_server

__all__ = ["own_server"]  # a fixture

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
QUESTIONS = 5


@pytest.mark.parametrize("processes", [2, 3])
async def test_processes_killed_at_random_answer_each_question_of_200_chats_in_order(
    start: Start,
    server: str,
    hands: Control,
    tmp_path: Path,
    postgres_url: str,
    unused_tcp_port_factory: Ports,
    record_property: Figure,
    processes: int,
) -> None:
    chats = await make_chats(hands, 200)
    kills = 4
    async with Fleet(start, server, tmp_path, [unused_tcp_port_factory() for _ in range(processes)]) as fleet:
        for place in range(processes):
            await fleet.begin(place, postgres_url)
        asking = asyncio.create_task(fleet.ask(chats, QUESTIONS))
        for _ in range(kills):
            await asyncio.sleep(random.uniform(0.5, 4))
            place = random.randrange(processes)
            await fleet.runs[place].kill()
            await fleet.begin(place, postgres_url)
        await asking
        got = await until_answered(hands, chats, QUESTIONS, within=240)
        for run in fleet.runs.values():
            assert (await run.stop())[0] == 0, run.log()[-3_000:]
    twice = sum(len(numbers) - QUESTIONS for numbers in got.values())
    record_property("figure", f"{len(chats) * QUESTIONS} answers, {twice} sent twice in {kills} kills")
    assert all(in_order(numbers) for numbers in got.values())
    assert twice <= kills * PLACES
    database = Database(postgres_url)
    assert await unhandled(database) == []
    await database.close()


async def test_a_process_cut_from_the_database_holds_no_chat_up_and_goes_on_when_it_is_back(
    start: Start,
    server: str,
    hands: Control,
    tmp_path: Path,
    postgres_url: str,
    unused_tcp_port_factory: Ports,
) -> None:
    chats = await make_chats(hands, 30)
    url = make_url(postgres_url)
    async with (
        line_to(Path(str(url.query["host"]))) as line,
        Fleet(start, server, tmp_path, [unused_tcp_port_factory() for _ in range(2)]) as fleet,
    ):
        await fleet.begin(0, line.url(str(url.database)))
        await fleet.begin(1, postgres_url)
        asking = asyncio.create_task(fleet.ask(chats, 2))
        await asyncio.sleep(0.3)
        line.cut()
        await asyncio.wait_for(asking, 90)
        got = await until_answered(hands, chats, 2, within=60)
        assert all(in_order(numbers) for numbers in got.values())
        line.mend()
        [late] = await make_chats(hands, 1, first=5_000)
        await asyncio.gather(*(fleet.bring(raw_question(late, number), 0) for number in range(3)))
        await until_answered(hands, [late], 3, within=60)
        for run in fleet.runs.values():
            assert (await run.stop())[0] == 0
    got = await all_answers(hands, chats)
    assert max(map(len, got.values())) <= 3, "one in work at the cut may come twice"


def raw_question(chat: int, number: int) -> dict[str, object]:
    """Build a question."""
    return raw_update(chat * 100 + number, chat, f"zq{chat}x{number}")


async def all_answers(hands: Control, chats: list[int]) -> dict[int, list[int]]:
    """Return what each chat was answered."""
    return {chat: await answered(hands, chat) for chat in chats}


async def test_a_database_server_killed_under_questions_costs_none_and_all_goes_on_by_itself(
    start: Start,
    server: str,
    hands: Control,
    tmp_path: Path,
    own_server: Server,
    unused_tcp_port_factory: Ports,
    record_property: Figure,
) -> None:
    own_server.start()
    database = Database(own_server.url)
    await upgrade(database, now=NOW)
    chats = await make_chats(hands, 100)
    async with Fleet(start, server, tmp_path, [unused_tcp_port_factory() for _ in range(2)]) as fleet:
        for place in range(2):
            await fleet.begin(place, own_server.url)
        asking = asyncio.create_task(fleet.ask(chats, QUESTIONS))
        for _ in range(2):
            await asyncio.sleep(3)
            own_server.kill()
            await asyncio.sleep(2)
            own_server.start()
        await asking
        got = await until_answered(hands, chats, QUESTIONS, within=240)
        for run in fleet.runs.values():
            assert (await run.stop())[0] == 0
    await database.close()
    twice = sum(len(numbers) - QUESTIONS for numbers in got.values())
    record_property("figure", f"{len(chats) * QUESTIONS} answers, {twice} sent twice in 2 kills")
    assert all(in_order(numbers) for numbers in got.values())
    assert twice <= 2 * 2 * PLACES


async def test_a_line_to_a_machine_that_vanished_ends_after_20_seconds(postgres_url: str) -> None:
    url = make_url(postgres_url)
    async with line_to(Path(str(url.query["host"]))) as line:
        address = line.url(str(url.database)).replace("postgresql:", "postgresql+asyncpg:")
        database = Database(address)
        async with database.read() as connection:
            raw = await connection.get_raw_connection()
            wire = raw.driver_connection._transport.get_extra_info("socket")  # type: ignore[union-attr] - asyncpg's
            assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000
            assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        await database.close()
