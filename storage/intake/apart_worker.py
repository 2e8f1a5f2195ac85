"""The program that parses one hostile document in a process of its own: bytes on stdin, JSON on stdout.

It limits its own CPU time, memory and files, and reads nothing but its input and the parser that its first
argument names, a module beside it. `storage.intake.apart` starts it by its path, without the package around
it, and kills it when it is late.
"""

import json
import resource
import runpy
import sys
from contextlib import suppress
from pathlib import Path

_MEMORY_BYTES = 768 * 1024 * 1024


def limit(cpu_seconds: int) -> None:
    """Let this process have `cpu_seconds` of CPU, bounded memory, and no file that it could write."""
    for kind, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # some systems know not every limit: the parent's clock remains
            resource.setrlimit(kind, (most, most))


def main() -> None:
    """Parse stdin with the parser named first; the second argument is the seconds of CPU allowed."""
    name, cpu_seconds = sys.argv[1:]
    limit(int(cpu_seconds))
    parse = runpy.run_path(str(Path(__file__).with_name(f"{name}.py")))["parse"]
    json.dump(parse(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
