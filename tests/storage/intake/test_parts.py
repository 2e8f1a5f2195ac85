"""Files read in parts, anywhere, give what they give when they are read one after the other."""

import datetime as dt
import json
from itertools import chain
from pathlib import Path

import pytest

from storage.intake.child_parsing import parse_here
from storage.intake.drafts import Origin
from storage.intake.files import path_drafts
from storage.intake.parts import Part, path_parts, read_part
from storage.intake.rows import MAX_LINE_BYTES

NOW = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)
ORIGIN = Origin()
FEED = """<rss version="2.0"><channel><title>Báo</title><item><title>Cầu mới thông xe</title>
<description>Xe chạy từ sáng nay.</description><link>https://bao.example/cau.html</link></item></channel></rss>"""
ROW = {"title": "Chợ quê mở lại sau bão", "body": "Bà con trong xóm kéo lưới từ sáng sớm."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a file of each kind, broken ones among them."""
    lines = [json.dumps(ROW | {"id": str(number)}, ensure_ascii=False) for number in range(120)]
    lines[7], lines[60], lines[61] = "", "{hỏng", json.dumps({"title": "x" * MAX_LINE_BYTES})
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text("\n".join(lines[:3]), encoding="utf-16")
    (tmp_path / "c.json").write_text(json.dumps([ROW, ROW], indent=1), encoding="utf-8")
    (tmp_path / "d.csv").write_text("title,body\nMưa,Mưa to cả ngày ở xóm.\nthiếu\n", encoding="utf-8")
    (tmp_path / "e.xml").write_text(FEED, encoding="utf-8")
    (tmp_path / "f.txt").write_text("Tiêu đề: Một tin\nNội dung: Tin ngắn về chợ quê.", encoding="utf-8")
    (tmp_path / "g.bin").write_bytes(bytes(range(256)))
    (tmp_path / "h.txt").write_bytes(b"x" * 5_000_001)
    (tmp_path / "i.jsonl").write_bytes(b"")
    (tmp_path / "k.txt").symlink_to("/etc/hostname")
    return tmp_path


def test_the_parts_of_a_folder_hold_what_the_folder_holds(folder: Path) -> None:
    found = list(path_parts(folder, ORIGIN, now=NOW))
    read = chain.from_iterable(read_part(p, ORIGIN, NOW) if isinstance(p, Part) else [p] for p in found)
    assert list(read) == list(path_drafts(folder, ORIGIN, now=NOW))
    assert len([one for one in found if isinstance(one, Part) and one.first_line]) >= 4


def test_a_process_that_may_be_killed_parses_without_another_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [apart] = read_part(Part("e.xml", FEED.encode()), ORIGIN, NOW)
    monkeypatch.setattr("storage.intake.child_parsing._here", set())
    monkeypatch.setattr("storage.intake.child_parsing.start", lambda *_: pytest.fail("started a process"))
    parse_here()
    assert read_part(Part("e.xml", FEED.encode()), ORIGIN, NOW) == [apart]
    [refused] = read_part(Part("g.html", b"<html>\xff\x00"), ORIGIN, NOW)
    assert refused == read_part(Part("g.html", b"<html>\xff\x00"), ORIGIN, NOW)[0]
