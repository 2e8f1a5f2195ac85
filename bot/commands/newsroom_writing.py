"""Changes of the newsroom file: those of the running bot, and source tables that a command appends."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from bot.commands.terminal import fail, hidden, put, say
from bot.news.newsroom import Newsroom
from bot.news.newsroom_changes import (
    AddTable,
    Declared,
    Draft,
    DropTable,
    Edit,
    Kind,
    NewsroomFile,
    NotEditableError,
    SetValues,
)
from bot.startup.assembly import assemble
from config.defaults import NewSource
from config.newsroom import Newsroom as Declaration
from config.reading import parse_newsroom
from config.rewriting import RewriteError, add_table, drop_table, set_values
from config.values import ConfigError
from config.writing import fingerprint, read_file, replace_file
from summarizer.text.repair import composed

_MARK = "\ufeff"  # the byte order mark of Windows editors
_LEFT_TO_THE_AUTHOR = "chỗ này trong tệp được viết theo cách không sửa tự động được; hãy sửa bằng tay"


def newsroom_file(path: Path, adopt: Callable[[Newsroom, str], Awaitable[None]]) -> NewsroomFile:
    """Return the operations on the file at `path`.

    `adopt` takes over a newsroom that was written; it gets the fingerprint of the file too.
    """

    async def take_over(written: Draft) -> None:
        if written.newsroom is not None:
            await adopt(written.newsroom, _fingerprint(written.after))

    return NewsroomFile(
        partial(_declared, path),
        partial(_edit, path),
        partial(_write, path),
        partial(_redraft, path),
        take_over,
    )


def _declared(path: Path) -> Declared:
    text = _read(path)
    try:
        document = tomllib.loads(text.removeprefix(_MARK))
    except ValueError as error:
        raise NotEditableError("tệp đang sai cú pháp; chạy «diemtin check» để biết chỗ nào") from error
    return Declared(
        _fingerprint(text),
        {str(one.get("name")): one for one in document.get("editions", [])},
        document.get("newsroom", {}),
        document.get("limits", {}),
    )


def _edit(path: Path, edit: Edit) -> Draft:
    text = _read(path)
    try:
        parse_newsroom(text.removeprefix(_MARK), base=path.absolute().parent)
    except ConfigError as error:
        raise NotEditableError(f"tệp đang có lỗi, hãy sửa trước: {_words(error)[0]}") from error
    mark = _MARK if text.startswith(_MARK) else ""
    try:
        after = mark + _edited(text.removeprefix(_MARK), edit)
    except RewriteError as error:
        raise NotEditableError(_LEFT_TO_THE_AUTHOR) from error
    return _draft(path, text, after)


def _redraft(path: Path, expected: str, wanted: str) -> Draft:
    text = _read(path)
    if text != expected:
        raise NotEditableError("tệp đã được sửa thêm từ đó, nên không quay lại được")
    return _draft(path, text, wanted)


def _write(path: Path, wanted: Draft) -> None:
    try:
        replace_file(path, wanted.after.encode(), expected=wanted.fingerprint)
    except ConfigError as error:
        raise NotEditableError(_words(error)[0]) from error


def _read(path: Path) -> str:
    try:
        return read_file(path).decode()
    except ConfigError as error:
        raise NotEditableError(_words(error)[0]) from error
    except UnicodeDecodeError as error:
        raise NotEditableError("tệp không phải UTF-8; hãy lưu lại với bảng mã UTF-8") from error


def _fingerprint(text: str) -> str:
    return fingerprint(text.encode())


def _edited(text: str, edit: Edit) -> str:
    match edit:
        case AddTable(kind, values):
            return add_table(text, kind, values)
        case DropTable(kind, name):
            return drop_table(text, kind, _index(text, kind, name))
        case SetValues("editions", values, edition):
            return set_values(text, ("editions", _index(text, "editions", edition)), values)
        case SetValues(table, values):
            return set_values(text, (table,), values)


def _index(text: str, kind: Kind, name: str | None) -> int:
    names = [one.get("name") for one in tomllib.loads(text).get(kind, [])]
    if name not in names:
        what = "bản tin" if kind == "editions" else "nguồn"
        raise NotEditableError(f"{what} này không còn trong tệp")
    return names.index(name)


def _draft(path: Path, before: str, after: str) -> Draft:
    try:
        found = parse_newsroom(after.removeprefix(_MARK), base=path.absolute().parent)
    except ConfigError as error:
        return Draft(_fingerprint(before), before, after, None, _words(error))
    return Draft(_fingerprint(before), before, after, assemble(found))


def _words(error: ConfigError) -> tuple[str, ...]:
    return tuple(hidden(str(problem)) for problem in error.problems)


_LONGEST_NAME = 32
_LONGEST_NUMBER = 6  # characters with the hyphen: enough for all feeds of an OPML file of 5 MB
_LONGEST_TITLE = 64


def tables_for(wanted: Sequence[NewSource], newsroom: Declaration) -> list[str]:
    """Return a table for each feed that is not declared yet, with a unique name and a declared topic."""
    declared = {str(source.feed) for source in newsroom.sources}
    names = _FreeNames(source.name for source in newsroom.sources)
    topics = {topic.name for topic in newsroom.topics}
    tables = []
    for feed in wanted:
        if feed.url in declared:
            continue
        declared.add(feed.url)
        name = names.take(feed.name)
        tables.append(_source_table(name, feed, feed.topic if feed.topic in topics else None))
    return tables


def print_or_append(tables: Sequence[str], path: Path, *, append: bool) -> None:
    """Print the tables, or append them to the newsroom file at `path` if it stays valid."""
    if not tables:
        say("Không có nguồn nào mới.")
        return
    if not append:
        put("\n".join(tables).rstrip())
        return
    if not path.exists():
        fail(f"✗ Chưa có {path}; hãy chạy diemtin init, hoặc bỏ --append để in ra.")
    try:
        before = read_file(path)
        text = f"{before.decode().rstrip()}\n\n\n" + "\n".join(tables)
        parse_newsroom(text.removeprefix(_MARK), base=path.absolute().parent)
        replace_file(path, text.encode(), expected=fingerprint(before))
    except UnicodeDecodeError:
        fail(f"✗ {path} không phải UTF-8; hãy lưu lại với bảng mã UTF-8, hoặc bỏ --append để in ra.")
    except ConfigError as error:
        fail("\n".join(f"✗ {path}: {problem}" for problem in error.problems))
    say(f"✓ Đã thêm {len(tables)} nguồn vào cuối {path}; xem lại bằng: diemtin check")


def slug_of(text: str) -> str:
    """Return a name that the newsroom file accepts.

    >>> slug_of("Tuổi Trẻ – Đời sống"), slug_of("新闻")
    ('tuoi-tre-doi-song', 'nguon')
    """
    plain = (
        unicodedata.normalize("NFD", composed(text.lower()).replace("đ", "d"))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_NAME].strip("-") or "nguon"


class _FreeNames:
    """Gives each source a unique name: a number is added if the name is taken."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}  # the number to try next: a list may have one title a thousand times

    def take(self, text: str) -> str:
        free = slug_of(text)
        start = free[: _LONGEST_NAME - _LONGEST_NUMBER].rstrip("-")
        number = self._next.get(start, 2)
        while free in self._taken:
            free, number = f"{start}-{number}", number + 1
            self._next[start] = number
        self._taken.add(free)
        return free


def _source_table(name: str, feed: NewSource, topic: str | None) -> str:
    readable = "".join(letter for letter in feed.title if letter.isprintable())
    title = readable.strip()[:_LONGEST_TITLE].strip() or name
    lines = [
        "[[sources]]",
        f"name = {_toml_string(name)}",
        f"title = {_toml_string(title)}",
        f"feed = {_toml_string(feed.url)}",
    ]
    lines += [f"topic = {_toml_string(topic)}"] if topic else []
    return "\n".join(lines) + "\n"


def _toml_string(value: str) -> str:
    """Return a TOML string: JSON's escapes are TOML's too."""
    return json.dumps(value, ensure_ascii=False)
