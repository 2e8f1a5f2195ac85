"""The rows of `stories --jsonl`."""

import datetime as dt
import json
from pathlib import Path

import pytest

from summarizer.stories.story_rows import group_rows

EVENTS: dict[str, list[dict[str, str]]] = json.loads(
    Path(__file__).with_name("events.json").read_text(encoding="utf-8")
)
ROWS = [{"id": f"{event}-{n}", **text} for event, texts in EVENTS.items() for n, text in enumerate(texts)]


def no_time(text: str) -> dt.datetime | None:
    return None


def stories_of(rows: list[object]) -> list[object]:
    return [answer.get("story", answer.get("error")) for answer in group_rows(rows, parse_time=no_time)]


def test_each_event_is_one_story_and_the_order_of_rows_is_kept() -> None:
    answers = group_rows(ROWS, parse_time=no_time)
    assert [answer["id"] for answer in answers] == [row["id"] for row in ROWS]
    by_event = {answer["id"].rpartition("-")[0]: answer["story"] for answer in answers}
    assert [answer["story"] for answer in answers] == [by_event[row["id"].rpartition("-")[0]] for row in ROWS]
    assert sorted(by_event.values()) == list(range(1, len(EVENTS) + 1))


def test_stories_do_not_depend_on_the_order_of_arrival() -> None:
    def partition(rows: list[object]) -> set[frozenset[str]]:
        answers = group_rows(rows, parse_time=no_time)
        return {frozenset(a["id"] for a in answers if a["story"] == b["story"]) for b in answers}

    assert partition(ROWS) == partition(ROWS[::-1])


def test_a_body_of_lines_counts_as_the_same_text() -> None:
    row = ROWS[0]
    assert stories_of([row, {**row, "id": 2, "body": row["body"].split("\n")}]) == [1, 1]


def test_publication_times_far_apart_part_stories() -> None:
    days = {
        "hôm nay": dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
        "tuần trước": dt.datetime(2026, 11, 12, tzinfo=dt.UTC),
    }
    rows = [{**ROWS[0], "published": "hôm nay"}, {**ROWS[1], "published": "tuần trước"}]
    assert [answer["story"] for answer in group_rows(rows, parse_time=days.get)] == [1, 2]
    unread = [{**row, "published": "bao giờ"} for row in rows]
    assert [answer["story"] for answer in group_rows(unread, parse_time=days.get)] == [1, 1]


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ([], {"id": None, "error": "mỗi dòng phải là một đối tượng JSON"}),
        (None, {"id": None, "error": "mỗi dòng phải là một đối tượng JSON"}),
        ({"title": "Tin"}, {"id": None, "error": "thiếu «id» (chuỗi hoặc số nguyên)"}),
        ({"id": True, "title": "Tin"}, {"id": None, "error": "thiếu «id» (chuỗi hoặc số nguyên)"}),
        ({"id": float("nan"), "title": "Tin"}, {"id": None, "error": "thiếu «id» (chuỗi hoặc số nguyên)"}),
        ({"id": 7}, {"id": 7, "error": "không có tiêu đề và nội dung"}),
        ({"id": "a", "title": " ", "body": []}, {"id": "a", "error": "không có tiêu đề và nội dung"}),
        ({"id": "a", "title": 5}, {"id": "a", "error": "«title» phải là chuỗi"}),
        ({"id": "a", "title": "Tin", "sapo": ["x"]}, {"id": "a", "error": "«sapo» phải là chuỗi"}),
        ({"id": "a", "body": [1]}, {"id": "a", "error": "«body» phải là chuỗi hoặc danh sách chuỗi"}),
    ],
)
def test_a_bad_row_is_answered_by_its_error_and_the_others_are_grouped(
    row: object, answer: dict[str, object]
) -> None:
    answers = group_rows([ROWS[0], row, ROWS[1]], parse_time=no_time)
    assert answers[1] == answer
    assert answers[0]["story"] == answers[2]["story"] == 1


def test_unknown_keys_and_odd_times_are_passed_over() -> None:
    assert stories_of([{**ROWS[0], "published": 5, "màu": "xanh"}, {**ROWS[1], "published": None}]) == [1, 1]


def test_no_rows_have_no_answers() -> None:
    assert group_rows([], parse_time=no_time) == []
