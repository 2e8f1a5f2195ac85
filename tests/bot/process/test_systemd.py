"""systemd hears that the bot is ready, alive while its loop turns, and stopping; the unit asks for it."""

import asyncio
import configparser
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.emulator.client import Control
from bot.process.lifetime import notify, watched
from tests.bot.processes.conftest import Start, _emulator, is_polling, server, start, until
from tests.bot.processes.conftest import hands as hands_of

__all__ = ["_emulator", "hands_of", "server", "start"]  # fixtures

ROOT = Path(__file__).parents[3]
UNIT = ROOT / "docs" / "diemtin.service"


class Manager:
    """What systemd hears."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.bind(str(self.path))
        self.heard: list[str] = []

    def listen(self) -> list[str]:
        """Return everything heard until now."""
        while True:
            try:
                self.heard.append(self._socket.recv(1000).decode())
            except BlockingIOError:
                return self.heard

    def close(self) -> None:
        """Hear no more."""
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    """Listen as systemd does, for a process with a watchdog of .3 seconds."""
    manager = Manager(tmp_path)
    monkeypatch.setenv("NOTIFY_SOCKET", str(manager.path))
    monkeypatch.setenv("WATCHDOG_USEC", "300000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    yield manager
    manager.close()


async def test_systemd_hears_that_it_is_ready_and_again_and_again_that_it_is_alive(manager: Manager) -> None:
    async with watched(lambda: True):
        await asyncio.sleep(0)
        assert manager.listen()[0] == "READY=1"
        await until(lambda: _has_pinged(manager, 3))


async def _has_pinged(manager: Manager, times: int) -> bool:
    return manager.listen().count("WATCHDOG=1") >= times


async def test_a_loop_that_stands_still_gives_no_sign_of_life(manager: Manager) -> None:
    async with watched(lambda: True):
        await until(lambda: _has_pinged(manager, 1))
        before = len(manager.listen())
        time.sleep(0.5)  # noqa: ASYNC251 - what is tested
        assert len(manager.listen()) == before


async def test_what_only_a_new_start_mends_ends_the_signs_of_life(manager: Manager) -> None:
    async with watched(lambda: False):
        await asyncio.sleep(0.5)
        assert manager.listen() == ["READY=1"]


@pytest.mark.parametrize(
    ("name", "value"), [("WATCHDOG_PID", "1"), ("WATCHDOG_USEC", ""), ("WATCHDOG_USEC", "x")]
)
async def test_no_sign_is_given_that_nobody_asked_for(
    manager: Manager, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    async with watched(lambda: True):
        await asyncio.sleep(0.3)
        assert manager.listen() == ["READY=1"]


@pytest.mark.parametrize("address", ["", "relative", "/not/there", "@diemtin-nobody", "/" + "x" * 500])
def test_a_manager_that_is_not_there_stops_nobody(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")


async def test_the_bot_tells_systemd_from_start_to_end(
    manager: Manager, start: Start, server: str, hands_of: Control
) -> None:
    async with start(server) as run:
        await until(lambda: is_polling(hands_of))
        await until(lambda: _has_pinged(manager, 2))
        code, log = await run.stop()
    assert code == 0, log
    heard = manager.listen()
    assert heard[0] == "READY=1"
    assert "STOPPING=1" in heard


def test_the_unit_asks_for_the_watchdog_and_gives_no_more_rights_than_needed() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # as its documentation says
    unit.read(UNIT, encoding="utf-8")
    service = unit["Service"]
    asked = ("Type", "UMask", "NoNewPrivileges", "ProtectSystem", "CapabilityBoundingSet")
    assert [service[name] for name in asked] == ["notify", "0077", "yes", "strict", ""]
    assert int(service["WatchdogSec"]) >= 30
    assert service["MemoryMax"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "diemtin.service"
    program = os.fspath(shutil.which("true"))
    unit.write_text(UNIT.read_text("utf-8").replace("/opt/diemtin/bin/diemtin", program), encoding="utf-8")
    ran = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60)
    assert [line for line in ran.stderr.splitlines() if "diemtin.service" in line] == []
