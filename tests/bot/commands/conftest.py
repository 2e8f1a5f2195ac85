"""The command line in this process: arguments and input in; exit code and what was written out."""

import io
import json
import logging
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import structlog

from bot.cli import app

ARTICLES = [
    {
        "id": "lu-1",
        "url": "https://baobien.example/lu-1",
        "title": "Lũ trên sông Trà rút chậm",
        "body": [
            "Nước lũ ở hạ lưu sông Trà đang rút chậm trong ngày hôm nay.",
            "Người dân dọn bùn từ sáng sớm.",
        ],
        "published": "2026-11-20T08:00:00+07:00",
        "source": "Báo Biển",
    },
    {
        "id": "vang-1",
        "title": "Giá vàng miếng đứng yên",
        "body": "Giá vàng miếng sáng nay đứng yên ở mức của hôm qua, sức mua vẫn yếu.",
        "published": "2026-11-20T09:30:00+07:00",
        "source": "Báo Đồi",
    },
]
NEWSROOM = """\
[[sources]]
name = "bao-bien"
title = "Báo Biển"
inbox = "tin"

[[editions]]
name = "sang"
title = "Bản tin sáng"
times = ["06:45"]
default = true

[[editions]]
name = "chieu"
title = "Bản tin chiều"
times = ["17:00"]
days = ["T6"]
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the one JSON value on stdout."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[Any]:
        """Return the JSON value of each line of stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


class Run(Protocol):
    """Runs `diemtin` with arguments."""

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Ran:
        """Run it."""


@pytest.fixture
def run(
    newsroom_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Run commands in an empty folder of this test's own, at noon of 20 November 2026 in Việt Nam."""

    def _run(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            app(list(arguments), prog_name="diemtin")
        out, err = capsys.readouterr()
        return Ran(int(ended.value.code or 0), out, err)

    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = list(root.handlers), root.level
    yield _run
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def newsroom_folder(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder to work in; its newsroom file is in place and its database empty."""
    for name in [name for name in os.environ if name.upper().startswith("DIEMTIN_")]:
        monkeypatch.delenv(name)
    (tmp_path / "diemtin.toml").write_text(NEWSROOM, encoding="utf-8")
    (tmp_path / "tin").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIEMTIN_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DIEMTIN_NOW", "2026-11-20T12:00:00+07:00")
    return tmp_path


@pytest.fixture(scope="session")
def _stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stock")


@pytest.fixture
def stocked(run: Run, newsroom_folder: Path, _stock: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run commands on a database with two articles, half an hour after these were stored.

    They are taken in once a test process; each test works on copies of the files that this left.
    """
    if any(_stock.iterdir()):
        shutil.copytree(_stock, newsroom_folder, dirs_exist_ok=True)
    else:
        there = {*newsroom_folder.iterdir()} - {newsroom_folder / "diemtin.sqlite3"}
        done = run("ingest", "--json", stdin=jsonl(*ARTICLES))
        assert done.json == {"new": 2, "updated": 0, "duplicate": 0, "rejected": []}
        others = shutil.ignore_patterns(*(file.name for file in there))
        shutil.copytree(newsroom_folder, _stock, ignore=others, dirs_exist_ok=True)
    monkeypatch.setenv("DIEMTIN_NOW", "2026-11-20T12:30:00+07:00")  # each command starts the clock anew
    return run


def jsonl(*rows: object) -> bytes:
    """Return rows as JSONL."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


@pytest.fixture(name="jsonl")
def _jsonl() -> Any:
    return jsonl


@pytest.fixture
def newer_database(newsroom_folder: Path) -> Path:
    """Return a database that a later version of the program has written: `newer.db`."""
    file = newsroom_folder / "newer.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    return file
