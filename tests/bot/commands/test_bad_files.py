"""Bad files one by one: each is refused by name with its reason, and costs no other file anything."""

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import unicodedata
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

PROSE = "Nước sông dâng nhanh trong đêm, nhiều tuyến đường ven bờ ngập sâu nửa mét."
GOOD = f"Chợ Cồn Sậy họp lại\n\n{PROSE}\n"
RSS = '<rss version="2.0"><channel>{}</channel></rss>'
ITEM = f"<item><title>Bến phà mở lại</title><description>{PROSE}</description></item>"
TEN_MB = 10_000_000


ENGLISH = b"Heavy rain floods the city\n\nThe river rose quickly overnight and many roads were under water."
LOREM = b"Lorem ipsum\n\nLorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod."
CHINESE = "暴雨袭击下龙市\n\n河水在夜间迅速上涨，许多沿河道路被淹没半米深。"
TCVN3 = "M­a lín ë H¹ Long\n\nN­íc s«ng d©ng nhanh trong ®ªm, ngËp s©u nöa mÐt."
VNI = "Möa lôùn ôû Haï Long\n\nNöôùc soâng daâng nhanh trong ñeâm, ngaäp saâu."
TONES_APART = unicodedata.normalize("NFD", GOOD).encode("cp1258", "ignore")

REFUSED: dict[str, tuple[bytes, str]] = {  # name → content, a part of the reason
    "empty.txt": (b"", "tệp rỗng"),
    "empty.jsonl": (b"", "tệp rỗng"),
    "empty.rss": (b"", "tệp rỗng"),
    "blank.txt": (" \n\t\u200b\ufeff\n".encode(), "tệp rỗng"),
    "binary.txt": (bytes(range(256)) * 8, "nhị phân"),
    "binary.jsonl": (bytes(range(256)) * 8, "nhị phân"),
    "bomb.rss": (gzip.compress(b"<rss>" + bytes(TEN_MB)), "nhị phân"),
    "cut.txt": (GOOD.encode()[:-4], "cắt cụt giữa một ký tự"),
    "cut.jsonl": (b'{"title": "B\xe1\xba\xbfn ph', "JSON hỏng ở ký tự 11"),
    "cut.rss": (RSS.format(ITEM + ITEM).encode()[:-120], "cắt cụt ở đây"),
    "huge.txt": (GOOD.encode() * (TEN_MB // 100), "lớn hơn 5 MB"),
    "huge.jsonl": (json.dumps({"title": "a", "body": "a" * TEN_MB}).encode(), "dài quá 2 MB"),
    "huge.rss": (RSS.format(ITEM * (TEN_MB // 150)).encode(), "lớn hơn 5 MB"),
    "word.txt": (b"Bien\n\n" + b"a" * 1_000_000, "nội dung dài 1.000.006 ký tự"),
    "word.jsonl": (json.dumps({"title": "Sóng", "body": "a" * 150_000}).encode(), "chuỗi liền"),
    "english.txt": (ENGLISH, "không phải tiếng Việt"),
    "chinese.txt": (CHINESE.encode(), "không phải tiếng Việt"),
    "lorem.txt": (LOREM, "không phải tiếng Việt"),
    "tcvn3.txt": (TCVN3.encode(), "TCVN3"),
    "vni.txt": (VNI.encode(), "VNI"),
    "cp1258.txt": (TONES_APART, "UTF-8 (sai ở byte"),
    "utf16.txt": (GOOD.encode("utf-16-le"), "nhị phân"),
    "page.rss": (b"<!doctype html><p>Trang", "không có bài báo"),
    "charset.rss": (b'<?xml version="1.0" encoding="x-vps"?><rss/>', "«x-vps»"),
    "wrong.rss": (RSS.format(ITEM).encode("cp1258", "ignore"), "UTF-8 (sai ở byte"),
    "hollow.rss": (RSS.format(ITEM + "<item><pubDate>x</pubDate></item>").encode(), "không có tiêu đề"),
    "untitled.rss": (RSS.format(f"<item><description>{PROSE}</description></item>").encode(), "tiêu đề"),
    "cut.json": (b'[\n{"title": "B\xe1\xba\xbfn ph", "body": ', "JSON hỏng hoặc bị cắt cụt"),
    "unknown.json": (json.dumps({"title": "Mưa", "chu": PROSE}).encode(), "khóa không ai đọc: «chu»"),
    "columns.csv": ("STT;Tên;Link\n1;Bến phà mở lại;https://b.example/1".encode(), "«STT», «Tên», «Link»"),
    "quote.csv": (f'title,body\n"Bến phà,{PROSE}\n'.encode(), "ngoặc kép mở ở dòng này không được đóng"),
    "latin.csv": (f"title,body\nBến phà mở lại,{PROSE}".encode("cp1258", "ignore"), "không phải UTF-8"),
    "many.txt": (
        "".join(f"Xã {x} họp chợ phiên\nXã {x} họp chợ phiên sáng nay.\n" for x in "ABCDEF").encode(),
        "nhiều bài",
    ),
    "list.txt": ("Danh sách xã\nAn Lộc\nBàu Sen\nCồn Ngao\n".encode(), "không có câu văn nào"),
}
PLACES = {  # within the file; the others are named as a whole
    "cut.jsonl": ":1",
    "cut.json": "#1",
    "unknown.json": ":1",
    "quote.csv": ":2",
    "latin.csv": ":2",
    "huge.jsonl": ":1",
    "word.jsonl": ":1",
    "cut.rss": "#2",
    "hollow.rss": "#2",
    "untitled.rss": "#1",
}
WITH_A_GOOD_ITEM = ("cut.rss", "hollow.rss")


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_named_with_the_reason_and_costs_no_other(
    run: Any, newsroom_folder: Path, name: str
) -> None:
    content, reason = REFUSED[name]
    place, articles = f"tin/{name}{PLACES.get(name, '')}", 2 + (name in WITH_A_GOOD_ITEM)
    (newsroom_folder / "tin" / name).write_bytes(content)
    (newsroom_folder / "tin" / "a.txt").write_text(GOOD, encoding="utf-8")
    (newsroom_folder / "tin" / "z.jsonl").write_text(
        json.dumps({"title": "Bến Lở có cầu mới", "body": PROSE})
    )
    first = run("ingest", "tin", "--json")
    assert (first.code, first.err) == (1, "")
    assert (first.json["new"], len(first.json["rejected"])) == (articles, 1)
    [refused] = first.json["rejected"]
    assert refused["path"] == place
    assert reason in refused["reason"]
    again = run("ingest", "tin", "--json").json
    assert (again["new"], again["duplicate"], again["rejected"]) == (0, articles, [refused])
    assert place in run("stats").out


KEPT = {
    "no full stop": {"body": " ".join(["nước dâng lên các tuyến đường ven bờ sông"] * 40)},
    "one long word in prose": {"body": f"{PROSE * 300} {'ơ' * 50_000}"},
    "decomposed": {"body": unicodedata.normalize("NFD", PROSE)},
    "bidi and invisible": {"title": "Bến \u202etàu\u202c \u200bLở", "body": PROSE.replace(" ", "\u2066 ")},
    "stacked marks": {"body": PROSE + " Mư" + "\u0335" * 5_000 + "a."},
    "NUL": {"id": "a\0b", "title": "Bến\0 tàu", "body": f"{PROSE}\0", "source": "Báo\0 Biển", "topic": "\0"},
    "half a surrogate pair": {"id": "\ud83d", "body": f"{PROSE}\udfff", "source": "\ud83d Biển"},
    "markup": {"title": "<script>alert(1)</script> Chợ họp lại đêm mưa lớn", "body": f"<b>{PROSE}<i>"},
    "an address to a person": {"url": "tg://user?id=1"},
    "an address that is a program": {"url": "javascript:alert(1)"},
    "no date": {},
    "a date of 1970": {"published": "1970-01-01T00:00:00Z"},
    "a date of 2099": {"published": "2099-01-01T00:00:00Z"},
    "no date at all": {"published": "hôm qua"},
}  # fmt: skip


@pytest.mark.parametrize("what", KEPT)
def test_an_odd_article_is_stored_mended_and_its_sentences_stand_at_their_places(run: Any, what: str) -> None:
    row = {"title": "Bến tàu Lở ngập trong đêm", "body": PROSE} | KEPT[what]
    result = run("ingest", "--json", stdin=json.dumps(row).encode())
    assert (result.code, result.err) == (0, "")
    article = run("show", "1", "--json").json
    assert (article["url"], article["published"]) == (None, None)
    assert article["summary"]
    for sentence in article["summary"]:
        assert article[sentence["field"]][sentence["start"] : sentence["end"]] == sentence["text"]
    shown = json.dumps(article, ensure_ascii=False)
    assert not [letter for letter in shown if unicodedata.category(letter) in ("Cc", "Cs", "Cf")]
    assert run("search", "tàu" if "tàu" in article["title"] else "chợ", "--json").json["total"] == 1


def test_a_date_without_a_zone_is_a_local_one(run: Any) -> None:
    row = {"title": "Bến tàu Lở ngập", "body": PROSE, "published": "20/11/2026 8:00"}
    run("ingest", stdin=json.dumps(row).encode())
    assert run("show", "1", "--json").json["published"] == "2026-11-20T08:00:00+07:00"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (ITEM.replace("nửa mét", "hai mét"), {"new": 0, "updated": 1}),
        (ITEM.replace("<title>", "<link>https://bien.example/khac</link><title>"), {"new": 1, "updated": 0}),
    ],
    ids=["new text under the same guid", "the same text at another address"],
)
def test_an_item_is_known_by_its_address(
    run: Any, newsroom_folder: Path, changed: str, expected: dict[str, int]
) -> None:
    feed = newsroom_folder / "tin" / "bao.rss"
    home = "<link>https://bien.example/</link>"
    guid = "<item><guid>ben-pha-1</guid>"
    feed.write_text(RSS.format(home + ITEM.replace("<item>", guid)), encoding="utf-8")
    assert run("ingest", "tin", "--json").json["new"] == 1
    feed.write_text(RSS.format(home + changed.replace("<item>", guid)), encoding="utf-8")
    result = run("ingest", "tin", "--json")
    assert result.json == expected | {"duplicate": 0, "rejected": []}


def test_a_folder_that_vanished_is_named_and_the_others_are_read(run: Any, newsroom_folder: Path) -> None:
    (newsroom_folder / "tin" / "a.txt").write_text(GOOD, encoding="utf-8")
    result = run("ingest", "di-mat", "tin", "--json")
    assert (result.code, result.err, result.json["new"]) == (1, "", 1)
    assert result.json["rejected"] == [
        {"path": "di-mat", "reason": "không có tệp hay thư mục này", "link": None}
    ]


def test_a_database_that_fails_half_way_keeps_nothing_of_the_batch_and_takes_it_later(
    run: Any, newsroom_folder: Path, jsonl: Any
) -> None:
    rows = jsonl(*({"title": f"Chuyện số {n} ở Bến Lở", "body": PROSE} for n in range(5)), {"title": ""})
    with closing(sqlite3.connect(newsroom_folder / "diemtin.sqlite3")) as database:
        database.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON articles WHEN new.title LIKE '%số 3%' "
            "BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
        result = run("ingest", "--json", stdin=rows)
        assert (result.code, result.out) == (1, "")
        assert result.err.startswith("✗ Cơ sở dữ liệu không dùng được")
        assert "disk is full" in result.err
        assert "Traceback" not in result.err
        assert database.execute("SELECT count(*) FROM articles").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM refusals").fetchone() == (0,)
        database.execute("DROP TRIGGER full_disk")
    assert run("ingest", "--json", stdin=rows).json["new"] == 5


def test_an_ingest_killed_half_way_keeps_whole_articles_and_a_second_one_completes_it(
    run: Any, newsroom_folder: Path, jsonl: Any
) -> None:
    rows = [{"title": f"Chuyện số {n} ở Bến Lở", "body": f"{PROSE} {PROSE}"} for n in range(400)]
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "ingest", "-"], stdin=subprocess.PIPE, env=os.environ | _path()
    ) as process:
        assert process.stdin is not None
        process.stdin.write(jsonl(*rows))
        process.stdin.flush()  # and no end: it waits for more
        _until_stored(newsroom_folder / "diemtin.sqlite3", 200)
        process.send_signal(signal.SIGKILL)
    result = run("ingest", "--json", stdin=jsonl(*rows)).json
    assert (result["new"], result["updated"], result["duplicate"]) == (200, 0, 200)
    assert run("stats", "--json").json["articles_waiting"] == 0


def _path() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(__file__).parents[3])}


def _until_stored(file: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    with closing(sqlite3.connect(file)) as database:
        while database.execute("SELECT count(*) FROM articles").fetchone() != (count,):
            assert time.monotonic() < deadline, "they were never stored"
            time.sleep(0.05)
