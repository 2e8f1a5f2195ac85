"""Stories as articles arrive."""

import datetime as dt
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from summarizer.stories.neighbours import MAX_HOURS_APART, Arrival, Neighbours, features_of
from summarizer.stories.terms import Postings, article_terms, similarity
from tests.summarizer.stories.numbered_stories import NumberedStories

NOON = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)
EVENTS: dict[str, list[dict[str, str]]] = json.loads(
    Path(__file__).with_name("events.json").read_text(encoding="utf-8")
)
FLOOD, FIRE = EVENTS["ngập ở Hòn Sim"], EVENTS["cháy chợ Bến Cau"]


def arrival(text: dict[str, str], number: int, published: dt.datetime | None = None) -> Arrival:
    return Arrival(number, text["title"], text["sapo"], text["body"], published)


def grouped(texts: list[dict[str, str]], *, apart: dt.timedelta | None = None) -> list[int]:
    grouper = NumberedStories()
    times = [None if apart is None else NOON + n * apart for n in range(len(texts))]
    return [
        grouper.add(arrival(text, n, time)) for n, (text, time) in enumerate(zip(texts, times, strict=True))
    ]


@pytest.mark.parametrize("event", EVENTS)
def test_reports_of_one_event_are_one_story(event: str) -> None:
    assert len(set(grouped(EVENTS[event]))) == 1


def test_different_events_are_different_stories_even_when_they_look_alike() -> None:
    """Two floods and two fires among them: told apart by places, names and figures."""
    stories = [set(numbers) for numbers in _by_event()]
    assert all(len(story) == 1 for story in stories)
    assert len(set.union(*stories)) == len(EVENTS)


def _by_event() -> list[list[int]]:
    grouper = NumberedStories()
    number = iter(range(100))
    return [[grouper.add(arrival(text, next(number), NOON)) for text in texts] for texts in EVENTS.values()]


def test_an_article_without_words_is_a_story_of_its_own() -> None:
    empty = {"title": "…", "sapo": "", "body": ""}
    assert len(set(grouped([empty, FLOOD[0], empty]))) == 3


def test_reports_alike_published_a_week_apart_are_two_events() -> None:
    assert len(set(grouped(FLOOD[:2], apart=dt.timedelta(hours=MAX_HOURS_APART + 1)))) == 2
    assert len(set(grouped(FLOOD[:2], apart=dt.timedelta(hours=1)))) == 1


@pytest.mark.parametrize(
    "again",
    [
        FLOOD[0],
        FLOOD[0] | {"title": "Hòn Sim vẫn ngập"},
        FLOOD[0] | {"sapo": " ".join(FLOOD[0]["sapo"].split()[:20])},
    ],
    ids=["same", "headline", "cut"],
)
def test_the_same_text_joins_its_story_days_later_whatever_else_is_in_it(again: dict[str, str]) -> None:
    grouper = NumberedStories()
    story = grouper.add(arrival(FLOOD[0], 0, NOON))
    for number, other in enumerate(FIRE, start=1):  # a story of much else
        grouper.add(arrival(other, number, NOON), story)
    assert grouper.add(arrival(again, 9, NOON + dt.timedelta(days=6))) == story


def test_a_daily_report_in_the_same_words_is_another_days() -> None:
    gold = {
        "title": "Giá vàng hôm nay",
        "sapo": "Giá vàng miếng sáng nay được các tiệm ở Cửa Lò niêm yết ngang chiều qua, người mua vắng vẻ.",
        "body": "",
    }
    assert len(set(grouped([gold, gold], apart=dt.timedelta(days=1)))) == 2
    counted = {"title": "Xã Bến Cau giúp dân", "sapo": gold["sapo"].replace("ngang chiều qua", "{} triệu")}
    one, other = ({**counted, "body": "", "sapo": counted["sapo"].format(number)} for number in (81, 82))
    grouper = NumberedStories()
    assert grouper.add(arrival(one, 1, NOON)) != grouper.add(arrival(other, 2, NOON + dt.timedelta(days=6)))


def test_an_article_without_a_time_joins_by_its_words() -> None:
    grouper = NumberedStories()
    story = grouper.add(arrival(FLOOD[0], 1, NOON))
    assert grouper.add(arrival(FLOOD[1], 2)) == story


def test_a_story_does_not_drift_from_link_to_link_into_another() -> None:
    """Each article shares its half with the next one; the first and the last share nothing."""
    words = [f"lạ{n} thường{n} chuyện{n} riêng{n} đời{n} mới{n}" for n in range(12)]
    chain = [{"title": f"{a} {b}", "sapo": "", "body": ""} for a, b in pairwise(words)]
    stories = grouped(chain)
    assert stories[0] != stories[-1]
    assert len(set(stories)) > 2


def test_a_story_that_is_given_is_kept_and_found_again() -> None:
    grouper = NumberedStories()
    assert grouper.add(arrival(FLOOD[0], 1), story=71) == 71
    assert grouper.add(arrival(FLOOD[1], 2)) == 71
    assert grouper.add(arrival(FIRE[0], 3)) == 72


def test_finding_a_story_keeps_nothing() -> None:
    grouper = NumberedStories()
    assert grouper.find(arrival(FLOOD[0], 1)) is None
    story = grouper.add(arrival(FLOOD[0], 1))
    assert grouper.find(arrival(FLOOD[1], 2)) == story
    assert len(grouper) == 1


def test_an_article_that_comes_again_takes_the_place_of_what_was_known() -> None:
    grouper = NumberedStories()
    story = grouper.add(arrival(FLOOD[0], 1))
    assert grouper.add(arrival(FLOOD[0], 1)) == story
    assert len(grouper) == 1
    assert grouper.add(arrival(FIRE[0], 1)) != story
    assert grouper.find(arrival(FLOOD[1], 2)) is None


def test_past_the_window_the_oldest_article_is_forgotten() -> None:
    grouper = NumberedStories(window=2)
    flood = grouper.add(arrival(FLOOD[0], 1))
    grouper.add(arrival(FIRE[0], 2))
    assert grouper.find(arrival(FLOOD[1], 3)) == flood
    grouper.add(arrival(FIRE[1], 4))
    assert grouper.find(arrival(FLOOD[1], 3)) is None
    assert len(grouper) == 2


def test_articles_that_are_forgotten_are_not_found_again() -> None:
    grouper = NumberedStories()
    grouper.add(arrival(FLOOD[0], 1, NOON - dt.timedelta(hours=2)))
    fire = grouper.add(arrival(FIRE[0], 2, NOON))
    timeless = grouper.add(arrival(EVENTS["giá tôm Cà Ná"][0], 3))
    grouper.forget([1, 99])
    assert grouper.find(arrival(FLOOD[1], 4, NOON)) is None
    assert grouper.find(arrival(FIRE[1], 4, NOON)) == fire
    assert grouper.find(arrival(EVENTS["giá tôm Cà Ná"][1], 4)) == timeless
    assert len(grouper) == 2


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="window"):
        NumberedStories(window=0)


def test_the_index_finds_the_likeness_that_comparing_one_by_one_finds() -> None:
    texts = [text for texts in EVENTS.values() for text in texts]
    terms = [article_terms(text["title"], text["sapo"], text["body"]) for text in texts]
    postings = Postings()
    for one in terms:
        postings.add(one)
    postings.forget_before(3)
    expected = [similarity(terms[0], other) for other in terms[3:]]
    np.testing.assert_allclose(postings.cosines(terms[0]), expected, atol=1e-5)


def test_the_nearer_in_time_the_more_alike() -> None:
    neighbours = Neighbours(10)
    for hours in (0, 24, 48, 72):
        neighbours.add(features_of(arrival(FLOOD[0], hours, NOON - dt.timedelta(hours=hours))))
    numbers, similarity = neighbours.near(features_of(arrival(FLOOD[1], 1, NOON)))
    assert numbers.tolist() == [0, 1, 2, 3]
    assert (np.diff(similarity) < 0).all()
