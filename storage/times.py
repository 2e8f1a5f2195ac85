"""Moments in the database: aware UTC only, and a publication time with its precision."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import BigInteger, DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

Precision = Literal["minute", "day", "month"]
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Published:
    """When an article came out. `at` is UTC; for `day` and `month` the first moment of that local day or
    month, and must never be shown finer than `precision`."""

    at: dt.datetime
    precision: Precision = "minute"


class UtcTime(TypeDecorator[dt.datetime]):
    """Aware datetimes: integer microseconds since 1970 on SQLite (they sort), timestamptz on PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the engine in use."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Turn an aware moment into what is stored. Raises ValueError on a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value} must not be stored")
        return (value - _EPOCH) // _MICROSECOND if dialect.name == "sqlite" else value.astimezone(dt.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Turn what is stored into an aware UTC moment."""
        if value is None:
            return None
        moment: dt.datetime = _EPOCH + value * _MICROSECOND if dialect.name == "sqlite" else value
        return moment.astimezone(dt.UTC)
