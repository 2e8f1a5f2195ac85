"""Changes of the newsroom file, as data, and the operations on the file, which stays the truth."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.news.newsroom import Newsroom

Value = str | int | bool | Sequence[str]
Values = Mapping[str, Value | None]  # as the file has them; None: the key is removed


@dataclass(frozen=True, slots=True)
class SetValues:
    """New values in `[newsroom]`, `[limits]`, or one of the `[[editions]]`, by its name."""

    table: Literal["newsroom", "limits", "editions"]
    values: Values
    edition: str | None = None


Kind = Literal["editions", "sources"]


@dataclass(frozen=True, slots=True)
class AddTable:
    """One more edition or source."""

    kind: Kind
    values: Values


@dataclass(frozen=True, slots=True)
class DropTable:
    """The removal of an edition or source; the readers of the edition get the default one."""

    kind: Kind
    name: str


Edit = SetValues | AddTable | DropTable


class NotEditableError(Exception):
    """The file cannot be changed now; the words say why, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Declared:
    """The file's own values: of each edition by name, of `[newsroom]` and of `[limits]`.

    `fingerprint` changes with the file.
    """

    fingerprint: str
    editions: Mapping[str, Mapping[str, Any]]
    newsroom: Mapping[str, Any]
    limits: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A change that is not written yet: the file's text `before` and `after`, and the newsroom it declares.

    With `problems`, one a line as `diemtin check` has them, it can not be written.
    """

    fingerprint: str
    before: str
    after: str
    newsroom: Newsroom | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewsroomFile:
    """The operations on the file; `adopt` takes over a draft that was just written.

    All but `adopt` may block, and raise NotEditableError.
    """

    declared: Callable[[], Declared]
    draft: Callable[[Edit], Draft]
    write: Callable[[Draft], None]
    redraft: Callable[[str, str], Draft]  # (fingerprint of the file, text that is to stand there instead)
    adopt: Callable[[Draft], Awaitable[None]]
