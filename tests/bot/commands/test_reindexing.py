"""`diemtin db reindex` on the command line."""

from typing import Any


def test_the_index_is_rebuilt_and_finds_as_before(stocked: Any) -> None:
    told = stocked("db", "reindex")
    assert told.code == 0
    assert "2 bài" in told.out
    assert [row["title"] for row in stocked("search", "song tra", "--json").json["results"]] == [
        "Lũ trên sông Trà rút chậm"
    ]


def test_an_empty_index_is_rebuilt(run: Any) -> None:
    assert run("db", "reindex").code == 0
