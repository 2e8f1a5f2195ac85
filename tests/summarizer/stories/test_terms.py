"""Articles as weighted terms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.stories.terms import TERMS_KEPT, article_terms, idf, similarity, term_hashes

FLOOD = "Mưa lớn suốt đêm làm nhiều tuyến phố ở Hạ Long ngập sâu"


def test_an_article_is_wholly_like_itself() -> None:
    terms = article_terms(FLOOD, "", "")
    assert similarity(terms, terms) == pytest.approx(1, abs=1e-5)


def test_articles_without_a_common_word_are_not_alike() -> None:
    assert similarity(article_terms(FLOOD, "", ""), article_terms("Giá cà phê tăng", "", "")) == 0


def test_spelling_of_tones_and_case_make_no_difference() -> None:
    one, other = article_terms("Hoà Bình thuỷ điện", "", ""), article_terms("HÒA BÌNH THỦY ĐIỆN", "", "")
    assert similarity(one, other) == pytest.approx(1, abs=1e-5)


def test_names_weigh_more_than_common_words() -> None:
    name, common = idf(term_hashes(["hạ", "long", "của"])[[3, 2]])
    assert name > 3 * common


def test_a_term_the_corpus_never_saw_weighs_most() -> None:
    """Most of them: some share a bucket with a known term."""
    unseen = idf(term_hashes([f"{letter}zyzx" for letter in "bcdfghjklm"]))
    assert np.median(unseen) > idf(term_hashes(["hạ", "long"])).max()


def test_an_article_without_words_has_no_terms() -> None:
    empty = article_terms("…", "", "!!!")
    assert empty.hashes.size == 0
    assert similarity(empty, article_terms(FLOOD, "", "")) == 0


@settings(deadline=None)  # the first example loads the table
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=2_000))
def test_terms_are_few_distinct_and_of_length_one(title: str, sapo: str, body: str) -> None:
    terms = article_terms(title, sapo, body)
    assert terms.hashes.size <= TERMS_KEPT
    assert (np.diff(terms.hashes.astype(np.int64)) > 0).all()
    assert terms.hashes.size == 0 or np.linalg.norm(terms.weights) == pytest.approx(1, abs=1e-4)
