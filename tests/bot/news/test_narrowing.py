"""What a question's filters mean in a newsroom."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from bot.news.narrowing import Narrowing, narrow
from bot.news.newsroom import Source
from summarizer.questions.query import parse_query

TODAY = dt.date(2026, 11, 22)
ZONE = "Asia/Ho_Chi_Minh"
PAPERS = (("bao-ben-do", "Báo Bến Đò"), ("cho-noi", "Chợ Nổi Online"), ("cho-som", "Chợ Sớm"))


@pytest.fixture
def meant(make_newsroom: Any) -> Any:
    """Return a function that tells what a question is narrowed to among three papers and three topics."""
    sources = tuple(Source(name, title, "inbox", Path(name), ZONE, None, "full") for name, title in PAPERS)
    newsroom = make_newsroom(sources=sources, topic_aliases={"Bóng đá": "the-thao", "Thể thao": "the-thao"})

    def tell(question: str, zone: str = ZONE) -> Narrowing:
        return narrow(parse_query(question, today=TODAY), newsroom, zone)

    return tell


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("bão nguon:cho-noi", ("cho-noi",)),
        ('bão nguồn:"Báo Bến Đò"', ("bao-ben-do",)),
        ("bão nguon:bendo", ("bao-ben-do",)),
        ("bão nguon:baobendo nguon:chosom", ("bao-ben-do", "cho-som")),
        ("bão", ()),
    ],
)
def test_a_source_is_told_by_name_by_title_or_by_a_part_of_it(
    meant: Any, typed: str, names: tuple[str, ...]
) -> None:
    told = meant(typed)
    assert told.filters.source_names == names
    assert told.unknown_sources == ()


def test_a_paper_that_only_articles_name_is_known_too(make_newsroom: Any) -> None:
    sources = (Source("cho-noi", "Chợ Nổi Online", "inbox", Path("cho-noi"), ZONE, None, "full"),)
    papers = ("Báo Bến Đò", "cho-noi")
    query = parse_query("bão nguon:bendo nguon:chonoi nguon:xa", today=TODAY)
    told = narrow(query, make_newsroom(sources=sources), ZONE, papers)
    assert told.filters.source_names == papers
    assert told.sources == told.known_sources == ("Báo Bến Đò", "Chợ Nổi Online")
    assert told.unknown_sources == ("xa",)


def test_what_nobody_declared_narrows_nothing_and_is_told(meant: Any) -> None:
    told = meant("bão nguon:xa chude:bói")
    assert told.filters.source_names == told.filters.topics == ()
    assert (told.unknown_sources, told.unknown_topics) == (("xa",), ("bói",))


def test_a_topic_is_meant_by_any_of_its_names(meant: Any) -> None:
    told = meant('bão chủ đề:"bóng đá"')
    assert told.topics == ("Thể thao",)
    assert told.filters.topics == ("the-thao",)


def test_days_are_those_of_the_zone_from_midnight_to_midnight(meant: Any) -> None:
    told = meant("bão hôm qua").filters
    assert told.since == dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)
    assert told.until == dt.datetime(2026, 11, 21, 16, 59, 59, 999999, tzinfo=dt.UTC)
    berlin = meant("bão hôm qua", "Europe/Berlin").filters
    assert berlin.since == dt.datetime(2026, 11, 20, 23, tzinfo=dt.UTC)


def test_a_question_without_filters_is_not_narrowed(meant: Any) -> None:
    told = meant("bão")
    assert (told.filters.since, told.filters.until, told.sources, told.topics) == (None, None, (), ())
