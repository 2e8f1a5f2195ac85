"""What every child process runs first: it limits itself, ties its life to its parent's, and runs the program.

`off_loop` starts this file by its path. Arguments: settings as JSON, the program, the program's
arguments. Standard library only, and no import of ours: it runs before the limits hold.
"""

import ctypes
import json
import os
import resource
import runpy
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # Source: linux/prctl.h
_ORPHAN_CHECK_SECONDS = 1.0
_LIMITS = {
    "cpu_seconds": resource.RLIMIT_CPU,
    "memory_bytes": resource.RLIMIT_AS,
    "file_bytes": resource.RLIMIT_FSIZE,
    "open_files": resource.RLIMIT_NOFILE,
}


def die_with(parent: int) -> None:
    """End this process when the process `parent`, which started it, ends for whatever reason."""
    if not _kernel_kills_orphan():
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)


def _kernel_kills_orphan() -> bool:
    """Ask Linux for SIGKILL at the parent's end; False on other systems."""
    if not sys.platform.startswith("linux"):
        return False
    with suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0)
    return False


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_SECONDS)
    os._exit(1)


def limit(limits: Mapping[str, int | None]) -> None:
    """Set the resource limits that are given; never a core file, which would hold what the process read."""
    wanted = {_LIMITS[name]: most for name, most in limits.items() if most is not None}
    for kind, most in (wanted | {resource.RLIMIT_CORE: 0}).items():
        with suppress(ValueError, OSError):  # not every system knows every limit; the parent's clock remains
            resource.setrlimit(kind, (most, most))


def main() -> None:
    settings, program, *arguments = sys.argv[1:]
    given = json.loads(settings)
    die_with(given["parent"])
    limit(given["limits"])
    sys.argv = [program, *arguments]
    if program.endswith(".py"):
        runpy.run_path(program, run_name="__main__")
    else:
        sys.path.append(str(Path(__file__).parents[1]))  # a checkout that is not installed; last in the path
        runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
