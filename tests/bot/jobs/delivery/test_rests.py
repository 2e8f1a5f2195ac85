"""The moments at which chats, the whole bot and a server that fails may be tried again; on SQLite."""

import datetime as dt
from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.delivery.waits import Waits
from bot.news.services import Services
from bot.telegram.outcomes import Hold, Wait
from storage.delivery.claiming import Claimed
from storage.delivery.refusals import find_hold, find_limit, hold_chat, limit_bot
from storage.engine import Database
from storage.tables import deliveries, messages
from tests.bot.jobs.delivery.test_delivery import AN, BINH, Reader, ledger
from tests.manual_clock import ManualClock

ROOM = 30
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Run these tests on SQLite."""
    return sqlite_database


class FastClock(ManualClock):
    """A clock that stands still, of a time that runs twice as fast as that of servers."""

    def simulated_seconds(self, real_seconds: float) -> float:
        """Return twice the seconds."""
        return 2 * real_seconds


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The event loop's time, half a second after its beginning; each rest is as long as it can be."""
    loop = SimpleNamespace(at=0.5, time=lambda: loop.at)
    monkeypatch.setattr("bot.jobs.delivery.waits.asyncio", SimpleNamespace(get_running_loop=lambda: loop))
    monkeypatch.setattr("bot.jobs.delivery.waits.random", SimpleNamespace(random=lambda: 1.0))
    return loop


def room_at(waits: Waits, real: SimpleNamespace, *moments: float) -> list[int]:
    """Return how many deliveries may be taken up at these moments."""
    rooms = []
    for real.at in moments:
        rooms.append(waits.capacity(ROOM, []))
    return rooms


def one_to(chat: int, *, tries: int = 1, was_held: bool = False) -> Claimed:
    return Claimed(chat, chat, "một", tries=tries, was_held=was_held)


FAILED = Wait(2.0, counts=False, reason="502")


def test_a_sender_that_has_just_begun_waits_for_nothing(clock: ManualClock, real: SimpleNamespace) -> None:
    assert room_at(Waits(clock, None), real, 0.5) == [ROOM]


async def test_after_a_failure_one_delivery_tries_the_server_and_each_failure_doubles_the_rest(
    services: Services, clock: ManualClock, real: SimpleNamespace
) -> None:
    waits = Waits(clock, None)
    async with services.database.write() as connection:
        for began, ends in ((100.0, 102.0), (102.0, 106.0), (107.0, 115.0)):
            real.at = began
            await waits.wait(connection, one_to(AN), FAILED)
            real.at = ends - 0.5
            await waits.wait(connection, one_to(BINH), Wait(0.1, counts=False, reason="502"))
            assert room_at(waits, real, began, ends - 0.25, ends) == [0, 0, 1], "both failed together"
        waits.note_answer()
        assert room_at(waits, real, 115.0) == [ROOM]
        await waits.wait(connection, one_to(AN), FAILED)
        assert room_at(waits, real, 116.0, 117.0) == [0, 1], "as at first"


@pytest.mark.parametrize(
    ("tries", "counts", "after"),
    [
        (1, True, "pending"),
        (2, True, "unknown"),
        (3, True, "unknown"),
        (1, False, "pending"),
        (2, False, "pending"),
    ],
)
async def test_only_a_second_try_that_may_have_arrived_ends_in_doubt(
    services: Services, clock: ManualClock, real: SimpleNamespace, reader: Reader,
    tries: int, *, counts: bool, after: str,
) -> None:  # fmt: skip
    await reader(AN)
    async with services.database.write() as connection:
        await put_sending(connection, clock.now(), tries=tries)
        failed = Wait(2.0, counts=counts, reason="502")
        await Waits(clock, None).wait(connection, one_to(AN, tries=tries), failed)
    assert await ledger(services) == [(after, tries if counts else tries - 1, "502")]


async def put_sending(connection: AsyncConnection, now: dt.datetime, *, tries: int) -> None:
    """Write one delivery that is being sent."""
    message = {"id": 1, "kind": "alert", "html": "một", "buttons": [], "part": 0, "made_at": now}
    await connection.execute(insert(messages).values(message))
    row = {"message_id": 1, "subscriber_id": 1, "status": "sending", "not_before": now, "tries": tries}
    await connection.execute(insert(deliveries).values(row | {"id": AN, "changed_at": now}))


@pytest.mark.parametrize(("wait", "rest"), [(30, 15.0), (-5, -2.5), (43_837, 900.0)])
async def test_a_process_that_takes_over_rests_until_the_bots_limit_ends_at_most_fifteen_minutes(
    services: Services, clock: ManualClock, real: SimpleNamespace, wait: int, rest: float
) -> None:
    fast, real.at = FastClock(clock.now()), 100.0
    waits = Waits(fast, None)
    async with services.database.write() as connection:
        await limit_bot(connection, fast.now() + wait * SECOND, now=fast.now())
        await waits.recover(connection)
    assert room_at(waits, real, 100.0 + rest - 0.25, 100.0 + rest) == [0, 1], "then a probe finds out"
    assert waits.capacity(ROOM, [AN]) == 1, "a delivery that began before is no probe"
    waits.flood.begin(BINH)
    assert [waits.capacity(ROOM, chats) for chats in ([AN], [AN, BINH])] == [1, 0]


async def test_a_process_that_takes_over_without_a_limit_sends_at_once(
    services: Services, clock: ManualClock, real: SimpleNamespace
) -> None:
    waits = Waits(clock, None)
    async with services.database.write() as connection:
        await waits.recover(connection)
    assert room_at(waits, real, 0.5) == [ROOM]


async def test_waits_are_stored_in_the_time_of_the_clock(
    services: Services, clock: ManualClock, real: SimpleNamespace, reader: Reader
) -> None:
    fast = FastClock(clock.now())
    waits = Waits(fast, None)
    for chat in (AN, BINH):
        await reader(chat)
    async with services.database.write() as connection:
        for chat in (AN, BINH):
            waits.flood.begin(chat)
            await waits.hold(connection, one_to(chat), Hold(30.0, "429"))
        assert await find_hold(connection, AN, now=fast.now()) == fast.now() + 60 * SECOND
        assert await find_limit(connection) == fast.now() + 60 * SECOND, "the probe was refused too"


async def held_for(
    waits: Waits, connection: AsyncConnection, clock: ManualClock, holds: Sequence[tuple[int, Hold]]
) -> list[float]:
    """Return for how many seconds each refusal lets its chat wait."""
    seconds = []
    for chat, hold in holds:
        await waits.hold(connection, one_to(chat), hold)
        until = await find_hold(connection, chat, now=clock.now())
        assert until is not None
        seconds.append((until - clock.now()).total_seconds())
    return seconds


async def test_each_chats_wait_doubles_while_telegram_names_none(
    services: Services, clock: ManualClock, real: SimpleNamespace, reader: Reader
) -> None:
    waits, unnamed = Waits(clock, None), Hold(10.0, "429", is_named=False)
    for chat in (AN, BINH):
        await reader(chat)
    async with services.database.write() as connection:
        holds = [(AN, unnamed), (AN, Hold(15.0, "429")), (AN, unnamed), (BINH, unnamed), (AN, unnamed)]
        assert await held_for(waits, connection, clock, holds) == [10, 15, 20, 10, 40]


async def test_what_arrives_ends_the_waits_of_its_own_chat_and_of_the_bot(
    services: Services, clock: ManualClock, real: SimpleNamespace, reader: Reader
) -> None:
    waits, now = Waits(clock, None), clock.now()
    for chat in (AN, BINH, 3):
        await reader(chat)
    async with services.database.write() as connection:
        for chat in (AN, BINH):
            waits.flood.begin(chat)
            await waits.hold(connection, one_to(chat), Hold(10.0, "429", is_named=False))
        assert await find_limit(connection) == now + 10 * SECOND
        real.at += 10
        await waits.note_sent(connection, [])
        assert (waits.capacity(ROOM, []), await find_limit(connection)) == (1, now + 10 * SECOND)
        await waits.note_sent(connection, [one_to(AN, was_held=True), one_to(3)])
        assert (waits.capacity(ROOM, []), await find_limit(connection)) == (ROOM, None)
        holds = [await find_hold(connection, chat, now=now) for chat in (AN, BINH)]
        assert holds == [None, now + 10 * SECOND]
        await hold_chat(connection, 3, now + SECOND)
        holds_again = [(chat, Hold(10.0, "429", is_named=False)) for chat in (AN, 3, BINH)]
        assert await held_for(waits, connection, clock, holds_again) == [10, 10, 20], "it counts anew"


async def test_waits_that_replies_ran_into_are_stored(
    services: Services, clock: ManualClock, real: SimpleNamespace, reader: Reader
) -> None:
    await reader(AN)
    pace = SimpleNamespace(take_new_holds=lambda: {AN: 7.0})
    async with services.database.write() as connection:
        await Waits(clock, None).note_replies(connection)
        assert await find_hold(connection, AN, now=clock.now()) is None
        await Waits(clock, pace).note_replies(connection)  # type: ignore[arg-type]
        assert await find_hold(connection, AN, now=clock.now()) == clock.now() + 7 * SECOND
