"""Take an archive in with one process, with `--workers 2`, and on a Dask cluster of two workers.

    python benchmarks/archive.py ARTICLES.jsonl COUNT [KIND...] [--folder FOLDER] [--plain]

ARTICLES has rows of `diemtin ingest`; `benchmarks/scale.py` makes COUNT of them. Each KIND gets an empty
SQLite file of its own: `one` (one process and its text process, on one core), `free` (the same, on both
cores), `workers`, `dask` (scheduler and command on both cores, each worker with its text process on a core of
its own) and `kills` (as `dask`; a worker is killed at a third, and another one started, the command at two
thirds, and started again). Printed are seconds, milliseconds of CPU an article by kind of process, and a hash
of all rows without moments. At the end: how many times as many articles a second as with one process, and
whether all hashes are equal.

The CPU is read four times a second from /proc; start-up and imports count. `--plain` leaves the cluster the
settings that Dask has by default, instead of those in docs/scale.md. Linux only.
"""

import argparse
import asyncio
import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from common import read_rows, seconds_of, stat_of
from scale import copies
from sqlalchemy import select

from storage.engine import Database
from storage.tables import UtcTime, articles, packed_articles, stories, summary_places

KINDS = ("one", "workers", "dask")
QUIET = {  # of a cluster: see docs/scale.md
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
}
POLL_SECONDS = 0.25
CORES = [str(core) for core in sorted(os.sched_getaffinity(0))[:2]]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("articles", type=Path)
    ask.add_argument("count", type=int)
    ask.add_argument("kinds", nargs="*", default=list(KINDS), metavar="KIND")
    ask.add_argument("--folder", type=Path)
    ask.add_argument("--plain", action="store_true")
    args = ask.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = args.folder or Path(made)
        rows = folder / f"rows{args.count}.jsonl"
        given = list(read_rows(args.articles))
        with rows.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in copies(given, args.count))
        done = {}
        for kind in args.kinds:
            done[kind] = Measure(kind, folder, rows, args.count, is_plain=args.plain).run()
            print(json.dumps(done[kind]), flush=True)
    base = done.get("one") or done.get("free")
    for kind, one in done.items():
        if base:
            print(f"{kind}: {base['seconds'] / one['seconds']:.2f} times as many articles a second")
    print("rows equal:", len({one["hash"] for one in done.values()}) == 1)


class Measure:
    """One way to take the archive in, with its files and its processes."""

    def __init__(self, kind: str, folder: Path, rows: Path, count: int, *, is_plain: bool) -> None:
        self._kind, self._rows, self._count = kind, rows, count
        self._folder = folder / kind
        self._folder.mkdir(exist_ok=True)
        self._file = self._folder / "diemtin.db"
        for old in self._folder.glob("diemtin.db*"):
            if old.is_file():
                old.unlink()
        own = {name: value for name, value in os.environ.items() if not name.startswith("DIEMTIN_")}
        self._environment = own | {"DIEMTIN_DATABASE_URL": f"sqlite:///{self._file}"}
        if not is_plain:
            self._environment |= QUIET
        self._roots: dict[int, str] = {}

    def run(self) -> dict[str, Any]:
        with self._hands() as arguments, watched(self._roots) as cpu:
            load, began = os.getloadavg()[0], time.perf_counter()
            if self._kind == "kills":
                self._kill_twice(arguments)
            command = self._command(arguments)
            assert command.wait() == 0, (self._folder / "log").read_text("utf-8")[-2_000:]
            seconds = time.perf_counter() - began
        return {
            "kind": self._kind,
            "seconds": round(seconds, 1),
            "cpu_ms": {role: round(1e3 * spent / self._count, 2) for role, spent in sorted(cpu.items())},
            "cpu_ms_together": round(1e3 * sum(cpu.values()) / self._count, 2),
            "busy_cores": round(sum(cpu.values()) / seconds, 2),
            "load": [round(load, 1), round(os.getloadavg()[0], 1)],
            "hash": asyncio.run(hash_of(self._file)),
        }

    @contextmanager
    def _hands(self) -> Iterator[list[str]]:
        """Provide what the command is started with, and the cluster."""
        if self._kind not in ("dask", "kills"):
            yield ["--workers", "2"] if self._kind == "workers" else []
            return
        file = self._folder / "scheduler.json"
        file.unlink(missing_ok=True)
        try:
            self._dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
            while not file.exists():
                time.sleep(0.05)
            for core in CORES:
                self._worker(core)
            time.sleep(5)  # they connect
            yield ["--dask", json.loads(file.read_text())["address"]]
        finally:
            for process in self._roots:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    def _worker(self, core: str) -> int:
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0")
        return self._dask("worker", *options, core=core)

    def _dask(self, program: str, *options: str, core: str = "") -> int:
        command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.dask_{program}", *options]
        pinned = ["taskset", "-c", core] if core else []
        found = self._start([*pinned, *command, "--scheduler-file", str(self._folder / "scheduler.json")])
        self._roots[found.pid] = program
        return found.pid

    def _command(self, arguments: list[str]) -> "subprocess.Popen[bytes]":
        pinned = ["taskset", "-c", CORES[0]] if self._kind == "one" else []
        command = [sys.executable, "-W", "ignore", "-m", "bot", "ingest", "--json", *arguments]
        found = self._start([*pinned, *command, str(self._rows)])
        self._roots[found.pid] = "command"
        return found

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                command, env=self._environment, cwd=Path(__file__).parents[1], stdout=log, stderr=log
            )

    def _kill_twice(self, arguments: list[str]) -> None:
        """Kill a worker at a third of the articles and the command at two thirds."""
        command = self._command(arguments)
        self._wait_for(self._count / 3, command)
        first = next(process for process, program in self._roots.items() if program == "worker")
        os.kill(first, signal.SIGKILL)
        self._worker(CORES[0])
        self._wait_for(self._count * 2 / 3, command)
        command.kill()
        command.wait()

    def _wait_for(self, wanted: float, command: "subprocess.Popen[bytes]") -> None:
        """Wait for so many processed articles."""
        while self._processed() < wanted:
            assert command.poll() is None, (self._folder / "log").read_text("utf-8")[-2_000:]
            time.sleep(0.5)

    def _processed(self) -> int:
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._file, timeout=5)) as connection:
            query = "SELECT count(*) FROM articles WHERE processed_at > 0"
            return int(connection.execute(query).fetchone()[0])
        return 0


# The CPU of processes and of those that they started, by kind.


@contextmanager
def watched(roots: dict[int, str]) -> Iterator[Counter[str]]:
    """Count the seconds of CPU that these processes, named by kind, and their children use in the block."""
    used, found, ended = Counter[str](), dict[tuple[int, str], tuple[str, float]](), threading.Event()
    look(roots, found)
    before = {key: seconds for key, (_, seconds) in found.items()}

    def watch() -> None:
        while not ended.wait(POLL_SECONDS):
            look(roots, found)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield used
    finally:
        look(roots, found)
        ended.set()
        watching.join()
        for key, (kind, seconds) in found.items():
            used[kind] += seconds - before.get(key, 0.0)


def look(roots: dict[int, str], found: dict[tuple[int, str], tuple[str, float]]) -> None:
    """Note what each process has used until now, by its id and start."""
    every = {int(one.name): fields for one in Path("/proc").glob("[0-9]*") if (fields := stat_of(one))}
    for process, fields in every.items():
        kind = kind_of(process, every, roots.copy())
        if kind:
            found[process, fields[19]] = kind, seconds_of(fields)


def kind_of(process: int, every: dict[int, list[str]], roots: dict[int, str]) -> str:
    """Return the kind of one of these processes, `texts` of those that they started, "" of others."""
    if process in roots:
        return roots[process]
    parent = process
    while (parent := int(every[parent][1])) in every:
        if parent in roots:
            return "texts"
    return ""


async def hash_of(file: Path) -> str:
    """Return a hash of what was stored and found, without moments and without how often it was tried."""
    database, whole = Database(f"sqlite+aiosqlite:///{file}"), hashlib.sha256()
    is_kept: Callable[[Any], bool] = lambda column: (  # noqa: E731 - one line of use
        not isinstance(column.type, UtcTime) and column is not articles.c.tries
    )
    async with database.read() as connection:
        for table in (articles, stories, summary_places, packed_articles):
            columns = [column for column in table.c if is_kept(column)]
            rows = await connection.stream(select(*columns).order_by(*table.primary_key))
            async for row in rows:
                whole.update(repr(tuple(row)).encode())
    await database.close()
    return whole.hexdigest()[:16]


if __name__ == "__main__":
    main()
