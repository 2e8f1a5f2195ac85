"""JSON over many lines: its articles found and streamed, a bad one refused by its number, limits kept."""

import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from storage.intake.drafts import Draft, Refusal, UnreadableError
from storage.intake.json_documents import read_documents
from storage.intake.rows import MAX_LINE_BYTES

_ONE, _TWO = {"title": "Mưa", "body": "Nước lên."}, {"title": "Nắng", "body": "Trời đẹp."}
_CHUNK = 65_536


def _read(document: Any, size: int = _CHUNK) -> list[Draft | Refusal]:
    data = (
        document
        if isinstance(document, bytes)
        else json.dumps(document, indent=1, ensure_ascii=False).encode()
    )
    return list(read_documents((data[at : at + size] for at in range(0, len(data), size)), "tin.json"))


def _titles(found: list[Draft | Refusal]) -> list[str]:
    assert all(isinstance(one, Draft) for one in found), found
    return [one.title for one in found if isinstance(one, Draft)]


@pytest.mark.parametrize("size", [5, 7, _CHUNK])
@pytest.mark.parametrize(
    "document",
    [
        [_ONE, _TWO],
        {"articles": [_ONE, _TWO]},
        {"status": "ok", "result": {"pages": {"of": [_ONE, _TWO]}}},
        {"columns": ["title", "body"], "index": [0, 1], "data": [list(_ONE.values()), list(_TWO.values())]},
        {"title": {"0": "Mưa", "1": "Nắng"}, "body": {"0": "Nước lên.", "1": "Trời đẹp."}},
        {"title": ["Mưa", "Nắng"], "body": ["Nước lên.", "Trời đẹp."]},
        {"status": "ok", "meta": {"page": 1, "tags": ["a"]}, "data": {"items": [_ONE, _TWO]}, "next": None},
        {"title": "Tin trong ngày", "items": [_ONE, _TWO]},
        {"bài": [_ONE, _TWO]},
        {"Danh sách": [_ONE, _TWO], "ngày": "4/5/2021"},
        {"a1": _ONE, "a2": _TWO},
        {"hits": {"total": 2, "hits": [{"_id": "1", "_source": _ONE}, {"_id": "2", "_source": _TWO}]}},
        b'[\n{"title": "M\xc6\xb0a", "body": "a"},\n{"title": "N\xe1\xba\xafng", "body": "b"}\n]\n',
        b'\xef\xbb\xbf{\n"title": "M\xc6\xb0a", "body": "a"\n}\n{\n"title": "N\xe1\xba\xafng"\n}\n',
    ],
)
def test_articles_are_found_wherever_they_stand(document: Any, size: int) -> None:
    assert _titles(_read(document, size)) == ["Mưa", "Nắng"]


def test_an_article_under_its_address_has_that_address() -> None:
    found = _read({"https://b.example/1": _ONE, "https://b.example/2": _TWO})
    assert [one.url for one in found if isinstance(one, Draft)] == [
        "https://b.example/1",
        "https://b.example/2",
    ]


def test_an_article_with_lists_of_its_own_is_one_article() -> None:
    related = {
        "news": [{"title": "Khác", "url": "https://b.example/2"}],
        "tags": [{"name": "a"}],
        "comments": [[]],
    }
    assert _titles(_read(_ONE | related)) == ["Mưa"]
    assert _titles(_read({"related": [{"title": "Khác"}]} | _ONE)) == ["Mưa"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"title": "a", "x": 1, "x": 2}', "'x' xuất hiện hai lần"),
        (b'{"title": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "lồng quá sâu"),
        (b'{"title": "a", "body": "' + b"a " * 1_100_000 + b'"}', "dài quá 2 MB"),
        (b'{"title": "a", "x": [' + b"1," * 1_000_000 + b"1]}", "dài quá 2 MB"),
        (b'"chu"', "không phải là một đối tượng"),
        (b"[1, [2]]", "không phải là một đối tượng"),
        (b"null", "không phải là một đối tượng"),
        (b'{"title": 5}', "'title' phải là chuỗi"),
    ],
)
def test_a_bad_article_is_refused_by_its_number_and_costs_no_other(bad: bytes, reason: str) -> None:
    first, second, third = _read(b'[{"title": "M"},' + bad + b',{"title": "N"}]')
    assert isinstance(first, Draft)
    assert isinstance(second, Refusal)
    assert second.path == "tin.json#2"
    assert reason in second.reason
    assert third == Draft("tin.json#3", title="N")


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        (b"", "cắt cụt"),
        (b'{"title": "N', "cắt cụt"),
        (b'{"title": NaN}]', "JSON hỏng"),
        (b"{'title': 'N'}]", "JSON hỏng"),
        (b'{"title": "N\xc6"}]', "không phải UTF-8"),
        (b'{"title": "' + b"a" * (3 * MAX_LINE_BYTES), "dài quá 2 MB"),
        (b'{"id": ' + b"9" * 5_000 + b"}]", ""),
    ],
)
def test_what_is_no_json_ends_the_reading_by_name(rest: bytes, reason: str) -> None:
    first, second = _read(b'[{"title": "M"},' + rest)
    assert first == Draft("tin.json#1", title="M")
    assert isinstance(second, Refusal)
    assert second.path == "tin.json#2"
    assert reason in second.reason


def test_a_file_without_an_article_says_so() -> None:
    with pytest.raises(UnreadableError, match="không có bài nào"):
        _read(b"[]")
    assert _read({"articles": []}) == [Draft("tin.json#1")]  # which `take` refuses: no title and no text


def test_brackets_without_end_are_over_soon() -> None:
    [refusal] = _read(b"[" * 300_000)
    assert isinstance(refusal, Refusal)


def test_a_long_array_takes_the_memory_of_an_article() -> None:
    row = json.dumps(_ONE | {"tags": ["mưa"] * 5}, ensure_ascii=False).encode() + b",\n"

    def chunks() -> Iterator[bytes]:
        yield b'{"data": ['
        for _ in range(20):
            yield row * 125  # 230 kB in all
        yield b'{"title": "H\xe1\xba\xbft"}]}'

    tracemalloc.start()
    count = sum(isinstance(one, Draft) for one in read_documents(chunks(), "tin.json"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 2_501
    assert peak < 200_000
