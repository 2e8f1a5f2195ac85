"""Several text processes at once, and calls to them whose results come in the order of the calls."""

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from bot.text_work.tasks import AboutT, AnswerT, ItemT, Task
from bot.text_work.worker import Failure, TextWorker

_Batch = TypeVar("_Batch")
_Result = TypeVar("_Result")
CALLS_A_PROCESS = 2  # one in work, one that waits
_NICENESS = 10  # together they can fill the machine: grouping and saving, which are slower, come first


async def in_order(
    width: int, work: Callable[[_Batch], Awaitable[_Result]], batches: AsyncIterator[_Batch]
) -> AsyncGenerator[tuple[_Batch, _Result], None]:
    """Yield each batch with what `work` makes of it, in order; at most `width` batches are in work at once.

    With a width of 1 a batch is taken only after the caller is done with the one before. Batches in work are
    cancelled when the caller stops: use it within `contextlib.aclosing`.
    """
    running: deque[tuple[_Batch, asyncio.Future[_Result]]] = deque()
    is_more = True
    try:
        while True:
            while is_more and len(running) < width:
                batch = await anext(batches, None)
                if batch is None:
                    is_more = False
                else:
                    running.append((batch, asyncio.ensure_future(work(batch))))
            if not running:
                return
            batch, working = running[0]
            result = await working
            running.popleft()
            yield batch, result
    finally:
        for _, working in running:
            working.cancel()
        await asyncio.gather(*(working for _, working in running), return_exceptions=True)


class TextPool:
    """Runs tasks in `count` text processes; each call goes to one that is free.

    Of the calls that wait, the one with the highest priority is next, then the oldest.
    """

    def __init__(self, count: int) -> None:
        self.width = CALLS_A_PROCESS * count
        self._workers = [TextWorker(niceness=_NICENESS) for _ in range(count)]
        self._free = list(self._workers)
        self._waiting: list[tuple[int, int, asyncio.Future[TextWorker]]] = []  # a heap
        self._numbers = itertools.count()

    async def start(self) -> None:
        await asyncio.gather(*(worker.start() for worker in self._workers))

    async def run(
        self, task: Task[AboutT, ItemT, AnswerT], about: AboutT, items: Sequence[ItemT]
    ) -> list[AnswerT | Failure]:
        async with self._one(task.priority) as worker:
            return await worker.run(task, about, items)

    async def run_packed(self, task: str, about: bytes, items: Iterable[bytes]) -> list[bytes | Failure]:
        async with self._one() as worker:
            return await worker.run_packed(task, about, items)

    @asynccontextmanager
    async def _one(self, priority: int = 0) -> AsyncIterator[TextWorker]:
        given = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-priority, next(self._numbers), given))
        self._give()
        try:
            yield await given
        finally:
            if not given.cancelled():
                self._free.append(given.result())
                self._give()

    def _give(self) -> None:
        while self._free and self._waiting:
            *_, given = heapq.heappop(self._waiting)
            if not given.done():
                given.set_result(self._free.pop(0))

    async def aclose(self) -> None:
        await asyncio.gather(*(worker.aclose() for worker in self._workers))
