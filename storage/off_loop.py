"""Work outside the event loop: a pool of threads for each purpose, and child processes."""

import asyncio
import contextvars
import json
import os
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, ParamSpec, TypedDict, TypeVar

# Threads for work that would block the event loop. Each purpose has its own pool, so none can starve another.
#
# Work in a thread cannot be cancelled, so its input is bounded. Language work on whole articles runs in the
# text process (`bot.text_work`).

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Threads:
    """At most `most` threads, made when they are first needed."""

    def __init__(self, name: str, most: int) -> None:
        self._name, self._most = name, most
        self._executor = ThreadPoolExecutor(most, name)

    async def run(self, work: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what `work` returns, computed in one of the threads; it sees the caller's context."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(
            self._executor, lambda: context.run(work, *args, **kwargs)
        )

    def end(self) -> None:
        """Drop work that has not begun; present work is finished, later work gets new threads."""
        ended, self._executor = self._executor, ThreadPoolExecutor(self._most, self._name)
        ended.shutdown(wait=False, cancel_futures=True)


SEARCH = Threads("search", 2)  # ranking what the index found
INDEXING = Threads("indexing", 1)  # cutting articles into words


CHAT = Threads("chat", 4)  # answers to people
INTAKE = Threads("intake", 2)  # reading files, grouping, matching watches
DIGESTS = Threads("digests", 2)  # composing


def end_threads() -> None:
    for threads in (SEARCH, INDEXING, CHAT, INTAKE, DIGESTS):
        threads.end()


# Child processes. No other module of the project starts any.
#
# Every child is a Python program of this project. It starts isolated:
#
# - it imports nothing from the folder that the bot was started in (`-P`, and another working folder);
# - its environment has only the variables of `_INHERITED` and the caller's: no token, no database address;
# - it limits its own CPU time, memory, files and open files before it runs the program (`child_main`);
# - it has a process group of its own, so that Ctrl-C in a terminal reaches the parent only;
# - it dies with its parent, also when the parent is killed.
#
# The caller checks a child's answer before using it.

_MAIN = Path(__file__).with_name("child_main.py")
_INHERITED = ("LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ")
_MEGABYTE = 1024 * 1024

Stream = int | IO[bytes]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a child. None keeps the system's limit."""

    cpu_seconds: int | None = None
    memory_bytes: int | None = None  # of address space
    file_bytes: int | None = None  # the largest file it may write
    open_files: int | None = None


UNLIMITED = Limits()


def for_hostile_input(cpu_seconds: int) -> Limits:
    """Return limits for a child that reads texts from outside: it writes no file."""
    return Limits(cpu_seconds, memory_bytes=768 * _MEGABYTE, file_bytes=0, open_files=64)


@dataclass(frozen=True, slots=True)
class Program:
    """The program of a child.

    `name` is a module, as for `python -m`, or the path of a file ending in .py. `environment` is added to the
    few variables that every child inherits.
    """

    name: str
    arguments: tuple[str, ...] = ()
    limits: Limits = UNLIMITED
    environment: Mapping[str, str] | None = None
    folder: Path | None = None  # to work in; the file system's root unless given


def start(program: Program, *, stdin: Stream, stdout: Stream, stderr: Stream) -> subprocess.Popen[bytes]:
    """Start `program` in a process of its own.

    On Linux the child dies with the *thread* that starts it: call this from a thread that outlives the child.
    """
    return subprocess.Popen(  # noqa: S603 - our own program; the command has no input from outside
        _command(program), stdin=stdin, stdout=stdout, stderr=stderr, **_options(program)
    )


async def start_async(program: Program, *, stdin: Stream, stdout: Stream, stderr: Stream) -> Process:
    """Start `program` in a process of its own, to be talked to from the event loop.

    On Linux the child dies with the thread of this event loop.
    """
    return await asyncio.create_subprocess_exec(
        *_command(program), stdin=stdin, stdout=stdout, stderr=stderr, **_options(program)
    )


class _Options(TypedDict):
    env: dict[str, str]
    cwd: str
    process_group: int


def _command(program: Program) -> list[str]:
    settings = json.dumps({"parent": os.getpid(), "limits": asdict(program.limits)})
    interpreter = [sys.executable, "-P", "-X", "utf8"]  # -P: nothing from the caller's folder is imported
    return [*interpreter, str(_MAIN), settings, program.name, *program.arguments]


def _options(program: Program) -> _Options:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {
        "env": inherited | dict(program.environment or {}),
        "cwd": str(program.folder or _MAIN.anchor),
        "process_group": 0,
    }
