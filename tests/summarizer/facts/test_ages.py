"""How old people are: one person's age told differently, and ages that agree though they look different."""

from collections.abc import Callable

import pytest

TellApart = Callable[..., list[tuple[str, ...]]]
DRIVER = "Tài xế Trần Văn Lựu (41 tuổi) khai nhận sự việc."


@pytest.mark.parametrize(
    ("one", "other", "values"),
    [
        (DRIVER, "Anh Trần Văn Lựu, 46 tuổi, lái xe tải.", ("41 tuổi", "46 tuổi")),
        (DRIVER, "Người lái xe là anh Văn Lựu (42 tuổi).", ("41 tuổi", "42 tuổi")),
        (DRIVER, "Ca sĩ 45 tuổi Trần Văn Lựu không bình luận.", ("41 tuổi", "45 tuổi")),
        (DRIVER, "Trần Văn Lựu (SN 1979) bị tạm giữ.", ("41 tuổi", "SN 1979")),
        ("Anh Lê Bá Ngoạn (1990, quê Bến Hạ).", "Anh Lê Bá Ngoạn sinh năm 1980.", ("1990", "sinh năm 1980")),
        ("Chị Kim Sen (25) tuổi, ở Bến Hạ.", "Chị Kim Sen (28 tuổi) kể lại.", ("25", "28 tuổi")),
    ],
)
def test_two_ages_of_one_person_differ(
    told_apart: TellApart, one: str, other: str, values: tuple[str, str]
) -> None:
    [(what, *told)] = told_apart(one, other)
    assert (what.startswith("tuổi của "), tuple(told)) == (True, values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(DRIVER, "Anh Trần Văn Lựu (SN 1985) lái xe tải.", id="an age and its year of birth"),
        pytest.param(DRIVER, "Anh Trần Văn Lựu (SN 1984) lái xe tải.", id="before the birthday"),
        pytest.param(DRIVER, "Anh Ngô Văn Lựu (30 tuổi) đi cùng.", id="another family name"),
        pytest.param(DRIVER, "Kẻ lừa đảo kém Trần Văn Lựu 2 tuổi. ", id="an age compared"),
        pytest.param(DRIVER, "Năm 20 tuổi Trần Văn Lựu đã lái xe.", id="an age of the past"),
        pytest.param(
            DRIVER,
            "Trần Văn Lựu (46 tuổi). Giấy tờ ghi Trần Văn Lựu, 41 tuổi.",
            id="the other paper has both",
        ),
    ],
)
def test_what_looks_like_another_age_is_none(told_apart: TellApart, one: str, other: str) -> None:
    assert told_apart(one, other) == []


def test_an_age_may_differ_days_later_but_not_by_a_year_when_it_is_unknown_when_it_was_told(
    told_apart: TellApart,
) -> None:
    older = "Anh Trần Văn Lựu (42 tuổi) lái xe tải."
    assert told_apart(DRIVER, older, hours=50) == [("tuổi của Trần Văn Lựu", "41 tuổi", "42 tuổi")]
    assert told_apart(DRIVER, older, published=False) == []
