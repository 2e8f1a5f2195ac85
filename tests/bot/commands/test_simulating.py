"""`diemtin simulate`: past slots composed again, under these settings and others."""

from pathlib import Path

import pytest

from tests.bot.commands.conftest import Run

OTHER = """[[editions]]
name = "trua"
title = "Tin trưa"
times = ["12:15", "12:20"]
"""


def test_a_past_day_is_composed_again_under_other_settings(
    stocked: Run, newsroom_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIEMTIN_NOW", "2026-11-21T12:00:00+07:00")
    (newsroom_folder / "khac.toml").write_text(OTHER, encoding="utf-8")
    ran = stocked("simulate", "2026-11-20", "--config", "khac.toml", "--json")
    assert ran.code == 0, ran.err
    first, again = ran.rows
    assert (first["edition"], first["slot"]) == ("trua", "2026-11-20T12:15:00+07:00")
    assert len(first["stories"]) == 2
    assert again["stories"] == []  # told at the slot before
    lines = stocked("simulate", "2026-11-20", "--config", "khac.toml").out.splitlines()
    assert lines[0].startswith("12:15 20/11/2026  Tin trưa: 2 tin")
    assert "không có tin nào" in lines[-1]


def test_slots_to_come_and_days_without_articles(stocked: Run) -> None:
    assert "Không có giờ phát nào" in stocked("simulate", "2030-01-01").out
    early = stocked("simulate", "2026-01-01").out
    assert "không có tin nào" in early
    assert "Bài đầu tiên còn lưu có từ" in early, "why there is nothing"
    assert "Bài đầu tiên" not in stocked("simulate", "2026-01-01", "--json").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("hom-qua",),
        ("2026-13-01",),
        ("2026-11-20", "--days", "400"),
        ("2026-11-20", "--config", "khong.toml"),
    ],
)
def test_wrong_use_is_reported(stocked: Run, arguments: tuple[str, ...]) -> None:
    assert stocked("simulate", *arguments).code in (1, 2)
