"""Parts of a question."""

import datetime as dt

import pytest

from summarizer.questions.query import parse_query
from summarizer.questions.question_terms import halves, subject_of

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
        ("lũ ở Huế từ 1/11 đến 5/11", "lũ ở Huế"),
    ],
)
def test_what_only_asks_is_left_out(typed: str, meant: str) -> None:
    assert subject_of(typed, TODAY) == meant


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
    assert subject_of(words, TODAY) == words


@pytest.mark.parametrize(
    ("text", "parts"),
    [("khủng long bạo chúa", ("khủng long", "bạo chúa")), ('"a b" c', ("a b", "c")), ("phà", ()), ("", ())],
)
def test_a_question_falls_into_halves(text: str, parts: tuple[str, ...]) -> None:
    assert halves(parse_query(text)) == parts
