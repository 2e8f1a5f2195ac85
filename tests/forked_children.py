"""Children of the project that begin as forks of one process that has their modules imported.

Most tests need a child's work and not its start, which costs a quarter of a second of imports. A child made
here is a process like any other: its limits, pipes, signals and exit code are real, and it is a child of the
process that asked for it. Tests of the start itself take fresh interpreters: fixture `fresh_children`.

Run as a program, this file is the process that forks.
"""

import _posixsubprocess
import ctypes
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import storage.child_main

_INTAKE = Path(storage.child_main.__file__).with_name("intake")
_MODULES = {  # by the end of a program's name: what the program imports
    "bot.text_work": ["bot.text_work.tasks"],
    "poison_process": ["bot.text_work.tasks"],
    "bot.emulator": ["bot.emulator.server"],
    "_worker.py": [f"storage.intake.{file.stem}" for file in sorted(_INTAKE.glob("*_worker.py"))],
}
_PR_SET_CHILD_SUBREAPER = 36  # Source: linux/prctl.h
_MOST_BYTES = 200_000  # of a request


def is_possible() -> bool:
    """Tell whether this system lets a process adopt the children of another."""
    return sys.platform == "linux" and hasattr(socket, "SOCK_SEQPACKET")


@contextmanager
def forking() -> Iterator[None]:
    """Start the project's children as forks until the end of the block."""
    with ExitStack() as stack:
        server = cache(lambda: stack.enter_context(_server()))  # none before the first child
        with patch.object(subprocess, "_fork_exec", _starting(server)):
            yield


def fork_from_here() -> None:
    """Start this process's children as forks of what it has imported so far; it has no other thread yet."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        os.dup2(theirs.fileno(), 3)
        os.closerange(4, 1_000)
        _serve(socket.socket(fileno=3))
        os._exit(0)
    theirs.close()
    subprocess._fork_exec = _starting(lambda: ours)  # type: ignore[attr-defined]  # as `patch` does above


def _starting(server: Callable[[], socket.socket]) -> Callable[..., int]:
    turn = threading.Lock()

    def begin(args: Sequence[Any], *rest: Any) -> int:
        if not _is_ours(args):
            return int(_posixsubprocess.fork_exec(args, *rest))
        with turn:
            return _request(server(), args, rest)

    return begin


@contextmanager
def _server() -> Iterator[socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-P", "-X", "utf8", __file__, str(theirs.fileno())]
    process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment)
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.wait(timeout=30)


def _is_ours(args: Sequence[Any]) -> bool:
    words = list(map(os.fsdecode, args))
    return storage.child_main.__file__ in words and any(word.endswith(tuple(_MODULES)) for word in words[6:7])


def _request(server: socket.socket, args: Sequence[Any], rest: Sequence[Any]) -> int:
    """Let the server fork; the child becomes this process's own when the process between the two ends."""
    _, _, _, folder, environment, stdin, _, _, stdout, _, stderr = rest[:11]
    files = [given if given >= 0 else own for own, given in enumerate((stdin, stdout, stderr))]
    asked = {
        "arguments": list(map(os.fsdecode, args))[4:],
        "folder": os.fsdecode(folder),
        "environment": dict(os.fsdecode(each).split("=", 1) for each in environment),
    }
    _adopt(True)
    try:
        socket.send_fds(server, [json.dumps(asked).encode()], files)
        return int(server.recv(100))
    finally:
        _adopt(False)


def _adopt(is_wanted: bool) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(is_wanted), 0, 0, 0)


def _serve(client: socket.socket) -> None:
    while True:
        message, files, _, _ = socket.recv_fds(client, _MOST_BYTES, 3)
        if not message:
            return
        asked = json.loads(message)
        _import_modules_of(asked["arguments"][2])
        readable, writable = os.pipe()
        if (between := os.fork()) == 0:
            own = os.getpid()
            if (child := os.fork()) == 0:
                _run(asked, files, own)
            os.write(writable, str(child).encode())
            os._exit(0)
        for file in (writable, *files):
            os.close(file)
        os.waitpid(between, 0)
        client.send(os.read(readable, 100))
        os.close(readable)


def _import_modules_of(program: str) -> None:
    for end, modules in _MODULES.items():
        if program.endswith(end):
            for name in modules:
                importlib.import_module(name)


def _run(asked: dict[str, Any], files: Sequence[int], between: int) -> None:
    code = 0
    try:
        _become(asked, files, between)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as an interpreter does it
        traceback.print_exc()
        code = 1
    try:
        sys.stdout.flush()
    finally:
        os._exit(code)


def _become(asked: dict[str, Any], files: Sequence[int], between: int) -> None:
    """Do what a fresh interpreter does with the child's command."""
    for number, file in enumerate(files):
        os.dup2(file, number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - `multiprocessing` reads another one
    os.closerange(3, 1_000)
    os.setpgid(0, 0)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    sys.argv = asked["arguments"]
    while os.getppid() == between:
        time.sleep(0.0005)
    storage.child_main.main()


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
