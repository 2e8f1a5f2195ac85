"""How the running bot reads, drafts and writes changes of the newsroom file."""

import tomllib
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from bot.commands.terminal import hidden
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
from config.reading import parse_newsroom
from config.rewriting import RewriteError, add_table, drop_table, set_values
from config.values import ConfigError
from config.writing import fingerprint, read_file, replace_file

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
    document = _document(text)
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


def _document(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix(_MARK))
    except ValueError as error:
        raise NotEditableError("tệp đang sai cú pháp; chạy «diemtin check» để biết chỗ nào") from error


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
