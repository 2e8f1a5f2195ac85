"""JSONL: good rows become drafts, bad rows are refused by their lines, and files may be endless."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.intake.drafts import Draft, Incoming, Refusal, Taken
from storage.intake.rows import MAX_LINE_BYTES, read_rows

_GOOD = b'{"title": "M\xc6\xb0a"}'


def _read(*chunks: bytes) -> list[Draft | Refusal]:
    return list(read_rows(chunks, "tin.jsonl"))


def _reason(line: bytes) -> str:
    [found] = _read(line)
    assert isinstance(found, Refusal)
    return found.reason


def test_a_file_gives_its_good_rows_and_names_its_bad_ones(
    read_bytes: Callable[..., list[Taken]], data_folder: Path
) -> None:
    taken = read_bytes((data_folder / "rows.jsonl").read_bytes(), "rows.jsonl")
    good = {one.place: one.title for one in taken if isinstance(one, Incoming)}
    refused = [one.path for one in taken if isinstance(one, Refusal)]
    assert good == {
        "rows.jsonl:1": "Giá cà phê tăng phiên thứ năm",
        "rows.jsonl:3": "Trường làng có thư viện mới",
        "rows.jsonl:13": "Đội cứu hộ Nam Hải về nhất",
    }
    assert refused == [f"rows.jsonl:{line}" for line in range(4, 13)]


def test_every_key_of_a_row_reaches_its_field() -> None:
    row = {
        "id": "7",
        "url": "u",
        "title": "t",
        "sapo": "s",
        "body": "b",
        "published": "p",
        "source": "n",
        "topic": "c",
    }
    assert _read(json.dumps(row | {"khác": [1]}).encode()) == [
        Draft(
            "tin.jsonl:1",
            title="t",
            sapo="s",
            body="b",
            url="u",
            external_id="7",
            source="n",
            topic="c",
            published="p",
        )
    ]


def test_a_body_may_be_a_list_of_lines_and_an_id_a_number() -> None:
    assert _read(b'{"id": 12, "title": "t", "body": ["a", "b"]}') == [
        Draft("tin.jsonl:1", title="t", body="a\nb", external_id="12")
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_lines_do_not_depend_on_how_the_bytes_arrive(size: int) -> None:
    data = b"\xef\xbb\xbf" + _GOOD + b"\r\n\n  \nh\xe1\xbb\x8fng\n" + _GOOD
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    assert [(type(one), one.place if isinstance(one, Draft) else one.path) for one in _read(*chunks)] == [
        (Draft, "tin.jsonl:1"),
        (Refusal, "tin.jsonl:4"),
        (Draft, "tin.jsonl:5"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"title": "t"', "JSON hỏng ở ký tự 14"),
        (b"{'title': 't'}", "JSON hỏng ở ký tự 2"),
        (b'"t"', "không phải là một đối tượng JSON"),
        (b"null", "không phải là một đối tượng JSON"),
        (b'{"title": "t", "x": -Infinity}', "-Infinity không phải là JSON"),
        (b'{"title": "t", "x": {"a": 1, "a": 2}}', "'a' xuất hiện hai lần"),
        (b'{"title": ["t", "u"]}', "'title' phải là chuỗi"),
        (b'{"title": "t", "published": true}', "'published' phải là chuỗi hoặc số giây"),
        (b'{"title": "t", "id": true}', "'id' phải là chuỗi hoặc số nguyên"),
        (b'{"title": "t", "id": 1.5}', "'id' phải là chuỗi hoặc số nguyên"),
        (b'{"title": "t", "body": ["a", null]}', "'body' phải là chuỗi hoặc danh sách chuỗi"),
        (b'{"title": "t", "id": ' + b"9" * 5000 + b"}", "quá lớn hoặc lồng quá sâu"),
        (b'{"title": ' + b"[" * 100_000, "quá lớn hoặc lồng quá sâu"),
        (b'{"title": "M\xc6"}', "không phải UTF-8"),
    ],
)
def test_a_bad_row_is_refused_with_the_reason(line: bytes, reason: str) -> None:
    assert reason in _reason(line)


def test_a_line_that_holds_a_list_gives_each_of_its_articles() -> None:
    rows = {"status": "ok", "articles": [{"title": "Mưa"}, {"title": ["Nắng", "gió"]}, {"title": "Bão"}]}
    line = json.dumps(rows, ensure_ascii=False).encode()
    found = list(read_rows([line + b"\n", _GOOD], "tin.jsonl"))
    places = [one.place if isinstance(one, Draft) else one.path for one in found]
    assert places == ["tin.jsonl:1#1", "tin.jsonl:1#2", "tin.jsonl:1#3", "tin.jsonl:2"]
    assert [isinstance(one, Refusal) for one in found] == [False, True, False, False]


def test_a_line_too_long_is_passed_over_and_the_next_one_read() -> None:
    whole = b'{"title": "' + b"a" * MAX_LINE_BYTES + b'"}\n' + _GOOD
    in_pieces = [whole[at : at + 65_536] for at in range(0, len(whole), 65_536)]
    for chunks in ([whole], in_pieces):
        first, second = _read(*chunks)
        assert first == Refusal("tin.jsonl:1", "dòng dài quá 2 MB")
        assert second == Draft("tin.jsonl:2", title="Mưa")


def test_a_line_too_long_at_the_end_is_refused_once() -> None:
    assert _read(b"a" * (MAX_LINE_BYTES + 1)) == [Refusal("tin.jsonl:1", "dòng dài quá 2 MB")]


def test_rows_are_read_as_they_are_asked_for() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield _GOOD + b"\n"

    rows = read_rows(endless(), "tin.jsonl")
    assert [next(rows) for _ in range(3)][2] == Draft("tin.jsonl:3", title="Mưa")
