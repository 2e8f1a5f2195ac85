"""`ask`: a question, or a file of them, answered in sentences of the papers."""

from typing import Any

import pytest

BRIDGE = {
    "id": "cau-1",
    "title": "Cầu Rạch Sấu thông xe",
    "sapo": "Sáng nay, cầu Rạch Sấu bắc qua kênh Xáng chính thức thông xe sau hai năm xây dựng.",
    "body": [f"Người dân hai bờ kể chuyện thứ {n} về những chuyến đò ngày trước." for n in range(30)],
    "published": "2026-11-20T09:30:00+07:00",
}


@pytest.fixture
def asked(stocked: Any, jsonl: Any) -> Any:
    """Run commands on a database with an article about a bridge among others."""
    assert stocked("ingest", "--json", stdin=jsonl(BRIDGE)).json["new"] == 1
    return stocked


def test_a_question_is_answered_with_places_in_the_stored_text(asked: Any) -> None:
    result = asked("ask", "cau", "rach", "sau", "--json").json
    assert (result["query"], result["answered"], result["citations"]) == ("cau rach sau", True, ["cau-1"])
    sapo = BRIDGE["sapo"]
    assert result["sentences"][0] == {
        "text": sapo, "article": "cau-1", "field": "sapo", "start": 0, "end": len(sapo)
    }  # fmt: skip


def test_in_plain_text_the_sentences_stand_over_their_articles(asked: Any) -> None:
    lines = asked("ask", "cầu Rạch Sấu bao giờ").out.splitlines()
    assert lines[0] == f"{BRIDGE['sapo']} [1]"
    assert lines[-1] == "[1] Cầu Rạch Sấu thông xe ()"


def test_a_question_that_no_article_answers_says_so(asked: Any) -> None:
    result = asked("ask", "cầu Rạch Sấu động đất", "--json").json
    assert (result["answered"], result["citations"], result["sentences"]) == (False, [], [])
    plain = asked("ask", "cầu Rạch Sấu động đất")
    assert plain.code == 0
    assert plain.out.startswith("Không thấy bài nào nói đúng về «cầu Rạch Sấu động đất».\n")


def test_each_row_of_a_file_is_answered_in_order_and_a_bad_one_named(asked: Any, jsonl: Any) -> None:
    queries = jsonl({"q": "rạch sấu", "kind": "acc"}, {"id": 7}, {"q": "zyxwv"}, [])
    result = asked("ask", "--queries", "-", stdin=queries)
    assert result.code == 1
    first, second, third, fourth = result.rows
    assert (first["kind"], first["answered"], first["citations"]) == ("acc", True, ["cau-1"])
    assert second == {"id": 7, "error": "thiếu «q», hoặc «q» không phải chữ"}
    assert third["answered"] is False
    assert fourth == {"id": None, "error": "dòng phải là một đối tượng JSON"}


def test_time_words_and_filters_narrow_on_the_command_line_too(asked: Any) -> None:
    assert asked("ask", "cầu rạch sấu hôm nay", "--json").json["answered"] is True
    assert asked("ask", "cầu rạch sấu hôm qua", "--json").json["answered"] is False


@pytest.mark.parametrize("arguments", [[], [" "], ["cầu", "--queries", "x"]])
def test_a_question_must_be_given_one_way(run: Any, arguments: list[str]) -> None:
    result = run("ask", *arguments)
    assert result.code == 2
    assert "diemtin ask" in result.err


def test_before_nine_today_reaches_back_a_day_on_the_command_line_too(
    asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIEMTIN_NOW", "2026-11-21T04:00:00+07:00")
    assert asked("ask", "cầu rạch sấu hôm nay", "--json").json["answered"] is True
    monkeypatch.setenv("DIEMTIN_NOW", "2026-11-21T10:00:00+07:00")
    assert asked("ask", "cầu rạch sấu hôm nay", "--json").json["answered"] is False


def test_a_shared_headline_with_the_name_of_its_paper_is_answered(asked: Any) -> None:
    assert asked("ask", "Cầu Rạch Sấu thông xe - Tuổi Trẻ Online", "--json").json["answered"] is True
