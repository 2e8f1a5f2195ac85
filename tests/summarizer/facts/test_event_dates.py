"""On which day it happened: one event's day told differently, and days of statements and limits."""

from collections.abc import Callable

import pytest

TellApart = Callable[..., list[tuple[str, ...]]]
HANDED = "Ngày 20-11, xưởng Rạch Sấu bàn giao tàu cá vỏ thép cho ngư dân huyện Bến Hạ."


@pytest.mark.parametrize(
    ("one", "other", "values"),
    [
        (
            HANDED,
            "Ngày 21.11, xưởng Rạch Sấu đã bàn giao tàu cá vỏ thép cho ngư dân Bến Hạ.",
            ("20-11", "21.11"),
        ),
        (
            "Tàu Sông Bứa bị bắt giữ hôm 19/11 trên vịnh Lam Sơn vì chở dầu lậu.",
            "Chở dầu lậu, tàu Sông Bứa bị cảnh sát bắt giữ hôm 18/11 và đang neo ở cảng.",
            ("19/11", "18/11"),
        ),
    ],
)
def test_two_papers_put_one_event_on_different_days(
    told_apart: TellApart, one: str, other: str, values: tuple[str, str]
) -> None:
    assert told_apart(one, other) == [("ngày xảy ra", *values)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("Ngày 21/11, xưởng Rạch Sấu cho biết bàn giao tàu vỏ thép ở Bến Hạ.", id="a statement"),
        pytest.param("Trước ngày 21/11, xưởng Rạch Sấu bàn giao tàu cá vỏ thép cho Bến Hạ.", id="a limit"),
        pytest.param("Ngày 28/11, xưởng Rạch Sấu bàn giao tàu cá vỏ thép cho Bến Hạ.", id="another event"),
        pytest.param("Ngày 21/11, chợ hoa Lam Sơn mở cửa đón khách đầu mùa.", id="other words"),
        pytest.param("Ngày 21/20, xưởng Rạch Sấu bàn giao tàu cá vỏ thép cho Bến Hạ.", id="no month"),
    ],
)
def test_other_days_are_no_disagreement(told_apart: TellApart, other: str) -> None:
    assert told_apart(HANDED, other) == []


def test_papers_of_two_days_tell_of_two_days(told_apart: TellApart) -> None:
    other = "Ngày 21.11, xưởng Rạch Sấu đã bàn giao tàu cá vỏ thép cho ngư dân Bến Hạ."
    assert told_apart(HANDED, other, hours=23.5) == []
    assert told_apart(HANDED, other, published=False) == []
