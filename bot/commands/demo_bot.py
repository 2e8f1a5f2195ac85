"""The demo's bot: `diemtin run` in a process of its own, with the demo's clock."""

import asyncio
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path
from typing import Self

from bot.times.clock import Clock
from storage.off_loop import Program, start_async

_TOKEN = "1000000001:demo-token-of-the-local-emulator"  # noqa: S105 - the emulator takes any
_STOP_SECONDS = 10.0


class DemoBot:
    """`diemtin run` in `folder`, without the settings of a real bot. It can be restarted.

    Ctrl-C reaches only this process, which then stops the bot.
    """

    def __init__(self, folder: Path, url: str, clock: Clock, *, admin: int) -> None:
        self.folder = folder
        self.clock = clock
        self._environment = {
            "DIEMTIN_BOT_TOKEN": _TOKEN,
            "DIEMTIN_API_BASE_URL": url,
            "DIEMTIN_DATABASE_URL": database_url(folder),
            "DIEMTIN_CONFIG": str(folder / "diemtin.toml"),
            "DIEMTIN_ADMINS": str(admin),
        }
        self._process: Process | None = None
        self._is_wanted = True

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        await self.stop()

    async def start(self) -> None:
        """Start it at the time of the demo's clock."""
        simulated = {
            "DIEMTIN_NOW": self.clock.now().isoformat(),
            "DIEMTIN_CLOCK_RATE": str(self.clock.simulated_seconds(1)),
        }
        environment = self._environment | (simulated if self.clock.is_simulated else {})
        with (self.folder / "bot.log").open("ab") as log:
            program = Program("bot", ("run",), environment=environment, folder=self.folder)
            self._process = await start_async(program, stdin=DEVNULL, stdout=log, stderr=log)
        self._is_wanted = True

    async def stop(self) -> None:
        """Terminate it, and kill it if it does not end in time."""
        self._is_wanted = False
        if self._process is not None:
            await _stop(self._process)

    @property
    def has_failed(self) -> bool:
        """Tell whether it ended by itself."""
        return self._is_wanted and self._process is not None and self._process.returncode is not None


def database_url(folder: Path) -> str:
    """Return the address of the database of a demo in `folder`."""
    return f"sqlite+aiosqlite:///{folder / 'diemtin.db'}"


async def _stop(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
