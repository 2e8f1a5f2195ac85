"""The news of a time: each story once, the most reported first."""

from hypothesis import given
from hypothesis import strategies as st

from bot.news.answers import most_reported
from storage.articles import Origin


def test_papers_are_counted_and_not_their_articles() -> None:
    often = [Origin("bao-bien", 1), Origin("bao-bien", 1), Origin("bao-bien", 1)]
    twice = [Origin("bao-bien", 2), Origin("bao-doi", 2)]
    assert most_reported((5, 4, 3, 2, 1), dict(zip((5, 4, 3, 2, 1), often + twice, strict=True))) == (2, 5)


def test_what_is_gone_is_passed_over() -> None:
    assert most_reported((2, 1), {1: Origin("bao-bien", None)}) == (1,)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, 1, 2, 3])), max_size=12))
def test_every_story_comes_once_with_its_newest_article(told: list[tuple[str, int | None]]) -> None:
    origins = {number: Origin(*each) for number, each in enumerate(told)}
    newest_first = sorted(origins, reverse=True)
    chosen = most_reported(newest_first, origins)
    newest = {each.story_id: number for number, each in origins.items() if each.story_id}
    alone = [number for number, each in origins.items() if each.story_id is None]
    assert sorted(chosen) == sorted([*newest.values(), *alone])
