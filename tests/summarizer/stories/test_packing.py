"""What grouping keeps of an article survives being packed."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.stories import terms
from summarizer.stories.grouping import fingerprint, pack, pack_order, unpack
from summarizer.stories.neighbours import Arrival, ArticleFeatures, Neighbours, features_of
from tests.summarizer.stories.numbered_stories import NumberedStories

NOON = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)
TEXTS: list[dict[str, str]] = [
    text
    for event in json.loads(Path(__file__).with_name("events.json").read_text(encoding="utf-8")).values()
    for text in event
]


def arrivals() -> list[Arrival]:
    return [
        Arrival(number, text["title"], text["sapo"], text["body"], NOON, "bao")
        for number, text in enumerate(TEXTS)
    ]


def packed_and_back(article: ArticleFeatures) -> ArticleFeatures:
    return unpack(pack(article), article.moment, article.source, pack_order(article))


def assert_same(one: ArticleFeatures, other: ArticleFeatures) -> None:
    for mine, theirs in (
        (one.terms.hashes, other.terms.hashes),
        (one.terms.weights, other.terms.weights),
        (one.lead.hashes, other.lead.hashes),
        (one.lead.flags, other.lead.flags),
        (one.lead.meaning, other.lead.meaning),
        (one.lead.order, other.lead.order),
    ):
        assert mine.dtype == theirs.dtype
        assert np.array_equal(mine, theirs)
    for name in ("numbers", "days", "series", "is_advice", "day"):
        assert getattr(one.lead, name) == getattr(other.lead, name)
    for name in ("source", "has_body", "is_roundup"):
        assert getattr(one, name) == getattr(other, name)


@pytest.mark.parametrize(
    ("title", "sapo"),
    [
        (
            "Giá vàng hôm nay 20-11 tăng 1,2 triệu đồng",
            "Sáng 20/11, vàng miếng lên 154,3 triệu đồng một lượng.",
        ),
        ("5 sai lầm khi ăn cháo lòng", "Thói quen ăn quá nóng, quá nhanh."),
        ("Điểm tin 6h: Cháy chợ Bến Cau | Giá tôm Cà Ná tăng mạnh", ""),
        ("…", ""),
    ],
)
def test_every_field_comes_back(title: str, sapo: str) -> None:
    for body in ("", "Nước lên nhanh. " * 40):
        article = features_of(Arrival(1, title, sapo, body, NOON, "bao"))
        assert_same(packed_and_back(article), article)


@settings(deadline=None)  # the first call reads the tables
@given(st.text(max_size=80), st.text(max_size=300), st.text(max_size=300))
def test_any_text_comes_back(title: str, sapo: str, body: str) -> None:
    article = features_of(Arrival(1, title, sapo, body))
    back = packed_and_back(article)
    assert np.isnan(back.moment)
    assert_same(back, article)


def test_articles_learned_together_are_compared_like_articles_added_one_by_one() -> None:
    """Their words count alike, and so do they when some are forgotten."""
    one_by_one, together = Neighbours(100), Neighbours(100)
    articles = [features_of(arrival) for arrival in arrivals()]
    numbers = [one_by_one.add(article) for article in articles[:-1]]
    packed = [packed_and_back(article) for article in articles[:-1]]
    assert together.add_many(packed[:3]) + together.add_many([]) + together.add_many(packed[3:]) == numbers
    for kept in (one_by_one, together):
        kept.forget(1)
    for mine, theirs in zip(one_by_one.near(articles[-1]), together.near(articles[-1]), strict=True):
        assert np.allclose(mine, theirs)


@pytest.mark.parametrize("most", [30_000, 100])
def test_what_is_found_does_not_depend_on_how_the_window_was_learned(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor on what was in it before: exactly, also where not all postings are read."""
    monkeypatch.setattr(terms, "_MOST_POSTINGS", most)
    arrived = [features_of(one) for one in arrivals()] * 3
    long_there, started = Neighbours(100), Neighbours(100)
    numbers = [long_there.add(article) for article in arrived]
    long_there.forget_all(numbers[:4])
    started.add_many(arrived[4:9])
    started.add_many(arrived[9:])
    for article in arrived:
        mine, theirs = long_there.near(article), started.near(article)
        assert (mine[0] - 4).tolist() == theirs[0].tolist()
        assert mine[1].tolist() == theirs[1].tolist()


def test_a_window_that_is_full_loses_its_oldest_also_to_articles_learned_together() -> None:
    articles = [features_of(arrival) for arrival in arrivals()]
    full = Neighbours(3)
    assert full.add_many(articles[:5]) == [0, 1, 2, 3, 4]
    found, _ = full.comparable(articles[4])
    assert set(found.tolist()) <= {2, 3, 4}


def test_stories_learned_are_found_again_and_keep_the_last_place_of_an_article() -> None:
    grouper, arrived = NumberedStories(), arrivals()
    known = [
        (arrival.article_id, 70 + number, features_of(arrival)) for number, arrival in enumerate(arrived[:-1])
    ]
    grouper.learn(known)
    assert grouper.find(arrived[0]) is not None
    grouper.learn([(arrived[0].article_id, 99, features_of(arrived[0]))])
    assert len(grouper) == len(known)
    assert grouper.add(Arrival("lạ", "Chuyện không ai kể", "", "")) == 100


def test_a_story_that_got_another_key_is_found_under_it() -> None:
    grouper, arrived = NumberedStories(), arrivals()
    assert grouper.add(arrived[0], -5) == -5
    assert grouper.find(arrived[1]) == -5
    grouper.rename({-5: 41})
    assert grouper.find(arrived[1]) == 41
    assert grouper.add(Arrival("lạ", "Chuyện không ai kể", "", "")) == 42


def test_the_fingerprint_names_code_and_data() -> None:
    assert len(fingerprint()) == 16
