"""Where an inbox's files go once they were read: `processed`, or `quarantine` with the reason beside each.

Each step leaves the file whole in one place: a reason is written before its file moves, and a file moves by
renaming. Whoever is killed in between finds the file in the inbox again, and its articles stored already.
"""

import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from storage.intake.model import Refusal

PROCESSED, QUARANTINE = "processed", "quarantine"
OWN_FOLDERS = frozenset((PROCESSED, QUARANTINE))
"""The folders in an inbox that are not read."""

_REASON_ENDING = ".reason.txt"
_MOST_REASONS = 1_000


def is_reason(path: Path) -> bool:
    """Tell whether a file is a reason that was written here, not news."""
    return path.name.endswith(_REASON_ENDING)


def put_away(inbox: Path, file: Path, refused: Sequence[Refusal]) -> Path:
    """Move a file that was read out of the way and return its new place, in the same folders below.

    Raises:
        OSError: it cannot be moved, and stays where it is.
    """
    away = inbox / (QUARANTINE if refused else PROCESSED)
    target = _free(away / file.relative_to(inbox))
    target.parent.mkdir(parents=True, exist_ok=True)
    if refused:
        _write_whole(target.with_name(target.name + _REASON_ENDING), _reasons(refused))
    file.rename(target)
    return target


def bring_back(inbox: Path) -> Iterator[Path]:
    """Move each quarantined file into the inbox again, to be read anew, and yield where it is now.

    Raises:
        OSError: one cannot be moved; those before it are.
    """
    quarantine = inbox / QUARANTINE
    for file in sorted(path for path in quarantine.rglob("*") if not path.is_dir()):
        if is_reason(file):
            continue
        target = _free(inbox / file.relative_to(quarantine))
        target.parent.mkdir(parents=True, exist_ok=True)
        file.rename(target)
        file.with_name(file.name + _REASON_ENDING).unlink(missing_ok=True)
        yield target


def _free(wanted: Path) -> Path:
    """Return the place, or one with a number where another file has it."""
    numbered = (wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}") for number in itertools.count(2))
    return next(path for path in itertools.chain((wanted,), numbered) if not os.path.lexists(path))


def _reasons(refused: Sequence[Refusal]) -> str:
    lines = [f"{refusal.path}: {refusal.reason}\n" for refusal in refused[:_MOST_REASONS]]
    if len(refused) > _MOST_REASONS:
        lines.append(f"… và {len(refused) - _MOST_REASONS} lỗi nữa\n")
    return "".join(lines)


def _write_whole(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(text, encoding="utf-8", errors="replace")
    unfinished.replace(path)
