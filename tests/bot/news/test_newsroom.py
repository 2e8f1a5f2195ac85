"""What a subscriber's choices make of a declared edition. Pure."""

import datetime as dt
from collections.abc import Callable

import pytest

from bot.news.newsroom import Edition, Newsroom, Source
from storage.profiles import Choices

Declare = Callable[..., Newsroom]


@pytest.fixture
def declared(make_newsroom: Declare, edition: Callable[..., Edition]) -> Newsroom:
    """Two editions, the morning's first."""
    return make_newsroom(edition("sang", "06:45"), edition("toi", "18:30", days=frozenset({0, 1})))


def test_who_chose_nothing_follows_the_edition(declared: Newsroom) -> None:
    assert declared.edition_for(Choices("toi")) == declared.editions[1]


def test_own_times_days_and_zone_take_the_editions_place(declared: Newsroom) -> None:
    own = declared.edition_for(Choices("sang", times=("19:00", "07:05"), days=(5, 6), zone="Europe/Berlin"))
    assert own.schedule.times == (dt.time(7, 5), dt.time(19))
    assert (own.schedule.days, own.schedule.zone) == (frozenset({5, 6}), "Europe/Berlin")


def test_a_topic_that_was_taken_away_is_not_asked_for(declared: Newsroom) -> None:
    assert declared.edition_for(Choices("sang", topics=("kinh-te", "xe-co"))).topics == ("kinh-te",)
    assert declared.edition_for(Choices("sang", topics=("xe-co",))).topics == (), "all, as the edition has it"


def test_an_edition_that_was_taken_away_gives_way_to_the_default_one(declared: Newsroom) -> None:
    assert declared.edition_for(Choices("trua")).name == declared.default_edition.name == "sang"


def test_sources_are_found_by_name(make_newsroom: Declare, source: Callable[..., Source]) -> None:
    one = source("bao-bien")
    newsroom = make_newsroom(sources=(one,))
    assert newsroom.find_source("bao-bien") is one
    assert newsroom.find_source("bao-rung") is None
