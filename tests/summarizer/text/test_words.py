import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from summarizer.text.syllables import word_forms, word_spans


def test_letters_and_digits_part_however_they_are_written() -> None:
    assert word_forms("U23") == word_forms("u 23") == word_forms("U-23")


def test_spellings_that_read_the_same_compare_equal() -> None:
    assert word_forms("Ðà Nẵng, thuỷ sản") == word_forms("đà nẵng thủy sản")


def test_an_endless_word_is_cut() -> None:
    assert len(word_forms("a" * 5000)[0].canonical) == 64


@given(st.text())
def test_every_word_has_a_span_and_forms_without_blanks(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    forms, spans = word_forms(text), word_spans(text)
    assert len(forms) == len(spans)
    for word, (start, end) in zip(forms, spans, strict=True):
        assert word == word_forms(text[start:end])[0]
        assert word.folded
        assert not any(c.isspace() for c in word.canonical + word.folded)
