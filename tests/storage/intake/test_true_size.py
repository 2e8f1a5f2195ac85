"""Hostile files at their true size: read in the memory of one row, refused by name, nothing good is lost.

The same in small stands beside each reader; here the files are as large as they come.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.intake.drafts import Draft, Incoming, Origin, Refusal, Taken
from storage.intake.files import path_drafts, read_path

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

NOW = dt.datetime(2026, 11, 28, 3, tzinfo=dt.UTC)
MOST_MEMORY_KB = 120_000  # beyond what the process had before
TITLE = "Bến đò Cồn Sậy có hai phà mới sau ba mươi năm chờ đợi"
LINE = "Nước sông dâng nhanh trong đêm, nhiều tuyến đường ven bờ ngập sâu nửa mét."


@pytest.fixture
def memory_used_kb() -> Callable[[], int]:
    """Return a function that tells by how much the memory of this process has grown at its highest."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _highest_kb()
    return lambda: _highest_kb() - before


def _highest_kb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def _write(path: Path, *pieces: tuple[str, int]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for piece, times in pieces:
            for _ in range(times):
                file.write(piece)
    return path


def _counted(path: Path) -> tuple[int, Counter[str]]:
    """Return how many drafts a file gives, and how often each refusal."""
    drafts, refusals = 0, Counter[str]()
    for found in path_drafts(path, Origin(), now=NOW):
        if isinstance(found, Draft):
            drafts += 1
        else:
            refusals[found.reason] += 1
    return drafts, refusals


def test_a_table_of_fifty_megabytes(tmp_path: Path, memory_used_kb: Callable[[], int]) -> None:
    row = f'{TITLE},"{LINE * 9}",28/11/2026 07:05\n'
    rows = 50_000_000 // len(row.encode())
    assert _counted(_write(tmp_path / "lon.csv", ("title,body,date\n", 1), (row, rows))) == (rows, Counter())
    assert memory_used_kb() < MOST_MEMORY_KB


@pytest.mark.parametrize("column", ["cot_{}", "title"])
def test_a_table_of_a_million_columns(tmp_path: Path, memory_used_kb: Callable[[], int], column: str) -> None:
    header = ",".join(column.format(n) for n in range(1_000_000))
    drafts, refusals = _counted(
        _write(tmp_path / "rong.csv", (f"{header}\n", 1), ("a," * 1_000_000 + "\n", 3))
    )
    assert (drafts, len(refusals)) == (0, 1)
    assert memory_used_kb() < 3 * MOST_MEMORY_KB


def test_quotes_that_never_close_in_twenty_megabytes(
    tmp_path: Path, memory_used_kb: Callable[[], int]
) -> None:
    bad, good = f'{TITLE},"{LINE}\n', f'{TITLE},"{LINE}"\n'
    path = _write(tmp_path / "ngoac.csv", ("title,body\n", 1), (good, 1), (bad, 150_000), (good, 2))
    drafts, refusals = _counted(path)
    assert (drafts, refusals.total()) == (3, 150_000)
    assert memory_used_kb() < MOST_MEMORY_KB


@pytest.mark.parametrize("parting", [",\n", ", "])
def test_an_array_of_a_million_rows(tmp_path: Path, memory_used_kb: Callable[[], int], parting: str) -> None:
    row = json.dumps({"title": TITLE, "body": LINE}, ensure_ascii=False)
    path = _write(tmp_path / "trieu.json", ("[", 1), (row + parting, 999_999), (row + "]", 1))
    assert _counted(path) == (1_000_000, Counter())
    assert memory_used_kb() < MOST_MEMORY_KB


def test_a_million_rows_in_one_line_under_a_key(tmp_path: Path, memory_used_kb: Callable[[], int]) -> None:
    row = json.dumps({"title": TITLE, "body": LINE}, ensure_ascii=False)
    pieces = (('{"status": "ok", "articles": [', 1), (row + ", ", 199_999), (row + "]}", 1))
    assert _counted(_write(tmp_path / "mot-dong.json", *pieces)) == (200_000, Counter())
    assert memory_used_kb() < MOST_MEMORY_KB


def test_pages_of_twenty_megabytes_and_a_hundred_thousand_levels(
    tmp_path: Path, memory_used_kb: Callable[[], int]
) -> None:
    large = _write(
        tmp_path / "lon.html", ("<!doctype html><html><body><h1>Mưa</h1>", 1), (f"<p>{LINE}</p>", 180_000)
    )
    deep = _write(
        tmp_path / "sau.html",
        (f"<!doctype html><html><body><h1>{TITLE}</h1>", 1),
        ("<div>", 100_000),
        (LINE, 1),
    )
    [too_large], found = list(read_path(large, Origin(), now=NOW)), list(read_path(deep, Origin(), now=NOW))
    assert isinstance(too_large, Refusal)
    assert "lớn hơn 5 MB" in too_large.reason
    assert len(found) == 1
    assert memory_used_kb() < MOST_MEMORY_KB


def test_rows_of_odd_numbers_times_and_labels(tmp_path: Path) -> None:
    digits = "7" * 400
    rows: list[dict[str, object]] = [
        {"title": TITLE, "body": LINE, "url": f"https://bao.example/ben-do-{digits}.html"},
        {"title": f"{TITLE} 2", "body": LINE, "published": "9999-12-31T23:59:59+07:00"},
        {"title": f"{TITLE} 3", "body": LINE, "published": "-1"},
        {"title": f"{TITLE} 4", "body": LINE, "published": -62_135_596_801},
        {"title": f"{TITLE} 5", "body": f"{LINE}\nTiêu đề: một cuốn sách cũ\nLink: nơi gặp nhau"},
    ]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path = _write(tmp_path / "la.jsonl", (text, 1))
    found: list[Taken] = list(read_path(path, Origin(), now=NOW))
    taken = [one for one in found if isinstance(one, Incoming)]
    assert len(taken) == len(rows)
    assert [one.published for one in taken] == [None] * len(rows)
    assert digits in (taken[0].url or "")
    assert "Tiêu đề: một cuốn sách cũ" in taken[4].body
