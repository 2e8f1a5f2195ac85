"""Line breaks that were lost before a text came, and words with a capital that are only names."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.text.sentences import find_lost_line_breaks, split

CASES: list[list[str]] = json.loads((Path(__file__).parent / "lost_line_breaks.json").read_text("utf-8"))
LONG = "Mưa kéo dài từ đầu tuần khiến nhiều bến đò phải nghỉ và người dân đi vòng qua cầu cũ. " * 4


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize("lines", CASES, ids=lambda lines: lines[0][:40])
def test_lines_joined_by_a_space_come_apart_in_a_long_line(lines: list[str]) -> None:
    assert cut(LONG + " ".join(lines))[4:] == lines


def test_a_short_line_stands_as_it_was_set() -> None:
    line = "Bến mới mở cửa Theo chủ bến, khách rất đông."
    assert cut(line) == [line]
    assert cut(LONG.strip() + "\n" + line)[4:] == [line]


@given(
    st.lists(
        st.sampled_from([" ", "Theo", "Trong", "Đàng", "mưa", "ông", '"', ".", ": - ", "5"]), max_size=30
    )
)
def test_a_break_is_a_blank_between_words_inside_the_span(parts: list[str]) -> None:
    text = "".join(parts)
    start, end = len(text) // 4, len(text)
    for place in find_lost_line_breaks(text, start, end):
        assert start <= place < end
        assert text[place] == " "
        assert not text[place - 1].isspace()
