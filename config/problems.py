"""What is wrong with a configuration: the problems, the error that carries them, and "did you mean".

Every message is Vietnamese, says how to mend the value, and never repeats a secret.
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `key` is a variable (`DIEMTIN_ADMINS`) or a path into the newsroom file
    (`editions[1].times[0]`; empty for the file as a whole); `line` counts from 1."""

    key: str
    line: int | None
    message: str

    def __str__(self) -> str:
        """Write the problem as one line for a terminal or a chat."""
        where = f"dòng {self.line}: " if self.line else ""
        return f"{where}{self.key}: {self.message}" if self.key else f"{where}{self.message}"


class ConfigError(Exception):
    """The configuration cannot be used; `problems` holds everything that is wrong, in reading order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class NewsroomError(ConfigError):
    """The newsroom file cannot be used."""


def check_report(problems: Sequence[Problem]) -> dict[str, object]:
    """Return what `diemtin check --json` prints; no problem means `ok`.

    >>> check_report([])
    {'ok': True, 'errors': []}
    """
    errors = [{"key": each.key, "line": each.line, "message": each.message} for each in problems]
    return {"ok": not errors, "errors": errors}


def shown(written: str) -> str:
    """Return what an operator wrote as a message may repeat it: in quotes, short, without control characters.

    >>> shown("Mars/X")
    '«Mars/X»'
    """
    return (
        "«"
        + "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in written[:60])
        + "»"
    )


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that `word` is most likely a slip of.

    >>> nearest("tile", ["title", "times"])
    'title'
    """
    # Longer than any name of ours: no slip, and difflib is quadratic.
    close = difflib.get_close_matches(word, list(known), n=1) if len(word) <= 64 else []
    return close[0] if close else None
