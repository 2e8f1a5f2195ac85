"""What people write before they know the commands."""

from typing import Any

import pytest

from bot.chat.everyday import command_meant


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("tin hôm nay", "tin"),
        ("Tin  Hôm Nay!", "tin"),
        ("hom nay co gi moi?", "tin"),
        ("Xin chào", "trogiup"),
        ("dừng", "lich"),
        ("dừng nhận tin", "lich"),
        ("dung", None),
        ("cháo", None),
        ("tin bão", None),
        ("hôm nay giá vàng", None),
        ("", None),
    ],
)
def test_only_the_whole_message_is_a_command(typed: str, command: str | None) -> None:
    assert command_meant(typed) == command


async def test_todays_news_is_the_digest(an: Any, publish: Any) -> None:
    await publish("Chợ nổi họp sớm")
    await an.says("tin hôm nay")
    await an.sees("Tin 24 giờ qua", "Chợ nổi họp sớm")


async def test_who_wants_no_more_is_shown_where_to_stop(an: Any) -> None:
    await an.says("/start")
    await an.says("dừng nhận tin")
    assert "Tạm dừng" in await an.buttons()


async def test_a_greeting_is_answered_with_help(an: Any) -> None:
    await an.says("xin chào")
    await an.sees("/theodoi", "/xuhuong", "nguon:")
