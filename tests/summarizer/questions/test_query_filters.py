import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.questions.query import parse_query
from summarizer.questions.query_filters import comparable, with_whole_names


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
    ("typed", "meant"),
    [
        ("nguon:bến đò lũ", 'nguon:"bến đò" lũ'),
        ("lũ nguồn: bao ben do hạ long", 'lũ nguồn: "bao ben do" hạ long'),
        ("nguon:chợ nổi chude:thể thao lũ", 'nguon:"chợ nổi" chude:"thể thao" lũ'),
    ],
)
def test_as_many_words_as_a_known_name_has_belong_to_it(typed: str, meant: str) -> None:
    assert with_whole_names(typed, ["Báo Bến Đò", "Chợ Nổi Online"], ["Thể thao"]) == meant


@pytest.mark.parametrize(
    "typed", ["nguon:xa lạ lũ", "nguon:bến, đò", 'nguon:"bến đò" lũ', "nguon:bến lũ", "bến đò", ""]
)
def test_other_words_belong_to_no_name(typed: str) -> None:
    assert with_whole_names(typed, ["Báo Bến Đò"], []) == typed


@given(st.text(st.sampled_from('nguon:chdebếđò ",;'), max_size=40))
def test_words_are_only_put_in_quotes(typed: str) -> None:
    assert with_whole_names(typed, ["Báo Bến Đò"], ["đò"]).replace('"', "") == typed.replace('"', "")
