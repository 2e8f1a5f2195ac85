"""Lengths, links and cuts in Telegram's HTML."""

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.markup import (
    count_entities,
    one_line,
    printable,
    safe_link,
    shortened,
    utf16_length,
    visible_length,
    visible_text,
)

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇻🇳"


@pytest.mark.parametrize(
    ("markup", "length"),
    [
        ("", 0),
        ("Hạ Long", 7),
        ("<b>Hạ Long</b>", 7),
        ('<a href="https://bao.example/?a=1&amp;b=2">Báo</a>', 3),
        ("&lt;b&gt; &amp; &#34;", 7),
        ("&amp;lt;", 4),
        ("🌊", 2),
        (FAMILY, 11),
        ("<blockquote expandable>a\nb</blockquote>", 3),
    ],
)
def test_length_is_what_telegram_counts(markup: str, length: int) -> None:
    assert visible_length(markup) == length


def test_every_tag_is_an_entity() -> None:
    assert (
        count_entities(
            '<b>x</b> <a href="https://a.example/b">y</a> &lt;b&gt; <blockquote expandable>z</blockquote>'
        )
        == 3
    )


@pytest.mark.parametrize(
    ("url", "is_kept"),
    [
        ("https://bao.example/tin-1.html", True),
        ("http://bao.example/?a=1&b=<c>", True),
        ("HTTPS://bao.example/", True),
        ("javascript:alert(1)", False),
        ("tg://resolve?domain=x", False),
        ("data:text/html,x", False),
        ("//bao.example/tin", False),
        ("/tin-1.html", False),
        ("https://", False),
        ("https:///tin", False),
        ("http://[::1", False),
        ("https://bao.example/a b", False),
        ("https://bao.example/\n", False),
        ("https://bao.example/\u202egpj.exe", False),
        ("https://bao.example/" + "a" * 2048, False),
        ("", False),
        (None, False),
    ],
)
def test_readers_are_only_sent_to_web_pages(url: str | None, is_kept: bool) -> None:
    assert safe_link(url) == (url if is_kept else None)


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("Mưa lớn", 7, "Mưa lớn"),
        ("Mưa lớn ở Hạ Long", 10, "Mưa lớn ở…"),
        ("Mưa lớn, gió giật", 10, "Mưa lớn…"),
        ("aaaaaaaaaaaa", 5, "aaaa…"),
        (FAMILY * 3, 20, FAMILY + "…"),
        (FAMILY, 5, "…"),
        (FLAG * 3, 7, FLAG + "…"),
        ("👍🏽👍🏽", 6, "👍🏽…"),
        (unicodedata.normalize("NFD", "ếếế"), 6, unicodedata.normalize("NFD", "ế") + "…"),
    ],
)
def test_text_is_cut_after_a_word_and_never_within_a_sign(text: str, most: int, cut: str) -> None:
    assert shortened(text, most) == cut


@given(st.text(), st.integers(1, 60))
def test_shortened_text_fits_and_begins_as_the_text_does(text: str, most: int) -> None:
    cut = shortened(text, most)
    assert utf16_length(cut) <= most
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


def test_direction_marks_and_controls_go_and_joined_emoji_stay() -> None:
    assert printable(f"\u202eTin\x00 \u2066mới\u2069 {FAMILY}\ud800") == f"Tin mới {FAMILY}"


def test_blanks_and_breaks_become_single_spaces() -> None:
    assert one_line(" Bến\n phà\u00a0\tVàm ") == "Bến phà Vàm"


@given(st.text(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != "\r")))
def test_escaped_text_shows_as_it_was(text: str) -> None:
    assert visible_text(html.escape(text)) == text
