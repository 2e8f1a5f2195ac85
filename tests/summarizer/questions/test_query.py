import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.questions.equivalents import Phrase
from summarizer.questions.query import MAX_CHARACTERS, MAX_WORDS, parse_query


def wanted(typed: str) -> list[Phrase]:
    """Return what an article must have."""
    return [term.phrase for term in parse_query(typed).terms]


_TYPED = st.text(st.sampled_from("hạLongđư-\"“”'*():^~+|&<>\\%_ \n\t\0\u200b\u202e\ud800😀字é0²")) | st.text()


def test_plain_words_must_all_occur_in_any_order() -> None:
    assert wanted("Vịnh  HẠ Long") == [("vịnh",), ("hạ",), ("long",)]


def test_both_tone_styles_are_one_query() -> None:
    assert wanted("Hoà Bình thuỷ điện") == wanted("hòa bình thủy điện")


@pytest.mark.parametrize("typed", ['"du lịch"', "“du lịch”", "„du lịch”", "«du lịch»", '"Du  Lịch"'])
def test_quoted_words_stay_together(typed: str) -> None:
    assert wanted(typed) == [("du", "lịch")]


def test_an_open_quote_is_read_as_plain_words() -> None:
    assert wanted('"hạ long') == [("hạ",), ("long",)]


def test_a_minus_before_a_word_excludes_it() -> None:
    query = parse_query('hạ long -tàu -"du lịch" -covid-19')
    assert query.words == ("hạ", "long")
    assert query.excluded == (("tàu",), ("du", "lịch"), ("covid", "19"))


@pytest.mark.parametrize(
    ("typed", "excluded"),
    [
        ("mưa -hạ long", [("hạ", "long")]),
        ("mưa -hạ long -nha trang", [("hạ", "long"), ("nha", "trang")]),
        ("mưa -hạ long, bão", [("hạ", "long")]),
        ('mưa -hạ long "bão lớn"', [("hạ", "long")]),
        ('mưa -"hạ long" bão', [("hạ", "long")]),
        ("-hạ long", [("hạ",)]),
    ],
)
def test_a_minus_behind_words_excludes_the_rest_of_the_phrase(typed: str, excluded: list[Phrase]) -> None:
    query = parse_query(typed)
    assert query.excluded == tuple(excluded)
    assert query.terms


def test_what_stands_behind_a_time_is_not_excluded() -> None:
    query = parse_query("mưa -hạ long hôm qua nha trang", today=dt.date(2026, 11, 22))
    assert query.excluded == (("hạ", "long"),)
    assert query.words == ("mưa", "nha", "trang")


@pytest.mark.parametrize("typed", ["hà-nội", "hà - nội", "hà -- nội", "hà nội -"])
def test_other_hyphens_exclude_nothing(typed: str) -> None:
    assert (parse_query(typed).excluded, wanted(typed)) == ((), [("hà",), ("nội",)])


def test_letters_and_digits_written_together_are_words_side_by_side() -> None:
    assert wanted("U23 400mm") == [("u", "23"), ("400", "mm")]


def test_a_repeated_word_counts_once() -> None:
    assert wanted("long LONG lòng") == [("long",), ("lòng",)]


def test_what_is_not_seen_is_dropped() -> None:
    assert parse_query("\u202eh\u200bạ\0 lo\u00adng\ud800\r\n") == parse_query("hạ long")


def test_decomposed_letters_are_composed() -> None:
    assert parse_query("ha\u0323 long") == parse_query("hạ long")


@pytest.mark.parametrize("typed", ["", "   ", "-", '""', "***", "😀", "\0", "( ) : ^", "-tàu"])
def test_nothing_to_look_for_is_an_empty_query(typed: str) -> None:
    assert parse_query(typed).is_empty


@pytest.mark.parametrize("typed", ["AND OR NOT", "NEAR(ha long)", "title:ha", "ha*", "^ha", "a&b|!c", "'"])
def test_operators_of_an_engine_are_words(typed: str) -> None:
    query = parse_query(typed)
    assert all(word.isalnum() for word in query.words)
    assert query.text == typed


def test_long_questions_are_cut() -> None:
    query = parse_query(" ".join(f"tu{n}" for n in range(3000)))
    assert len(query.text) <= MAX_CHARACTERS
    assert len(query.words) == MAX_WORDS


def test_marks_are_noticed() -> None:
    assert parse_query("ha đong").has_diacritics
    assert not parse_query("ha dong 19").has_diacritics


def test_every_part_knows_where_it_was_typed() -> None:
    typed = "giá vàng TP.HCM nguon:bao hôm qua https://bao.vn/kinh-te/gia-vang-lap-dinh-3456789.html"
    query = parse_query(typed, today=dt.date(2026, 11, 22))
    shown = [typed[slice(*term.place)] for term in query.terms]
    assert shown == ["giá", "vàng", "TP.HCM", "gia", "vang", "lap", "dinh"]
    assert [typed[slice(*place)] for place in query.source_places] == ["nguon:bao"]
    assert [typed[slice(*place)] for place in query.time_places] == ["hôm qua"]


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("giá vàng", [("giá vàng", False)]),
        ("giá vàng hôm qua", [("giá vàng hôm qua", True), ("giá vàng", False)]),
        (
            "SEA Games năm 2017",
            [("SEA Games năm 2017", True), ("SEA Games năm 2017", False), ("SEA Games", False)],
        ),
        ("hôm qua", [("hôm qua", True)]),
    ],
)
def test_the_readings_of_a_question_are_planned(typed: str, readings: list[tuple[str, bool]]) -> None:
    attempts = parse_query(typed, today=dt.date(2026, 11, 22)).attempts()
    assert [(query.shown, bool(query.since)) for query in attempts] == readings


def test_a_time_that_may_be_a_name_is_words_in_its_place() -> None:
    _, named, _ = parse_query("năm 2017 SEA Games", today=dt.date(2026, 11, 22)).attempts()
    assert named.words == ("năm", "2017", "sea", "games")


@pytest.mark.parametrize(
    ("shared", "headline"),
    [
        ("Xe biển xanh húc bay người đi đường - VnExpress", "Xe biển xanh húc bay người đi đường"),
        ("Chợ nổi đông khách lại rồi – Tin tức mới nhất - VnExpress", "Chợ nổi đông khách lại rồi"),
        ("Giá vàng rời đỉnh 5 tháng - Tuổi Trẻ Online", "Giá vàng rời đỉnh 5 tháng"),
        ("giá - Lao Động", "giá - Lao Động"),
        ("Mỹ - Hàn tập trận chung ở biển", "Mỹ - Hàn tập trận chung ở biển"),
        ("thị trường - lao động", "thị trường - lao động"),
    ],
)
def test_a_shared_headline_is_asked_without_its_paper(shared: str, headline: str) -> None:
    assert parse_query(shared).text == headline


@given(_TYPED)
def test_any_text_is_a_bounded_query(typed: str) -> None:
    query = parse_query(typed)
    words = [*query.words, *(word for run in query.excluded for word in run)]
    assert len(query.text) <= MAX_CHARACTERS
    assert len(words) <= MAX_WORDS
    assert all(word and not word.isspace() for word in words)
    assert query.text.isprintable()


@given(_TYPED)
def test_reading_the_cleaned_text_again_changes_nothing(typed: str) -> None:
    query = parse_query(typed)
    assert parse_query(query.text) == query
