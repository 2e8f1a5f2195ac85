"""Answers to inline queries and guest questions, checked as Telegram checks them."""

import re
from typing import Any

from bot.emulator.chats.messages import read_keyboard
from bot.emulator.chats.world import InlineResult, World
from bot.emulator.markup.entities import utf16_length
from bot.emulator.markup.formatting import format_text, is_blank
from bot.emulator.methods.text_messages import MAX_TEXT_UNITS, read_link_preview
from bot.emulator.refusals import bad_request
from bot.emulator.requests import Methods, Parameters

MAX_RESULTS = 50
MAX_ID_BYTES = 64
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CACHE_SECONDS = 300


async def answer_inline_query(world: World, parameters: Parameters) -> bool:
    """Answer an inline query, once and in time."""
    results = parameters.json_array("results")
    if len(results) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    if len(parameters.text("next_offset").encode()) > MAX_ID_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    read = [_read_result(result) for result in results]
    if len({result.id for result in read}) < len(read):
        raise bad_request("RESULT_ID_DUPLICATE")
    button = _read_button(parameters.json_object("button"))
    query = world.find_open_inline(parameters.text("inline_query_id"))
    if query is None or query.chat is not None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    query.results = read
    query.answer = {
        "results": [result.shown for result in read],
        "next_offset": parameters.text("next_offset"),
        "cache_time": parameters.integer("cache_time", _CACHE_SECONDS),
        "is_personal": parameters.boolean("is_personal"),
        "button": button,
    }
    world.touch_list()
    return True


async def answer_guest_query(world: World, parameters: Parameters) -> dict[str, Any]:
    """Answer a guest's question with one message in its chat, once and in time."""
    result = _read_result(parameters.json_object("result"))
    query = world.find_open_inline(parameters.text("guest_query_id"))
    if query is None or query.chat is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    message = world.post(query.chat, world.bot, result.content, keyboard=result.keyboard)
    message.link_preview_options = result.link_preview_options
    query.answer = {"message_id": message.message_id}
    return {"inline_message_id": query.id}


def _read_result(result: Any) -> InlineResult:
    """Read one result. Only articles with a text are supported."""
    if not isinstance(result, dict):
        raise bad_request("can't parse inline query result: expected an Object")
    if result.get("type") != "article":
        raise bad_request("can't parse inline query result: unsupported inline query result type")
    result_id, title = str(result.get("id") or ""), str(result.get("title") or "").strip()
    if not 1 <= len(result_id.encode()) <= MAX_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    if not title:
        raise bad_request("ARTICLE_TITLE_EMPTY")
    content = Parameters(result.get("input_message_content") or {})
    text = format_text(
        content.text("message_text"), content.text("parse_mode"), content.json_array("entities")
    )
    if is_blank(text.text):
        raise bad_request("MESSAGE_EMPTY")
    if utf16_length(text.text) > MAX_TEXT_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    shown = {"id": result_id, "title": title, "description": str(result.get("description") or "")}
    shown |= {"url": result["url"]} if result.get("url") else {}
    keyboard = read_keyboard(result.get("reply_markup") or {})
    return InlineResult(result_id, shown, text, keyboard, read_link_preview(content))


def _read_button(button: dict[str, Any]) -> dict[str, Any] | None:
    if not button:
        return None
    if not str(button.get("text") or "").strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    if "web_app" not in button and not _START_PARAMETER.fullmatch(str(button.get("start_parameter") or "")):
        raise bad_request("START_PARAM_INVALID")
    return button


METHODS: Methods = {"answerInlineQuery": answer_inline_query, "answerGuestQuery": answer_guest_query}
