"""What storage raises: one base class, ids as attributes, the driver's own error behind `from`."""

from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_PASSING = (
    "locked",
    "busy",
    "connection",
    "deadlock",
    "full",
    "starting up",
    "shutting down",
    "recovery mode",
)


class StorageError(Exception):
    """The database did not do what was asked. `is_passing` says whether trying again may help."""

    def __init__(self, message: str, *, is_passing: bool = False) -> None:
        super().__init__(message)
        self.is_passing = is_passing

    @classmethod
    def of(cls, error: SQLAlchemyError) -> "StorageError":
        """Wrap a driver's error without its statement and parameters: those may hold a person's words."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        text = str(cause)
        return cls(f"{type(cause).__name__}: {text}", is_passing=any(mark in text for mark in _PASSING))


class UnknownArticleError(StorageError):
    """No stored article answers to this id."""

    def __init__(self, article_id: str) -> None:
        super().__init__(f"no article {article_id!r}")
        self.article_id = article_id


class SchemaError(StorageError):
    """The database's schema is not one that this version can work with."""


class InUseError(StorageError):
    """Another process has the database open, and what was asked needs it alone."""


class DamagedError(StorageError):
    """The SQLite file cannot be read any more. `backup` is the last copy of it that is known of."""

    def __init__(self, reason: str, *, backup: Path | None) -> None:
        super().__init__(f"the database is damaged: {reason}")
        self.reason = reason
        self.backup = backup
