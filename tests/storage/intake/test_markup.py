"""HTML inside rows becomes text in one pass, however it is made."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.intake.row_markup import plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Mưa <b>lớn</b>,<br>nước lên.</p>\n\n<p>Đường ngập.</p>", "Mưa lớn,\nnước lên.\nĐường ngập."),
        ('<p title="a > b">Mưa</p>', "Mưa"),
        ("Mưa &amp; l&#361; v&ecirc;&nbsp;đêm", "Mưa & lũ vê đêm"),
        ("<p>Mưa<script>alert('<b>')</script> lớn<style>p {}</style></p>", "Mưa lớn"),
        ("<p>Mưa<!-- <p>ẩn</p> --> lớn", "Mưa lớn"),
        ("Một.\n<b>Hai.</b>\nBa.", "Một.\nHai.\nBa."),
        ("<p>Giá 3 < 5</p>", "Giá 3 < 5"),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    "text", ["Mưa lớn", "Giá <100 đồng, 3 < 5 & 7 > 2", "  hai   dấu cách\n\n", "x <y> z"]
)
def test_text_without_markup_stays_as_it_is(text: str) -> None:
    assert plain_text(text) == text


@given(st.text(st.sampled_from("<>/&;!-p b\n\"'=ưĐ"), max_size=60))
def test_no_markup_raises(markup: str) -> None:
    plain_text(f"<p>{markup}")


@pytest.mark.parametrize(
    "piece", ["<!--", "<![CDATA[", "<a ", "</", "&#", "<a x='", '<a "', "<div>", "<script>", "<", "<a \"'"]
)
def test_hostile_markup_takes_time_in_proportion_to_its_length(piece: str) -> None:
    def seconds(characters: int) -> float:
        markup = "<p>" + piece * (characters // len(piece))
        began = time.process_time()
        plain_text(markup)
        return time.process_time() - began

    assert seconds(200_000) < 20 * max(seconds(20_000), 0.01)  # a quadratic reader takes 100 times as long


def test_tags_nested_a_hundred_thousand_deep_are_read() -> None:
    assert plain_text("<div>" * 100_000 + "Mưa lớn" + "</div>" * 100_000) == "Mưa lớn"
