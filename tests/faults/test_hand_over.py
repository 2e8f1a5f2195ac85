"""The sender handed over between processes: after a kill here and elsewhere, a stop, a freeze."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest

from bot.emulator.client import Control
from storage.engine import Database
from tests.bot.processes.conftest import Start, until
from tests.faults.conftest import Figure, Ledger, accepted, copies, make_chats
from tests.faults.role_fleet import RoleFleet, fleet_of

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
ROUNDS = 3
ELSEWHERE = """\
import socket

socket.gethostname = lambda: "may-khac"
"""


@pytest.fixture
async def postgres_ledger(postgres_url: str) -> AsyncIterator[Ledger]:
    """The ledger of an empty database on PostgreSQL."""
    database = Database(postgres_url)
    yield Ledger(database)
    await database.close()


async def until_held_by_another(fleet: RoleFleet, former: str) -> float:
    """Wait until another process sends; return how many seconds that took."""
    began = time.monotonic()
    while await fleet.holder() in (former, None):
        assert time.monotonic() - began < 60
        await asyncio.sleep(0.01)
    return time.monotonic() - began


async def two_senders(fleet: RoleFleet, **given: object) -> str:
    """Start two processes that send; return the one that does, the other one stands by."""
    await fleet.begin("a", "send", **given)
    await fleet.runs["a"].until_logged("at work")
    await fleet.begin("b", "send", **given)
    await fleet.runs["b"].until_logged("waiting for the lease")
    return "a"


@pytest.mark.parametrize("how", ["kill", "stop"])
async def test_the_sender_is_handed_over_soon_after_a_kill_or_a_stop(
    start: Start, server: str, hands: Control, postgres_ledger: Ledger, how: str, record_property: Figure
) -> None:
    chats = await make_chats(hands, 60)
    issue = await postgres_ledger.publish(await postgres_ledger.subscribe(chats))
    seconds = []
    async with fleet_of(start, server, postgres_ledger) as fleet:
        sender = await two_senders(fleet)
        for _ in range(ROUNDS):
            stopping = asyncio.ensure_future(
                fleet.runs[sender].stop() if how == "stop" else fleet.runs[sender].kill()
            )
            seconds.append(await until_held_by_another(fleet, sender))
            await stopping
            await fleet.forget(sender)
            await fleet.begin(sender, "send")
            await fleet.runs[sender].until_logged("waiting for the lease")
            sender = "b" if sender == "a" else "a"
        await until(lambda: postgres_ledger.is_done(issue))
        got = await copies(hands, chats)
    record_property("figure", f"after a {how}: {', '.join(f'{one:.2f}' for one in seconds)} s")
    assert min(got.values()) >= 1
    assert sum(got.values()) - len(chats) <= (ROUNDS * 5 if how == "kill" else 0)


async def test_a_sender_that_stops_leaves_the_rest_to_another_while_telegram_has_not_answered(
    start: Start, server: str, hands: Control, postgres_ledger: Ledger, record_property: Figure
) -> None:
    """What has left is the stopping process's own, until Telegram has answered."""
    chats = await make_chats(hands, 60)
    async with fleet_of(start, server, postgres_ledger) as fleet:
        sender = await two_senders(fleet)
        await hands.post("fault", kind="slow", method="sendMessage", times=5, seconds=3)
        before = await accepted(hands)
        issue = await postgres_ledger.publish(await postgres_ledger.subscribe(chats))

        async def has_begun() -> bool:
            return await accepted(hands) > before

        await until(has_begun)
        stopping = asyncio.ensure_future(fleet.runs[sender].stop())
        seconds = await until_held_by_another(fleet, sender)
        assert not stopping.done()
        code, _ = await stopping
        await until(lambda: postgres_ledger.is_done(issue))
        counts, got = await postgres_ledger.counts(issue), await copies(hands, chats)
    record_property("figure", f"after a stop while Telegram is slow: {seconds:.2f} s")
    assert code == 0
    assert counts == {"sent": len(chats)}
    assert set(got.values()) == {1}


async def test_the_sender_of_another_machine_is_followed_once_its_lease_has_run_out(
    start: Start,
    server: str,
    hands: Control,
    postgres_ledger: Ledger,
    record_property: Figure,
) -> None:
    async with fleet_of(start, server, postgres_ledger) as fleet:
        run = await fleet.begin("a", "send", prelude=ELSEWHERE)
        await run.until_logged("at work")
        await fleet.begin("b", "send")
        await fleet.runs["b"].until_logged("waiting for the lease")
        assert "trên máy may-khac" in fleet.runs["b"].log()
        await run.kill()
        seconds = await until_held_by_another(fleet, "a")
    record_property("figure", f"after a kill elsewhere: {seconds:.2f} s")


async def test_a_sender_that_stood_still_sends_nothing_after_it_wakes(
    start: Start, server: str, hands: Control, postgres_ledger: Ledger, record_property: Figure
) -> None:
    chats = await make_chats(hands, 200)
    async with fleet_of(start, server, postgres_ledger) as fleet:
        sender = await two_senders(fleet)
        frozen = fleet.runs[sender]
        before = await accepted(hands)
        issue = await postgres_ledger.publish(await postgres_ledger.subscribe(chats))

        async def is_half_way() -> bool:
            return await accepted(hands) >= before + 50

        await until(is_half_way)
        os.kill(frozen.process.pid, signal.SIGSTOP)
        seconds = await until_held_by_another(fleet, sender)
        await until(lambda: postgres_ledger.is_done(issue), within=90)
        asleep = await copies(hands, chats)
        os.kill(frozen.process.pid, signal.SIGCONT)
        code, log = await frozen.ended()
        got = await copies(hands, chats)
    woken = sum(got.values()) - sum(asleep.values())  # the admins may be told of something meanwhile
    extra = sum(got.values()) - len(chats)
    record_property(
        "figure", f"after a freeze: {seconds:.2f} s; sent twice {extra}, of these after waking {woken}"
    )
    assert code == 1
    assert "đã nhận việc với cùng token" in log
    assert min(got.values()) == 1
    assert woken == 0
    assert extra <= 5
