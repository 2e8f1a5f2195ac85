"""The part above the articles: how many there are, and which question was answered instead."""

import datetime as dt
from typing import Any

import pytest

from bot.chat.questions.answer_pages import Readers, answer_page
from bot.news.answers import Reply
from bot.news.narrowing import Narrowing
from storage.search.search import SearchResults
from summarizer.questions.answering import Answer
from summarizer.questions.hits import Filters
from summarizer.questions.query import parse_query

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("typed", "meant", "is_told"),
    [
        ("gia vnag", "giá vàng", True),
        ("mưa -hạ long", "mưa -hạ long", False),  # the slip mended stands only deep in an article
        ("Cầu Rạch", "cầu rạch", False),
    ],
)
def test_what_was_asked_instead_is_told_only_where_it_differs(
    make_newsroom: Any, typed: str, meant: str, is_told: bool
) -> None:
    found = SearchResults(reading="respelled", suggestion=meant)
    reply = Reply(parse_query(meant), Narrowing(Filters()), found, Answer(), ids=())
    html = answer_page(typed, reply, (), Readers(make_newsroom(), NOW, "Asia/Ho_Chi_Minh", is_group=False))
    assert ("Có phải bạn muốn hỏi" in html) == is_told


async def test_lookalikes_are_not_counted_with_the_few_articles_that_have_the_word(
    an: Any, publish: Any
) -> None:
    await publish(*(f"Chuyện số {n}" for n in range(30)), body="Bà con dùng thuyền đi chợ.")
    await publish("Bến xe mới", "Bến tàu cũ", body="Nhiều người đứng ở bến lúc trưa.")
    await publish("Lũ rút chậm", body="Ai nấy chỉ dừng chân một lát.")
    await an.says("đứng")
    await an.sees("Ít nhất 2 bài về «đứng»")
