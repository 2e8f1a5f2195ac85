"""Inline mode and guest questions: users ask the bot in chats where it is no member."""

from typing import Any, Literal

from pydantic import Field

from bot.emulator.chats.world import World
from bot.emulator.markup.formatting import format_text
from bot.emulator.requests import Body, InputError, Routes, WaitSeconds, acting_user, known_chat, known_user

MAX_QUERY_CHARACTERS = 256


class InlineBody(Body):
    """Words typed after the bot's name. `offset` is the `next_offset` of an earlier answer."""

    sender: int = Field(alias="from")
    query: str = Field(default="", max_length=MAX_QUERY_CHARACTERS)
    offset: str = Field(default="", max_length=64)
    chat_type: Literal["sender", "private", "group", "supergroup", "channel"] = "sender"
    wait_seconds: WaitSeconds = 0


class AnswerQuery(Body):
    inline_query_id: str


class ChoiceBody(Body):
    """A result to send into `chat`, by its id."""

    inline_query_id: str
    result: str
    chat: int


async def ask_inline(world: World, body: InlineBody) -> dict[str, Any]:
    """Queue an inline query and, within `wait_seconds`, return what the bot answered."""
    user = known_user(world, body.sender, "from")
    query = world.add_inline(user)
    update_id = world.updates.put(
        "inline_query",
        {
            "id": query.id,
            "from": user.as_json(),
            "query": body.query,
            "offset": body.offset,
            "chat_type": body.chat_type,
        },
    )
    await world.changed.wait_until(lambda: query.answer is not None, body.wait_seconds)
    return {"update_id": update_id, "inline_query_id": query.id, "answer": query.answer}


async def show_answer(world: World, body: AnswerQuery) -> dict[str, Any]:
    """Return the bot's answer to an inline query, null if there is none yet."""
    query = world.inline_queries.get(body.inline_query_id)
    if query is None:
        raise InputError("inline_query_id", f"there is no inline query {body.inline_query_id}")
    return {"answer": query.answer}


async def choose_result(world: World, body: ChoiceBody) -> dict[str, Any]:
    """Send a result as a message of the user, via the bot."""
    query = world.inline_queries.get(body.inline_query_id)
    result = next((one for one in query.results if one.id == body.result), None) if query else None
    if query is None or result is None:
        raise InputError("result", f"no result {body.result} was offered for this query")
    chat = known_chat(world, body.chat)
    sender = acting_user(world, chat, query.user.id)
    message = world.post(chat, sender, result.content, keyboard=result.keyboard)
    message.link_preview_options = result.link_preview_options
    message.extra = {"via_bot": world.bot.as_json()}
    # The bot gets messages that were sent via it, in groups too.
    update_id = world.updates.put("message", message.as_json(world.users)) if chat.barrier() is None else None
    return {"message_id": message.message_id, "update_id": update_id}


class GuestBody(Body):
    """A message that mentions the bot in `chat`, where it is no member."""

    sender: int = Field(alias="from")
    chat: int
    text: str = Field(max_length=4096)


async def ask_as_guest(world: World, body: GuestBody) -> dict[str, Any]:
    """Put the message into the chat and queue it for the bot as a guest's question."""
    chat = known_chat(world, body.chat)
    sender = acting_user(world, chat, body.sender)
    message = world.post(chat, sender, format_text(body.text, "", []))
    query = world.add_inline(sender, chat)
    shown = message.as_json(world.users) | {
        "guest_query_id": query.id, "guest_bot_caller_user": sender.as_json(),
    }  # fmt: skip
    update_id = world.updates.put("guest_message", shown)
    return {"message_id": message.message_id, "update_id": update_id, "guest_query_id": query.id}


ROUTES: Routes = {
    ("POST", "guest"): (GuestBody, ask_as_guest),
    ("POST", "inline"): (InlineBody, ask_inline),
    ("GET", "inline"): (AnswerQuery, show_answer),
    ("POST", "inline/choose"): (ChoiceBody, choose_result),
}
