"""Find the place of each key, value and array element of a TOML text, which `tomllib` does not give.

The text must be valid TOML: the caller parses it with `tomllib` first.
"""

import re
import tomllib
from bisect import bisect_left
from dataclasses import dataclass, field

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_STRING = re.compile(
    r'"{3}(?:\\[\s\S]|[^\\])*?"{3,5}'
    r"|'{3}[\s\S]*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]+")
_COMMENT = re.compile(r"#[^\r\n]*")


@dataclass(slots=True)
class Layout:
    """Lines (from 1, on which each is first written) and places (offsets into the text) by key path.

    `values` are the start and the end of each value and array element, `keys` the start of each pair,
    `commas` the comma behind an array's element. `headers` are the `[table]` lines and
    `ends` the end of the last pair that is written below each, or of the header where there is none.
    """

    lines: dict[KeyPath, int] = field(default_factory=dict)
    values: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    keys: dict[KeyPath, int] = field(default_factory=dict)
    commas: dict[KeyPath, int] = field(default_factory=dict)
    headers: dict[KeyPath, int] = field(default_factory=dict)
    ends: dict[KeyPath, int] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)


def layout_of(text: str) -> Layout:
    """Return the places of everything in a valid TOML text.

    >>> layout_of('[[editions]]\\ntimes = [\\n  "06:30",\\n]').lines[("editions", 0, "times", 0)]
    3
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.found


def line_of(path: KeyPath, lines: dict[KeyPath, int]) -> int | None:
    """Find the line of `path`, or of the nearest table around it when the key itself is missing."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.found = Layout()
        self._text = text
        self._at = 0
        self._newlines = [match.start() for match in re.finditer("\n", text)]
        self._rows: dict[KeyPath, int] = {}  # array of tables → how many of its tables have begun

    def document(self) -> None:
        table: KeyPath = ()
        while self._next():
            table = self._header() if self._next() == "[" else self._pair(table)

    def _next(self) -> str:
        blank = self._take(_BLANK)
        if "#" in blank:
            self.found.comments += _COMMENT.findall(blank)
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError(f"not TOML at character {self._at}")
        self._at = match.end()
        return match.group()

    def _note(self, path: KeyPath) -> None:
        self.found.lines.setdefault(path, bisect_left(self._newlines, self._at) + 1)

    def _header(self) -> KeyPath:
        begin, width = self._at, 2 if self._text.startswith("[[", self._at) else 1
        self._at += width
        keys = self._key()
        self._next()
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self._inside((*path, key))
        path = (*path, keys[-1])
        if width == 2:
            self._note(path)
            self._rows[path] = self._rows.get(path, 0) + 1
        path = self._inside(path)
        self._note(path)
        self._at += width
        self.found.headers[path], self.found.ends[path] = begin, self._at
        return path

    def _inside(self, path: KeyPath) -> KeyPath:
        # A header below an array of tables means the table begun last.
        return (*path, self._rows[path] - 1) if path in self._rows else path

    def _pair(self, table: KeyPath) -> KeyPath:
        path, begin = table, self._at
        for key in self._key():
            path = (*path, key)
            self._note(path)
        self.found.keys[path] = begin
        self._next()
        self._at += 1  # the equals sign
        self._value(path)
        self.found.ends[table] = self._at
        return table

    def _key(self) -> list[str]:
        keys = []
        while True:
            quoted = self._next() in "\"'"
            part = self._take(_STRING if quoted else _BARE_KEY)
            keys.append(str(tomllib.loads(f"key = {part}")["key"]) if quoted else part)
            if self._next() != ".":
                return keys
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        opening, begin = self._next(), self._at
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        else:
            taken = self._take(_STRING if opening in "\"'" else _BARE_VALUE)
            self._at -= len(taken) - len(taken.rstrip())
        self.found.values[path] = begin, self._at

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while self._next() != "]":
            self._note((*path, index))
            self._value((*path, index))
            self._comma((*path, index))
            index += 1
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._next() != "}":
            self._pair(path)
            self._comma(())
        self._at += 1

    def _comma(self, path: KeyPath) -> None:
        if self._next() == ",":
            self.found.commas[path] = self._at
            self._at += 1
