"""Sentence boundaries, in texts as they are written and in texts made to hurt."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.text.sentences import split

CASES: list[list[str]] = json.loads((Path(__file__).parent / "sentences.json").read_text("utf-8"))


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize("sentences", CASES, ids=lambda sentences: sentences[0][:40])
def test_sentences_joined_by_a_space_come_apart_again(sentences: list[str]) -> None:
    assert cut(" ".join(sentences)) == sentences


def test_a_line_break_ends_a_sentence() -> None:
    assert cut("Ba việc cần làm\nMột là tưới cây.\r\n\n  Hai là tỉa cành.  ") == [
        "Ba việc cần làm",
        "Một là tưới cây.",
        "Hai là tỉa cành.",
    ]


@pytest.mark.parametrize("text", ["", " \n\t\n "])
def test_blank_text_has_no_sentence(text: str) -> None:
    assert split(text) == []


@given(st.text(st.sampled_from('aBđĐ1 .!?…\n\t"”“’()[]-A.TP'), max_size=60))
def test_the_spans_hold_every_character_but_blanks_once_and_in_order(text: str) -> None:
    spans = split(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize("part", [".", "!?", "…”", "a.", "A. ", '." ', "1. ", " Theo", " ", "(((", "\n"])
def test_a_megabyte_of_marks_is_cut_within_the_time_limit(part: str) -> None:
    """Quadratic work on it would take hours."""
    assert len(split(part * 300_000)) <= 300_000
