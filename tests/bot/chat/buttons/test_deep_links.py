"""Payloads of deep links: questions and stories come back; no other payload is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.buttons.callbacks import read_payload, read_story, write_payload


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_a_payload_brings_back_the_words_or_their_beginning(words: str) -> None:
    payload = write_payload(words)
    assert len(payload) <= 64
    read = read_payload(payload)
    assert words.startswith(read) if read is not None else not words[:1].strip()


@given(st.text(max_size=70))
def test_whatever_payload_is_read_is_one_of_ours(payload: str) -> None:
    words = read_payload(payload)
    assert words is None or write_payload(words) == payload


@pytest.mark.parametrize(("count", "read"), [(45, 45), (46, 46), (47, 46), (80, 46)])
def test_a_payload_holds_46_bytes_of_the_words(count: int, read: int) -> None:
    assert read_payload(write_payload("a" * count)) == "a" * read


@pytest.mark.parametrize(
    "payload",
    [
        "q-",
        "q-IA",  # a space
        "q-YR",  # `a` and `c`, whose last bits are not those that `write_payload` sets
        "q-Y0",
        "q-_w",  # not UTF-8
        "q-YWJjZ",  # cut within a byte
        "q-" + "YWJj" * 16,
        "k-YQ",
        "q-YQ==",
    ],
)
def test_a_payload_that_we_do_not_write_asks_nothing(payload: str) -> None:
    assert read_payload(payload) is None


@pytest.mark.parametrize(("payload", "article"), [("tin-" + "9" * 18, 10**18 - 1), ("tin-" + "9" * 19, None)])
def test_the_number_of_a_story_has_eighteen_digits_at_most(payload: str, article: int | None) -> None:
    assert read_story(payload) == article
