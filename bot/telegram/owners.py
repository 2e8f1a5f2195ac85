"""Name a process so that another one on the same machine can tell whether it is still there.

Linux says enough: which boot, which container's view of the processes, which number, started when. Elsewhere,
or from another machine, nobody is ever called gone.
"""

import os
import secrets
import socket
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_VIEW = Path("/proc/self/ns/pid")
_PARTS = 5


def this_process() -> str:
    """Return a name that no other process has: machine, view, number, start and a random end."""
    number = os.getpid()
    return "|".join([*_surroundings(), str(number), _started(number) or "", secrets.token_hex(8)])


def spoken(owner: str) -> str:
    """Say which process an owner is, for operators.

    >>> spoken("may-chu|view|4711|99|ab")
    'tiến trình 4711 trên máy may-chu'
    """
    parts = owner.split("|")
    host = parts[0].partition(" ")[0]
    return f"tiến trình {parts[2]} trên máy {host}" if len(parts) == _PARTS else "một tiến trình khác"


def is_gone(owner: str) -> bool:
    """Tell whether the process is certainly there no more."""
    parts = owner.split("|")
    if len(parts) != _PARTS or parts[:2] != _surroundings() or not all(parts) or not parts[2].isdecimal():
        return False
    number = int(parts[2])
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:  # there, and another user's
        return False
    return _started(number) not in (parts[3], None)


def _surroundings() -> list[str]:
    """Return machine and boot, and which processes are seen from here; "" where that is not told."""
    try:
        return [f"{socket.gethostname()} {_BOOT.read_text().strip()}", str(_VIEW.readlink())]
    except OSError:
        return [socket.gethostname(), ""]


def _started(number: int) -> str | None:
    """Return when a process started, in the kernel's ticks; "gone" for a dead one not yet buried."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return "gone" if fields[0] in "ZX" else fields[19]
