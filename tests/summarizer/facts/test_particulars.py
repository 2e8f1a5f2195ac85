"""Ages, names, number plates and wards that papers report differently, and those that only look different."""

from collections.abc import Callable

import pytest

Differences = Callable[..., list[tuple[str, ...]]]
DRIVER = "Tài xế Trần Văn Lựu (41 tuổi) khai nhận sự việc."
TEACHER = "Trường tiểu học Rạch Sấu đình chỉ cô giáo Phan Thị Quế vì đánh học sinh."
TRUCK = "Xe tải 79H1-2832 lao xuống mương."
SCHOOL = "Trường đại học Nam Rạch Sấu (phường An Bình, quận Ninh Hạ) khai giảng khóa đầu tiên."


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
    differences: Differences, one: str, other: str, values: tuple[str, str]
) -> None:
    [(what, *given)] = differences(one, other)
    assert (what.startswith("tuổi của "), tuple(given)) == (True, values)


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
def test_what_looks_like_another_age_is_none(differences: Differences, one: str, other: str) -> None:
    assert differences(one, other) == []


def test_an_age_may_differ_days_later_but_not_by_a_year_when_it_is_unknown_when_it_was_told(
    differences: Differences,
) -> None:
    older = "Anh Trần Văn Lựu (42 tuổi) lái xe tải."
    assert differences(DRIVER, older, hours=50) == [("tuổi của Trần Văn Lựu", "41 tuổi", "42 tuổi")]
    assert differences(DRIVER, older, published=False) == []


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
    differences: Differences, one: str, other: str, values: tuple[str, str]
) -> None:
    assert differences(one, other) == [("tên một người", *values)]


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
def test_other_names_are_no_disagreement(differences: Differences, one: str, other: str) -> None:
    assert differences(one, other) == []


def test_two_papers_write_one_plate_differently(differences: Differences) -> None:
    assert differences(TRUCK, "Xe tải mang biển số 71H9 – 2832 lao xuống mương.") == [
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
def test_other_plates_are_no_disagreement(differences: Differences, other: str) -> None:
    assert differences(TRUCK, other) == []


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
    differences: Differences, one: str, other: str, values: tuple[str, str]
) -> None:
    assert differences(one, other) == [("tên phường, xã", *values)]


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
def test_other_places_are_no_disagreement(differences: Differences, other: str) -> None:
    assert differences(SCHOOL, other) == []
