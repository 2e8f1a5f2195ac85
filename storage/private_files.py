"""Files that hold what readers wrote: readable and writable by their owner only, whatever the umask.

SQLite gives its `-wal` and `-shm` files the mode of the database file.
"""

import glob
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PRIVATE = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
COMPANIONS = ("-wal", "-shm", "-journal")  # SQLite keeps these beside a file while it is open


def create_private(file: Path) -> None:
    """Make an empty private `file` if there is none, or raise OSError; what is written later is
    private too."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, _PRIVATE))


def replace_private(file: Path, text: str) -> None:
    """Replace the contents of a file, which is private and at any time whole. Raises OSError."""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.write_text(text, "utf-8")
    unfinished.chmod(_PRIVATE)
    unfinished.replace(file)


def companions_of(file: Path) -> list[Path]:
    """Return the SQLite database `file` and the files beside it that hold its rows or name its copies."""
    endings = ("", *COMPANIONS, ".backups", ".restoring")
    name = glob.escape(file.name)
    copies = [*file.parent.glob(f"{name}.*.bak*"), *file.parent.glob(f"{name}.before-*")]
    return [
        found for found in (*(file.with_name(file.name + end) for end in endings), *copies) if found.exists()
    ]


def make_private(files: Iterable[Path]) -> None:
    """Remove other users' rights on those of `files` that belong to this user."""
    for file in find_not_private(files):
        with suppress(OSError):  # of another user; `doctor` reports it
            file.chmod(stat.S_IMODE(file.stat().st_mode) & ~_OTHERS)


def find_not_private(files: Iterable[Path]) -> list[Path]:
    """Return those of `files` on which other users have rights."""
    found = []
    for file in files:
        with suppress(OSError):
            status = file.stat()
            if stat.S_ISREG(status.st_mode) and status.st_mode & _OTHERS:
                found.append(file)
    return found
