"""How much of a question a text says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.questions.evidence import Coverage, QuestionWords
from summarizer.questions.query import parse_query
from summarizer.questions.question_terms import QuestionTerms, word_numbers
from summarizer.text.syllables import word_forms

Pairs = tuple[tuple[str, str], ...]


def said(question: str, text: str, *, fixed: Pairs = ()) -> Coverage:
    terms = QuestionTerms(parse_query(question), fixed)
    joins = terms.joins(fixed)
    asked = QuestionWords(terms, word_numbers(terms, joins, joins))
    return asked.coverage(terms.occurrences(word_forms(text)))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("cầu Rạch Sấu", "Cầu Rạch Sấu thông xe."),
        ("cau rach sau", "Cầu Rạch Sấu thông xe."),
        ("CẦU RẠCH SẤU", "Sáng nay cầu Rạch Sấu thông xe."),
        ('"cầu rạch sấu"', "Cầu Rạch Sấu thông xe."),
        ("hoà bình", "Tỉnh Hòa Bình có mưa."),
        ("tp.hcm kẹt xe", "Thành phố Hồ Chí Minh kẹt xe từ sáng."),
    ],
)
def test_the_words_as_asked_are_the_whole_question(question: str, text: str) -> None:
    assert said(question, text).share > 0.9


def test_a_name_typed_with_its_capital_is_said_wherever_it_stands() -> None:
    text = "Mưa lớn ở Nghệ An, Vinh ngập nặng"
    assert said("mưa lớn Vinh", text).share == 1
    assert said("mưa lớn vinh", text).share < 1
    assert said("MƯA LỚN VINH", text).share < 1


def test_another_word_for_the_same_says_nearly_as_much() -> None:
    assert said("lợn bệnh ở Rạch Sấu", "Rạch Sấu có heo bệnh.").share > 0.9


def test_a_short_form_of_chats_is_no_rare_word() -> None:
    assert said("cầu rạch sấu ntn", "Cầu Rạch Sấu thông xe.").share == 1


def test_a_word_typed_with_marks_is_only_itself() -> None:
    assert said("già làng", "Giá làng tăng.").share < 0.8
    assert said("gia lang", "Giá làng tăng.").share == 1


def test_d_may_have_been_typed_for_đ() -> None:
    assert said("lũ dang dâng cao", "Lũ đang dâng cao.").share == 1
    assert said("lũ đâng cao", "Lũ dâng cao.").share < 1


def test_common_words_that_stand_apart_say_little() -> None:
    assert said("khủng long", "Ông Long kể về cơn khủng hoảng.").share < 0.8
    assert said("khủng long", "Hóa thạch khủng long ở Quảng Bình.").share == 1


def test_half_a_word_does_not_say_it() -> None:
    """Without the pair "chức" of "tổ chức" stood for "từ chức"."""
    fixed = (("từ", "chức"),)
    assert said("Vietjet từ chức", "Vietjet tổ chức từ sáng.", fixed=fixed).share < 0.8
    assert said("Vietjet từ chức", "Giám đốc Vietjet từ chức.", fixed=fixed).share == 1


def test_a_rare_word_may_stand_apart() -> None:
    assert said("bão Lekima", "Lekima tiến gần bờ, bão Lekima rất mạnh.").share == 1


def test_a_missing_word_says_less() -> None:
    assert said("núi lửa phun trào ở Hà Giang", "Núi lửa phun trào ở Bali.").share < 0.95
    assert said("vòng chung kết 2034", "Vòng chung kết 2018 khai mạc.").share < 0.95


def test_nothing_said_scores_nothing() -> None:
    assert said("cầu Rạch Sấu", "Trời nắng.") == Coverage()
    assert said("cầu Rạch Sấu", "") == Coverage()


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_question_of_any_text_scores_between_none_and_all(question: str, text: str) -> None:
    assert 0 <= said(question, text).share <= 1.0001
