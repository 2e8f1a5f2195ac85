"""The same question in other words."""

import datetime as dt

import pytest

from summarizer.questions.query import parse_query
from summarizer.questions.rewording import (
    halves,
    with_times_as_words,
    with_topic,
    without_filters,
    without_publisher,
    without_question_words,
    without_times,
)

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("giá xăng bao nhiêu", "giá xăng"),
        ("gia xang bao nhieu?", "gia xang"),
        ("Vì sao cầu Rạch Sấu đóng cửa?", "cầu Rạch Sấu đóng cửa"),
        ("cho tôi biết tin về bão", "bão"),
        ("bão số 9 ở đâu", "bão số 9"),
        ("phà Vàm Đước chạy lại chưa", "phà Vàm Đước chạy lại"),
        ("chủ tịch xã nói gì về cầu Rạch Sấu", "chủ tịch xã nói về cầu Rạch Sấu"),
        ("cầu Rạch Sấu khi nào thông xe?", "cầu Rạch Sấu thông xe"),
        ("Ai bị bắt ở Vàm Đước?", "bị bắt ở Vàm Đước"),
        ("cho tôi hỏi giá gạo bao nhiêu 1 kg", "giá gạo 1 kg"),
        ("có tin gì về cầu Rạch Sấu ko", "cầu Rạch Sấu"),
        ("bao nhieu nguoi duoc cuu", "nguoi duoc cuu"),
        ("thời tiết Vàm Đước ngày mai", "thời tiết Vàm Đước"),
    ],
)
def test_what_only_asks_is_left_out(typed: str, meant: str) -> None:
    assert without_question_words(typed) == meant


@pytest.mark.parametrize(
    "words",
    [
        "tin học trẻ",
        "bài toán lớp 3",
        "lai suat vay",
        "không khí lạnh",
        "tìm kiếm cứu nạn",
        "tin AI",
        "AI chấm thi",
        "Ai Cập mở cửa",
        "ai cap mo cua",
        "may bay roi",
        "nao ung thu",
        "vì sao",
        "chưa",
        "",
    ],
)
def test_words_that_are_meant_stay(words: str) -> None:
    assert without_question_words(words) == words


def test_time_words_are_left_out_or_become_words() -> None:
    assert without_times("lũ ở Huế từ 1/11 đến 5/11", TODAY) == "lũ ở Huế"
    words = with_times_as_words("giá gạo tháng 9", TODAY)
    assert words == 'giá gạo "tháng 9"'
    assert parse_query(words, today=TODAY).since is None


def test_a_question_without_time_words_stays_as_it_is() -> None:
    assert without_times("lũ ở Huế", TODAY) == with_times_as_words("lũ ở Huế", TODAY) == "lũ ở Huế"


def test_filters_are_left_out_one_kind_at_a_time() -> None:
    text = 'bão nguon:"Báo Biển" chude:kinh-te'
    assert without_filters(text, sources=True) == 'bão chude:"kinh-te"'
    assert without_filters(text, topics=True) == 'bão nguon:"Báo Biển"'
    assert without_filters(text, sources=True, topics=True) == "bão"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tin thể thao", 'chude:"Thể thao"'),
        ("hôm qua tin the thao nguon:x", 'chude:"Thể thao" hôm qua nguon:"x"'),
        ("Tin tức về Thể Thao tuần này", 'chude:"Thể thao" tuần này'),
        ("tin thể thao biển", "tin thể thao biển"),
        ("thể thao", "thể thao"),
        ("tin", "tin"),
    ],
)
def test_the_news_of_a_topic_is_asked_for_by_its_name(text: str, meant: str) -> None:
    assert with_topic(text, ["Kinh tế", "Thể thao"], TODAY) == meant


@pytest.mark.parametrize(
    ("text", "parts"),
    [("khủng long bạo chúa", ("khủng long", "bạo chúa")), ('"a b" c', ("a b", "c")), ("phà", ()), ("", ())],
)
def test_a_question_falls_into_halves(text: str, parts: tuple[str, ...]) -> None:
    assert halves(text) == parts


@pytest.mark.parametrize(
    ("shared", "headline"),
    [
        ("Xe biển xanh húc bay người đi đường - VnExpress", "Xe biển xanh húc bay người đi đường"),
        ("Chợ nổi đông khách lại rồi – Tin tức mới nhất - VnExpress", "Chợ nổi đông khách lại rồi"),
        ("Mỹ - Hàn tập trận chung ở biển", "Mỹ - Hàn tập trận chung ở biển"),
        ("thị trường - lao động", "thị trường - lao động"),
    ],
)
def test_a_shared_headline_is_asked_without_its_paper(shared: str, headline: str) -> None:
    assert without_publisher(shared) == headline
