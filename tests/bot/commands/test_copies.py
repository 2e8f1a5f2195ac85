"""`backup` and `restore`: copies of the database, and the way back."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest


def test_a_backup_is_whole_and_overwrites_nothing(stocked: Any, newsroom_folder: Path) -> None:
    assert stocked("backup", "sao-luu.db").code == 0
    with closing(sqlite3.connect(newsroom_folder / "sao-luu.db")) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (2,)
    again = stocked("backup", "sao-luu.db")
    assert again.code == 1
    assert "sao-luu.db đã có" in again.err
    assert "Chưa ghi được khong-co/a.db" in stocked("backup", "khong-co/a.db").err


def test_nothing_is_backed_up_from_no_database(
    run: Any, newsroom_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIEMTIN_DATABASE_URL", "sqlite:///chua-co.db")
    result = run("backup", "sao-luu.db")
    assert result.code == 1
    assert "Chưa có cơ sở dữ liệu" in result.err
    assert not [*newsroom_folder.glob("*.db")]


def test_a_restored_backup_brings_its_articles_back(stocked: Any, newsroom_folder: Path, jsonl: Any) -> None:
    assert stocked("backup", "sao-luu.db").code == 0
    later = {"id": "moi", "title": "Cầu mới thông xe", "body": "Cây cầu mới qua sông Trà thông xe sáng nay."}
    assert stocked("ingest", "--json", stdin=jsonl(later)).json["new"] == 1
    result = stocked("restore", "sao-luu.db")
    assert result.code == 0
    assert "bản trước nằm ở" in result.out
    assert stocked("stats", "--json").json["articles"] == 2
    assert len([*newsroom_folder.glob("*.before-*")]) == 1
    assert (newsroom_folder / "sao-luu.db").exists()


def test_what_cannot_be_restored_leaves_the_database_alone(stocked: Any, newsroom_folder: Path) -> None:
    (newsroom_folder / "hong.db").write_bytes(b"khong phai co so du lieu" * 300)
    result = stocked("restore", "hong.db")
    assert result.code == 1
    assert "cơ sở dữ liệu đang có vẫn nguyên" in result.err
    assert "Không có tệp chua-co.db" in stocked("restore", "chua-co.db").err
    assert stocked("stats", "--json").json["articles"] == 2


def test_a_newer_backup_is_refused(stocked: Any, newer_database: Path) -> None:
    result = stocked("restore", str(newer_database))
    assert result.code == 1
    assert "bản diemtin mới hơn" in result.err
