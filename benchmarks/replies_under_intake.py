"""How long a reader waits while ten articles a second are taken in, and how long the loop is held meanwhile.

    python benchmarks/replies_under_intake.py articles.jsonl.gz [--seconds 60] [--rate 10]

The running bot and the emulator, each a process of its own. Articles are written into an inbox as files, a
question comes every second from another chat, and `/healthz` is asked twenty times a second: how late it
answers is how long the loop was held, its own work included.
"""

import argparse
import asyncio
import itertools
import json
import os
import re
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import aiohttp
from common import read_rows

from bot.emulator.client import Control, control, emulator_process

TOKEN = "42:benchmark"  # noqa: S105 - the emulator takes any
NEWSROOM = """\
[[sources]]
name = "tin"
title = "Tin"
inbox = "tin-vao"

[[editions]]
name = "sang"
title = "Bản tin sáng"
times = ["06:45"]

[limits]
questions_per_10_seconds = 100
questions_per_hour = 10000

[health]
port = PORT
"""


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("articles", type=Path)
    ask.add_argument("--seconds", type=int, default=60)
    ask.add_argument("--rate", type=int, default=10)
    args = ask.parse_args()
    rows = list(itertools.islice(_rows(args.articles), args.seconds * args.rate))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), rows, args.rate))


def _rows(path: Path) -> Iterator[dict[str, object]]:
    for number, row in enumerate(read_rows(path)):
        yield {"id": f"b{number}", "title": row["title"], "sapo": row.get("sapo"), "body": row["body"]}


async def _measure(folder: Path, rows: Sequence[dict[str, object]], rate: int) -> None:
    port = _free_port()
    (folder / "tin-vao").mkdir()
    (folder / "diemtin.toml").write_text(NEWSROOM.replace("PORT", str(port)), encoding="utf-8")
    async with emulator_process() as url, control(url) as hands:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DIEMTIN_")} | {
            "DIEMTIN_BOT_TOKEN": TOKEN,
            "DIEMTIN_API_BASE_URL": url,
        }
        command = (sys.executable, "-m", "bot", "run")
        bot = await asyncio.create_subprocess_exec(*command, cwd=folder, env=environment)
        stop = asyncio.Event()
        try:
            chats = [await hands.user(f"Bạn {number}") for number in range(20)]
            for chat in chats:
                await hands.ask(chat, "/trogiup", timeout=60)
            lag = asyncio.create_task(_watch_loop(port, stop))
            asked = asyncio.create_task(_ask(hands, chats, rows, stop))
            await _write(folder / "tin-vao", rows, rate)
            await asyncio.sleep(40)  # the last are processed
            stop.set()
            _print("replies", await asked)
            _print("healthz", await lag)
        finally:
            bot.send_signal(signal.SIGTERM)
            await bot.wait()


async def _write(inbox: Path, rows: Sequence[dict[str, object]], rate: int) -> None:
    for start in range(0, len(rows), rate):
        second = rows[start : start + rate]
        whole = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in second)
        unfinished = inbox / f".{start}.jsonl"
        unfinished.write_text(whole, encoding="utf-8")
        unfinished.rename(inbox / f"{start}.jsonl")
        await asyncio.sleep(1)


async def _ask(
    hands: Control, chats: Sequence[int], rows: Sequence[dict[str, object]], stop: asyncio.Event
) -> list[float]:
    waits = []
    for number in itertools.count():
        if stop.is_set():
            return waits
        words = re.findall(r"\w+", str(rows[number % len(rows)]["title"]))[1:5]
        began = time.perf_counter()
        await hands.ask(chats[number % len(chats)], " ".join(words), timeout=30)
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(max(0.0, 1 - waits[-1]))
    return waits


async def _watch_loop(port: int, stop: asyncio.Event) -> list[float]:
    waits = []
    async with aiohttp.ClientSession() as session:
        while not stop.is_set():
            began = time.perf_counter()
            async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                await answer.read()
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.05)
    return waits


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _print(what: str, waits: Sequence[float]) -> None:
    ordered = sorted(waits)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    print(f"{what}: n {len(ordered)} · p50 {p50:.3f} s · p95 {p95:.3f} s · max {ordered[-1]:.3f} s")


if __name__ == "__main__":
    main()
