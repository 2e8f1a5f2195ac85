"""The index of terms finds what comparing each article with each other finds, however it was filled."""

import numpy as np
import pytest

from summarizer.stories.terms import Postings, Terms


def some_terms(chance: np.random.Generator, count: int) -> Terms:
    """Return some terms, few enough that articles share them."""
    hashes = np.sort(chance.choice(400, count, replace=False)).astype(np.uint32)
    return Terms(hashes, chance.random(count, np.float32))


def compared(one: Terms, other: Terms) -> float:
    """Return the cosine of two articles, term by term."""
    theirs = dict(zip(other.hashes.tolist(), other.weights.tolist(), strict=True))
    mine = zip(one.hashes.tolist(), one.weights.tolist(), strict=True)
    return sum(weight * theirs.get(term, 0.0) for term, weight in mine)


@pytest.mark.parametrize("together", [0, 1, 40])
def test_the_cosine_with_each_article_kept_is_found(together: int) -> None:
    chance = np.random.default_rng(together)
    articles = [some_terms(chance, count % 37) for count in range(90)]  # also some without a term
    postings = Postings()
    assert postings.add_many(articles[:together]) == 0
    for number, article in enumerate(articles[together:], start=together):
        expected = [compared(article, other) for other in articles[postings.first : number]]
        assert postings.cosines(article) == pytest.approx(np.array(expected), abs=1e-5)
        assert postings.add(article) == number
        if number == 60:
            for one in articles[:20]:
                postings.remove(one)
            postings.forget_before(20)
