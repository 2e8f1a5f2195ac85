"""`diemtin db reindex` on the command line."""

from pathlib import Path
from typing import Any

import pytest


def test_the_index_is_rebuilt_and_finds_as_before(stocked: Any) -> None:
    result = stocked("db", "reindex")
    assert result.code == 0
    assert "2 bài" in result.out
    assert [row["title"] for row in stocked("search", "song tra", "--json").json["results"]] == [
        "Lũ trên sông Trà rút chậm"
    ]


def test_an_empty_index_is_rebuilt(run: Any) -> None:
    result = run("db", "reindex", "--json")
    assert result.code == 0
    assert result.json == {"articles": 0}


def test_without_a_terminal_progress_is_written_in_whole_lines_beside_the_result(
    stocked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.search.rebuild._BATCH", 1)
    result = stocked("db", "reindex", "--json")
    assert result.json == {"articles": 2}
    assert result.err.splitlines() == ["Dựng lại chỉ mục: 1/2 bài", "Dựng lại chỉ mục: 2/2 bài"]


def test_the_index_of_another_machine_is_copied_and_one_that_is_none_is_refused(
    stocked: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIEMTIN_INDEX", str(tmp_path / "máy một"))
    assert stocked("db", "reindex").code == 0
    monkeypatch.setenv("DIEMTIN_INDEX", str(tmp_path / "máy hai"))
    result = stocked("db", "reindex", "--from", str(tmp_path / "máy một"))
    assert (result.code, result.out) == (0, "✓ Đã chép chỉ mục tìm kiếm; bot sẽ cập nhật nốt.\n")
    assert len(stocked("search", "song tra", "--json").json["results"]) == 1
    result = stocked("db", "reindex", "--from", str(tmp_path))
    assert result.code == 1
    assert "Không chép được chỉ mục" in result.err
