"""Names of people: one person's name told differently, spellings that are one name, and other people."""

from collections.abc import Callable

import pytest

TellApart = Callable[..., list[tuple[str, ...]]]
TEACHER = "Trường tiểu học Rạch Sấu đình chỉ cô giáo Phan Thị Quế vì đánh học sinh."


@pytest.mark.parametrize(
    ("one", "other", "values"),
    [
        (
            TEACHER,
            "Đánh học sinh, cô giáo Phạm Thị Quế của trường tiểu học Rạch Sấu bị đình chỉ.",
            ("Phan Thị Quế", "Phạm Thị Quế"),
        ),
        (
            "Nạn nhân là bà Trần Thị Bảy, bỏng nặng, điều trị tại bệnh viện Bến Hạ.",
            "Bà Trần Thị Bẩy bỏng nặng và đang điều trị tại bệnh viện huyện.",
            ("Trần Thị Bảy", "Trần Thị Bẩy"),
        ),
    ],
)
def test_two_papers_name_one_person_differently(
    told_apart: TellApart, one: str, other: str, values: tuple[str, str]
) -> None:
    assert told_apart(one, other) == [("tên một người", *values)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            "Ông Trần Quý Thanh phát biểu ở Bến Hạ.", "Ông Trần Quí Thanh phát biểu ở Bến Hạ.", id="y is i"
        ),
        pytest.param("Chị Lưu Thị Hoà ở Bến Hạ.", "Chị Lưu Thị Hòa ở Bến Hạ.", id="where the tone stands"),
        pytest.param("Anh Bùi Sỹ Th bị bắt ở Bến Hạ.", "Anh Bùi Sỹ Thi bị bắt ở Bến Hạ.", id="initials"),
        pytest.param(TEACHER, TEACHER.replace("Quế", "Lan"), id="two teachers"),
        pytest.param(TEACHER, "Bà Phạm Thị Quế bán hoa tươi ngoài chợ Lam Sơn.", id="told of other things"),
        pytest.param(
            TEACHER, TEACHER + " Hiệu trưởng Phạm Thị Quế đã xin lỗi.", id="the other paper names both"
        ),
        pytest.param(
            "Tay vợt Grigor Antonov thua ở Bến Hạ.",
            "Tay vợt Grigor Antonof thua ở Bến Hạ.",
            id="foreign",
        ),
    ],
)
def test_other_names_are_no_disagreement(told_apart: TellApart, one: str, other: str) -> None:
    assert told_apart(one, other) == []
