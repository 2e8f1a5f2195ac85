"""Calls to many text processes: in order, bounded, cancelled, and none lost when a process is killed."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.text_work.tasks import Task, code_version
from bot.text_work.text_pool import TextPool, in_order

_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)
POISON: Task[Any, Any, Any] = Task("poison", _ANYTHING, _ANYTHING, _ANYTHING, lambda _, item: item)


async def numbers(count: int, taken: list[int]) -> AsyncIterator[int]:
    """Yield numbers and note each that is taken."""
    for number in range(count):
        taken.append(number)
        yield number


@pytest.mark.parametrize("width", [1, 3])
async def test_results_come_in_order_and_no_more_than_the_width_are_in_work(width: int) -> None:
    taken, seen, at_work, most = list[int](), list[tuple[int, int]](), 0, 0

    async def work(number: int) -> int:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        for _ in range(20 - 2 * number):  # the first takes longest
            await asyncio.sleep(0)
        at_work -= 1
        return -number

    async with aclosing(in_order(width, work, numbers(9, taken))) as results:
        async for batch, result in results:
            assert len(taken) <= batch + width
            seen.append((batch, result))
    assert seen == [(number, -number) for number in range(9)]
    assert most == width


async def test_what_is_in_work_is_cancelled_when_the_caller_stops() -> None:
    cancelled = list[int]()

    async def work(number: int) -> int:
        if number:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.append(number)
                raise
        return number

    async with aclosing(in_order(3, work, numbers(9, []))) as results:
        async for _ in results:
            break
    assert cancelled == [1, 2]


async def test_an_error_comes_in_its_turn_and_ends_the_others() -> None:
    async def work(number: int) -> int:
        if number == 2:
            raise ValueError("two")
        return number

    seen = list[int]()

    async def go_through() -> None:
        async with aclosing(in_order(4, work, numbers(9, []))) as results:
            async for batch, _ in results:
                seen.append(batch)

    with pytest.raises(ValueError, match="two"):
        await go_through()
    assert seen == [0, 1]


async def test_calls_go_to_whichever_process_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.text_work.worker.PROGRAM", "tests.bot.text_work.poison_process")
    async with aclosing(TextPool(2)) as pool:
        await pool.start()
        answers = await asyncio.gather(*(pool.run(POISON, None, ["pid"] * 20) for _ in range(pool.width)))
    assert len({number for answer in answers for number in answer}) == 2


def test_the_name_of_the_language_code_is_the_same_each_time() -> None:
    name = code_version()
    code_version.cache_clear()
    assert name == code_version()
    assert len(name) == 16


class _Held:
    """A process that notes its calls and is busy with each until it is released."""

    def __init__(self) -> None:
        self.calls = list[str]()
        self.released = asyncio.Semaphore(0)

    async def run(self, task: Task[Any, Any, Any], _about: object, _items: object) -> list[object]:
        """Note the call, and wait."""
        self.calls.append(task.name)
        await self.released.acquire()
        return []

    async def aclose(self) -> None:
        """There is no process."""


async def test_of_the_calls_that_wait_the_highest_priority_is_next_and_a_cancelled_one_keeps_no_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = _Held()
    monkeypatch.setattr("bot.text_work.text_pool.TextWorker", lambda **_: held)

    def task(name: str, priority: int) -> Task[Any, Any, Any]:
        return dataclasses.replace(POISON, name=name, priority=priority)

    async with aclosing(TextPool(1)) as pool:
        wanted = [("first", 0), ("low", 0), ("cancelled", 2), ("high", 1), ("later", 0), ("given", 0)]
        calls = {name: asyncio.create_task(pool.run(task(name, rank), None, [])) for name, rank in wanted}
        await asyncio.sleep(0)
        calls["cancelled"].cancel()
        for _ in range(3):
            held.released.release()
            await asyncio.sleep(0.01)
        held.released.release()  # "later" ends and hands its process to "given", which is cancelled at once
        await asyncio.wait([calls["later"]])
        calls["given"].cancel()
        await asyncio.wait([calls["given"]])
        held.released.release()
        async with asyncio.timeout(5):
            await pool.run(task("last", 0), None, [])
    assert [name for name in held.calls if name != "given"] == ["first", "high", "low", "later", "last"]
