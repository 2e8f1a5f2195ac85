"""How much of a question a text says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.questions.coverage import Coverage, Wanted
from summarizer.questions.query import parse_query
from summarizer.text.words import word_forms


def said(question: str, text: str) -> Coverage:
    return Wanted(parse_query(question).groups).coverage(word_forms(text))


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
    says = said(question, text)
    assert says.is_whole
    assert says.score > 0.9


def test_a_word_typed_with_marks_is_only_itself() -> None:
    assert said("già làng", "Giá làng tăng.").score < 0.8
    assert said("gia lang", "Giá làng tăng.").is_whole


def test_d_may_have_been_typed_for_đ() -> None:
    assert said("lũ dang dâng cao", "Lũ đang dâng cao.").is_whole
    assert not said("lũ đâng cao", "Lũ dâng cao.").is_whole


def test_common_words_that_stand_apart_say_nothing() -> None:
    assert not said("khủng long", "Ông Long kể về cơn khủng hoảng.").is_whole
    assert said("khủng long", "Hóa thạch khủng long ở Quảng Bình.").is_whole


def test_a_word_that_says_something_alone_may_stand_apart() -> None:
    assert said("bão Lekima", "Lekima đã thành một cơn bão mạnh.").is_whole


def test_a_missing_rare_word_makes_it_another_matter() -> None:
    assert not said("núi lửa phun trào ở Hà Giang", "Núi lửa phun trào ở Bali.").is_whole


def test_a_missing_year_makes_it_another_matter() -> None:
    assert not said("vòng chung kết 2034", "Vòng chung kết 2018 khai mạc.").is_whole


def test_a_missing_word_that_any_sentence_has_costs_little() -> None:
    says = said("mưa lớn ở Rạch Sấu", "Rạch Sấu mưa lớn")
    assert says.is_whole


def test_words_apart_say_less_than_words_together() -> None:
    together = said("Hà Giang", "Lũ về Hà Giang trong đêm.")
    apart = said("Hà Giang", "Anh Hà kể lũ về sông Giang trong đêm.")
    turned = said("Hà Giang", "Sông Giang và anh Hà.")
    assert together.score > apart.score == turned.score


def test_nothing_said_scores_nothing() -> None:
    assert said("cầu Rạch Sấu", "Trời nắng.") == Coverage()
    assert said("cầu Rạch Sấu", "") == Coverage()


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_question_of_any_text_scores_between_none_and_all(question: str, text: str) -> None:
    assert 0 <= said(question, text).score <= 1


@given(st.lists(st.sampled_from(["cầu", "Rạch", "Sấu", "thông", "xe", "mưa"]), min_size=1, unique=True))
def test_a_text_says_all_of_itself(words: list[str]) -> None:
    text = " ".join(words)
    assert said(text, text).is_whole
