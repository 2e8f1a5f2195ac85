"""Replace the newsroom file as a whole, unless it was changed meanwhile.

The new file and the old one are exchanged in one step (`renameat2` with RENAME_EXCHANGE), and the old one is
checked afterwards: if it is not the version that the change was made from, they are exchanged back. So a save
by an editor between reading and writing is never lost.
"""

import ctypes
import errno
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from config.reading import MAX_BYTES, first_bytes
from config.values import NewsroomError, Problem

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_NO_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)  # not supported by the system or file system


class FileChangedError(NewsroomError):
    """The file is not the version that the change was made from."""

    def __init__(self) -> None:
        message = "tệp vừa được sửa ở nơi khác nên chưa ghi gì; hãy xem lại rồi làm lại"
        super().__init__([Problem("", None, message)])


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_file(path: Path) -> bytes:
    """Return the file's content.

    Raises:
        NewsroomError: it cannot be read, or is too large.
    """
    try:
        content = first_bytes(path)
    except OSError as error:
        raise NewsroomError.of_file(f"không đọc được tệp {path} ({error.strerror})") from error
    if len(content) > MAX_BYTES:
        raise NewsroomError.of_file("tệp lớn hơn 1 MB, không giống tệp cấu hình")
    return content


def replace_file(path: Path, content: bytes, *, expected: str) -> None:
    """Replace the file by `content`. Rights and owner stay; a link to a file stays a link.

    Raises:
        FileChangedError: it has another fingerprint; nothing was changed.
        NewsroomError: the file cannot be written.
    """
    real = path.resolve()
    with _locked(real.parent):
        if fingerprint(read_file(real)) != expected:
            raise FileChangedError
        if not os.access(real, os.W_OK):
            raise NewsroomError.of_file(f"tệp {real} chỉ cho đọc; hãy cho bot quyền ghi, hoặc sửa bằng tay")
        _replace(real, content, expected)


def _replace(real: Path, content: bytes, expected: str) -> None:
    try:
        new = _write_beside(real, content)
    except OSError as error:
        raise NewsroomError.of_file(f"không ghi được vào thư mục {real.parent} ({error.strerror})") from error
    try:
        _put_in_place(real, new, expected, fingerprint(content))
    except OSError as error:
        raise NewsroomError.of_file(
            f"không thay được tệp {real} ({error.strerror}); hãy sửa bằng tay"
        ) from error
    finally:
        with suppress(FileNotFoundError):
            new.unlink()


def _write_beside(real: Path, content: bytes) -> Path:
    known = real.stat()
    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fchmod(handle, known.st_mode & 0o7777)
        with suppress(PermissionError):
            os.fchown(handle, known.st_uid, known.st_gid)
        os.fsync(handle)
    return Path(name)


def _put_in_place(real: Path, new: Path, expected: str, ours: str) -> None:
    try:
        _exchange(new, real)
    except OSError as error:
        if error.errno not in _NO_EXCHANGE:
            raise
        new.replace(real)  # not atomic with the check above, but right after it
        return
    if fingerprint(new.read_bytes()) == expected:
        return
    _exchange(new, real)  # somebody saved meanwhile: put that version back
    if fingerprint(new.read_bytes()) != ours:
        _exchange(new, real)  # somebody saved once more in between: put that version back
    raise FileChangedError


def _exchange(one: Path, other: Path) -> None:
    """Exchange the names of two files in one step."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(other))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one bot of this folder write at a time, and make the change durable."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise NewsroomError.of_file(f"không vào được thư mục {folder} ({error.strerror})") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
