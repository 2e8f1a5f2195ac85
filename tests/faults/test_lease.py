"""One process a token: the second waits, and takes over when the first ends, is killed, or stands still."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import update
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.news.services import Services
from bot.telegram.lease import Lease, is_gone, this_process
from storage.processes.leases import LeaseKey, free_lease, lease_name, renew_lease, take_lease
from storage.tables import UtcTime, deliveries, leases
from tests.bot.processes.conftest import TOKEN, Start, is_polling, until
from tests.faults.conftest import HOUR, Ledger

A, B = LeaseKey("bot", "a"), LeaseKey("bot", "b")


async def test_a_second_process_waits_and_takes_over_when_the_first_ends(
    start: Start, server: str, hands: Control, process_ledger: Ledger
) -> None:
    an = await hands.user("An")
    async with start(server, DIEMTIN_DATABASE_URL=process_ledger.url) as first:
        await until(lambda: is_polling(hands))
        async with start(server, DIEMTIN_DATABASE_URL=process_ledger.url) as second:
            await second.until_logged("đang chạy bot với cùng token")
            assert await hands.ask(an, "/trogiup")
            assert f"tiến trình {first.process.pid} " in second.log()
            assert "polling" not in second.log().replace("waiting", "")
            assert (await first.stop())[0] == 0
            await second.until_logged("left_over")
            assert await hands.ask(an, "/trogiup")
            code, _ = await second.stop()
    assert code == 0
    assert "409" not in (await hands.get("stats"))["statuses"]
    assert await process_ledger.lease_owners() == []


@pytest.mark.faults
async def test_a_killed_process_is_seen_to_be_gone_and_does_not_hold_the_next_one_up(
    start: Start, server: str, hands: Control, process_ledger: Ledger
) -> None:
    async with start(server, DIEMTIN_DATABASE_URL=process_ledger.url) as first:
        await until(lambda: is_polling(hands))
        await first.kill()
    [owner] = await process_ledger.lease_owners()
    assert is_gone(owner)
    async with start(server, DIEMTIN_DATABASE_URL=process_ledger.url) as second:
        await second.until_logged("left_over")
        assert "waiting for the lease" not in second.log()
        await second.stop()


async def test_who_finds_the_lease_taken_ends_without_another_word(
    start: Start, server: str, hands: Control, process_ledger: Ledger
) -> None:
    async with start(server, DIEMTIN_DATABASE_URL=process_ledger.url) as first:
        await until(lambda: is_polling(hands))
        async with process_ledger.database.write() as connection:
            await connection.execute(update(leases).values(owner="another"))
        code, log = await first.ended()
    assert code == 1
    assert "Một tiến trình khác đã nhận việc với cùng token" in log
    assert "Traceback" not in log
    assert await process_ledger.lease_owners() == ["another"]


async def test_no_token_stands_in_the_database(ledger: Ledger) -> None:
    stop = asyncio.Event()
    lease = Lease(ledger.database, TOKEN)
    assert await lease.until_taken(stop)
    assert TOKEN not in lease.key.name
    assert TOKEN.partition(":")[2] not in lease.key.name
    assert lease_name(TOKEN) == lease.key.name != lease_name("42:other")


async def test_a_lease_is_one_process_s_until_it_is_freed_or_runs_out(ledger: Ledger) -> None:
    async with ledger.database.write() as connection:
        assert await take_lease(connection, A)
        assert await take_lease(connection, A), "its own may be taken again"
        assert not await take_lease(connection, B)
        assert await take_lease(connection, LeaseKey("other bot", "b"))
        assert await renew_lease(connection, A)
        await free_lease(connection, B)
        assert not await take_lease(connection, B), "only the owner frees it"
        await free_lease(connection, A)
        assert await take_lease(connection, B)
        assert not await renew_lease(connection, A)


@pytest.mark.parametrize("off", [-HOUR, HOUR], ids=["run out", "from before the clock was set back"])
async def test_a_lease_of_another_time_is_free(ledger: Ledger, off: UtcTime) -> None:
    async with ledger.database.write() as connection:
        await take_lease(connection, A)
        expires = (await connection.execute(leases.select())).one().expires_at
        await connection.execute(update(leases).values(expires_at=expires + off))
        assert await take_lease(connection, B)


def test_a_process_is_gone_only_when_that_is_certain() -> None:
    mine = this_process()
    assert not is_gone(mine)
    machine, view, number, began, end = mine.split("|")
    assert is_gone("|".join([machine, view, number, f"{began}0", end])), "another one has the number now"
    for strange in ("another", "", f"elsewhere boot|{view}|{2**22 + 1}|1|ab", f"{machine}||1|1|ab"):
        assert not is_gone(strange)


async def test_who_lost_the_lease_claims_nothing(
    services: Services, telegram: ExtBot[None], queue: Callable[..., Awaitable[None]]
) -> None:
    await queue(1)
    async with services.database.write() as connection:
        await take_lease(connection, B)
    assert await Sender(services, telegram, lease=A).send_batch() == 0
    assert await Sender(services, telegram, lease=B).send_batch() == 1


@pytest.mark.parametrize("end", [{"kind": "slow", "seconds": 0.4}, {"kind": "hang", "seconds": 0.4}])
async def test_a_lease_that_ends_while_sending_costs_no_third_copy(
    services: Services,
    telegram: ExtBot[None],
    queue: Callable[..., Awaitable[None]],
    users: Control,
    end: dict[str, object],
) -> None:
    await queue(1)
    async with services.database.write() as connection:
        await take_lease(connection, A)
    late, next_one = Sender(services, telegram, lease=A), Sender(services, telegram, lease=B)
    await users.post("fault", method="sendMessage", **end)
    sending = asyncio.create_task(late.send_batch())
    await asyncio.sleep(0.2)
    async with services.database.write() as connection:
        await connection.execute(update(leases).values(owner=B.owner))
    await next_one.recover()
    await next_one.send_batch()
    await sending
    assert await late.send_batch() == await next_one.send_batch() == 0
    async with services.database.read() as connection:
        [row] = (await connection.execute(deliveries.select())).all()
    assert (row.status, row.tries) == ("sent", 2)
    assert len(await users.wait(1, timeout=0)) <= 2
