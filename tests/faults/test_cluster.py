"""An archive on a real Dask cluster: the same rows, workers killed, a scheduler that goes away."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.news.services import Services
from bot.text_work import cluster
from bot.text_work.cluster import ClusterTexts, cluster_texts
from bot.text_work.tasks import PROCESS, Processing
from bot.text_work.worker import ClusterError
from summarizer.model import Document
from tests.bot.jobs.intake.conftest import fresh
from tests.bot.jobs.intake.test_many_hands import alone, archive, dump, process_all, take_all
from tests.texts_here import TextsHere

__all__ = ["alone", "archive", "fresh"]  # fixtures
pytestmark = pytest.mark.faults


class Cluster:
    """A scheduler and workers, each a process on this machine."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.log = folder / "log"
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        deadline = time.monotonic() + 60
        while not self.file.exists():
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)
        self.workers = [self.add_worker(), self.add_worker()]

    def add_worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start one more worker."""
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0")
        return self._start("dask_worker", *options, **environment)

    def _start(self, program: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.{program}", *options]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*command, "--scheduler-file", str(self.file)],
                env=os.environ | environment, cwd=self.file.parent, stdout=log, stderr=log,
            )  # fmt: skip

    def end(self) -> None:
        """Kill all of it."""
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Cluster]:
    """Run a cluster of two workers."""
    started = Cluster(tmp_path)
    yield started
    started.end()


@pytest.fixture
async def texts(running: Cluster, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ClusterTexts]:
    """Connect to the cluster when both workers are there."""
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 60.0)  # a busy machine starts them slowly
    address = json.loads(running.file.read_text())["address"]
    async with cluster_texts(address, lambda _: None) as connected:
        await connected._client.wait_for_workers(2, timeout=60)
        connected.width = 4
        yield connected


async def test_the_rows_are_the_same_though_a_worker_is_killed_on_the_way(
    running: Cluster, texts: ClusterTexts, fresh: Callable[[str], Services], archive: Path, alone: list[str]
) -> None:
    services = fresh("cluster")
    await take_all(services, archive, texts)
    working = asyncio.create_task(process_all(services, texts))
    await asyncio.sleep(0.5)
    running.workers[0].send_signal(signal.SIGKILL)
    running.workers.append(running.add_worker())
    await working
    assert await dump(services.database) == alone
    await services.database.close()


async def test_a_scheduler_that_goes_away_is_told_and_the_next_run_goes_on(
    running: Cluster, texts: ClusterTexts, fresh: Callable[[str], Services], archive: Path, alone: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(cluster, "_CHECK_SECONDS", 0.2)
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 2.0)
    services = fresh("cluster")
    await take_all(services, archive, texts)
    for process in running.workers:  # nobody answers from here on
        process.send_signal(signal.SIGSTOP)
    working = asyncio.create_task(process_all(services, texts))
    await asyncio.sleep(0.5)
    running.scheduler.kill()
    with pytest.raises(ClusterError, match="không còn trả lời"):
        await working
    await process_all(services, TextsHere())
    assert await dump(services.database) == alone
    await services.database.close()


async def test_workers_without_the_package_or_of_another_version_are_named(
    running: Cluster, texts: ClusterTexts, monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    monkeypatch.setattr(cluster, "code_version", lambda: "other")
    with pytest.raises(ClusterError, match="phiên bản khác"):
        await cluster._check(texts._client, "địa chỉ")
    with pytest.raises(ClusterError, match="cùng phiên bản"):
        await reprocess_one(texts)
    monkeypatch.setattr(cluster, "_make_probe", lambda: _none)
    with pytest.raises(ClusterError, match="chưa cài diemtin"):
        await cluster._check(texts._client, "địa chỉ")


def _none() -> None:
    """Answer as a worker without the package does."""


async def reprocess_one(texts: ClusterTexts) -> Any:
    """Ask for one summary."""
    return await texts.run(PROCESS, Processing("diemtin"), [Document("a", "", "Mưa to.")])


async def test_no_scheduler_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.5)
    told = {"tcp://127.0.0.1:1": "Không có bộ", "ucx://127.0.0.1:1": "không phải", "may:x": "không phải"}
    for address, words in told.items():
        with pytest.raises(ClusterError, match=words):
            async with cluster_texts(address, lambda _: None):
                pass
