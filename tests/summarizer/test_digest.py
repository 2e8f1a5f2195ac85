"""Which stories a digest tells, and in what order."""

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summarizer.digest import Digest, Preferences, compose
from summarizer.model import Candidate, Piece
from summarizer.page import SYLLABLES_PER_MINUTE
from summarizer.stories.prepared import Prepared

Builder = Callable[..., Piece]
ORDER = ("thoi-su", "the-gioi", "kinh-te", "the-thao")
# Words that no other story has: stories are told apart by them.
WORDS = "bưởi cam dừa gấc hồng khế lê mận na ổi quýt roi sấu táo vải xoài chanh dâu đào mít nho sung thị vú"


def event(number: int) -> str:
    """Return a headline that shares nothing with another number's."""
    fruit = WORDS.split()
    return f"{fruit[number % 24]}{number} {fruit[number * 7 % 24]}{number} {fruit[number * 11 % 24]}{number}"


def sentence(number: int, syllables: int = 20) -> str:
    return " ".join(f"{word}{number}" for word in (WORDS.split() * 9)[:syllables]).capitalize() + "."


@pytest.fixture
def story(piece: Builder) -> Callable[..., Candidate]:
    """Build a story that `papers` report, each with a sentence of 20 syllables."""

    def build(number: int, *, papers: Sequence[str] = ("Báo Bến Đò",), **given: object) -> Candidate:
        article = {"title": event(number), "sentences": (sentence(number),), **given}
        return Candidate(
            number, tuple(piece(number * 100 + n, paper=p, **article) for n, p in enumerate(papers))
        )

    return build


def digest(
    candidates: Sequence[Candidate],
    slot: dt.datetime,
    *,
    topics: Sequence[str] = (),
    minutes: float = 3,
) -> Digest:
    prepared = Prepared(candidates, slot=slot, topic_order=ORDER)
    return compose(prepared, Preferences(topics, minutes), edition="sang", title="Điểm Tin sáng")


def ids(composed: Digest) -> list[int]:
    return [told.story_id for told in composed.stories]


def test_what_more_papers_report_comes_first(story: Callable[..., Candidate], slot: dt.datetime) -> None:
    composed = digest([story(1), story(2, papers=("Báo A", "Báo B", "Báo C"))], slot)
    assert ids(composed) == [2, 1]
    assert composed.ranks == {2: 1, 1: 2}


def test_of_equals_the_newer_story_comes_first(story: Callable[..., Candidate], slot: dt.datetime) -> None:
    assert ids(digest([story(1, hours_ago=20), story(2, hours_ago=2)], slot)) == [2, 1]


def test_what_is_fresh_beats_what_many_told_two_days_ago(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    old = story(1, papers=("Báo A", "Báo B"), hours_ago=47)
    assert ids(digest([old, story(2, hours_ago=1)], slot)) == [2, 1]


def test_of_equals_the_topic_that_the_newsroom_puts_first_opens(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    """A few minutes more of age do not matter against that; a day does."""
    sport, politics = story(1, topic="the-thao", hours_ago=1), story(2, topic="thoi-su", hours_ago=1.5)
    assert ids(digest([sport, politics], slot)) == [2, 1]
    assert ids(digest([sport, story(3, topic="thoi-su", hours_ago=24)], slot)) == [1, 3]


def test_the_top_story_opens_with_its_topic_and_the_others_keep_the_newsrooms_order(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    candidates = [
        story(1, topic="thoi-su"),
        story(2, topic="the-thao", papers=("Báo A", "Báo B")),
        story(3, topic=None),
        story(4, topic="kinh-te"),
        story(5, topic="lạ"),
    ]
    told = digest(candidates, slot).stories
    assert [one.topic for one in told] == ["the-thao", "thoi-su", "kinh-te", "lạ", None]


def test_only_the_readers_topics_are_told(story: Callable[..., Candidate], slot: dt.datetime) -> None:
    candidates = [story(1, topic="kinh-te"), story(2, topic="the-thao"), story(3, topic=None)]
    composed = digest(candidates, slot, topics=("the-thao",))
    assert (ids(composed), composed.left_out) == ([2], 0)


def test_the_digest_fits_the_reading_time_and_counts_what_is_left_out(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    candidates = [story(n, topic=ORDER[n % 4], papers=(f"Báo {n % 5}",)) for n in range(60)]
    composed = digest(candidates, slot, minutes=2)
    assert 0.9 * 2 * SYLLABLES_PER_MINUTE < composed.syllables <= 2 * SYLLABLES_PER_MINUTE
    assert composed.left_out == 60 - len(composed.stories)


def test_of_what_is_left_out_the_eighty_most_important_are_named(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    composed = digest([story(number) for number in range(1, 101)], slot, minutes=0.01)
    assert (composed.left_out, len(composed.more)) == (99, 80)


def test_a_topics_next_story_competes_by_its_own_importance(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    """Not by that of a third story of the topic."""
    papers = ("Báo A", "Báo B", "Báo C")
    politics = [story(1, papers=papers), story(2, papers=papers), story(3, hours_ago=47)]
    others = [story(4 + n, topic="abcd"[n // 2], hours_ago=10, papers=(f"Báo {n}",)) for n in range(4)]
    composed = digest([*politics, *others], slot, minutes=170 / SYLLABLES_PER_MINUTE)
    assert sorted(ids(composed)) == [1, 2, 4, 5, 6]


def test_a_reading_time_too_short_for_any_story_still_tells_one(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    composed = digest([story(1), story(2)], slot, minutes=0.01)
    assert (len(composed.stories), composed.left_out) == (1, 1)


def test_a_story_that_does_not_fit_with_two_sentences_is_told_with_one(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    """45 syllables are room for the headline, the sources' line and one sentence of 20."""
    both = story(1, sentences=(sentence(1), sentence(901)))
    assert len(digest([both], slot, minutes=60 / SYLLABLES_PER_MINUTE).stories[0].quotes) == 2
    assert len(digest([both], slot, minutes=45 / SYLLABLES_PER_MINUTE).stories[0].quotes) == 1


def test_no_topic_takes_the_whole_digest(story: Callable[..., Candidate], slot: dt.datetime) -> None:
    sport = [story(n, topic="the-thao", hours_ago=1, papers=(f"Báo {n % 7}",)) for n in range(40)]
    rest = [story(50 + n, topic=ORDER[n % 3], hours_ago=9, papers=(f"Báo {n % 7}",)) for n in range(12)]
    told = digest([*sport, *rest], slot).stories
    of_sport = sum(one.syllables for one in told if one.topic == "the-thao")
    assert of_sport <= 0.4 * 3 * SYLLABLES_PER_MINUTE
    assert {one.topic for one in told} == set(ORDER)


def test_the_readers_appetite_for_one_topic_wanes(story: Callable[..., Candidate], slot: dt.datetime) -> None:
    politics = [story(n, topic="thoi-su", papers=(f"Báo {n}",)) for n in range(20)]
    rest = [
        story(50 + n, topic=topic, papers=(f"Báo {n}",), hours_ago=8) for n, topic in enumerate(ORDER[1:])
    ]
    assert {told.topic for told in digest([*politics, *rest], slot, minutes=1).stories} == set(ORDER)


def test_a_third_story_of_a_topic_waits_for_the_second_of_another(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    fresh = [story(n, topic=ORDER[0], papers=(f"Báo {n}",)) for n in range(2)]
    old = [story(n, topic=ORDER[1 + n % 3], papers=(f"Báo {n}",), hours_ago=10) for n in range(3, 12)]
    told = digest([*fresh, *old], slot, minutes=240 / SYLLABLES_PER_MINUTE).stories
    assert [one.topic for one in told] == [topic for topic in ORDER[:3] for _ in range(2)] + [ORDER[3]]


def test_no_paper_takes_the_whole_digest(story: Callable[..., Candidate], slot: dt.datetime) -> None:
    loud = [story(n, papers=("Báo Ồn",), hours_ago=1, topic=ORDER[n % 4]) for n in range(40)]
    rest = [story(50 + n, papers=(f"Báo {n % 3}",), hours_ago=9, topic=ORDER[n % 4]) for n in range(12)]
    told = digest([*loud, *rest], slot).stories
    by_loud = [one for one in told if one.sources[0].name == "Báo Ồn"]
    assert sum(one.syllables for one in by_loud) <= 0.4 * 3 * SYLLABLES_PER_MINUTE
    assert len(told) > 2 * len(by_loud)


def test_a_store_of_one_paper_and_one_topic_fills_a_digest(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    composed = digest([story(n) for n in range(40)], slot)
    assert sum(told.syllables for told in composed.stories) > 0.7 * 3 * SYLLABLES_PER_MINUTE


def test_an_event_that_grouping_left_in_two_stories_is_told_once(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    twice = [story(1), Candidate(2, story(1, papers=("Báo Khác",)).pieces), story(3)]
    composed = digest(twice, slot)
    assert (ids(composed), composed.left_out) == ([1, 3], 0)


def test_advertorials_and_hidden_sources_are_no_stories(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    candidates = [story(1, advertorial=True), story(2, quote="none"), Candidate(3, ())]
    assert digest(candidates, slot) == Digest("sang", "Điểm Tin sáng", slot, (), 0)


def test_an_advertorial_does_not_make_a_story_more_important(
    story: Callable[..., Candidate], piece: Builder, slot: dt.datetime
) -> None:
    paid = [piece(900 + n, title=event(1), paper=f"Báo {n}", advertorial=True) for n in range(5)]
    propped = Candidate(1, (*story(1, hours_ago=3).pieces, *paid))
    composed = digest([propped, story(2, hours_ago=2)], slot)
    assert ids(composed) == [2, 1]
    assert composed.stories[1].articles == 1


def test_an_article_dated_after_the_slot_counts_as_new(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    assert ids(digest([story(1, hours_ago=-30), story(2, hours_ago=0)], slot)) == [1, 2]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_order_of_candidates_is_of_no_matter(
    data: st.DataObject, story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    candidates = [story(n, topic=ORDER[n % 4], papers=(f"Báo {n % 3}",), hours_ago=n % 4) for n in range(12)]
    mixed = data.draw(st.permutations(candidates))
    assert digest(candidates, slot, minutes=1) == digest(mixed, slot, minutes=1)


def test_stories_of_one_topic_stand_together(story: Callable[..., Candidate], slot: dt.datetime) -> None:
    composed = digest([story(n, topic=ORDER[n * 5 % 4], hours_ago=n) for n in range(20)], slot)
    topics = [told.topic for told in composed.stories]
    assert sum(one != other for one, other in pairwise(topics)) == len(set(topics)) - 1


def test_one_story_without_end_does_not_keep_the_others_out(
    story: Callable[..., Candidate], slot: dt.datetime
) -> None:
    sentence = " ".join(f"vô{n}" for n in range(5_000)) + "."
    endless = story(1, papers=("Báo A", "Báo B"), sentences=(sentence,), syllables=6_000)
    endless_title = story(2, papers=("Báo A", "Báo B"), title=" ".join(f"dài{n}" for n in range(900)))
    assert ids(digest([endless_title, story(3), story(4)], slot)) == [3, 4]
    assert ids(digest([endless, story(3)], slot)) == [3]
    assert ids(digest([endless], slot)) == [1], "alone it is told, whatever its length"
