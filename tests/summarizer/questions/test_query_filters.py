import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.questions.filters import Names, comparable, find_filters
from summarizer.questions.query import parse_query

NAMES = Names(
    frozenset(["Báo Bến Đò", "Chợ Nổi Online"]), frozenset(["Kinh tế", "Thể thao"]), ("Kinh tế", "Thể thao")
)


@pytest.mark.parametrize(
    ("typed", "sources", "topics", "words"),
    [
        ("lũ nguon:baobien", ("baobien",), (), ("lũ",)),
        ("nguồn: baobien lũ", ("baobien",), (), ("lũ",)),
        ("NGUỒN:“Báo Biển” lũ", ("Báo Biển",), (), ("lũ",)),
        ("lũ chude:thoi-su", (), ("thoi-su",), ("lũ",)),
        ('lũ chủ đề:"Thời sự"', (), ("Thời sự",), ("lũ",)),
        ("chu de: thethao", (), ("thethao",), ()),
        ("nguon:a nguon:b, chude:c lũ", ("a", "b"), ("c",), ("lũ",)),
        ("nguon:A nguon:a lũ", ("A",), (), ("lũ",)),
    ],
)
def test_filters_are_taken_out_of_the_words(
    typed: str, sources: tuple[str, ...], topics: tuple[str, ...], words: tuple[str, ...]
) -> None:
    query = parse_query(typed)
    assert (query.sources, query.topics, query.words) == (sources, topics, words)
    assert not query.is_empty


@pytest.mark.parametrize("typed", ["nguồn nước", "nguon:", 'nguon:""', "đầunguồn:x", "chủ đề nóng"])
def test_what_names_nothing_is_no_filter(typed: str) -> None:
    query = parse_query(typed)
    assert (query.sources, query.topics) == ((), ())


def test_names_are_compared_without_marks_blanks_and_case() -> None:
    assert comparable("Báo Đồi") == comparable("bao-doi") == comparable("BAODOI")
    assert comparable("Báo Đồi") != comparable("Báo Biển")


def test_many_filters_are_bounded() -> None:
    assert len(parse_query(" ".join(f"nguon:{n}" for n in range(20))).sources) == 5


@pytest.mark.parametrize(
    ("typed", "sources", "topics"),
    [
        ("nguon:bến đò lũ", ("bến đò",), ()),
        ("lũ nguồn: bao ben do hạ long", ("bao ben do",), ()),
        ("nguon:chợ nổi chude:thể thao lũ", ("chợ nổi",), ("thể thao",)),
        ("nguon:xa lạ lũ", ("xa",), ()),
        ("nguon:bến, đò", ("bến",), ()),
        ('nguon:"bến đò" lũ', ("bến đò",), ()),
        ("nguon:bến lũ", ("bến",), ()),
        ("bến đò", (), ()),
    ],
)
def test_as_many_words_as_a_known_name_has_belong_to_it(
    typed: str, sources: tuple[str, ...], topics: tuple[str, ...]
) -> None:
    found = find_filters(typed, NAMES)
    assert (found.sources, found.topics) == (sources, topics)


@pytest.mark.parametrize(
    ("typed", "topics", "words"),
    [
        ("tin thể thao", ("Thể thao",), ()),
        ("hôm qua tin the thao nguon:x", ("Thể thao",), ()),
        ("Tin tức về Thể Thao tuần này", ("Thể thao",), ()),
        ("tin thể thao biển", (), ("tin", "thể", "thao", "biển")),
        ("thể thao", (), ("thể", "thao")),
        ("tin", (), ("tin",)),
    ],
)
def test_the_news_of_a_topic_are_asked_for_by_its_name(
    typed: str, topics: tuple[str, ...], words: tuple[str, ...]
) -> None:
    query = parse_query(typed, today=dt.date(2026, 11, 22), names=NAMES)
    assert (query.topics, query.words) == (topics, words)


def test_filters_can_be_left_out_one_kind_at_a_time() -> None:
    query = parse_query('bão nguon:"Báo Biển" chude:kinh-te')
    assert query.without(query.source_places) == "bão chude:kinh-te"
    assert query.without(query.topic_places) == 'bão nguon:"Báo Biển"'
    assert query.shown == "bão"


@given(st.text(st.sampled_from('nguon:chdebếđò ",;'), max_size=40))
def test_filters_stand_in_the_text_one_behind_the_other(typed: str) -> None:
    found = find_filters(typed, NAMES)
    places = sorted((*found.source_places, *found.topic_places))
    ends = [0, *(end for _, end in places)]
    assert all(end <= start < after <= len(typed) for end, (start, after) in zip(ends, places, strict=False))
