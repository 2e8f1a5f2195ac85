"""`ingest`, `show`, `search`, `digest`: articles are stored, shown, searched and composed."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bot.commands.conftest import ARTICLES

KEYS_OF_A_RESULT = ["id", "marks", "published", "snippet", "source", "summary", "title", "url"]


def test_an_article_taken_in_twice_is_a_duplicate_and_changed_is_updated(stocked: Any, jsonl: Any) -> None:
    row = {"id": "lu-1", "url": "https://baobien.example/lu-1", "title": "Lũ trên sông Trà đã rút hẳn"}
    changed = row | {"body": "Nước lũ ở hạ lưu sông Trà đã rút hẳn từ sáng nay, chợ họp lại."}
    counts = [stocked("ingest", "--json", stdin=jsonl(changed)).json for _ in range(2)]
    assert [(count["new"], count["updated"], count["duplicate"]) for count in counts] == [
        (0, 1, 0),
        (0, 0, 1),
    ]
    shown = stocked("show", "lu-1", "--json").json
    assert (shown["version"], len(shown["versions"])) == (2, 1)
    assert shown["versions"][0]["title"] == "Lũ trên sông Trà rút chậm"


def test_what_is_refused_is_named_with_its_place(run: Any, newsroom_folder: Path, jsonl: Any) -> None:
    good = {"title": "Chợ Cồn Sậy họp lại", "body": "Chợ Cồn Sậy họp lại từ sáng nay sau ba ngày nghỉ vì lũ."}
    (newsroom_folder / "bai.jsonl").write_bytes(jsonl(good) + b"{sai\n")
    (newsroom_folder / "anh.txt").write_bytes(b"\x00\xff\xfe" * 500)
    result = run("ingest", "bai.jsonl", "anh.txt", "khong-co", "--json")
    assert result.code == 1
    assert sorted(result.json) == ["duplicate", "new", "rejected", "updated"]
    assert result.json["new"] == 1
    assert [refusal["path"] for refusal in result.json["rejected"]] == ["bai.jsonl:2", "anh.txt", "khong-co"]
    assert all(refusal["reason"] for refusal in result.json["rejected"])
    plain = run("ingest", "khong-co")
    assert (plain.out, plain.err) == (
        "mới 0 · cập nhật 0 · trùng 0\nkhong-co: từ chối 1 (không có tệp hay thư mục này)\n",
        "✗ khong-co: không có tệp hay thư mục này\n",
    )


def test_the_end_reports_the_outcome_of_each_file(run: Any, newsroom_folder: Path, jsonl: Any) -> None:
    good = {"title": "Chợ Cồn Sậy họp lại", "body": "Chợ Cồn Sậy họp lại từ sáng nay sau ba ngày nghỉ vì lũ."}
    (newsroom_folder / "tin" / "a.jsonl").write_bytes(jsonl(good, good) + b"{sai\n" + jsonl({"title": ""}))
    (newsroom_folder / "tin" / "b.csv").write_text(
        "Tên;Link\nChợ họp lại;https://b.example/1\n", encoding="utf-8"
    )
    result = run("ingest", "tin")
    assert result.code == 1
    assert result.out.splitlines() == [
        "mới 1 · cập nhật 0 · trùng 1",
        "tin/a.jsonl: mới 1 · trùng 1 · từ chối 2 (JSON hỏng ở ký tự 2, và 1 lý do khác)",
        "tin/b.csv: từ chối 1 (bảng không có cột nội dung (sapo hoặc body); các cột: «Tên», «Link»)",
    ]


def test_a_dry_run_shows_the_first_three_as_they_would_be_taken_and_stores_nothing(
    run: Any, newsroom_folder: Path
) -> None:
    rows = "".join(
        f"Chợ phiên {n} họp lại;Chợ họp lại từ sáng nay sau {n} ngày nghỉ vì lũ;04/10/2026 09:3{n};Báo Biển\n"
        for n in range(5)
    )
    (newsroom_folder / "bang.csv").write_text(
        f"Tiêu đề;Nội dung;Ngày đăng;Nguồn\n{rows}sai;\n", encoding="utf-8"
    )
    result = run("ingest", "--dry-run", "bang.csv")
    assert result.out.count("Tiêu đề:") == 3
    for shown in (
        "bang.csv:2",
        "Chợ phiên 0 họp lại",
        "2026-10-04T09:30:00+07:00",
        "Báo Biển",
        "từ sáng nay sau 0",
    ):
        assert shown in result.out
    assert "nhận được 5 bài" in result.out
    assert "chưa lưu gì" in result.out
    assert result.err.startswith("✗ bang.csv:7: ")
    as_json = run("ingest", "--dry-run", "--json", "bang.csv").json
    assert (as_json["taken"], len(as_json["first"]), len(as_json["rejected"])) == (5, 3, 1)


def test_a_dry_run_leaves_a_store_as_it_is(stocked: Any, jsonl: Any) -> None:
    before = stocked("stats", "--json").json
    stocked("ingest", "--dry-run", stdin=jsonl({"title": "Bến phà Lở mở lại từ sáng nay"}))
    assert stocked("stats", "--json").json["articles"] == before["articles"]


def test_a_folder_is_read_and_no_path_is_stdin(run: Any, newsroom_folder: Path, jsonl: Any) -> None:
    row = {"title": "Chợ Cồn Sậy họp lại", "body": "Chợ Cồn Sậy họp lại từ sáng nay sau ba ngày nghỉ vì lũ."}
    (newsroom_folder / "tin" / "bai.jsonl").write_bytes(jsonl(row))
    assert run("ingest", "tin", "--json").json["new"] == 1
    assert run("ingest", "--json", stdin=jsonl(row)).json["duplicate"] == 1
    assert run("ingest", "-", "--json", stdin=jsonl(row)).json["duplicate"] == 1


def test_an_article_is_found_by_number_and_by_id(stocked: Any) -> None:
    (result,) = stocked("search", "sông", "trà", "--json").json["results"]
    by_number = stocked("show", str(result["id"]), "--json")
    assert by_number.json["external_id"] == "lu-1"
    assert stocked("show", "lu-1", "--json") == by_number
    assert by_number.json["stored"].startswith("2026-11-20T12:00:")
    assert by_number.json["published"] == "2026-11-20T08:00:00+07:00"


def test_a_shown_summary_stands_at_its_places(stocked: Any) -> None:
    article = stocked("show", "lu-1", "--json").json
    assert article["summary"]
    for sentence in article["summary"]:
        assert sentence["field"] in ("sapo", "body")
        assert article[sentence["field"]][sentence["start"] : sentence["end"]] == sentence["text"]


def test_an_article_is_shown_for_reading(stocked: Any) -> None:
    result = stocked("show", "lu-1").out
    assert result.startswith("Lũ trên sông Trà rút chậm\nBáo Biển · 2026-11-20T08:00:00+07:00 · https://")
    assert "Tóm tắt:" in result


def test_what_an_article_does_not_have_leaves_no_gap(stocked: Any, newsroom_folder: Path) -> None:
    text = "Chợ nổi họp sớm\n\nGhe về bến khi trời còn mờ sương, cá đầy khoang, người mua đã đợi sẵn trên bờ."
    (newsroom_folder / "cho.txt").write_text(text, encoding="utf-8")
    stocked("ingest", "cho.txt")
    assert stocked("show", "3").out.startswith("Chợ nổi họp sớm\nkhông rõ ngày đăng\n\nGhe về bến")


@pytest.mark.parametrize("unknown", ["0", "khong-co", "9" * 30, "' OR 1=1 --", "²"])
def test_an_unknown_article_is_refused(stocked: Any, unknown: str) -> None:
    result = stocked("show", unknown, "--json")
    assert (result.code, result.out) == (1, "")
    assert f"Không có bài «{unknown}»" in result.err


def test_words_are_found_with_and_without_accents(stocked: Any) -> None:
    answers = [stocked("search", *words, "--json").json for words in (["gia", "vang"], ["giá vàng"])]
    assert [answer["query"] for answer in answers] == ["gia vang", "giá vàng"]
    assert answers[0]["results"] == answers[1]["results"]
    assert [answer["total"] for answer in answers] == [1, 1]
    (result,) = answers[0]["results"]
    assert sorted(result) == KEYS_OF_A_RESULT
    assert result["published"] == "2026-11-20T09:30:00+07:00"


@pytest.mark.parametrize("words", ["a* NOT", "NEAR(", "'", '"', "%", "AND", "(((", "\x00", "-", "x" * 3_000])
def test_search_operators_are_only_words(stocked: Any, words: str) -> None:
    result = stocked("search", "--json", "--", words)
    assert result.code == 0
    assert result.json["query"] == words


def test_queries_are_answered_in_order_with_external_ids(stocked: Any, jsonl: Any) -> None:
    queries = jsonl(
        {"q": "gia vang", "n": 7}, {"id": 3}, {"q": "không có chữ này"}, {"q": "sông Trà", "q2": []}
    )
    result = stocked("search", "--queries", "-", stdin=queries)
    assert result.code == 1
    assert result.rows == [
        {"q": "gia vang", "n": 7, "ids": ["vang-1"]},
        {"id": 3, "error": "thiếu «q», hoặc «q» không phải chữ"},
        {"q": "không có chữ này", "ids": []},
        {"q": "sông Trà", "q2": [], "ids": ["lu-1"]},
    ]


def test_at_most_ten_ids_are_given(run: Any, jsonl: Any) -> None:
    rows = (
        {"id": str(n), "title": f"Chợ Cồn Sậy {n}", "body": f"Chợ Cồn Sậy họp lại sau {n} ngày nghỉ vì lũ."}
        for n in range(12)
    )
    run("ingest", stdin=jsonl(*rows))
    (answer,) = run("search", "--queries", "-", stdin=jsonl({"q": "cồn sậy"})).rows
    assert len(answer["ids"]) == 10


def test_a_digest_is_sentences_at_their_places(stocked: Any) -> None:
    result = stocked("digest", "--json").json
    assert sorted(result) == ["edition", "parts", "slot", "stories"]
    assert result["edition"] == "sang"
    assert result["slot"].startswith("2026-11-20T12:30:")
    assert len(result["stories"]) == 2
    for story in result["stories"]:
        assert story["sources"]
        for sentence in story["sentences"]:
            article = stocked("show", str(sentence["article"]), "--json").json
            assert article[sentence["field"]][sentence["start"] : sentence["end"]] == sentence["text"]


@pytest.mark.parametrize(
    ("at", "stories"),
    [
        ("2026-11-20T09:00", 1),  # one article was published by then
        ("2026-11-20T02:00:00Z", 1),
        ("2026-11-20t09:00:00+07:00", 1),
        ("2026-11-20 12:00", 2),
        ("2026-11-20T07:59", 0),
        ("2026-11-23T12:00", 0),  # too old by then
    ],
)
def test_a_digest_looks_back_as_of_a_moment(stocked: Any, at: str, stories: int) -> None:
    result = stocked("digest", "--at", at, "--json")
    assert result.code == 0
    assert len(result.json["stories"]) == stories


@pytest.mark.parametrize(
    "at", ["", "hôm qua", "2026-11-20", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59"]
)
def test_an_invalid_moment_is_wrong_use(stocked: Any, at: str) -> None:
    result = stocked("digest", "--at", at)
    assert (result.code, result.out) == (2, "")
    assert f"--at «{at}»" in result.err


def test_a_digest_is_printed_for_reading(stocked: Any) -> None:
    result = stocked("digest", "--edition", "chieu")
    assert result.out.startswith("Bản tin chiều")
    assert "sông Trà" in result.out
    assert "<" not in result.out


def test_a_digest_without_news_says_so(run: Any) -> None:
    assert run("digest").out == "Chưa có tin nào cho bản tin này.\n"
    assert run("digest", "--json").json["stories"] == []


def test_search_says_why_an_article_stands_where_it_does(stocked: Any) -> None:
    said = stocked("search", "sông", "trà", "--why").out
    assert "    - Có đủ từ ở tiêu đề và lời dẫn." in said
    assert " điểm: " in said
    assert " điểm: " not in stocked("search", "sông", "trà").out


def test_workers_take_in_and_reprocess_as_one_process_does(run: Any, jsonl: Any) -> None:
    rows = [ARTICLES[0], {"title": ""}, ARTICLES[1]]
    done = run("ingest", "--json", "--workers", "1", stdin=jsonl(*rows))
    assert done.code == 1
    assert (done.json["new"], [one["path"] for one in done.json["rejected"]]) == (2, ["-:2"])
    shown = run("show", "1", "--json").json
    assert run("reprocess", "--workers", "1", "--json").json == {"articles": 2}
    assert run("show", "1", "--json").json == shown


def test_workers_and_a_cluster_at_once_are_wrong_use(run: Any) -> None:
    done = run("ingest", "--workers", "1", "--dask", "tcp://127.0.0.1:1", "-")
    assert done.code == 2
    assert "--workers" in done.err


def test_an_unreachable_cluster_is_reported(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("reprocess", "--dask", "may-chu")
    assert done.code == 1
    assert "không phải địa chỉ bộ điều phối Dask" in done.err
    monkeypatch.setitem(sys.modules, "bot.text_work.cluster", None)
    done = run("reprocess", "--dask", "tcp://127.0.0.1:1")
    assert done.code == 2
    assert "pip install 'diemtin[scale]'" in done.err
