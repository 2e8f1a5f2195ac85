"""Topics of a forum: opening, closing and deleting them, as its administrators do."""

from typing import Any, Literal

from pydantic import Field, model_validator

from bot.emulator.chats.people import Chat, Topic
from bot.emulator.chats.world import World
from bot.emulator.control.table import Body, InputError, Routes, acting_user, known_chat
from bot.emulator.markup.entities import FormattedText

_ICON_COLOR = 0x6FB9F0


class TopicBody(Body):
    """A topic to open by its `name`, or what to do with the topic `thread`."""

    chat: int
    sender: int | None = Field(default=None, alias="from")
    name: str = Field(default="", max_length=128)
    thread: int = 0
    action: Literal["close", "reopen", "delete"] | None = None

    @model_validator(mode="after")
    def _opens_or_changes(self) -> "TopicBody":
        if bool(self.name) == bool(self.thread and self.action):
            raise ValueError("name: give a name, or a thread and an action")
        return self


async def change_topic(world: World, body: TopicBody) -> dict[str, Any]:
    """Open, close, reopen or delete a topic, with the service message that tells of it."""
    chat = known_chat(world, body.chat)
    if not chat.is_forum:
        raise InputError("chat", f"chat {chat.id} is no forum")
    if body.name:
        return _open(world, chat, body)
    topic = known_topic(chat, body.thread)
    match body.action:
        case "delete":
            del chat.topics[body.thread]
            for message in [row for row in world.history(chat).values() if row.thread_id == body.thread]:
                world.delete(message)
            return {"thread": body.thread, "update_id": None}  # Telegram tells nobody
        case "close":
            topic.is_closed = True
            return _tell(world, chat, body, {"forum_topic_closed": {}})
        case _:
            topic.is_closed = False
            return _tell(world, chat, body, {"forum_topic_reopened": {}})


def known_topic(chat: Chat, thread: int) -> Topic:
    """Return the topic `thread` of `chat`.

    Raises:
        InputError: there is none.
    """
    if thread not in chat.topics:
        raise InputError("thread", f"there is no topic {thread} in chat {chat.id}")
    return chat.topics[thread]


def _open(world: World, chat: Chat, body: TopicBody) -> dict[str, Any]:
    sender = acting_user(world, chat, body.sender)
    first = world.post(chat, sender, FormattedText(""))
    first.topic = first
    first.extra = {"forum_topic_created": {"name": body.name, "icon_color": _ICON_COLOR}}
    chat.topics[first.message_id] = Topic(body.name)
    update_id = world.updates.put("message", first.as_json(world.users))
    return {"thread": first.message_id, "update_id": update_id}


def _tell(world: World, chat: Chat, body: TopicBody, fields: dict[str, Any]) -> dict[str, Any]:
    sender = acting_user(world, chat, body.sender)
    line = world.post(chat, sender, FormattedText(""), topic=world.history(chat)[body.thread])
    line.extra = fields
    return {"thread": body.thread, "update_id": world.updates.put("message", line.as_json(world.users))}


ROUTES: Routes = {("POST", "topic"): (TopicBody, change_topic)}
