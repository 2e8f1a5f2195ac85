"""Measure the CPU time of taking articles in, all processes together, of one or more versions of the bot.

    python benchmarks/ingest_cpu.py ARTICLES.jsonl[.gz] COMMAND... [--stored 20000] [--added 3000]

ARTICLES: rows as `diemtin ingest` takes them. COMMAND: the `diemtin` of each version, such as
`.venv/bin/diemtin`. Each gets a store of its own in which the first `--stored` articles are; then the next
`--added` ones are measured, the versions taking turns, and the cost of an empty ingest is subtracted. If
there are too few rows, they are used again, with other ids and with each headline's words in another order.
"""

import argparse
import itertools
import json
import os
import random
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import read_rows

_TURNS = 3


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("articles", type=Path)
    ask.add_argument("commands", nargs="+", type=Path)
    ask.add_argument("--stored", type=int, default=20_000)
    ask.add_argument("--added", type=int, default=3_000)
    args = ask.parse_args()
    rows = _rows(args.articles)
    with tempfile.TemporaryDirectory() as folder:
        stores = {command: Path(folder) / str(at) for at, command in enumerate(args.commands)}
        first = _file(Path(folder) / "stored.jsonl", rows, args.stored)
        for command, store in stores.items():
            store.mkdir()
            _ingest(command, store, first)
        seconds = dict.fromkeys(stores, 0.0)
        for turn in range(_TURNS):
            added = _file(Path(folder) / f"added{turn}.jsonl", rows, args.added // _TURNS)
            for command, store in stores.items():
                seconds[command] += _ingest(command, store, added) - _ingest(command, store, None)
    for command, spent in seconds.items():
        print(f"{1_000 * spent / (args.added // _TURNS * _TURNS):.2f} ms an article  {command}")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    known = list(read_rows(path))
    chance = random.Random(0)
    for number, row in enumerate(itertools.cycle(known)):
        words = row["title"].split()
        if number >= len(known):
            chance.shuffle(words)
        yield row | {"id": str(number), "title": " ".join(words)}


def _file(path: Path, rows: Iterator[dict[str, Any]], count: int) -> Path:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in itertools.islice(rows, count))
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _ingest(command: Path, store: Path, articles: Path | None) -> float:
    """Return the seconds of CPU that an ingest took; rows that it refuses cost as well."""
    before = _spent()
    environment = {"DIEMTIN_DATABASE_URL": f"sqlite+aiosqlite:///{store / 'bot.db'}"}
    subprocess.run(
        [command.absolute(), "ingest", articles or "-"],
        cwd=store, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    return _spent() - before


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
