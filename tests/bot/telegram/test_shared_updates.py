"""Updates that several processes share: each is handled once, in order within its chat."""

import asyncio

import pytest
from sqlalchemy import text, update
from telegram.error import NetworkError

from bot.telegram.turns import OF_A_PERSON
from bot.telegram.updates import DurableQueue
from storage.conversations import count_passed_over, count_set_aside
from storage.engine import Database
from storage.tables import updates
from tests.bot.telegram.handmade import raw_update, receive, signed_out, unhandled
from tests.bot.telegram.sharing import (
    NOW,
    Make,
    database,
    impatient,
    next_of,
    process,
    running,
    taken,
)
from tests.manual_clock import ManualClock

__all__ = ["database", "impatient", "process"]  # fixtures


async def test_whoever_holds_a_chat_handles_what_others_keep_of_it(process: Make) -> None:
    ours, theirs = process(), process()
    await ours.keep([raw_update(1)])
    await theirs.keep([raw_update(2)])
    await theirs.keep([raw_update(9, chat=6)])
    assert (taken(ours), taken(theirs)) == ([1], [9])
    await ours.mark_handled(1)
    assert (taken(ours), taken(theirs)) == ([2], [])


async def test_an_update_that_comes_to_two_processes_is_handled_by_one(
    process: Make, database: Database
) -> None:
    ours, theirs = process(), process()
    await asyncio.gather(*(queue.keep([raw_update(1)]) for queue in (ours, theirs)))
    [number] = taken(ours) + taken(theirs)
    assert number == 1
    for queue in (ours, theirs):
        await queue.mark_handled(1)
    await theirs.keep([raw_update(1)])
    assert taken(ours) + taken(theirs) == []
    assert await unhandled(database) == []


async def test_the_lowest_number_comes_first_however_updates_arrive(process: Make) -> None:
    ours, theirs = process(), process()
    await ours.keep([raw_update(1)])
    await theirs.keep([raw_update(4)])
    await ours.keep([raw_update(2)])
    await theirs.keep([raw_update(3)])
    seen = []
    for _ in range(4):
        [number] = taken(ours)
        seen.append(number)
        await ours.mark_handled(number)
    assert seen == [1, 2, 3, 4]


async def test_a_chat_with_nothing_waiting_is_free_for_the_next_process(process: Make) -> None:
    ours, theirs = process(), process()
    await ours.keep([raw_update(1)])
    await ours.mark_handled(1)
    await theirs.keep([raw_update(2)])
    assert (taken(ours), taken(theirs)) == ([1], [2])


async def test_what_a_process_leaves_at_its_end_is_handled_by_another(process: Make) -> None:
    ours, theirs = process(), process()
    for number in (1, 2):
        await ours.keep([raw_update(number)])
    ours.end()
    await ours.release()
    async with running(theirs):
        assert await next_of(theirs) == 1
        await theirs.mark_handled(1)
        assert await next_of(theirs) == 2


async def test_of_a_flood_a_share_waits_whichever_processes_are_called(
    process: Make, database: Database
) -> None:
    queues = process(), process()
    for number in range(1, OF_A_PERSON + 11):
        await queues[number % 2].keep([raw_update(number)])
    assert len(await unhandled(database)) == OF_A_PERSON
    async with database.read() as connection:
        assert await count_passed_over(connection) == 10


async def test_an_update_that_cannot_be_read_is_set_aside(process: Make, database: Database) -> None:
    odd = raw_update(1)
    odd["message"]["date"] = "hôm nay"
    queue = process()
    await queue.keep([odd])
    assert taken(queue) == []
    async with database.read() as connection:
        assert await count_set_aside(connection) == 1


async def test_an_odd_row_of_another_version_holds_its_chat_up_no_longer(
    process: Make, database: Database
) -> None:
    ours, theirs = process(), process()
    await ours.keep([raw_update(1)])
    for number in (2, 3):
        await theirs.keep([raw_update(number)])
    async with database.write() as connection:
        await connection.execute(update(updates).where(updates.c.update_id == 2).values(payload="{"))
    await ours.mark_handled(1)
    assert taken(ours) == [1, 3]


async def test_what_a_process_kept_for_itself_is_shared_at_the_next_start(
    process: Make, database: Database
) -> None:
    alone = DurableQueue(database, ManualClock(NOW))
    for number in (1, 2):
        await receive(alone, number)
    queue = process()
    assert await queue.reload(signed_out()) == 2
    async with running(queue):
        assert await next_of(queue) == 1
        await queue.mark_handled(1)
        assert await next_of(queue) == 2


async def test_a_database_that_fails_costs_neither_update_nor_mark(process: Make, database: Database) -> None:
    queue = process()
    await queue.keep([raw_update(1)])
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE updates RENAME TO away"))
    with pytest.raises(NetworkError):
        await queue.keep([raw_update(2)])
    with pytest.raises(Exception, match="updates"):
        await queue.mark_handled(1)
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO updates"))
    await queue.keep([raw_update(2)])
    async with running(queue):
        assert [await next_of(queue) for _ in range(2)] == [1, 2], "1 was handled once and marked later"
    assert await unhandled(database) == [2]


async def test_an_update_whose_handler_met_a_database_that_failed_is_handled_again_a_few_times(
    process: Make, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.shared_updates._MOST_PUT_OFF", 2)
    queue = process()
    for number in (1, 2):
        await queue.keep([raw_update(number)])
    async with running(queue):
        for _ in range(2):
            assert await next_of(queue) == 1
            assert queue.put_off(1)
            await queue.mark_handled(1)
        assert await next_of(queue) == 1
        assert not queue.put_off(1), "its reader is told now"
        await queue.mark_handled(1)
        assert await next_of(queue) == 2
    assert await unhandled(database) == [2]
