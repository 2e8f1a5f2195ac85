"""Articles are identified by address, id or text; a difference that nobody sees is no change."""

import string
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.identity import article_key, clean_link, normalise_url, text_hash

_CASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "intake" / "data" / "addresses.tsv").read_text().splitlines()
    if not line.startswith("#")
]
_words = st.text(string.ascii_letters + "àáđĐôưệ 0123456789.,", max_size=40)


def _case(address: str, expected: str) -> tuple[str, str | None]:
    return address, None if expected == "-" else expected


@pytest.mark.parametrize(("address", "expected"), [_case(*case) for case in _CASES])
def test_an_address_has_one_spelling(address: str, expected: str | None) -> None:
    assert normalise_url(address) == expected


@pytest.mark.parametrize("address", [address for address, expected in _CASES if expected != "-"])
def test_the_spelling_of_a_spelling_is_itself(address: str) -> None:
    spelling = normalise_url(address)
    assert spelling is not None
    assert normalise_url(spelling) == spelling


@settings(deadline=None)
@given(st.text(max_size=60) | st.text(max_size=40).map("https://".__add__))
def test_no_text_makes_an_address_raise(text: str) -> None:
    spelling = normalise_url(text)
    assert spelling is None or spelling.startswith(("http://", "https://"))
    assert (clean_link(text) is None) == (spelling is None)


def test_an_address_of_two_thousand_characters_is_the_longest() -> None:
    longest = "https://bao.example/" + "a" * 1_980
    assert normalise_url(longest) == longest
    assert normalise_url(longest + "a") is None


def test_the_link_that_is_shown_keeps_what_the_site_may_need() -> None:
    link = clean_link("https://ten:mk@WWW.bao.example/tin/?utm_source=x&id=7#binh-luan")
    assert link == "https://www.bao.example/tin/?utm_source=x&id=7"


@pytest.mark.parametrize(
    "other", ["http://bao.example/tin", "https://www.bao.example/tin/", "https://bao.example/tin?fbclid=1#a"]
)
def test_one_article_under_several_addresses_has_one_key(other: str) -> None:
    assert article_key(other, "B", "2", "x", "y") == article_key("https://bao.example/tin", "A", "1", "", "")


def test_without_an_address_source_and_id_tell_articles_apart() -> None:
    keys = {
        article_key(None, source, id_, "Tin", "") for source, id_ in (("a", "b:c"), ("a:b", "c"), ("a", "c"))
    }
    assert len(keys) == 3
    assert article_key("javascript:1", "a", "c", "Tin", "x") == article_key(None, "a", "c", "Tin khác", "y")


def test_without_address_and_id_the_text_tells_articles_apart() -> None:
    first = article_key(None, "a", None, "Hoà Bình mưa lớn", "Nước lên.")
    assert first == article_key(None, "b", "", "Hòa Bình mưa lớn", "Nước  lên.\n")
    assert first != article_key(None, "a", None, "Hoà Bình mưa lớn", "Nước xuống.")


@settings(deadline=None)
@given(_words, _words, _words)
def test_white_space_case_and_decomposition_are_no_change(title: str, sapo: str, body: str) -> None:
    spaced = f"\n {body.replace(' ', '  ')}\u200b "
    assert text_hash(title, sapo, body) == text_hash(
        unicodedata.normalize("NFD", title), sapo.upper(), spaced
    )


@pytest.mark.parametrize(
    "changed",
    [("Lũ về", "Mưa.", "Giá 3,5 tỷ."), ("Lũ về", "", "Mưa. Giá 3,5 tỷ!"), ("Lu ve", "", "Mưa. Giá 3,5 tỷ.")],
)
def test_a_moved_word_a_mark_and_an_accent_are_changes(changed: tuple[str, str, str]) -> None:
    assert text_hash(*changed) != text_hash("Lũ về", "", "Mưa. Giá 3,5 tỷ.")
