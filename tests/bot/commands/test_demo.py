"""`diemtin demo`: the whole product in processes of its own, and nothing left when it ends."""

import asyncio
import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from bot.commands.demo_day import HELD_BACK, bring_news, free_port, newsroom_text, run_day, samples_at
from config.reading import parse_newsroom
from tests.manual_clock import ManualClock

DEMO = [sys.executable, "-m", "bot", "demo"]
HOSTILE = {
    "DIEMTIN_BOT_TOKEN": "không phải token",
    "DIEMTIN_DATABASE_URL": "mysql://",
    "DIEMTIN_CONFIG": "/khong/co.toml",
    "DIEMTIN_ADMINS": "@toi",
    "DIEMTIN_NOW": "hôm qua",
    "DIEMTIN_CLOCK_RATE": "-1",
    "diemtin_api_base_url": "ftp://khong",
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment whose temporary files land in this test's folder."""
    return os.environ | HOSTILE | {"TMPDIR": str(tmp_path)}


def test_demo_once_shows_a_digest_an_answer_and_the_next_step(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """The settings of a real bot in the environment do not matter."""
    ran = subprocess.run([*DEMO, "--once"], env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    digest, answer = ran.stdout.split("— Bạn: mua lon ha long")
    assert "— Bạn: /start" in digest
    assert "Chào bạn!" in digest
    assert "— Điểm Tin:\nTin 24 giờ qua" in digest
    assert "Hạ Long" in answer
    assert "Tin 24 giờ qua" not in answer
    assert ran.stdout.splitlines()[-1].endswith("gõ: diemtin demo")
    assert "Traceback" not in ran.stderr
    assert_nothing_is_left(tmp_path)


def test_ctrl_c_ends_the_demo_cleanly(environment: dict[str, str], tmp_path: Path) -> None:
    with started(DEMO, environment) as demo:
        assert demo.stdout is not None
        address = next(line for line in demo.stdout if "http://" in line).split()[-1]
        with urlopen(address) as page:  # noqa: S310 - our own emulator
            assert "<html" in page.read().decode()
        os.killpg(demo.pid, signal.SIGINT)  # as a terminal does: to every process in the foreground
        rest, output = demo.communicate(timeout=30)
        assert demo.returncode == 0, output
        assert output.splitlines()[-1] == "Đã dừng."
        assert "Traceback" not in rest + output
    assert_nothing_is_left(tmp_path)


def test_a_signal_while_the_demo_starts_leaves_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    with started([*DEMO, "--once"], environment) as demo:
        assert demo.stderr is not None
        assert demo.stderr.readline().startswith("Đang chạy thử")
        demo.send_signal(signal.SIGTERM)
        demo.send_signal(signal.SIGINT)  # impatience must not cut the cleaning up short
        _, output = demo.communicate(timeout=30)
        assert (demo.returncode, output.splitlines()[-1]) == (130, "Đã dừng.")
    assert_nothing_is_left(tmp_path)


def test_a_taken_port_is_told(environment: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = subprocess.run([*DEMO, "--port", port], env=environment, capture_output=True, text=True)
    assert ran.returncode == 1
    assert f"cổng {port}" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert_nothing_is_left(tmp_path)


def test_news_comes_one_by_one_after_the_beginning() -> None:
    now = dt.datetime(2026, 11, 29, 5, tzinfo=dt.UTC)
    everything, none = samples_at(now, 0)
    there, coming = samples_at(now, HELD_BACK)
    assert none == []
    assert [row["title"] for row in [*there, *coming]] == [row["title"] for row in everything]
    newest = dt.datetime.fromisoformat(there[-1]["published"])
    assert now - newest == dt.timedelta(minutes=10)


async def test_each_article_is_as_new_as_the_clock(tmp_path: Path) -> None:
    clock = ManualClock(dt.datetime(2026, 11, 29, 5, tzinfo=dt.UTC))
    _, coming = samples_at(clock.now(), 2)
    bringing = asyncio.create_task(bring_news(tmp_path, coming, clock, is_fast=False))
    await asyncio.sleep(0)
    await clock.advance(3 * 60)
    assert len(read_all(tmp_path)) == 1
    await clock.advance(3 * 60)
    await bringing
    [first, second] = read_all(tmp_path)
    assert first["published"] == "2026-11-29T12:02:00+07:00"
    assert second["published"] == "2026-11-29T12:05:00+07:00"


def read_all(folder: Path) -> list[Any]:
    """Return what the files of a folder hold, in order."""
    return [json.loads(file.read_text()) for file in sorted(folder.iterdir())]


async def test_the_day_of_the_demo_runs_in_order_and_stops_the_bot_over_noon(capsys: Any) -> None:
    clock = ManualClock(dt.datetime(2026, 11, 28, 22, tzinfo=dt.UTC))
    did: list[str] = []

    async def stop() -> None:
        did.append(f"stop {clock.now():%H:%M}")

    async def start() -> None:
        did.append(f"start {clock.now():%H:%M}")

    day = asyncio.create_task(run_day(clock, stop, start))
    await asyncio.sleep(0)
    await clock.advance(27 * 3600)
    await day
    assert did == ["stop 04:45", "start 05:25"]
    hours = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert hours == ["06:15", "06:45", "11:45", "12:25", "17:15", "18:15", "19:45", "22:45", "06:45", "07:15"]


@pytest.mark.parametrize("is_fast", [False, True])
def test_the_demos_newsroom_file_is_valid(tmp_path: Path, *, is_fast: bool) -> None:
    newsroom = parse_newsroom(newsroom_text(free_port(), is_fast=is_fast), base=tmp_path)
    assert newsroom.health is not None
    assert newsroom.health.console_url is not None
    assert [one.approve is not None for one in newsroom.editions] == [False, is_fast]


@contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Start a program in a process group of its own; it does not outlive the test."""
    program = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )
    with program:
        try:
            yield program
        finally:
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)


def assert_nothing_is_left(folder: Path) -> None:
    """Fail when a file, or a process that was given `folder`, is still there."""
    assert not [*folder.iterdir()]
    deadline = time.monotonic() + 5
    while processes := _processes_in(folder):
        assert time.monotonic() < deadline, processes
        time.sleep(0.05)


def _processes_in(folder: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
        except OSError:  # gone meanwhile, or someone else's
            continue
        if f"TMPDIR={folder}".encode() in environment.split(b"\0"):
            found.append(process.name)
    return found
