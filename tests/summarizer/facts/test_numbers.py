"""Quantities in prose: what is read, what is passed over, and what agrees by rounding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.facts.number_words import spelled_number
from summarizer.facts.numbers import Quantity, find_quantities


def only(text: str) -> Quantity:
    found = list(find_quantities(text))
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "value", "measured"),
    [
        ("Lũ cuốn trôi 1.240 căn nhà ven sông.", 1_240, "nhà"),
        ("Có hai mươi lăm học sinh dự thi.", 25, "học sinh"),
        ("Bốn người bị thương nhẹ.", 4, "người"),
        ("Một người tử vong tại chỗ.", 1, "người"),
        ("Tổng vốn là 2,5 tỷ đồng.", 2_500_000_000, "đồng"),
        ("Tổng vốn là 19,234 tỷ USD.", 19_234_000_000, "USD"),
        ("Tàu dài 1.353,6 m.", 1_353.6, "m"),
        ("Nhà máy rộng 65.400m2.", 65_400, "m²"),
        ("Giá gạo tăng 7,8%.", 7.8, "%"),
        ("Cà phê bán 118.500 đồng/kg.", 118_500, "đồng/kg"),
        ("Bà Lê Thị Hạnh (SN 1957) kể lại.", 1_957, "năm sinh"),
    ],
)
def test_a_figure_is_read_with_its_unit_or_noun(text: str, value: float, measured: str) -> None:
    quantity = only(text)
    assert quantity.value == pytest.approx(value)
    assert (quantity.unit or quantity.noun) == measured


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        ("Hơn 200 ngôi nhà hư hại.", "over"),
        ("Gần 200 ngôi nhà hư hại.", "under"),
        ("Khoảng 200 ngôi nhà hư hại.", "about"),
        ("Ít nhất 200 ngôi nhà hư hại.", "at least"),
        ("Đã có hàng trăm ngôi nhà hư hại.", "vague"),
        ("Mưa 150-250 mm ở vùng núi.", "range"),
        ("Có 200 ngôi nhà hư hại.", "exact"),
    ],
)
def test_how_sure_a_figure_is_stands_before_it(text: str, qualifier: str) -> None:
    assert only(text).qualifier == qualifier


@pytest.mark.parametrize(
    "text",
    [
        "Chiều 5/11, trời quang.",
        "Vụ việc xảy ra năm 2013 tại đây.",
        "Lúc 7 giờ sáng, phà rời bến.",
        "Ông đứng thứ 3 chung cuộc.",
        "Máy Sao Mai 5 sở hữu màn hình lớn.",
        "Đây là một câu chuyện dài.",
        "Cả hai đều vắng mặt.",
        "Hai người này đã về nhà.",
        "Đề mã 214 bị in sai.",
        "Bạn bè lâu năm gặp nhau.",
    ],
)
def test_what_only_looks_like_a_quantity_is_passed_over(text: str) -> None:
    assert list(find_quantities(text)) == []


def test_an_ally_is_no_money() -> None:
    assert only("Hai đồng minh gặp nhau.").unit == ""


def test_the_place_is_that_of_the_words_as_written() -> None:
    text = "Trưa nay, hơn 200 căn nhà ngập."
    quantity = only(text)
    assert text[quantity.start : quantity.end] == "hơn 200 căn nhà"


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("hơn 200 căn nhà", "214 căn nhà", True),
        ("gần 50 căn nhà", "47 căn nhà", True),
        ("khoảng 300 căn nhà", "290 căn nhà", True),
        ("ít nhất 5 căn nhà", "9 căn nhà", True),
        ("491.000 tấn", "491.578 tấn", True),
        ("3 căn nhà", "5 căn nhà", False),
        ("hơn 200 căn nhà", "350 căn nhà", False),
        ("7,8%", "7,6%", False),
    ],
)
def test_rounding_is_agreement(one: str, other: str, agree: bool) -> None:
    first, second = only(f"Có {one}."), only(f"Có {other}.")
    assert first.agrees_with(second) is agree
    assert second.agrees_with(first) is agree


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("mười hai", 12),
        ("ba trăm linh năm", 305),
        ("hai nghìn rưỡi", 2_500),
        ("bốn mươi mốt", 41),
        ("tám", 8),
    ],
)
def test_spelled_numbers_are_added_up(words: str, value: float) -> None:
    assert spelled_number(words) == value


@given(st.text(alphabet="0123456789.,- hơngầnmộthaibađồngngười%/\n“(", max_size=200))
def test_every_quantity_lies_within_the_text_and_within_its_bounds(text: str) -> None:
    for quantity in find_quantities(text):
        assert 0 <= quantity.start < quantity.end <= len(text)
        assert quantity.low <= quantity.value or quantity.qualifier == "at most"
        assert quantity.agrees_with(quantity)
