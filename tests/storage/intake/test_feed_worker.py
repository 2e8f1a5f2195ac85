"""The visible text of a piece of HTML, however broken it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.intake.feed_worker import parse, text_of


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Mưa lớn", "Mưa lớn"),
        ('<a href="x"><img width=130 src="y" ></a></br>Mưa lớn', "Mưa lớn"),
        ("<p>Mưa <b>lớn</b>,<br>nước lên.</p>\n\n<p>Đường ngập.</p>", "Mưa lớn,\nnước lên.\nĐường ngập."),
        ("Mưa &amp; l&#361; v&ecirc;&nbsp;đêm", "Mưa & lũ vê đêm"),
        ("Giá <100 đồng, 3 < 5 & 7 > 2", "Giá <100 đồng, 3 < 5 & 7 > 2"),
        ("Mưa<script>alert('<b>')</script> lớn<style>p {}</style>", "Mưa lớn"),
        ("Mưa<!-- <p>ẩn</p> --> lớn", "Mưa lớn"),
        ("</p></div>Mưa</b> lớn<i>", "Mưa lớn"),
        ("<ul><li>Một</li><li>Hai</li></ul>", "Một\nHai"),
        ("", ""),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert text_of(markup) == text


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/&;!-p b\n\"'=ưĐ"), max_size=60))
def test_no_markup_raises_or_leaves_blank_lines(markup: str) -> None:
    assert all(line == line.strip() != "" for line in text_of(markup).splitlines())


def test_a_feed_becomes_plain_values() -> None:
    parsed = parse(
        b"<rss version='2.0'><channel><link>https://b.example/</link><item><title>M</title></item></channel></rss>"
    )
    assert parsed["is_feed"]
    assert parsed["is_well_formed"]
    assert parsed["home"] == "https://b.example/"
    assert [item["title"] for item in parsed["items"]] == ["M"]


def test_markup_that_the_parser_refuses_keeps_its_words() -> None:
    assert text_of("<p>Giá vàng <b>tăng</b></p> <![ mạnh") == "Giá vàng tăng\n<![ mạnh"


def test_tags_that_never_close_keep_the_words() -> None:
    assert text_of("Mưa lớn " + "<a " * 1_000).startswith("Mưa lớn")
