"""`diemtin db copy` on the command line."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest


def test_a_copy_reports_its_rows_and_is_searched_as_before(
    stocked: Any, jsonl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "diemtin.sqlite3", tmp_path / "moi.db"
    result = stocked("db", "copy", str(source), str(target), "--json")
    assert result.code == 0, result.err
    assert result.json["articles"]["rows"] == 2
    assert len(result.json["articles"]["hash"]) == 32
    monkeypatch.setenv("DIEMTIN_DATABASE_URL", f"sqlite:///{target}")
    assert len(stocked("search", "song tra", "--json").json["results"]) == 1
    again = stocked("db", "copy", str(source), str(target), "--json")
    assert again.json == result.json, "a whole copy is compared again"
    assert (
        stocked("ingest", "--json", stdin=jsonl({"title": "Bến cũ mở lại", "body": "Bến cũ mở lại."})).code
        == 0
    )
    refused = stocked("db", "copy", str(source), str(target))
    assert refused.code == 1
    assert "Đích đã có dữ liệu (bảng " in refused.err


@pytest.mark.parametrize("given", ["mysql://x/y", "sqlite:///", "postgresql://may-chu"])
def test_an_invalid_address_is_wrong_use(stocked: Any, given: str) -> None:
    result = stocked("db", "copy", given, "moi.db")
    assert result.code == 2
    assert "✗ FROM: " in result.err


def test_a_missing_source_database_is_not_created(run: Any, tmp_path: Path) -> None:
    result = run("db", "copy", str(tmp_path / "khong-co.db"), str(tmp_path / "moi.db"))
    assert result.code == 1
    assert "✗ Không có cơ sở dữ liệu" in result.err
    assert not (tmp_path / "khong-co.db").exists()


def test_an_unfinished_copy_is_no_database_to_work_with(
    stocked: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(tmp_path / "moi.db")) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('copying')")
    monkeypatch.setenv("DIEMTIN_DATABASE_URL", f"sqlite:///{tmp_path / 'moi.db'}")
    result = stocked("stats")
    assert result.code == 1
    assert "bản sao chép dở" in result.err
