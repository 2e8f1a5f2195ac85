"""Tables: streamed row by row; a broken row costs itself only; what is no table of articles is refused."""

import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from storage.intake.drafts import Draft, Incoming, Refusal, Taken, UnreadableError
from storage.intake.rows import MAX_LINE_BYTES, read_table

_ReadBytes = Callable[..., list[Taken]]
_TEXT = "Nước sông dâng nhanh trong đêm, nhiều tuyến đường ven bờ ngập sâu nửa mét."


def _read(*chunks: str) -> list[Draft | Refusal]:
    return list(read_table((chunk.encode() for chunk in chunks), "bang.csv"))


def _places(found: list[Draft | Refusal]) -> list[tuple[type, str]]:
    return [(type(one), one.place if isinstance(one, Draft) else one.path) for one in found]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_makes_names_of_the_header(delimiter: str) -> None:
    rows = [["Tiêu đề", "Nội dung", "Nguồn"], ["Mưa lớn", '"Nước; lên, nhanh | và\tmạnh"', "Báo"]]
    [found] = _read("\n".join(delimiter.join(row) for row in rows))
    assert isinstance(found, Draft)
    assert (found.title, found.source) == ("Mưa lớn", "Báo")
    assert found.body.startswith("Nước; lên, nhanh | và")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_table_is_read_in_every_declared_encoding(
    read_bytes: _ReadBytes, codec: str, line_end: str
) -> None:
    table = line_end.join(["headline\tbody", f"Mưa lớn ở Hạ Long\t{_TEXT}", ""])
    [taken] = read_bytes(table.encode(codec), "bang.txt")
    assert isinstance(taken, Incoming)
    assert (taken.title, taken.body) == ("Mưa lớn ở Hạ Long", _TEXT)


def test_a_table_in_an_eight_bit_charset_is_refused_and_not_guessed(read_bytes: _ReadBytes) -> None:
    [taken] = read_bytes(b"title,body\nM\xfca l\xedn,N\xad\xedc", "bang.csv")
    assert isinstance(taken, Refusal)
    assert "không phải UTF-8" in taken.reason


def test_utf_16_that_breaks_keeps_what_came_before_it(read_bytes: _ReadBytes) -> None:
    good = f"title\tbody\nMưa lớn ở Hạ Long\t{_TEXT}\n".encode("utf-16")
    first, second = read_bytes(good + b"\x00\xdc" * 40_000, "bang.csv")
    assert isinstance(first, Incoming)
    assert isinstance(second, Refusal)
    assert "UTF-16" in second.reason


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (",link,name\n0,https://x.example/1,Mưa lớn\n", "không có cột nội dung .*: «», «link», «name»"),
        ("a;b\n1;2\n", "không có cột tiêu đề .* và cột nội dung"),
        ("title,body\n", "chỉ có dòng tên cột"),
        ("title,body,body\nA,B,C\n", "hai cột cùng tên «body»"),
        ("title,body" + "," * 900_000 + "\nA,B\n", "900002 cột"),
        ("a" * 3_000_000, "dài quá 1 MB"),
    ],
)
def test_what_is_no_table_of_articles_is_refused_with_its_columns(table: str, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        _read(table)


def test_a_million_columns_are_refused() -> None:
    with pytest.raises(UnreadableError, match="dài quá 1 MB"):
        _read(",".join(f"cột {n}" for n in range(1_000_000)))


def test_a_quote_that_is_never_closed_costs_its_own_row_only() -> None:
    found = _read('title,body\nMột,A\n"Hai,B\nBa,C\n', 'Bốn,"D\nvà D"\nNăm,E\n')
    assert _places(found) == [
        (Draft, "bang.csv:2"),
        (Refusal, "bang.csv:3"),
        (Draft, "bang.csv:4"),
        (Draft, "bang.csv:5"),
        (Draft, "bang.csv:7"),
    ]
    assert isinstance(found[1], Refusal)
    assert "ngoặc kép" in found[1].reason


def test_a_row_with_more_cells_than_columns_is_refused_and_one_with_fewer_is_read() -> None:
    more, fewer, blank = _read("title,body,date\nMưa, gió và lũ,A,B\nNắng,A\nGió,A,,,\n")
    assert isinstance(more, Refusal)
    assert "4 ô mà bảng có 3 cột" in more.reason
    assert fewer == Draft("bang.csv:3", title="Nắng", body="A")
    assert blank == Draft("bang.csv:4", title="Gió", body="A")


def test_a_row_of_a_million_cells_and_one_too_long_cost_no_other() -> None:
    found = _read("title,body\n", "," * 1_000_000 + "x\n", f"Dài,{'a' * (MAX_LINE_BYTES + 1)}\n", "Một,A\n")
    assert _places(found) == [(Refusal, "bang.csv:2"), (Refusal, "bang.csv:3"), (Draft, "bang.csv:4")]


def test_a_cell_may_be_as_long_as_a_report() -> None:
    [found] = _read(f'title,body\nMưa,"{"a " * 90_000}"\n')
    assert isinstance(found, Draft)
    assert len(found.body) == 179_999


def test_a_long_table_takes_the_memory_of_a_row() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"title,body\n"
        for _ in range(40):
            yield f'Mưa lớn ở Hạ Long,"{_TEXT}"\n'.encode() * 125  # 650 kB in all

    tracemalloc.start()
    count = sum(isinstance(one, Draft) for one in read_table(chunks(), "bang.csv"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 5_000
    assert peak < 250_000


def test_quotes_that_never_close_on_every_line_are_over_in_one_pass() -> None:
    lines = ['"' if n % 2 else f"Mưa,{n}" for n in range(20_000)]
    assert len(_read("title,body\n" + "\n".join(lines))) > 0
