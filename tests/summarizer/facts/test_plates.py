"""Number plates of one vehicle and of two."""

from collections.abc import Callable

import pytest

TellApart = Callable[..., list[tuple[str, ...]]]
TRUCK = "Xe tải 79H1-2832 lao xuống mương."


def test_two_papers_write_one_plate_differently(told_apart: TellApart) -> None:
    assert told_apart(TRUCK, "Xe tải mang biển số 71H9 – 2832 lao xuống mương.") == [
        ("biển số xe", "79H1-2832", "71H9 – 2832")
    ]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("Xe tải 79 H1 – 2832 lao xuống mương.", id="one plate set apart"),
        pytest.param("Xe khách 29B-017.45 chạy sau.", id="another vehicle"),
        pytest.param("Xe tải 79H1-2831 chạy sau xe 79H1-2832.", id="the other paper has both"),
        pytest.param("Số điện thoại 0979 2832 không ai nghe.", id="no plate"),
    ],
)
def test_other_plates_are_no_disagreement(told_apart: TellApart, other: str) -> None:
    assert told_apart(TRUCK, other) == []
