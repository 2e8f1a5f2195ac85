"""An archive taken in by many hands while the command, a worker or the client is killed: the same rows.

Also a copy of a database that is killed half-way, and is equal in the end.
"""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from storage.engine import Database
from tests.bot.jobs.intake.test_many_hands import SAMPLES, dump
from tests.faults.test_cluster import Cluster

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
COPIES = 12
PAGE = """\
<html><head><title>{title}</title><meta property="og:type" content="article">
<meta property="article:published_time" content="2026-02-28T06:00:00+07:00"></head>
<body><article><h1>{title}</h1><p><strong>{sapo}</strong></p>{body}</article></body></html>
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file of some hundred rows and some pages."""
    folder = tmp_path_factory.mktemp("archive")
    rows = [json.loads(line) for line in SAMPLES.read_text("utf-8").splitlines()][:30]
    with (folder / "kho.jsonl").open("w", encoding="utf-8") as file:
        for copy in range(COPIES):
            for row in rows:
                number = f"{copy}-{row['id']}"
                own = {"id": number, "url": f"https://b{copy}.example/{row['id']}.html", "source": f"B{copy}"}
                own["title"] = row["title"] if copy % 3 else f"{row['title']} ({copy})"
                file.write(json.dumps(row | own, ensure_ascii=False) + "\n")
    for number, row in enumerate(rows[:6]):
        body = row["body"] if isinstance(row["body"], list) else row["body"].split("\n")
        text = PAGE.format(
            title=f"{row['title']} trang {number}", sapo=row.get("sapo", ""),
            body="".join(f"<p>{line}</p>" for line in body),
        )  # fmt: skip
        (folder / f"trang{number}.html").write_text(text, encoding="utf-8")
    return folder


class Ingest:
    """The command, in a folder of its own."""

    def __init__(self, folder: Path, template: Path) -> None:
        folder.mkdir()
        self.file = folder / "diemtin.db"
        shutil.copyfile(template, self.file)
        self._folder = folder

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start it."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("DIEMTIN_")}
        path = {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "DIEMTIN_DATABASE_URL": f"sqlite:///{self.file}",
        }
        command = [sys.executable, "-W", "ignore", "-m", "bot", "ingest", *arguments]
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(command, env=own | path, cwd=self._folder, stdout=log, stderr=log)

    def finish(self, *arguments: str) -> None:
        """Run it to its end."""
        assert self.start(*arguments).wait(timeout=300) == 0, (self._folder / "log").read_text("utf-8")

    def kill_at(self, share: float, total: int, *arguments: str, column: str = "processed_at") -> None:
        """Kill it once so much of all articles is stored or processed."""
        running = self.start(*arguments)
        self.wait_for(share * total, running, column)
        running.kill()
        running.wait()

    def wait_for(self, wanted: float, running: subprocess.Popen[bytes], column: str = "processed_at") -> None:
        """Wait for so many articles."""
        deadline = time.monotonic() + 240
        while self.count(column) < wanted:
            assert running.poll() is None, (self._folder / "log").read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def count(self, column: str) -> int:
        """Return how many articles there are with this column."""
        with suppress(sqlite3.Error), closing(sqlite3.connect(self.file, timeout=5)) as connection:
            return int(connection.execute(f"SELECT count({column}) FROM articles").fetchone()[0])  # noqa: S608 - our own word
        return 0

    def rows(self) -> list[str]:
        """Return what was stored and found."""

        async def read() -> list[str]:
            database = Database(f"sqlite+aiosqlite:///{self.file}")
            rows = await dump(database)
            await database.close()
            return rows

        return asyncio.run(read())


@pytest.fixture
def ingest(tmp_path: Path, _sqlite_template: Path) -> Callable[[str], Ingest]:
    """Return a function that makes a folder to ingest into."""
    return lambda name: Ingest(tmp_path / name, _sqlite_template)


@pytest.fixture
def alone(ingest: Callable[[str], Ingest], archive: Path) -> list[str]:
    """Return the rows that one process makes undisturbed."""
    command = ingest("alone")
    command.finish(str(archive))
    return command.rows()


def test_a_command_with_workers_killed_while_it_stores_and_while_it_processes_makes_the_same_rows(
    ingest: Callable[[str], Ingest], archive: Path, alone: list[str]
) -> None:
    command, total = ingest("killed"), COPIES * 30
    many = ("--workers", "2", str(archive))
    command.kill_at(0.4, total, *many, column="id")
    assert command.count("processed_at") < total
    command.kill_at(0.5, total, *many)
    command.finish(*many)
    assert command.rows() == alone


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Run a cluster of two workers."""
    (tmp_path / "cluster").mkdir()
    started = Cluster(tmp_path / "cluster")
    yield started
    started.end()


def test_a_cluster_whose_worker_is_killed_and_then_the_client_makes_the_same_rows(
    ingest: Callable[[str], Ingest], archive: Path, alone: list[str], cluster: Cluster
) -> None:
    command, total = ingest("killed"), COPIES * 30
    many = ("--dask", json.loads(cluster.file.read_text())["address"], str(archive))
    running = command.start(*many)
    command.wait_for(0.2 * total, running)
    cluster.workers[0].send_signal(signal.SIGKILL)
    cluster.workers.append(cluster.add_worker())
    command.wait_for(0.5 * total, running)
    running.kill()
    running.wait()
    assert command.count("processed_at") < total
    command.finish(*many)
    assert command.rows() == alone


def test_a_copy_killed_again_and_again_ends_equal(
    ingest: Callable[[str], Ingest], archive: Path, postgres_url: str, tmp_path: Path
) -> None:
    """To PostgreSQL and back into a file, each killed at three moments."""
    source, back = ingest("from"), tmp_path / "back.db"
    source.finish("--workers", "2", str(archive))
    there = copied(str(source.file), postgres_url, kills=3)
    assert there == copied(postgres_url, str(back), kills=3)
    assert there["articles"]["rows"] >= COPIES * 30


def copied(source: str, target: str, *, kills: int) -> dict[str, Any]:
    """Copy, killed at some moments on the way; return the hashes that the run to the end prints."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DIEMTIN_")}
    own["PYTHONPATH"] = str(Path(__file__).parents[2])
    command = [sys.executable, "-W", "ignore", "-m", "bot", "db", "copy", source, target, "--json"]
    for kill in range(kills + 1):
        running = subprocess.Popen(command, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = running.communicate(timeout=1.0 + 0.3 * kill if kill < kills else 300)
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()
            continue
        assert running.returncode == 0, err.decode()
        assert kill > 0, "it was faster than the first kill"
        break
    found: dict[str, Any] = json.loads(out)
    return found
