"""Which share of the machine others take: where it is large, a wait in real seconds says little of a bot."""

import os
import resource
import time
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


class Load:
    """Counts, from its making on, the CPU that is used by others than this process and its descendants."""

    def __init__(self) -> None:
        self._ran = self._waited = 0
        self._began, self._busy, self._own = time.monotonic(), _busy_seconds(), _own_seconds()

    @property
    def others(self) -> float:
        """Return their share of the machine so far, 0 to 1."""
        used = _busy_seconds() - self._busy - (_own_seconds() - self._own)
        return max(0.0, used) / ((time.monotonic() - self._began) * (os.cpu_count() or 1))

    def note(self, pid: int) -> None:
        """Count what the process `pid` has run, and waited for a core, until now: before it ends."""
        with suppress(OSError):
            for thread in Path(f"/proc/{pid}/task").iterdir():
                ran, waited, _ = map(int, (thread / "schedstat").read_text("ascii").split())
                self._ran, self._waited = self._ran + ran, self._waited + waited

    @property
    def slowdown(self) -> float:
        """Return how many times as long as alone on the machine the noted processes took for their work."""
        return (self._ran + self._waited) / self._ran if self._ran else 1.0


def _busy_seconds() -> float:
    """Return what all processes have used, and what the machine's host kept from it."""
    fields = Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:9]
    return (
        sum(int(field) for place, field in enumerate(fields) if place not in (3, 4)) / _TICKS
    )  # idle, waits


def _own_seconds() -> float:
    """Return what this process has used, and its descendants, those that ended too."""
    ended = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in ended) + sum(
        map(_seconds_of, _children_of(os.getpid()))
    )


def _seconds_of(pid: int) -> float:
    used = 0
    with suppress(OSError):  # it ends meanwhile
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        used = sum(map(int, fields[11:15]))  # of its own and of its children that ended
    return used / _TICKS + sum(map(_seconds_of, _children_of(pid)))


def _children_of(pid: int) -> list[int]:
    children: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            children += map(int, (thread / "children").read_text("ascii").split())
    return children
