"""Recaps in the chat: turned on and off, and announced when a pause ends."""

from typing import Any

import pytest


@pytest.fixture
async def reader(an: Any) -> Any:
    """A subscriber."""
    await an.says("/start")
    return an


async def test_the_week_s_recap_is_wanted_by_a_tap_or_in_words_and_taken_back(reader: Any) -> None:
    await reader.says("/lich")
    await reader.taps("🗓 Tổng kết tối Chủ nhật")
    await reader.sees("tổng kết tuần tối Chủ nhật")
    assert (await reader.subscription()).is_weekly
    await reader.taps("↩ Hoàn tác")
    assert not (await reader.subscription()).is_weekly
    await reader.says("/lich tổng kết")
    assert (await reader.subscription()).is_weekly
    assert await reader.forges("tongket:+") == "Bạn đang chọn như vậy rồi."
    await reader.says("/lich bỏ tổng kết")
    assert not (await reader.subscription()).is_weekly


async def test_coming_back_after_days_tells_of_the_recap(reader: Any, house: Any) -> None:
    await reader.says("/tamdung 5 ngày")
    await reader.sees("kèm những chuyện lớn bạn đã lỡ")
    await house.clock.advance(3 * 86_400)
    await reader.says("/tieptuc")
    await reader.sees("Những chuyện lớn trong lúc bạn nghỉ sẽ đến trước")
    await reader.says("/tamdung")
    await reader.says("/tieptuc")
    assert "chuyện lớn" not in (await reader.last())["text"]
    await reader.says("/tamdung 3 giờ")
    await reader.sees("Điểm Tin tự gửi lại.")
