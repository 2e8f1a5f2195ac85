"""What storage raises: one base class, ids as attributes, the driver's own error behind `from`."""

from pathlib import Path

from storage.driver_errors import describe, is_disk_full, is_passing


class StorageError(Exception):
    """The database did not do what was asked.

    `is_passing` says whether trying again may help, `is_disk_full` that its disk has no room.
    """

    def __init__(self, message: str, *, is_passing: bool = False, is_disk_full: bool = False) -> None:
        super().__init__(message)
        self.is_passing = is_passing
        self.is_disk_full = is_disk_full

    @classmethod
    def of(cls, error: Exception) -> "StorageError":
        """Wrap a driver's error without its values, which may be a person's words.

        Raise it `from without_values(error)`: the error itself would be printed with its values.
        """
        return cls(describe(error), is_passing=is_passing(error), is_disk_full=is_disk_full(error))


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
