"""Breaking news in the chat: chosen in /lich, where the newsroom has any."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from bot.news.newsroom import Breaking


@pytest.fixture
async def reader(an: Any, house: Any) -> Any:
    """A subscriber of a newsroom that sends breaking news."""
    house.services.newsroom = replace(house.services.newsroom, breaking=Breaking(3, dt.timedelta(minutes=60)))
    await an.says("/start")
    return an


async def level(reader: Any) -> int:
    """Return what is stored."""
    stored: int = (await reader.subscription()).breaking
    return stored


async def test_breaking_news_is_chosen_and_taken_back_by_taps(reader: Any) -> None:
    await reader.says("/lich")
    await reader.taps("⚡ Nhận tin nóng")
    await reader.sees("có tin nóng")
    assert await level(reader) == 1
    await reader.taps("🌙 Cả giờ yên tĩnh")
    await reader.sees("có tin nóng cả trong giờ yên tĩnh")
    assert await level(reader) == 2
    await reader.taps("↩ Hoàn tác")
    assert await level(reader) == 1
    await reader.taps("✓ Tin nóng")
    assert await level(reader) == 0


async def test_breaking_news_in_words_and_stopped_from_its_button(reader: Any) -> None:
    await reader.says("/lich tin nóng")
    assert await level(reader) == 1
    assert await reader.forges("nong") == "Đã tắt tin nóng. Bật lại: /lich tin nóng"
    assert await reader.forges("nong") == "Đã tắt tin nóng. Bật lại: /lich tin nóng"
    assert await level(reader) == 0


@pytest.mark.parametrize("data", ["nong:3", "nong:", "nong:-1", "nong:01", "tongket:", "tongket:2"])
async def test_forged_choices_change_nothing(reader: Any, data: str) -> None:
    assert "Nút này đã cũ" in str(await reader.forges(data))
    assert (await level(reader), (await reader.subscription()).is_weekly) == (0, False)


async def test_a_newsroom_without_breaking_news_offers_none(an: Any, house: Any) -> None:
    house.services.newsroom = replace(house.services.newsroom, breaking=None)
    await an.says("/start")
    await an.says("/lich")
    assert not any("nóng" in label for label in await an.buttons())
    assert "Nút này đã cũ" in str(await an.forges("nong:1"))
    await an.says("/lich tin nóng")
    await an.sees("chưa gửi tin nóng")
