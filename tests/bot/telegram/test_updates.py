"""Updates survive a kill, are handled once, and in order within a chat."""

import asyncio
import datetime as dt
import json

import pytest
from sqlalchemy import text, update
from telegram import Update
from telegram.error import NetworkError

from bot.telegram.turns import OF_A_PERSON
from bot.telegram.updates import DurableQueue
from storage.conversations import count_passed_over, count_set_aside
from storage.engine import Database
from storage.tables import updates
from tests.bot.telegram.handmade import raw_update, receive, signed_out, unhandled
from tests.manual_clock import ManualClock

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


@pytest.fixture
def queue(database: Database) -> DurableQueue:
    """A queue on an empty database."""
    return DurableQueue(database, ManualClock(NOW))


async def test_an_update_is_on_disk_before_it_is_queued(queue: DurableQueue, database: Database) -> None:
    await receive(queue, 1)
    assert await unhandled(database) == [1]
    assert queue.qsize() == 1


async def test_an_update_that_comes_twice_is_queued_once(queue: DurableQueue) -> None:
    await receive(queue, 1)
    await receive(queue, 1)
    await queue.mark_handled(1)
    await receive(queue, 1)
    assert queue.qsize() == 1


async def test_what_a_killed_bot_left_is_queued_again_in_order(
    queue: DurableQueue, database: Database
) -> None:
    for number in (3, 1, 2):
        await receive(queue, number, f"câu {number}")
    await queue.mark_handled(2)
    later = DurableQueue(database, ManualClock(NOW))
    assert await later.reload(signed_out()) == 2
    left = [later.get_nowait() for _ in range(2)]
    assert [u.message.text for u in left if isinstance(u, Update) and u.message] == ["câu 1", "câu 3"]


ODD = {
    "no JSON": "{",
    "a list": "[1]",
    "no number": "{}",
    "nested without end": "[" * 100_000,
    "a message without a date": json.dumps({"update_id": 2, "message": {"message_id": 1}}),
}


@pytest.mark.parametrize("payload", ODD.values(), ids=ODD)
async def test_an_odd_row_is_set_aside_at_the_start_and_the_others_are_handled(
    queue: DurableQueue, database: Database, payload: str
) -> None:
    for number in (1, 2, 3):
        await receive(queue, number)
    async with database.write() as connection:
        await connection.execute(update(updates).where(updates.c.update_id == 2).values(payload=payload))
    restarted = DurableQueue(database, ManualClock(NOW))
    assert await restarted.reload(signed_out()) == 2
    async with database.read() as connection:
        assert await count_set_aside(connection) == 1
    await restarted.release()
    assert await DurableQueue(database, ManualClock(NOW)).reload(signed_out()) == 2


async def test_of_a_flood_a_share_is_handled_and_the_rest_is_counted_and_known(
    queue: DurableQueue, database: Database
) -> None:
    flood = [raw_update(number) for number in range(1, 201)]
    read = await queue.keep([*flood, raw_update(500, chat=6)])
    assert [raw["update_id"] for raw in read if "message" in raw] == [*range(1, OF_A_PERSON + 1), 500]
    assert [raw["update_id"] for raw in read] == [*range(1, 201), 500], "all are confirmed to Telegram"
    for raw in read:
        await queue.put(Update.de_json(raw, signed_out()))
    assert queue.qsize() == OF_A_PERSON + 1
    async with database.read() as connection:
        assert await count_passed_over(connection) == 200 - OF_A_PERSON
        assert await count_set_aside(connection) == 0
    for number in range(1, OF_A_PERSON + 1):
        await queue.mark_handled(number)
    [again] = await queue.keep([raw_update(200)])
    assert "message" not in again, "what was passed over does not come back"
    [next_one] = await queue.keep([raw_update(201)])
    assert "message" in next_one
    restarted = DurableQueue(database, ManualClock(NOW))
    assert await restarted.reload(signed_out()) == 2


async def test_a_failed_write_leaves_a_senders_share_as_it_was(
    queue: DurableQueue, database: Database
) -> None:
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE updates RENAME TO away"))
    for _ in range(3):
        with pytest.raises(NetworkError):
            await queue.keep([raw_update(number) for number in range(1, OF_A_PERSON + 1)])
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO updates"))
    read = await queue.keep([raw_update(number) for number in range(1, OF_A_PERSON + 1)])
    assert all("message" in raw for raw in read)


async def test_many_updates_done_at_once_are_all_marked(queue: DurableQueue, database: Database) -> None:
    await queue.keep([raw_update(number, chat=number) for number in range(1, 61)])
    await asyncio.gather(*(queue.mark_handled(number) for number in range(1, 60)))
    assert await unhandled(database) == [60]


async def test_a_full_poll_says_that_more_waits_and_a_short_one_that_nothing_does(
    queue: DurableQueue,
) -> None:
    await queue.keep([raw_update(number, chat=number) for number in range(1, 101)])
    assert queue.is_behind
    await queue.keep([raw_update(101)])
    assert not queue.is_behind


async def started(database: Database) -> DurableQueue:
    """Start after a crash: a new queue with what is left over, suspects tried."""
    queue = DurableQueue(database, ManualClock(NOW))
    await queue.reload(signed_out())
    await queue.run(signed_out(), most_seconds=0.01)
    return queue


def queued(queue: DurableQueue) -> list[int]:
    """Take what is queued; return the numbers."""
    taken = [queue.get_nowait() for _ in range(queue.qsize())]
    return [one.update_id for one in taken if isinstance(one, Update)]


async def test_an_update_at_which_the_bot_dies_again_and_again_is_set_aside_and_no_other(
    queue: DurableQueue, database: Database
) -> None:
    for number in (1, 2, 3):
        await receive(queue, number)
    seen = []
    for _ in range(4):
        restarted = await started(database)
        seen.append(queued(restarted))
        if 3 in seen[-1]:
            await restarted.mark_handled(3)
        if 1 in seen[-1] and len(seen) == 2:
            await restarted.mark_handled(1)
    assert seen == [[1, 2, 3], [1, 2], [2], []], "2 was in work each time"
    async with database.read() as connection:
        assert await count_set_aside(connection) == 1
    await receive(queue, 4)
    assert queued(await started(database)) == [4]


async def test_suspects_are_tried_one_by_one_after_the_others(
    queue: DurableQueue, database: Database
) -> None:
    for number in (1, 2):
        await receive(queue, number)
    await started(database)
    await receive(queue, 3)
    restarted = DurableQueue(database, ManualClock(NOW))
    await restarted.reload(signed_out())
    assert queued(restarted) == [3]
    trying = asyncio.create_task(restarted.run(signed_out()))
    await asyncio.sleep(0.3)
    assert queued(restarted) == [], "another is in work"
    for number in (3, 1, 2):
        await restarted.mark_handled(number)
        await asyncio.sleep(0.5)
        assert queued(restarted) == {3: [1], 1: [2], 2: []}[number]
    await asyncio.wait_for(trying, 5)


async def test_what_an_ordinary_end_leaves_is_blamed_for_nothing(
    queue: DurableQueue, database: Database
) -> None:
    await receive(queue, 1)
    for _ in range(6):
        restarted = await started(database)
        assert queued(restarted) == [1]
        await restarted.release()


async def test_an_update_kept_and_not_yet_queued_is_queued_when_it_comes_again(queue: DurableQueue) -> None:
    """A webhook call may be cut between the two."""
    await queue.keep([raw_update(1)])
    await receive(queue, 1)
    assert queue.qsize() == 1


async def test_keep_tells_the_poller_that_the_update_was_not_kept(
    queue: DurableQueue, database: Database
) -> None:
    async with database.write() as connection:
        await connection.execute(text("DROP TABLE updates"))
    with pytest.raises(NetworkError, match="update 1 was not kept"):
        await receive(queue, 1)
    assert queue.empty()
