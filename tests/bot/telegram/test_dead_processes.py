"""Processes that share updates die or stand still: another goes on; no update is lost or blamed wrongly."""

import asyncio

import pytest
from sqlalchemy import text, update

from bot.telegram.shared_updates import SharedQueue
from storage.conversations import count_set_aside
from storage.engine import Database
from storage.tables import chat_claims
from tests.bot.telegram.handmade import raw_update, signed_out, unhandled
from tests.bot.telegram.sharing import (
    NOW,
    Make,
    database,
    impatient,
    next_of,
    of_a_dead_process,
    process,
    running,
    taken,
)

__all__ = ["database", "impatient", "process"]  # fixtures


async def test_the_chats_of_a_killed_process_go_on_in_another(process: Make, database: Database) -> None:
    killed, other = process(of_a_dead_process()), process()
    for number in (1, 2, 3):
        await killed.keep([raw_update(number, chat=number)])
    async with running(other):
        assert {await next_of(other) for _ in range(3)} == {1, 2, 3}
    async with database.read() as connection:
        assert set((await connection.execute(text("SELECT tries FROM updates"))).scalars()) == {1}


async def test_claims_that_ran_out_are_taken_over_and_the_process_that_woke_begins_nothing(
    process: Make, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen, other = process(), process()
    await frozen.keep([raw_update(1)])
    async with running(other):
        await asyncio.sleep(0.05)
        assert taken(other) == [], "the claim is good"
        async with database.write() as connection:
            await connection.execute(update(chat_claims).values(expires_at=NOW))
        assert await next_of(other) == 1
    monkeypatch.setattr("bot.telegram.shared_updates.machine_seconds", lambda: float("inf"))
    assert not await frozen.may_begin(1)
    await frozen.keep([raw_update(2)])
    assert taken(frozen) == [1], "the chat is the other's now"
    await other.mark_handled(1)
    assert taken(other) == [2]


async def test_a_process_that_stood_still_goes_on_where_nobody_took_over(
    process: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = process()
    await queue.keep([raw_update(1)])
    claim = queue._claims[5]
    claim.sure_until = float("-inf")
    assert await queue.may_begin(1)


async def test_an_update_at_which_processes_die_is_tried_alone_and_at_last_set_aside(
    process: Make, database: Database
) -> None:
    first = process(of_a_dead_process())
    for number in (1, 2):
        await first.keep([raw_update(number, chat=number)])
    second = process(of_a_dead_process())
    async with running(second):
        assert {await next_of(second), await next_of(second)} == {1, 2}
        assert await second.may_begin(1)
        assert await second.may_begin(2)
    for _ in range(2):
        other = process(of_a_dead_process())
        async with running(other):
            while (alone := await next_of(other)) != 1:  # both were in work twice: one by one now
                assert await other.may_begin(alone)
                await other.mark_handled(alone)
            assert await other.may_begin(1)
            await asyncio.sleep(0.05)
            await other.keep([raw_update(3, chat=3)])
            assert taken(other) == [], "nothing is begun beside it"
    last = process()
    await last.keep([raw_update(4)])
    async with running(last):
        await asyncio.sleep(0.3)
    assert taken(last) == [4], "2 and 3 are done, and 1 is tried no more"
    assert await unhandled(database) == [1, 4]
    async with database.read() as connection:
        assert await count_set_aside(connection) == 1


async def test_what_was_claimed_and_not_begun_when_processes_died_is_no_suspect(process: Make) -> None:
    first = process(of_a_dead_process())
    for number in (1, 2, 3):
        await first.keep([raw_update(number, chat=number)])
    for _ in range(4):
        other = process(of_a_dead_process())
        async with running(other):
            assert {await next_of(other) for _ in range(3)} == {1, 2, 3}


async def test_an_ordinary_end_blames_no_update(process: Make, database: Database) -> None:
    await process(of_a_dead_process()).keep([raw_update(1)])
    for _ in range(4):
        other = process()
        async with running(other):
            assert await next_of(other) == 1
            assert await other.may_begin(1)
        await other.release()
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT tries FROM updates"))).scalar_one() == 0


async def test_processes_that_are_killed_at_random_handle_each_update_once_and_in_order(
    process: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three at a time; what was in work at a kill is handled once more."""
    killed: set[str] = set()
    monkeypatch.setattr("bot.telegram.idle_chats.is_gone", killed.__contains__)
    raws = [raw_update(10 * chat + k, chat=chat) for k in range(5) for chat in range(1, 21)]
    handled: list[int] = []
    again = 0
    for generation in range(4):
        queues = [process() for _ in range(3)]
        workers = [Worker(queue, handled) for queue in queues]
        part = raws[25 * generation : 25 * generation + 25]
        for some in (part[:20], part[20:]):  # one update of each chat at a time
            await asyncio.gather(*(queues[i % 3].keep([raw]) for i, raw in enumerate(some)))
        if generation == 3:
            await asyncio.wait_for(all_handled(handled, len(raws)), 10)
        for worker in workers:
            again += await worker.kill()
        killed |= {queue._owner for queue in queues}
    assert len(handled) <= len(raws) + again
    for chat in range(1, 21):
        firsts = list(dict.fromkeys(number for number in handled if number // 10 == chat))
        assert firsts == [10 * chat + k for k in range(5)]


class Worker:
    """A process that handles what its queue gives it, noting each number."""

    def __init__(self, queue: SharedQueue, handled: list[int]) -> None:
        self._queue = queue
        self._handled = handled
        self._in_work = 0
        self._tasks = [asyncio.create_task(queue.run(signed_out())), asyncio.create_task(self._work())]

    async def _work(self) -> None:
        while True:
            number = await next_of(self._queue)
            if await self._queue.may_begin(number):
                self._handled.append(number)
                self._in_work += 1
                await self._queue.mark_handled(number)
                self._in_work -= 1

    async def kill(self) -> int:
        """End it; return how many updates were in work."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        return self._in_work


async def all_handled(handled: list[int], count: int) -> None:
    """Wait until so many updates were handled."""
    while len(set(handled)) < count:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.02)
