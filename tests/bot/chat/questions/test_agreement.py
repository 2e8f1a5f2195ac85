"""The command line, chat, inline mode and trends read a question alike and find the same articles."""

import datetime as dt
from typing import Any

import pytest

from bot.news.answers import look_up, reply_to
from bot.news.narrowing import read_question
from storage.conversations import find_last_question
from storage.search.search import matches_by_day
from tests.bot.chat.test_inline import typed

ARTICLES = (
    ("Giá vàng miếng tăng mạnh sáng nay", "Kinh tế", 2),
    ("Giá vàng nhẫn giảm nhẹ", "Kinh tế", 26),
    ("Giá gạo ở chợ Vàm Đước tăng", "Kinh tế", 50),
    ("Bão số 9 đổ bộ Quảng Bình", None, 3),
    ("Cầu Rạch Sấu thông xe", None, 5),
    ("Hội đua ghe ngo khai mạc ở Sóc Trăng", "Thể thao", 4),
    ("Tàu hỏa trật bánh ở Huế", None, 6),
    ("TP.HCM cấm xe tải giờ cao điểm", None, 7),
    ("SEA Games năm 2017 khép lại ở Kuala Lumpur", "Thể thao", 30),
    ("Nghệ sĩ hát bội kể chuyện nghề", None, 8),
)
QUESTIONS = (
    "giá vàng", "gia vang", "giá vàng hôm nay", "giá vàng hôm qua bao nhiêu", "vì sao giá gạo tăng",
    "bão số 9", "bão số 9 đổ bộ ở đâu?", "bao so 9 do bo", "cầu rạch sấu", "khi nào cầu Rạch Sấu thông xe",
    "cho tôi hỏi cầu Rạch Sấu thông xe chưa ạ", "xe lửa trật bánh", "tau hoa trat banh o hue",
    "thành phố Hồ Chí Minh cấm xe tải", "tphcm cam xe tai", "SEA Games năm 2017", "sea games 2017",
    "tin thể thao", "tin kinh tế hôm qua", "tin hôm qua", "ghe ngo -khai mạc", '"giá vàng" nhẫn',
    "nguon:bao-bien giá gạo", "chude:kinh-te vàng", "gía vnagf", "#RạchSấu", "khủng long bạo chúa",
    "Cầu Rạch Sấu thông xe - VnExpress", "https://bao.example/cau-rach-sau-thong-xe-123456.html",
    "từ 1/11 đến 22/11 giá gạo",
)  # fmt: skip


@pytest.fixture
async def stocked(publish: Any) -> None:
    """Ten articles."""
    for title, topic, hours_ago in ARTICLES:
        await publish(title, topic=topic, hours_ago=hours_ago)


@pytest.mark.usefixtures("stocked")
async def test_all_ways_to_ask_agree(an: Any, house: Any) -> None:
    services, zone = house.services, house.services.newsroom.zone
    for question in QUESTIONS:
        await house.clock.advance(11)
        asked = await reply_to(services, question, zone=zone)
        listed = await look_up(services, question, zone=zone)
        assert set(asked.ids) <= set(listed.ids), question
        assert (asked.attempt, asked.query) == (listed.attempt, listed.query), question
        await an.says(f"/tim {question}")
        inline = await typed(an, question)
        async with services.database.read() as connection:
            query, named = await read_question(
                connection, question, services.newsroom, zone, now=services.clock.now()
            )
            days = await matches_by_day(
                connection, query, now=services.clock.now(), zone=zone, filters=named.filters
            )
            kept = await find_last_question(connection, an.chat, since=services.clock.now())
        assert (kept.article_ids if kept else ()) == asked.ids, question
        assert len(inline["results"] if inline else ()) == len(asked.ids), question
        if asked.results.reading == "lead" and asked.attempt == 0:
            assert sum(count for _, count, _ in days) == listed.results.total, question


@pytest.mark.usefixtures("stocked")
async def test_a_time_that_finds_nothing_may_be_a_name_and_else_gives_way(house: Any) -> None:
    zone = house.services.newsroom.zone
    named = await reply_to(house.services, "SEA Games năm 2017", zone=zone)
    assert (named.is_answered, named.missed, named.query.shown) == (True, None, "SEA Games năm 2017")
    another_day = await reply_to(house.services, "cầu Rạch Sấu tháng 3", zone=zone)
    assert another_day.missed == (dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    assert (another_day.answer.is_answered, another_day.is_answered) == (True, False)
