"""Following a story in the chat: from its card, in the list, under an alert."""

from typing import Any

import pytest

from bot.chat.cards.kept_stories import MOST_FOLLOWED
from bot.messages import texts


async def test_a_story_is_followed_from_its_card_and_listed_beside_watches(reader: Any) -> None:
    assert await reader.taps("🔔 Theo dõi chuyện này") == texts.FOLLOWING
    assert "✓ Đang theo dõi chuyện này" in await reader.buttons()
    (alone,) = await reader.says("/theodoi")
    assert "Chưa theo dõi từ nào." in alone["text"]
    await reader.says("/theodoi giá vàng")
    (listed,) = await reader.says("/theodoi")
    assert "• giá vàng" in listed["text"]
    assert "Chuyện đang theo dõi (1/20)\n• Phà Cát Lái ngừng chạy" in listed["text"]
    assert await reader.taps("✕ Phà Cát Lái ngừng chạy") == texts.UNFOLLOWED
    assert "Phà Cát Lái" not in (await reader.last())["text"]
    assert await reader.taps("↩ Hoàn tác") == texts.FOLLOWING
    assert "Phà Cát Lái" in (await reader.last())["text"]


async def test_a_second_tap_on_the_card_ends_it(reader: Any) -> None:
    await reader.taps("🔔 Theo dõi chuyện này")
    assert await reader.taps("✓ Đang theo dõi chuyện này") == texts.UNFOLLOWED
    (listed,) = await reader.says("/theodoi")
    assert "Chuyện đang theo dõi" not in listed["text"]


async def test_a_chat_follows_so_many_stories_and_no_more(an: Any, publish: Any) -> None:
    await an.says("/start")
    for number in range(MOST_FOLLOWED + 1):
        (article,) = await publish(f"Chuyện thứ {number}")
        line = await an.forges(f"tin:theo:+{article}")
        await an.house.clock.advance(30)
    assert line == texts.FOLLOWS_FULL.format(most=MOST_FOLLOWED)


@pytest.mark.parametrize("data", ["chuyen:thoi:ds:99", "chuyen:lai:tin:99"])
async def test_a_follow_that_there_is_not_is_answered_kindly(reader: Any, data: str) -> None:
    assert await reader.forges(data) == texts.STALE_FOLLOW


async def test_follows_are_in_the_chats_data(reader: Any) -> None:
    await reader.taps("🔔 Theo dõi chuyện này")
    await reader.says("/dulieucuatoi")
    await reader.sees("Đang theo dõi: 1 mục")
