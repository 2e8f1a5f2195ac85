"""Builders for tests of intake: a moment, data files, a draft, and reading bytes as if they were a file."""

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage.intake.drafts import Draft, Origin, Taken
from storage.intake.files import read_stream

_PROSE = "Nước sông dâng nhanh trong đêm, nhiều tuyến đường ven bờ ngập sâu nửa mét."


@pytest.fixture
def now() -> dt.datetime:
    """Return a moment after every date in the data files."""
    return dt.datetime(2022, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def data_folder() -> Path:
    """Return the folder of the data files."""
    return Path(__file__).with_name("data")


@pytest.fixture
def draft() -> Callable[..., Draft]:
    """Return a maker of drafts that hold an article unless told otherwise."""

    def make(**fields: Any) -> Draft:
        return Draft(**{"place": "tep.txt", "title": "Mưa lớn ở Hạ Long", "body": _PROSE} | fields)

    return make


@pytest.fixture
def read_bytes(now: dt.datetime) -> Callable[..., list[Taken]]:
    """Return a reader of bytes as if they stood in a file called `name`."""

    def read(data: bytes, name: str = "tep.txt", origin: Origin | None = None) -> list[Taken]:
        return list(read_stream(io.BytesIO(data), name, origin or Origin(), now=now))

    return read
