"""Repairs keep words, and keep the way back."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.text.repair import repair

HARD = st.text(
    st.one_of(
        st.sampled_from("aăâeêoơưđÐðộế\u0300\u0301\u0303\u0309\u0323\u0302\u031b\u0344\u0340"),
        st.sampled_from(
            "\r\n\t \xa0\u3000\u200b\ufeff\u00ad\u202e\u2028\x00\x85\ud800\u1100\u1161\u11a8\u0f75"
        ),
        st.characters(),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("Ha\u0300 Nô\u0323i", "Hà Nội"),
        ("Ðảng bộ, ðất", "Đảng bộ, đất"),
        ("Thủ\u200b tướng\ufeff nói\u00ad", "Thủ tướng nói"),
        ("một\xa0hai\u3000ba\tbốn", "một hai ba bốn"),
        ("dòng một\r\ndòng hai\rdòng ba\u2028dòng bốn", "dòng một\ndòng hai\ndòng ba\ndòng bốn"),
        ("\u202eđảo ngược\u202c", "đảo ngược"),
        ("số\x00không", "sốkhông"),
        ("nửa cặp \ud83d đây", "nửa cặp  đây"),
        ("a\u0301\u200b\u0302", "á\u0302"),
    ],
)
def test_damage_is_mended(raw: str, mended: str) -> None:
    assert repair(raw).text == mended


@pytest.mark.parametrize(
    "text", ["", "Hà Nội mưa.", "Năm 2025: 13,5 %\n“Ừ”, ông nói…", "🇻🇳 ổn ☀️", "Trường Sa – Hoàng Sa"]
)
def test_sound_text_is_left_alone(text: str) -> None:
    assert repair(text).text == text


def test_stacked_marks_are_cut_to_three() -> None:
    assert repair("z" + "\u0335" * 40 + "o").text == "z" + "\u0335" * 3 + "o"


def test_a_span_maps_to_all_code_points_of_its_letters_and_to_none_dropped_around_it() -> None:
    raw = "\ufeff\u200bHa\u0300\u200b Nô\u0323i\u200b mưa"
    repaired = repair(raw)
    start, end = repaired.span(0, len("Hà Nội"))
    assert raw[start:end] == "Ha\u0300\u200b Nô\u0323i"


def test_an_empty_span_maps_to_an_empty_span() -> None:
    assert repair("").span(0, 0) == (0, 0)
    assert repair("\u200ba").span(0, 0) == (1, 1)
    assert repair("a\u200b").span(1, 1) == (1, 1)


@given(HARD)
def test_repairing_twice_changes_nothing_more(raw: str) -> None:
    once = repair(raw).text
    assert repair(once).text == once


@given(HARD)
def test_what_is_mended_is_nfc_and_has_no_invisible_character(raw: str) -> None:
    text = repair(raw).text
    assert unicodedata.is_normalized("NFC", text)
    assert not set(text) & set("\r\x00\u200b\ufeff\u00ad\u202e\xa0Ðð")
    text.encode("utf-8")


@given(HARD)
def test_every_slice_of_the_mended_text_comes_from_its_slice_of_the_raw_text(raw: str) -> None:
    """Repairing the raw slice at a mapped place gives the mended slice again, letter by letter."""
    repaired = repair(raw)
    assert len(repaired.text) == len(repaired.origins) == len(repaired.ends)
    for i in range(len(repaired.text)):
        start, end = repaired.span(i, i + 1)
        assert 0 <= start < end <= len(raw)
        assert repaired.text[i] in repair(raw[start:end]).text
    assert list(repaired.origins) == sorted(repaired.origins)
