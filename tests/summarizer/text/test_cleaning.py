"""What is dropped from a body, what must stay, and what the dropped lines tell."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.text.cleaning import Cleaned, clean_body, is_subhead

LINES = json.loads((Path(__file__).parent / "furniture.json").read_text("utf-8"))
PROSE = [
    "Sáng 4/11, thành phố Bến Mơ cho biết sẽ khởi công cầu Sao bắc qua sông Mơ vào tháng tới, sau hai năm.",
    "Theo kế hoạch, cầu dài 1,2 km, có bốn làn xe và đường riêng cho người đi bộ, với vốn 900 tỷ đồng.",
    "Ông Trần Văn Mẫu cho rằng cây cầu sẽ giúp người dân hai bờ không còn phải qua phà trong mùa mưa bão.",
]


def clean(*lines: str, title: str = "Khởi công cầu Sao", sapo: str = "") -> Cleaned:
    return clean_body("\n".join(lines), title=title, sapo=sapo)


def texts(cleaned: Cleaned) -> list[str]:
    return [line.text for line in cleaned.lines]


@pytest.mark.parametrize("line", LINES["dropped"])
def test_a_line_that_is_no_prose_is_dropped(line: str) -> None:
    assert texts(clean(PROSE[0], line, PROSE[1])) == PROSE[:2]


@pytest.mark.parametrize("line", LINES["kept"])
def test_prose_that_looks_like_a_credit_or_link_stays(line: str) -> None:
    assert texts(clean(PROSE[0], line, PROSE[1])) == [PROSE[0], line, PROSE[1]]


def test_both_copies_of_a_line_printed_twice_are_dropped() -> None:
    """A caption is scraped from the picture and from below it; one copy may lack the stop or the credit."""
    caption = "Phà Sao chở khách qua sông Mơ"
    assert texts(clean(PROSE[0], caption, caption + ".", PROSE[1])) == PROSE[:2]
    assert texts(clean(PROSE[0], caption + ".", PROSE[1], caption + ". Ảnh: An Nhiên")) == PROSE[:2]


def test_copies_that_differ_in_tone_placement_are_copies() -> None:
    assert texts(clean(PROSE[0], "Đoàn ở Hòa Thủy.", "Đoàn ở Hoà Thuỷ.", PROSE[1])) == PROSE[:2]


def test_a_page_scraped_twice_is_kept_once() -> None:
    assert texts(clean(*PROSE, *PROSE)) == PROSE


def test_a_long_paragraph_pasted_twice_is_kept_once() -> None:
    long = " ".join(PROSE)
    assert texts(clean(long, PROSE[0], long)) == [long, PROSE[0]]


def test_lines_that_repeat_the_title_or_the_sapo_are_dropped() -> None:
    sapo = "Cầu Sao sẽ nối hai bờ sông Mơ. Người dân không còn phải qua phà."
    kept = clean("Khởi công cầu Sao", "(Tin Sáng) - " + sapo, *PROSE, sapo=sapo)
    assert texts(kept) == PROSE
    assert texts(clean("Người dân không còn phải qua phà.", *PROSE, sapo=sapo)) == PROSE


def test_a_short_lone_caption_between_long_paragraphs_is_dropped() -> None:
    caption = "Lãnh đạo thành phố Bến Mơ kiểm tra tiến độ xây trường học trên địa bàn trong tháng 9/2025."
    long = " ".join(PROSE)
    assert texts(clean(long, caption, long + " Nước rút dần.")) == [long, long + " Nước rút dần."]


def test_a_subhead_between_long_paragraphs_stays() -> None:
    long = " ".join(PROSE)
    assert texts(clean(long, "Một giá, một chạm", long + " Nước rút dần.")) == [
        long,
        "Một giá, một chạm",
        long + " Nước rút dần.",
    ]


def test_short_lines_are_no_captions_where_all_are_short() -> None:
    short = ["Mưa lớn kéo dài suốt đêm qua.", "Nhiều tuyến phố ngập sâu.", "Giao thông tê liệt."]
    assert texts(clean(*short, title="Mưa lớn")) == short


def test_a_body_of_nothing_but_captions_keeps_them() -> None:
    assert texts(clean("Hiện trường vụ tai nạn.")) == ["Hiện trường vụ tai nạn."]


@pytest.mark.parametrize(
    ("last", "byline"),
    [
        (["Nguyễn Mẫu"], "Nguyễn Mẫu"),
        (["Theo Báo Biển"], "Theo Báo Biển"),
        (["(TTXMO)"], "TTXMO"),
        (["An Nhiên - Trần Bình"], "An Nhiên - Trần Bình"),
        (["Trần Bình", "(Tổng hợp)"], "Trần Bình"),
        (["Lê Mai (ghi)"], "Lê Mai (ghi)"),
    ],
)
def test_the_byline_is_taken_from_the_end(last: list[str], byline: str) -> None:
    cleaned = clean(*PROSE, *last)
    assert (texts(cleaned), cleaned.byline) == (PROSE, byline)


@pytest.mark.parametrize(
    "last", ["Ông Bình cười.", "Cầu Sao thông xe?", "Nước rút, phà lại chạy trên sông Mơ."]
)
def test_a_short_last_sentence_is_no_byline(last: str) -> None:
    cleaned = clean(*PROSE, last)
    assert (texts(cleaned)[-1], cleaned.byline) == (last, None)


def test_a_source_line_gives_its_name_and_address() -> None:
    cleaned = clean(*PROSE, "Nguồn Bến Mơ: http://benmo.example/chinh-tri/202511/cau-sao-1/")
    assert cleaned.source_name == "Bến Mơ"
    assert cleaned.source_url == "http://benmo.example/chinh-tri/202511/cau-sao-1/"
    assert texts(cleaned) == PROSE


def test_titles_below_a_heading_for_links_are_dropped_with_it() -> None:
    links = ["Tin liên quan", "Cầu Sao: ba lần đổi thiết kế", "Phà Sao chạy chuyến cuối"]
    assert texts(clean(PROSE[0], *links, PROSE[1])) == PROSE[:2]


@pytest.mark.parametrize(
    "mark", ["PR", "(P.R)", "Tài trợ", "Bài được tài trợ bởi Sao Mai", "Thông tin quảng cáo"]
)
def test_a_paid_article_is_reported(mark: str) -> None:
    cleaned = clean(*PROSE, mark)
    assert (cleaned.advertorial, texts(cleaned)) == (True, PROSE)


def test_an_article_about_advertising_is_not_paid_for() -> None:
    assert not clean(*PROSE, "Quảng cáo ngoài trời phải được cấp phép trước khi dựng.").advertorial


def test_a_subhead_stays_and_is_told() -> None:
    cleaned = clean(PROSE[0], "Ba lần đổi thiết kế", PROSE[1])
    assert [is_subhead(line.text) for line in cleaned.lines] == [False, True, False]


def test_the_text_is_the_kept_lines() -> None:
    assert clean(PROSE[0], "", "Ảnh: An", PROSE[1]).text == f"{PROSE[0]}\n{PROSE[1]}"


SOME_LINES = st.lists(
    st.sampled_from([*LINES["dropped"], *LINES["kept"], *PROSE, "", "  ", "Nguyễn Mẫu"]), max_size=9
)


@given(SOME_LINES, st.sampled_from(["\n", "\n\n", " \n\t"]))
def test_every_line_stands_at_its_place(lines: list[str], between: str) -> None:
    body = between.join(lines)
    kept = clean_body(body, title="Khởi công cầu Sao").lines
    assert all(body[line.start : line.end] == line.text == line.text.strip() != "" for line in kept)
    assert all(before.end < after.start for before, after in pairwise(kept))


@given(SOME_LINES)
def test_cleaning_a_clean_body_again_changes_no_prose(lines: list[str]) -> None:
    """Only what stood before a dropped last line may be taken for a byline in turn."""
    once = clean_body("\n".join(lines))
    again = clean_body(once.text)
    assert set(texts(again)) <= set(texts(once))
    assert {line for line in texts(once) if line in PROSE} <= set(texts(again))


@pytest.mark.parametrize(
    "part", [" ", "-", "- ", "(", "www.a,", ">", "Ảnh ", "\xa0", "a ", ".", "\n", "Xem thêm "]
)
def test_a_megabyte_of_noise_is_cleaned_within_the_time_limit(part: str) -> None:
    clean_body(part * (1_000_000 // len(part)) + "x", title="Tin")


def test_a_byline_that_stands_before_a_caption_goes_with_it() -> None:
    body = "Nước sông lên nhanh trong đêm, bà con phải dời đồ.\nMộc Miên (Tổng hợp)\nẢnh: An Nhiên"
    cleaned = clean_body(body, title="Lũ về")
    assert cleaned.text == "Nước sông lên nhanh trong đêm, bà con phải dời đồ."
    caption = "Hiện trường vụ sạt lở tại buổi sáng 3/11 trên quốc lộ 1."
    below = clean_body(f"{cleaned.text}\nMộc Miên (Tổng hợp)\n{caption}", title="Lũ về")
    assert (below.text, below.byline) == (cleaned.text, "Mộc Miên (Tổng hợp)")
    assert clean_body(below.text, title="Lũ về").text == below.text
