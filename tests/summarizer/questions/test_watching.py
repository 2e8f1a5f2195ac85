"""Watches against articles: what is news for them, and that looking them up finds all that reading would."""

import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.model import Document, Piece
from summarizer.questions.answering import answer
from summarizer.questions.query import parse_query
from summarizer.questions.watching import (
    Arrived,
    ArticleHead,
    WatchIndex,
    is_news,
    parse_watch,
    read_key,
    watch_key,
)

_WORDS = ["giá", "gia", "vàng", "vang", "bão", "Quảng", "Ninh", "tp", "hcm", "U23", "1.353", "nhà", "Kratié"]
texts = st.lists(st.sampled_from([*_WORDS, '"giá vàng"', "-nhà", "nguon:bien", "#HaLong"]), max_size=5).map(
    " ".join
)
titles = st.lists(
    st.sampled_from([*_WORDS, "thành phố hồ chí minh", "1353", "hạ long", "."]), max_size=12
).map(" ".join)


def finds(words: str, title: str, sapo: str = "", body: str = "", **names: tuple[str, ...]) -> bool:
    """Tell whether an article is news for someone who watches `words`."""
    index = WatchIndex()
    index.put(7, watch_key(parse_watch(words)))
    return index.find(Arrived(Document(title, sapo, body), **names)) == [7]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("giá vàng", "Giá vàng lại tăng"),
        ("gia vang", "Giá vàng lại tăng"),
        ("vàng giá", "Giá vàng lại tăng"),
        ("giá vàng hôm nay", "Giá vàng lại tăng"),
        ("bão Quảng Ninh", "Bão số 9 đổ vào bờ biển Quảng Ninh"),
        ("Thuỷ điện", "Thủy điện xả lũ"),
        ('"giá xăng dầu"', "Giá xăng dầu giảm"),
        ("tphcm ngập", "Thành phố Hồ Chí Minh ngập sâu"),
        ("u23 việt nam", "Đội tuyển U23 Việt Nam lên đường"),
        ("xăng -nhà", "Xăng lại giảm"),
        ("Kratié Luzhniki", "Kratié đón đội bóng từ sân Luzhniki"),
    ],
)
def test_an_article_that_says_it_is_news(words: str, title: str) -> None:
    assert finds(words, title)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("giá vàng", "Huy chương vàng vô giá"),  # common syllables apart
        ("giá vàng", "Gia đình anh Vang"),  # typed with marks: only these
        ("nhân viên", "Nạn nhân là thành viên một đội bóng"),
        ('"giá xăng"', "Giá của xăng"),
        ("giá vàng", "Giá xăng"),
        ("xăng -nhà", "Xăng để trong nhà"),
        ('xăng -"máy bay"', "Xăng cho máy bay"),
    ],
)
def test_an_article_that_has_the_words_by_accident_is_none(words: str, title: str) -> None:
    assert not finds(words, title)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("dường sắt Thống Nhất", "Đường sắt Thống Nhất thông tàu trở lại sau bão"),
        ("giá vàng bao nhiêu", "Giá vàng lại tăng mạnh, lên 90 triệu đồng"),
        ("cho mình hỏi lũ ở Huế thế nào", "Lũ ở Huế rút chậm, nhiều nhà còn ngập"),
        ("vi sao cau Rach Sau dong cua", "Cầu Rạch Sấu đóng cửa vì mặt cầu sụt lún"),
        ("có phải tàu cá bị chìm không", "Tàu cá bị chìm ngoài khơi, mười người được cứu"),
        ("tphcm ngap", "Thành phố Hồ Chí Minh ngập sâu sau mưa lớn"),
    ],
)
def test_the_watch_under_an_answer_fires_for_what_the_answer_matched(
    piece: Callable[..., Piece], question: str, title: str
) -> None:
    found = piece(7, title=title, sentences=(f"{title}, theo tin của huyện sáng nay.",))
    assert answer(parse_query(question), [found]).is_answered
    assert finds(question, title)


def test_the_head_counts_and_not_what_a_body_mentions() -> None:
    assert finds("giá vàng", "Chợ sáng", sapo="Sáng nay giá vàng tăng.")
    assert finds("giá vàng", "Chợ sáng", body="Sáng nay giá vàng tăng.")
    assert not finds("giá vàng", "Chợ sáng", sapo="Chợ đông.", body="Sáng nay giá vàng tăng.")
    assert not finds("giá vàng", "Chợ sáng", body="Chợ đông người. " * 40 + "Sáng nay giá vàng tăng.")


def test_no_phrase_goes_on_from_title_to_sapo() -> None:
    assert not finds('"giá vàng"', "Tăng giá", sapo="Vàng thau lẫn lộn")


def test_a_named_source_or_topic_narrows() -> None:
    assert finds("xăng nguồn:Tuổi-Trẻ", "Xăng giảm", sources=("tuoitre",))
    assert not finds("xăng nguồn:Tuổi-Trẻ", "Xăng giảm", sources=("baobien",))
    assert finds('xăng chủ đề:"Kinh tế"', "Xăng giảm", topics=("kinhte",))
    assert not finds('xăng chủ đề:"Kinh tế"', "Xăng giảm")


def test_a_watch_taken_out_is_found_no_more_and_others_with_its_words_are() -> None:
    index = WatchIndex()
    for number in (1, 2):
        index.put(number, watch_key(parse_watch("giá vàng")))
    index.remove(1)
    index.remove(1)
    assert index.find(Arrived(Document("Giá vàng tăng"))) == [2]
    index.remove(2)
    assert index.find(Arrived(Document("Giá vàng tăng"))) == []
    assert len(index) == 0


@given(st.sets(texts, max_size=6), titles)
def test_looking_up_finds_exactly_what_reading_every_watch_would(watched: set[str], title: str) -> None:
    keys = {
        number: key for number, text in enumerate(sorted(watched)) if (key := watch_key(parse_watch(text)))
    }
    index = WatchIndex()
    for number, key in keys.items():
        index.put(number, key)
    head = ArticleHead(Document(title))
    expected = [number for number, key in keys.items() if is_news(read_key(key), head)]
    assert sorted(index.find(Arrived(Document(title), sources=("bien",)))) == expected


@given(texts, titles)
def test_a_key_asks_what_was_typed(text: str, title: str) -> None:
    query = parse_watch(text)
    if key := watch_key(query):
        assert is_news(read_key(key), ArticleHead(Document(title))) == is_news(
            query, ArticleHead(Document(title))
        )
        assert watch_key(read_key(key)) == key


@given(st.text(max_size=60) | st.text(string.punctuation + "giá đ-|_:", max_size=30), st.text(max_size=60))
def test_whatever_is_typed_can_be_watched_or_has_no_key(text: str, title: str) -> None:
    if key := watch_key(parse_watch(text)):
        finds_own = WatchIndex()
        finds_own.put(1, key)
        finds_own.find(Arrived(Document(title, title)))
        assert watch_key(read_key(key)) == key
