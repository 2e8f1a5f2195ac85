"""Empty databases for tests that compare several of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.news.services import Services
from storage.engine import Database


@pytest.fixture
def fresh(
    make_newsroom: Callable[..., Any], clock: Any, tmp_path: Path, _sqlite_template: Path
) -> Callable[[str], Services]:
    """Return a function that opens services on an empty SQLite database of their own."""

    def made(name: str) -> Services:
        file = tmp_path / f"{name}.sqlite3"
        file.write_bytes(_sqlite_template.read_bytes())
        return Services(Database(f"sqlite+aiosqlite:///{file}"), clock, make_newsroom())

    return made
