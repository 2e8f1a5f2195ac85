"""Syllables of all sentences at once are those of each by itself."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from summarizer.text.repair import repair
from summarizer.text.sentences import split
from summarizer.text.syllables import syllables, tokens_of


@given(st.text(st.sampled_from("aoòàuýQqİßđÐ1 .,_-\n?Hoà") | st.characters(), max_size=60))
def test_the_syllables_of_a_sentence_are_those_it_has_alone(raw: str) -> None:
    text = repair(raw).text
    spans = split(text)
    assert list(tokens_of(text, spans)) == [(span, syllables(text[slice(*span)])) for span in spans]


def test_a_letter_that_grows_in_lowercase_shifts_no_sentence() -> None:
    text = "İİİ là chữ Thổ. Hoà ở lại."
    assert list(tokens_of(text, split(text)))[1][1] == ["hòa", "ở", "lại"]


def test_what_a_caller_does_with_syllables_changes_them_for_nobody_else() -> None:
    syllables("Mưa lớn").clear()
    assert syllables("Mưa lớn") == ["mưa", "lớn"]


def test_a_long_text_is_cut_no_further_than_it_is_read() -> None:
    def spans() -> Iterator[tuple[int, int]]:
        yield 0, 7
        raise AssertionError("the next sentence was asked for")

    assert next(tokens_of("Hoà ốm. Trời mưa.", spans())) == ((0, 7), ["hòa", "ốm"])
