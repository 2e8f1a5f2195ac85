"""Wards and communes: where one thing is told to be, and other places of the same district."""

from collections.abc import Callable

import pytest

TellApart = Callable[..., list[tuple[str, ...]]]
SCHOOL = "Trường đại học Nam Rạch Sấu (phường An Bình, quận Ninh Hạ) khai giảng khóa đầu tiên."


@pytest.mark.parametrize(
    ("one", "other", "values"),
    [
        (
            SCHOOL,
            "Trường ĐH Nam Rạch Sấu ở đường Cừ, phường An Khánh, quận Ninh Hạ khai giảng khóa đầu tiên.",
            ("phường An Bình", "phường An Khánh"),
        ),
        (
            "Ông Tiến ngụ phường Phước Long, quận 9 thuê người làm vườn.",
            "Thuê người làm vườn là ông Tiến, ở phường Long Phước (quận 9).",
            ("phường Phước Long", "phường Long Phước"),
        ),
    ],
)
def test_two_papers_put_one_thing_in_different_wards(
    told_apart: TellApart, one: str, other: str, values: tuple[str, str]
) -> None:
    assert told_apart(one, other) == [("tên phường, xã", *values)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(SCHOOL.replace("An Bình", "An Khánh").replace("Ninh Hạ", "Bến Hạ"), id="other district"),
        pytest.param("Cháy chợ ở phường An Khánh, quận Ninh Hạ, không ai bị thương.", id="another event"),
        pytest.param(
            "Sinh viên Trường đại học Nam Rạch Sấu, ngụ phường An Khánh, quận Ninh Hạ, khai giảng khóa đầu.",
            id="a home",
        ),
        pytest.param(SCHOOL + " Cơ sở hai ở phường An Khánh, quận Ninh Hạ.", id="the other paper has both"),
    ],
)
def test_other_places_are_no_disagreement(told_apart: TellApart, other: str) -> None:
    assert told_apart(SCHOOL, other) == []
