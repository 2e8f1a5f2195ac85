"""Rows of `diemtin summarize --jsonl`, good and bad."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.extraction.jsonl import summarize_row

LINES = [
    "Bến Mơ khởi công cầu Sao bắc qua sông Mơ sáng 4/11.",
    "Ảnh: An",
    "Cầu dài 1,2 km và có bốn làn xe chạy.",
]


def row(**fields: Any) -> dict[str, Any]:
    return {"id": "a1", "title": "Khởi công cầu Sao", "body": LINES} | fields


def test_a_list_body_is_joined_by_line_feeds() -> None:
    answer = summarize_row(row(), sentences=2)
    assert answer["id"] == "a1"
    assert answer["summary"] == [LINES[0], LINES[2]]
    body = "\n".join(LINES)
    assert [body[start:end] for _, _, start, end in answer["places"]] == answer["summary"]


def test_offsets_count_code_points_of_the_field_as_given() -> None:
    sapo = " \u200bCa\u0302y ca\u0302\u0300u lớn nhất vùng đã khởi công.\u200b "
    answer = summarize_row(row(sapo=sapo), sentences=1)
    assert answer["places"] == [[0, "sapo", 2, len(sapo) - 2]]
    assert answer["summary"] == [sapo[2:-2]]


def test_documents_are_summed_up_together() -> None:
    documents = [row(), row(title="Cầu Sao", body="Cầu Sao sẽ thông xe sau hai năm, theo chủ đầu tư.")]
    answer = summarize_row({"id": 5, "documents": documents}, max_syllables=60)
    assert answer["id"] == 5
    assert {place[0] for place in answer["places"]} == {0, 1}


def test_unknown_keys_and_missing_fields_are_no_error() -> None:
    assert summarize_row(row(planted=["x"], sapo=None, published=3))["summary"]
    assert summarize_row({"body": LINES})["id"] is None
    assert summarize_row({"id": 1, "title": "Chỉ có tiêu đề"}) == {"id": 1, "summary": [], "places": []}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (None, "đối tượng JSON"),
        ([], "đối tượng JSON"),
        ("chữ", "đối tượng JSON"),
        (math.nan, "đối tượng JSON"),
        ({"id": "a1"}, "không có tiêu đề và nội dung"),
        (row(title=5), "title phải là chữ"),
        (row(sapo=["a"]), "sapo phải là chữ"),
        (row(body=math.inf), "body phải là"),
        (row(body=["a", 1]), "body phải là"),
        (row(body="nửa \ud83d cặp"), "không hợp lệ"),
        ({"id": "a1", "documents": []}, "ít nhất một bài"),
        ({"id": "a1", "documents": {"title": "a"}}, "ít nhất một bài"),
        ({"id": "a1", "documents": [1]}, "đối tượng JSON"),
        ({"id": "a1", "documents": [{"title": "a"}] * 201}, "hơn 200"),
    ],
)
def test_a_bad_row_is_answered_by_its_id_and_the_reason(bad: object, reason: str) -> None:
    answer = summarize_row(bad)
    assert set(answer) == {"id", "error"}
    assert answer["id"] == ("a1" if isinstance(bad, dict) else None)
    assert reason in answer["error"]


@pytest.mark.parametrize("number", [math.nan, math.inf, ["a"], {}, "\ud83d", None])
def test_an_id_that_cannot_be_printed_is_null(number: object) -> None:
    assert summarize_row(row(id=number))["id"] is None


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "title", "sapo", "body", "documents"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_any_json_value_gets_an_answer_that_is_json(value: object) -> None:
    answer = summarize_row(value)
    assert set(answer) in ({"id", "error"}, {"id", "summary", "places"})
    json.dumps(answer, allow_nan=False, ensure_ascii=False).encode("utf-8")
