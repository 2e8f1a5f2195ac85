"""Inline queries at the emulator: what an answer may hold, and sending a chosen result."""

from typing import Any

import pytest
from telegram import Bot, InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent
from telegram.error import BadRequest

from bot.emulator.client import Control, ControlError


def article(number: int = 1, **changes: Any) -> InlineQueryResultArticle:
    """Return a result."""
    content = InputTextMessageContent(changes.pop("text", "<b>Chợ</b> đông"), parse_mode="HTML")
    values: dict[str, Any] = {"id": str(number), "title": "Chợ", "input_message_content": content}
    return InlineQueryResultArticle(**(values | changes))


@pytest.fixture
async def query(bot: Bot, users: Control) -> str:
    """An inline query of a user's that the bot has received."""
    an = await users.user("An", id=7)
    await users.post("inline", **{"from": an}, query="chợ", chat_type="group")
    [update] = await bot.get_updates()
    assert update.inline_query is not None
    assert (update.inline_query.query, update.inline_query.chat_type) == ("chợ", "group")
    return update.inline_query.id


async def test_an_answer_is_shown_and_a_choice_becomes_the_users_message(
    bot: Bot, users: Control, query: str
) -> None:
    button = InlineQueryResultsButton("Mở", start_parameter="mo")
    await bot.answer_inline_query(query, [article()], next_offset="10", cache_time=5, button=button)
    answer = (await users.get("inline", inline_query_id=query))["answer"]
    assert answer["results"] == [{"id": "1", "title": "Chợ", "description": ""}]
    assert (answer["next_offset"], answer["cache_time"]) == ("10", 5)
    assert answer["button"] == {"text": "Mở", "start_parameter": "mo"}
    await users.post("inline/choose", inline_query_id=query, result="1", chat=7)
    [message] = (await users.get("chats/7"))["messages"]
    assert (message["from"], message["text"]) == ("user", "Chợ đông")
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 3}]


@pytest.mark.parametrize(
    ("results", "problem"),
    [
        ([article(n) for n in range(51)], "RESULTS_TOO_MUCH"),
        ([article(), article()], "RESULT_ID_DUPLICATE"),
        ([article(id="x" * 65)], "RESULT_ID_INVALID"),
        ([article(title=" ")], "ARTICLE_TITLE_EMPTY"),
        ([article(text=" ")], "MESSAGE_EMPTY"),
        ([article(text="x" * 4_097)], "MESSAGE_TOO_LONG"),
        ([article(text="<b>x")], "can't parse entities"),
    ],
)
async def test_an_answer_that_telegram_would_refuse_is_refused(
    bot: Bot, query: str, results: list[InlineQueryResultArticle], problem: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i){problem}"):
        await bot.answer_inline_query(query, results)
    await bot.answer_inline_query(query, [article()])  # a refusal uses nothing up


async def test_a_query_is_answered_once_and_in_time(bot: Bot, users: Control, query: str) -> None:
    await bot.answer_inline_query(query, [])
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_inline_query(query, [])
    await users.post("limits", callback_seconds=0)
    late = await users.post("inline", **{"from": 7}, query="chợ")
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_inline_query(late["inline_query_id"], [])


async def test_only_what_was_offered_can_be_chosen(users: Control, query: str) -> None:
    with pytest.raises(ControlError, match="result"):
        await users.post("inline/choose", inline_query_id=query, result="1", chat=7)
    with pytest.raises(ControlError, match="inline_query_id"):
        await users.get("inline", inline_query_id="1")
