import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.questions.typing_errors import SpellingCorrector, from_keystrokes, is_typing_error

KNOWN = {
    "thanh": 90,
    "pho": 80,
    "ha": 70,
    "long": 60,
    "than": 25,
    "duong": 50,
    "covid": 30,
    "viet": 40,
    "nam": 45,
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("logn",), ("long",)),
        (("lng",), ("long",)),
        (("loong",), ("long",)),
        (("thnah",), ("thanh",)),
        (("thanhf",), ("thanh",)),
        (("dduong",), ("duong",)),
        (("pho", "61"), ("pho",)),
        (("halong",), ("ha", "long")),
        (("vietnam",), ("viet", "nam")),
        (("ha", "logn"), ("ha", "long")),
    ],
)
def test_a_slip_is_guessed(typed: tuple[str, ...], meant: tuple[str, ...]) -> None:
    assert SpellingCorrector(KNOWN).guesses(typed)[0] == meant


@pytest.mark.parametrize("typed", ["long", "lòng", "than", "xyzzy", "lo", "19", "u", "字", "covid"])
def test_known_and_hopeless_words_are_left_alone(typed: str) -> None:
    assert SpellingCorrector(KNOWN).guesses((typed,)) == ()


def test_a_syllable_typed_with_its_marks_is_meant() -> None:
    assert SpellingCorrector({"nang": 90}).guesses(("xăng",)) == ()
    assert SpellingCorrector({"nang": 90}).guesses(("xang",)) == (("nang",),)


def test_a_rare_word_is_not_mended_into_a_rarer_one() -> None:
    assert SpellingCorrector({"long": 10, "lon": 9, "lonh": 3}).guesses(("long",)) == ()


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("thanhf", "thành"), ("thafnh", "thành"), ("dduwowngf", "đường"), ("nguoiwf", "người"),
        ("vieejt", "việt"), ("truowngf", "trường"), ("hoaf", "hòa"), ("thuyr", "thủy"), ("quanr", "quản"),
        ("pho61", "phố"), ("viet65", "việt"), ("nuoc71", "nước"),
    ],
)  # fmt: skip
def test_keystrokes_are_read_as_an_input_method_would(keys: str, word: str) -> None:
    assert from_keystrokes(keys) == word


@pytest.mark.parametrize("word", ["tra", "sinh", "covid", "u23", "h5n1", "messi", "facebook", "", "1", "字"])
def test_other_words_are_no_keystrokes(word: str) -> None:
    assert from_keystrokes(word) is None


@given(st.text(max_size=30))
def test_any_word_can_be_asked_about(word: str) -> None:
    SpellingCorrector(KNOWN).guesses((word,) if word else ("a",))
    from_keystrokes(word)
    is_typing_error(word, "thanh")
