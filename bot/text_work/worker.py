"""The bot's side of the text process, which is started when first needed, kept, and replaced when it dies.

If the process dies at an item (time, memory or a crash), that item gets a `Failure`, and the items after it
go to a new process. Calls take turns.
"""

import asyncio
import json
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import ValidationError

from bot.text_work.tasks import (
    ABOUT,
    ANSWER,
    FAILURE,
    FRAME,
    GOT,
    HEAD,
    ITEM,
    MOST_BYTES,
    OUT_OF_MEMORY,
    READY,
    AboutT,
    AnswerT,
    ItemT,
    Task,
    frame,
)
from storage.off_loop import Limits, Program, start_async

PROGRAM = "bot.text_work"
CPU_SECONDS = 5.0  # an item; an ordinary article takes some milliseconds
_WALL_FACTOR = 12  # wall time: a busy machine gives a process only a part of it; a hung process ends too
_START_SECONDS = 120.0
_STARTS = 3  # of a process that dies before it has read its call
_CALL_BYTES = 1_000_000  # more items are sent in several calls
_LIMITS = Limits(memory_bytes=600_000_000, file_bytes=0, open_files=64)


class TextWorkError(Exception):
    """The text process does not start, or died although no item is to blame."""


class ClusterError(TextWorkError):
    """A cluster cannot do the work (`bot.text_work.cluster`); the message is in Vietnamese, for operators."""


_Reason = Literal["error", "time", "memory", "crash", "killed"]


class _DiedError(Exception):
    """The process gave no answer: it is late ("time"), or it ended or sent something invalid ("crash")."""

    def __init__(self, reason: _Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no answer. All but `error`, an exception with its traceback, ended the process.

    `killed` means that SIGKILL did, twice on this item.
    """

    reason: _Reason
    trace: str = ""

    @property
    def is_fatal(self) -> bool:
        """Tell whether the item ended the process."""
        return self.reason != "error"


class Texts(Protocol):
    """Runs tasks on texts: in text processes here or on a cluster, or, in tests, without a process.

    `width` is the number of calls that keep it busy.
    """

    width: int

    async def start(self) -> None:
        """Get ready, so that `run` can begin at once.

        Raises:
            TextWorkError: it does not start.
        """

    async def run(
        self, task: Task[AboutT, ItemT, AnswerT], about: AboutT, items: Sequence[ItemT]
    ) -> list[AnswerT | Failure]:
        """Return for each item, in order, its answer or why there is none.

        Raises:
            TextWorkError: the process does not start, or dies before it begins to work.
        """


class TextWorker:
    """Runs tasks in the text process. It belongs to one event loop."""

    width = 1

    def __init__(self, *, cpu_seconds: float = CPU_SECONDS, niceness: int = 0) -> None:
        self._cpu_seconds = cpu_seconds
        self._niceness = niceness
        self._turn = asyncio.Lock()
        self._process: Process | None = None

    async def start(self) -> None:
        async with self._turn:
            await self._ready()

    async def run(
        self, task: Task[AboutT, ItemT, AnswerT], about: AboutT, items: Sequence[ItemT]
    ) -> list[AnswerT | Failure]:
        packed = (task.item.dump_json(item) for item in items)
        return await self._run(task.name, task.about.dump_json(about), packed, task.answer.validate_json)

    async def run_packed(self, task: str, about: bytes, items: Iterable[bytes]) -> list[bytes | Failure]:
        """Do a task, by its name, on JSON as it comes; return its answers as they are, not checked."""
        return await self._run(task, about, items, bytes)

    async def _run(
        self, task: str, about: bytes, items: Iterable[bytes], read: Callable[[bytes], AnswerT]
    ) -> list[AnswerT | Failure]:
        answers: list[AnswerT | Failure] = []
        for call in _calls(items):
            async with self._turn:
                done, killed_at = 0, -1
                while done < len(call):
                    found = await self._call(task, about, call[done:], read)
                    last, at = found[-1], done + len(found) - 1
                    if isinstance(last, Failure) and last.reason == "killed" and killed_at < at:
                        killed_at = at  # probably killed from outside: try once more
                        found.pop()
                    answers += found
                    done += len(found)
        return answers

    async def _call(
        self, task: str, about: bytes, items: Sequence[bytes], read: Callable[[bytes], AnswerT]
    ) -> list[AnswerT | Failure]:
        """Return the answers, as `read` makes them, up to the item that ended the process: at least one."""
        answers: list[AnswerT | Failure] = []
        try:
            process = await self._begun(task, about, items)
            for _ in items:
                letter, content = await self._read(process, self._cpu_seconds * _WALL_FACTOR)
                if letter == ANSWER:
                    answers.append(read(content))
                else:
                    answers.append(Failure("error", content.decode(errors="replace")))
        except _DiedError as error:
            answers.append(Failure(await self._cause(error.reason)))
        except ValidationError:  # not an answer to this task
            answers.append(Failure(await self._cause("crash")))
        except BaseException:  # late answers must not be taken for those of the next call
            await self.aclose()
            raise
        return answers

    async def _begun(self, task: str, about: bytes, items: Sequence[bytes]) -> Process:
        """Return a process that has read the call. If it dies before that, no item is to blame."""
        head = frame(HEAD, json.dumps({"task": task, "items": len(items)}).encode())
        call = b"".join([head, frame(ABOUT, about), *(frame(ITEM, item) for item in items)])
        for _ in range(_STARTS):
            process = await self._ready()
            assert process.stdin is not None  # noqa: S101 - opened as a pipe
            with suppress(_DiedError, ConnectionError):
                process.stdin.write(call)
                await process.stdin.drain()
                if (await self._read(process, _START_SECONDS))[0] == GOT:
                    return process
            await self.aclose()
        raise TextWorkError("the text process dies before it begins to work")

    async def _ready(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        program = Program(
            PROGRAM,
            (str(self._cpu_seconds), str(self._niceness)),
            limits=_LIMITS,
            environment={"OPENBLAS_NUM_THREADS": "1"},  # each thread reserves memory
        )
        self._process = await start_async(program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
        try:
            letter, _ = await self._read(self._process, _START_SECONDS)
        except _DiedError as error:
            await self.aclose()
            raise TextWorkError("the text process does not start") from error
        if letter != READY:
            await self.aclose()
            raise TextWorkError("the text process did not say that it is ready")
        return self._process

    async def _read(self, process: Process, seconds: float) -> tuple[bytes, bytes]:
        """Return the letter and the content of the next frame.

        Raises _DiedError if none comes within `seconds`, or the bytes are invalid.
        """
        assert process.stdout is not None  # noqa: S101 - opened as a pipe
        try:
            async with asyncio.timeout(seconds):
                letter, length = FRAME.unpack(await process.stdout.readexactly(FRAME.size))
                if letter not in (READY, GOT, ANSWER, FAILURE) or length > MOST_BYTES:
                    raise _DiedError("crash")
                return letter, await process.stdout.readexactly(length)
        except TimeoutError as error:
            raise _DiedError("time") from error
        except asyncio.IncompleteReadError as error:
            raise _DiedError("crash") from error

    async def _cause(self, reason: _Reason) -> _Reason:
        """End the process and return the cause: `reason`, unless its exit status says more."""
        process = self._process
        if process is not None and reason == "crash":
            with suppress(TimeoutError):  # a process whose pipe ended is about to end
                async with asyncio.timeout(1):
                    await process.wait()
            if process.returncode == -signal.SIGPROF:
                reason = "time"
            elif process.returncode == OUT_OF_MEMORY:
                reason = "memory"
            elif process.returncode == -signal.SIGKILL:
                reason = "killed"
        await self.aclose()
        return reason

    async def aclose(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.communicate()  # reads what is left: an unread pipe would keep it from being waited for


def _calls(items: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Cut the items into calls of about a megabyte."""
    call: list[bytes] = []
    size = 0
    for item in items:
        if call and size + len(item) > _CALL_BYTES:
            yield call
            call, size = [], 0
        call.append(item)
        size += len(item)
    if call:
        yield call
