"""Sharing a story: a card to send to any chat, and a deep link that opens it for anybody."""

from typing import Any

import pytest
from sqlalchemy import delete

from bot.messages import texts
from storage.tables import articles
from tests.bot.chat.test_inline import typed


async def test_the_cards_share_button_opens_inline_mode_with_the_story(reader: Any, ferry: int) -> None:
    card = await reader.last()
    (share,) = [button for row in card["buttons"] for button in row if button["text"] == "Chia sẻ"]
    assert share["switch_inline_query"] == f"tin-{ferry}"
    answer = await typed(reader, share["switch_inline_query"])
    assert answer is not None
    (result,) = answer["results"]
    assert result["title"] == "Phà Cát Lái ngừng chạy"
    sent = await reader.house.control.post(
        "inline/choose", inline_query_id=answer["inline_query_id"], result=result["id"], chat=reader.chat
    )
    await reader.house.handled(sent["update_id"])
    ((button,),) = (await reader.messages())[-1]["buttons"]
    assert button == {
        "text": texts.BUTTON_READ_ON,
        "url": f"https://t.me/{reader.house.username}?start=tin-{ferry}",
    }


async def test_the_deep_link_shows_a_newcomer_the_card_first_and_then_the_welcome(
    an: Any, ferry: int
) -> None:
    card, welcome = await an.says(f"/start tin-{ferry}")
    assert "dừng chạy từ nửa đêm qua" in card["text"]
    assert welcome["text"].startswith("Chào bạn!")
    assert (await an.subscription()).status == "active"


async def test_the_deep_link_shows_a_reader_the_card_alone(reader: Any, ferry: int) -> None:
    (card,) = await reader.says(f"/start tin-{ferry}")
    assert "Phà Cát Lái ngừng chạy" in card["text"]


async def test_the_link_of_a_story_that_is_gone_says_so_and_begins(an: Any, ferry: int) -> None:
    async with an.house.services.database.write() as connection:
        await connection.execute(delete(articles))
    gone, welcome, *_ = await an.says(f"/start tin-{ferry}")
    assert gone["text"] == texts.CARD_GONE
    assert welcome["text"].startswith("Chào bạn!")
    answer = await typed(an, f"tin-{ferry}")
    assert answer is not None
    assert answer["results"] == []


@pytest.mark.parametrize("payload", ["tin-0", "tin-", "tin-12x", "tin-9999999999999999999", "tin-١٢"])
async def test_what_looks_like_a_storys_link_and_is_none_begins_as_usual(an: Any, payload: str) -> None:
    welcome, *_ = await an.says(f"/start {payload}")
    assert welcome["text"].startswith("Chào bạn!")
