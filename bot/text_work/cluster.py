"""Language work on a Dask cluster: each call is one task, done by text processes of a worker.

A worker that dies loses nothing: the scheduler gives its tasks to another one. Items and answers cross the
cluster as the JSON that the text processes read and write, and are checked here. Needs the extra `scale`.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from distributed import Client, Future, KilledWorker, get_worker
from distributed.client import FutureCancelledError
from distributed.comm import CommClosedError
from pydantic import ValidationError

from bot.text_work.tasks import AboutT, AnswerT, ItemT, Task, code_version
from bot.text_work.text_pool import TextPool
from bot.text_work.worker import ClusterError, Failure

_ADDRESS = re.compile(r"(tcp|tls|wss?)://[^\s/@]+:\d{1,5}/?", re.ASCII)
_CALLS_A_THREAD = 4  # a worker holds two; the others are for the worker that is done first
_CONNECT_SECONDS = 10.0
_CHECK_SECONDS = 5.0
_NO_WORKER_SECONDS = 60.0  # with a cluster that has no worker left


class WrongVersionError(Exception):
    """A worker has other language code than the command."""


@asynccontextmanager
async def cluster_texts(address: str, report: Callable[[str], None]) -> AsyncIterator["ClusterTexts"]:
    """Connect to the scheduler at `address`; `report` is called with a line that has the dashboard's link.

    Raises:
        ClusterError: no scheduler answers, it has no worker, or its workers have other language code.
    """
    if not _ADDRESS.fullmatch(address):
        raise ClusterError(f"«{address}» không phải địa chỉ bộ điều phối Dask, ví dụ tcp://10.0.0.5:8786.")
    client: Any = Client(address, asynchronous=True, timeout=_CONNECT_SECONDS, set_as_default=False)
    try:
        await client
    except (OSError, ValueError, CommClosedError) as error:
        await _close(client)
        raise ClusterError(f"Không có bộ điều phối Dask nào trả lời ở {address}.") from error
    try:
        with suppress(TimeoutError):
            await client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        await _check(client, address)
        report(f"Theo dõi cụm Dask: {client.dashboard_link}")
        yield ClusterTexts(client, address, sum((await client.nthreads()).values()))
    finally:
        await _close(client)


async def _close(client: Any) -> None:
    with suppress(OSError, CommClosedError, TimeoutError):
        await client.close(timeout=2)


async def _check(client: Any, address: str) -> None:
    """Raise ClusterError unless there are workers, all with our language code."""
    found = await client.run(_make_probe())
    if not found:
        raise ClusterError(f"Cụm Dask ở {address} chưa có máy nào; hãy chạy: dask worker {address}")
    missing = sorted(worker for worker, version in found.items() if version is None)
    if missing:
        raise ClusterError(f"Máy {', '.join(missing)} của cụm Dask chưa cài diemtin; hãy cài cùng phiên bản.")
    other = sorted(worker for worker, version in found.items() if version != code_version())
    if other:
        raise ClusterError(f"Máy {', '.join(other)} của cụm Dask có diemtin phiên bản khác.")


def _make_probe() -> Callable[[], str | None]:
    def probe() -> str | None:  # nested, so that it is sent as code: the worker may lack our package
        try:
            from bot.text_work.tasks import code_version
        except ImportError:
            return None
        return code_version()

    return probe


class ClusterTexts:
    """Runs tasks on the workers of a cluster."""

    def __init__(self, client: Any, address: str, threads: int) -> None:
        self.width = _CALLS_A_THREAD * threads
        self._client = client
        self._address = address

    async def start(self) -> None:
        """The workers start their text processes themselves."""

    async def run(
        self, task: Task[AboutT, ItemT, AnswerT], about: AboutT, items: Sequence[ItemT]
    ) -> list[AnswerT | Failure]:
        """Return for each item, in order, its answer or why there is none.

        Raises:
            ClusterError: the scheduler went away, no worker is left, or one has other language code.
        """
        head, packed = task.about.dump_json(about), [task.item.dump_json(item) for item in items]
        answers: list[AnswerT | Failure] = []
        while len(answers) < len(items):
            found = _checked(task, await self._sent(task, head, packed[len(answers) :]))
            answers += found
        return answers

    async def _sent(
        self, task: Task[Any, Any, Any], about: bytes, items: Sequence[bytes]
    ) -> list[bytes | Failure]:
        try:
            future = self._client.submit(
                work, code_version(), task.name, about, items, pure=False, priority=task.priority
            )
            answers: list[bytes | Failure] = await self._result(future)
        except KilledWorker:  # several workers died while they had this call
            if len(items) == 1:
                return [Failure("killed")]
            half = len(items) // 2
            return [
                *await self._sent(task, about, items[:half]),
                *await self._sent(task, about, items[half:]),
            ]
        except (FutureCancelledError, CommClosedError, OSError) as error:
            raise ClusterError(f"Bộ điều phối Dask ở {self._address} không còn trả lời.") from error
        except (WrongVersionError, ImportError) as error:
            raise ClusterError("Một máy mới của cụm Dask chưa cài diemtin cùng phiên bản.") from error
        return answers

    async def _result(self, future: "Future[Any]") -> Any:
        """Wait for a result, and check from time to time that the cluster still has workers."""
        waiting = asyncio.ensure_future(future.result())
        seen_at = time.monotonic()
        try:
            while not (await asyncio.wait([waiting], timeout=_CHECK_SECONDS))[0]:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    has_workers = bool(await self._client.scheduler.ncores())
                seen_at = time.monotonic() if has_workers else seen_at
                if time.monotonic() - seen_at > _NO_WORKER_SECONDS:
                    raise ClusterError(f"Cụm Dask ở {self._address} không còn máy nào.")
            return waiting.result()
        finally:
            waiting.cancel()


def _checked(task: Task[AboutT, ItemT, AnswerT], found: Sequence[bytes | Failure]) -> list[AnswerT | Failure]:
    """Return the answers up to the first that is none; those behind it may be of other items."""
    answers: list[AnswerT | Failure] = []
    for one in found:
        try:
            answers.append(one if isinstance(one, Failure) else task.answer.validate_json(one))
        except ValidationError:
            return [*answers, Failure("crash")]
    return answers


_pools: dict[asyncio.AbstractEventLoop, TextPool] = {}  # a worker has one, for its event loop


async def work(expected: str, task: str, about: bytes, items: Sequence[bytes]) -> list[bytes | Failure]:
    """Run a call in the text processes of this worker, one for each of its threads.

    Raises:
        WrongVersionError: our language code is not the `expected` one.
    """
    if code_version() != expected:
        raise WrongVersionError(code_version())
    loop = asyncio.get_running_loop()
    if loop not in _pools:
        _pools[loop] = TextPool(get_worker().state.nthreads)
    return await _pools[loop].run_packed(task, about, items)
