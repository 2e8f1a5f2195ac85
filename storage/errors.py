"""Errors of storage, and the meaning of a driver's error, by its code and never by its text."""

import errno
import re
import sqlite3
import ssl
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError

# Codes are SQLite's result codes, PostgreSQL's SQLSTATE and the system's `errno`; they do not depend on the
# server's language. The text of an error only goes to the log, and only if it cannot hold a value: an error
# about a value quotes it, and values are words that people typed.
#
# Source: https://www.sqlite.org/rescode.html, https://www.postgresql.org/docs/current/errcodes-
# appendix.html

_TRANSIENT_SQLITE = {  # primary result codes
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_SCHEMA),
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CANTOPEN),
    *(sqlite3.SQLITE_ABORT, sqlite3.SQLITE_INTERRUPT),
}
_DAMAGED_SQLITE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_TRANSIENT_STATES = (  # beginnings of SQLSTATE: two characters are a class
    *("08", "40", "53", "57"),  # connection, rolled back, resources, operator intervention
    *("55006", "55P03"),  # in use, locked
    *("25P03", "25P04"),  # the session or its transaction took too long and was ended
    "58030",  # the server's disk failed
)
_FINAL_STATES = ("57P04",)  # the database was dropped
_DISK_FULL_STATE = "53100"
_STATES_WITHOUT_VALUES = (  # their messages name objects of the database and hold no value
    *("08", "25", "28", "3D", "3F", "40", "53", "55", "57", "58"),
    *("42501", "42P01", "42703", "42883", "42704"),
)
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
_TRANSIENT_ERRNOS = _DISK_FULL | {
    *(errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM),
    *(errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE, errno.ETIMEDOUT),
    *(errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.ENOLCK),
}
_QUOTED, _HIDDEN = re.compile(r'"[^"]*"'), '"…"'
_LONGEST_STATEMENT = 500


class DriverError(Exception):
    """Replaces a driver's error in tracebacks: its kind, its code and its statement, without any value."""


def without_values(error: BaseException) -> DriverError:
    """Return a form of `error` that may be logged, with its traceback."""
    statement = error.statement if isinstance(error, StatementError) else None
    sql = f" [SQL: {' '.join(statement.split())[:_LONGEST_STATEMENT]}]" if statement else ""
    return DriverError(describe(error) + sql).with_traceback(error.__traceback__)


def is_transient(error: BaseException) -> bool:
    """Tell whether a later attempt may succeed."""
    if isinstance(error, NoFreeConnectionError) or getattr(error, "connection_invalidated", False):
        return True
    cause = _driver_error(error)
    if isinstance(cause, OSError):
        return isinstance(cause, TimeoutError) or cause.errno in _TRANSIENT_ERRNOS
    if (code := _sqlite_code(cause)) is not None:
        return code in _TRANSIENT_SQLITE
    state = _state(cause)
    return state.startswith(_TRANSIENT_STATES) and not state.startswith(_FINAL_STATES)


def is_transient_at_connect(error: OSError) -> bool:
    """Tell whether a failed connection to the server may succeed later.

    Most of these errors have no code: asyncio joins those of several addresses into one, and an unknown name
    looks the same as a network that is down.
    """
    return not isinstance(error, PermissionError | ssl.SSLCertVerificationError)


def is_disk_full(error: BaseException) -> bool:
    """Tell whether the database's disk or quota is full."""
    cause = _driver_error(error)
    if isinstance(cause, OSError):
        return cause.errno in _DISK_FULL
    full = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}
    return getattr(cause, "sqlite_errorcode", None) in full or _state(cause) == _DISK_FULL_STATE


def is_unwritable(error: BaseException) -> bool:
    """Tell whether the database cannot be written to for now: no room, an error of the disk, read-only."""
    refused = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
    return is_disk_full(error) or _sqlite_code(_driver_error(error)) in refused


def is_damage(error: BaseException) -> bool:
    """Tell whether the SQLite file is damaged, or no database at all."""
    return _sqlite_code(_driver_error(error)) in _DAMAGED_SQLITE


def is_locked(error: BaseException) -> bool:
    """Tell whether another connection keeps the SQLite database from being used."""
    return _sqlite_code(_driver_error(error)) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def describe(error: BaseException) -> str:
    """Describe the error for the log: the driver's text if it can hold no value, else the code alone."""
    cause = _driver_error(error)
    name = type(cause).__name__
    if isinstance(cause, sqlite3.Error):
        return f"{name}: {_QUOTED.sub(_HIDDEN, str(cause))}"
    if state := _state(cause):
        words = (
            str(cause.args[0]) if cause.args and state.startswith(_STATES_WITHOUT_VALUES) else _objects(cause)
        )
        return f"{name} [{state}]: {words}".removesuffix(": ")
    if isinstance(cause, OSError):
        return f"{name}: {cause}"
    return f"{name}: {cause}" if type(error) is type(cause) and isinstance(cause, SQLAlchemyError) else name


def _driver_error(error: BaseException) -> BaseException:
    """Return the driver's own error, which SQLAlchemy wraps."""
    if isinstance(error, StatementError) and error.orig is not None:
        inner = error.orig.__cause__ if isinstance(error, DBAPIError) and _state(error.orig) else None
        return inner or error.orig  # SQLAlchemy's adapter wraps asyncpg's error once more
    return error


def _sqlite_code(error: BaseException) -> int | None:
    """Return the primary result code, which extended ones hold in their lowest byte."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _state(error: BaseException) -> str:
    return getattr(error, "sqlstate", None) or ""


def _objects(error: BaseException) -> str:
    """Name the table, column and constraint that PostgreSQL complains about."""
    names = ("table_name", "column_name", "constraint_name")
    return ", ".join(str(found) for name in names if (found := getattr(error, name, None)))


class StorageError(Exception):
    """The database did not do what was asked. `is_transient`: a later attempt may succeed."""

    def __init__(self, message: str, *, is_transient: bool = False, is_disk_full: bool = False) -> None:
        super().__init__(message)
        self.is_transient = is_transient
        self.is_disk_full = is_disk_full

    @classmethod
    def of(cls, error: Exception) -> "StorageError":
        """Wrap a driver's error without its values, which may be a person's words.

        Raise it `from without_values(error)`: the error itself would be printed with its values.
        """
        return cls(describe(error), is_transient=is_transient(error), is_disk_full=is_disk_full(error))


class UnknownArticleError(StorageError):
    """No stored article has this id."""

    def __init__(self, article_id: str) -> None:
        super().__init__(f"no article {article_id!r}")
        self.article_id = article_id


class SchemaError(StorageError):
    """The database's schema is not one that this version can work with."""


class OutdatedSchemaError(SchemaError):
    """The schema is older than the first release; an earlier version must bring it up to date first."""


class UnfinishedCopyError(SchemaError):
    """The database is the target of an unfinished copy: see `storage.upkeep.copying`."""


class InUseError(StorageError):
    """Another process has the database open, but the operation needs exclusive access."""


class DamagedError(StorageError):
    """The SQLite file cannot be read any more. `backup` is its last known back-up."""

    def __init__(self, reason: str, *, backup: Path | None) -> None:
        super().__init__(f"the database is damaged: {reason}")
        self.reason = reason
        self.backup = backup
