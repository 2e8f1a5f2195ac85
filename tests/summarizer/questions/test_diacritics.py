"""Marks restore_diacritics to a question that was typed without any: a second reading."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.questions.diacritics import likely_diacritics, restore_diacritics
from summarizer.questions.hits import Hit, rank_hits
from summarizer.questions.query import parse_query
from summarizer.text.syllables import folded, word_forms

NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


def best(question: str) -> str:
    words = likely_diacritics(tuple(word.canonical for word in word_forms(question)))
    return " ".join(max(forms, key=forms.__getitem__) for forms in words)


@pytest.mark.parametrize(
    "meant",
    [
        "giá vàng tăng mạnh",
        "động đất ở nhật bản",
        "học sinh nghỉ học vì mưa lũ",
        "thủ tướng thăm đà nẵng",
        "tai nạn giao thông trên cao tốc",
        "người dân bán nhà ra phố",
        "đội tuyển tây ban nha thắng đậm",
        "ông putin gặp ông kim",
    ],
)
def test_what_is_often_written_is_restored(meant: str) -> None:
    assert best(folded(meant)) == meant


def test_a_pair_out_of_a_longer_name_is_not_read_without_its_rest() -> None:
    assert best("ong putin ban nha") == "ông putin bán nhà"


def test_a_question_with_marks_or_without_any_to_restore_has_no_other_reading() -> None:
    assert restore_diacritics(parse_query("giá vàng"), ()) is None
    assert restore_diacritics(parse_query("covid 19"), ()) is None


def test_the_restored_question_keeps_its_places_and_pairs() -> None:
    query = parse_query("gia vang hom nay")
    found = restore_diacritics(query, [("gia", "vang")])
    assert found is not None
    meant, pairs, certainty = found
    assert [term.place for term in meant.terms] == [term.place for term in query.terms]
    assert meant.words[:2] == ("giá", "vàng")
    assert pairs == [("giá", "vàng")]
    assert 0 < certainty < 1


def test_of_equal_articles_the_one_with_the_likelier_marks_comes_first() -> None:
    storm = Hit(1, "Bão số 9 vào biển Đông", "", NOW - dt.timedelta(days=30))
    paper = Hit(2, "Báo số 9 vào biên đồng", "", NOW)
    query = parse_query("bao so 9 vao bien dong")
    assert [one.hit.article_id for one in rank_hits([paper, storm], query.groups, now=NOW)] == [1, 2]


@given(st.lists(st.sampled_from(("ha", "long", "ban", "nha", "xyz", "9", "dang", "o", "q")), max_size=40))
def test_every_form_is_the_word_with_marks_and_the_likelihoods_are_shares(words: list[str]) -> None:
    for word, forms in zip(words, likely_diacritics(tuple(words)), strict=True):
        assert {folded(form) for form in forms} == {word}
        assert sum(forms.values()) == pytest.approx(1)
