"""Processes that begin as forks of one that has imported the bot: a start costs a tenth of the imports.

They are processes like any other: signals, `kill -9`, limits and files are real. What only a fresh
interpreter shows (`python -m bot`, the path it imports from) is tested with fresh interpreters.
"""

import asyncio
import atexit
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.forked_children import fork_from_here

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(
    [
        "bot.commands.running",
        "storage.upkeep.upgrade",
        "tests.bot.processes.forked",
        "tests.bot.processes.frozen_heap",
    ]
)


class ForkedProcess:
    """A command of the bot in a process of its own, with the face of `asyncio.subprocess.Process`.

    `prelude` is Python that runs there before the command: what a test changes about the bot.
    """

    def __init__(
        self,
        arguments: list[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        folder: Path,
        prelude: str = "",
    ) -> None:
        given = (arguments, dict(environment), str(log), str(folder), prelude)
        self._process = _server.Process(target=_run, args=given)
        self._process.start()
        self.pid: int = self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """Return the exit code, negative for the signal that ended it; None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    async def wait(self) -> int:
        """Wait until it has ended; return the exit code."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        return self.returncode or 0


def _run(arguments: list[str], environment: dict[str, str], log: str, folder: str, prelude: str) -> None:
    from bot.cli import main

    os.chdir(folder)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["diemtin", *arguments]
    fork_from_here()
    exec(prelude, {})  # noqa: S102 - the tests' own words
    try:
        main()
    finally:
        atexit._run_exitfuncs()  # a fork of the server ends without them
