"""Documents of daily figures: what is read, and how everything else is refused."""

import datetime as dt
import json
from typing import Any

import pytest

from storage.figures import MOST_FIGURES, Figure, read_figures
from storage.intake.drafts import Refusal, UnreadableError

NOW = dt.datetime(2026, 11, 29, 2, 0, tzinfo=dt.UTC)  # 9:00 in Việt Nam
GOLD = {"name": "Vàng SJC", "value": 152.5, "unit": "triệu đồng/lượng", "time": "2026-11-29T08:30:00+07:00"}


def read(*rows: Any) -> list[Figure | Refusal]:
    return read_figures(json.dumps(rows).encode(), "gia.json", "Asia/Ho_Chi_Minh", NOW)


def test_a_list_and_a_list_under_its_key_are_read_alike() -> None:
    [gold] = read(GOLD)
    assert gold == Figure("Vàng SJC", "152,5", "triệu đồng/lượng", NOW - dt.timedelta(minutes=30))
    under = json.dumps({"updated": "x", "figures": [GOLD]}).encode()
    assert read_figures(b"\xef\xbb\xbf" + under, "gia.json", "UTC", NOW) == [gold]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (26350, "26.350"), (7.25, "7,25"), (-3, "-3"), (0, "0"), (152500000, "152.500.000"),
        (1e14, "100.000.000.000.000"), ("152.500.000", "152.500.000"), ("05123", "05123"),
        ("24-31", "24-31"), ("24 – 31", "24 – 31"), ("−2,5", "−2,5"),
    ],
)  # fmt: skip
def test_numbers_are_shown_as_vietnamese_readers_write_them(value: Any, shown: str) -> None:
    [figure] = read({**GOLD, "value": value})
    assert isinstance(figure, Figure)
    assert figure.value == shown


@pytest.mark.parametrize(
    "value",
    [
        "", "nắng", "152 triệu", "1" * 4_000, "9" * 41, "<b>1</b>", "1;2", True, None, [1], {"a": 1},
        1e15, -1e300, "1\n2", "١٢٣",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_by_name(value: Any) -> None:
    [refusal] = read({**GOLD, "value": value})
    assert isinstance(refusal, Refusal)
    assert refusal.path == "gia.json#1"
    assert '"value"' in refusal.reason


def test_numbers_that_json_has_not_are_refused() -> None:
    body = json.dumps([{**GOLD, "value": float("nan")}, {**GOLD, "value": float("inf")}]).encode()
    assert all(isinstance(one, Refusal) for one in read_figures(body, "gia.json", "UTC", NOW))


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"name": ""}, '"name"'), ({"name": 7}, '"name"'), ({"name": "vàng " * 800}, '"name"'),
        ({"name": "a\u202eb"}, '"name"'), ({"unit": "đ" * 31}, '"unit"'), ({"place": ["Hà Nội"]}, '"place"'),
        ({"time": ""}, '"time"'), ({"time": "hôm nay"}, '"time"'), ({"time": 1764383400}, '"time"'),
        ({"time": "2026-11-29T12:00:00+07:00"}, "tương lai"),
        ({"time": "9999-12-31T23:59:59-12:00"}, '"time"'),
        ({"time": "0001-01-01T00:00:00+14:00"}, '"time"'),
    ],
)  # fmt: skip
def test_every_other_field_is_refused_by_name(changed: dict[str, Any], word: str) -> None:
    [refusal, gold] = read({**GOLD, **changed}, {**GOLD, "place": "Huế"})
    assert isinstance(refusal, Refusal)
    assert word in refusal.reason
    assert isinstance(gold, Figure), "one bad row leaves the others alone"


def test_rows_that_are_no_objects_and_doubles() -> None:
    found = read("Vàng", 7, None, GOLD, {**GOLD, "value": 153})
    assert [one.path for one in found if isinstance(one, Refusal)] == [f"gia.json#{n}" for n in (1, 2, 3)]
    assert [one.value for one in found if isinstance(one, Figure)] == ["153"]


def test_a_time_without_a_zone_is_the_source_s() -> None:
    [figure] = read({**GOLD, "time": "2026-11-29T08:30"})
    assert isinstance(figure, Figure)
    assert figure.at == NOW - dt.timedelta(minutes=30)


def test_too_many_figures_are_cut_and_told() -> None:
    found = read(*({**GOLD, "place": f"Tỉnh {n}"} for n in range(MOST_FIGURES + 5)))
    assert sum(isinstance(one, Figure) for one in found) == MOST_FIGURES
    assert isinstance(found[-1], Refusal)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[1", b'{"figures": 7}', b"null", b"\xff\xfe", b"[" * 100_000, b" " * 256_001, b'"a"'],
)
def test_what_is_no_document_of_figures_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_figures(body, "gia.json", "UTC", NOW)
