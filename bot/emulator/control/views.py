"""Routes that look: chats as their users see them, exact counts, and waiting for messages of the bot."""

from typing import Any

from pydantic import Field

from bot.emulator.chats.messages import Message
from bot.emulator.chats.people import ADMINISTRATORS, Chat
from bot.emulator.chats.world import World
from bot.emulator.control.routes import Body, Routes, known_chat

MAX_WAIT_SECONDS = 60


class Nothing(Body):
    """No input."""


class ListQuery(Body):
    """All chats; with `timeout`, wait until the world's version is above `version`."""

    version: int = -1
    timeout: float = Field(default=0, ge=0, le=MAX_WAIT_SECONDS)


class ChatQuery(Body):
    """One chat; with `timeout`, wait until its version is above `version`. `viewer`: whose commands."""

    chat: int
    version: int = -1
    timeout: float = Field(default=0, ge=0, le=MAX_WAIT_SECONDS)
    viewer: int = 0


class WaitQuery(Body):
    """Wait until the bot has sent `count` messages after message `after`."""

    chat: int
    after: int = 0
    count: int = Field(default=1, ge=1)
    timeout: float = Field(default=10, ge=0, le=MAX_WAIT_SECONDS)


async def list_chats(world: World, body: ListQuery) -> dict[str, Any]:
    """Return all chats in the order of their making, each with its last message."""
    await world.changed.wait_until(lambda: world.is_closed or world.version > body.version, body.timeout)
    return {
        "bot": world.bot.as_json(),
        "version": world.version,
        "chats": [_list_row(world, chat) for chat in world.chats.values()],
    }


async def show_chat(world: World, body: ChatQuery) -> dict[str, Any]:
    """Return what one chat shows."""
    chat = known_chat(world, body.chat)
    await world.changed.wait_until(lambda: world.is_closed or chat.version > body.version, body.timeout)
    answers = (callback for callback in world.callbacks.values() if callback.chat is chat and callback.answer)
    return {
        "chat": chat.as_json(),
        "bot_status": chat.bot_status,
        "version": chat.version,
        "messages": [message.as_view() for message in world.history(chat).values()],
        "actions": chat.actions,
        "pinned": chat.pinned,
        "topics": [
            {"thread": thread, "name": topic.name, "closed": topic.is_closed}
            for thread, topic in chat.topics.items()
        ],
        "callback_answers": [{"callback_query_id": row.id, **(row.answer or {})} for row in answers],
        "members": [
            {"user": world.users[user_id].as_json(), "status": status}
            for user_id, status in chat.members.items()
        ],
        "commands": _commands(world, chat, body.viewer or chat.id),
        "description": _description(world, body.viewer or chat.id),
    }


async def wait_for_messages(world: World, body: WaitQuery) -> dict[str, Any]:
    """Return the bot's messages after `after`; `complete` tells whether there are `count`."""
    chat = known_chat(world, body.chat)

    def sent() -> list[Message]:
        history = world.history(chat).values()
        return [row for row in history if row.from_bot and row.message_id > body.after and not row.is_deleted]

    complete = await world.changed.wait_until(lambda: len(sent()) >= body.count, body.timeout)
    return {"complete": complete, "messages": [message.as_view() for message in sent()]}


async def show_stats(world: World, body: Nothing) -> dict[str, Any]:
    """Return the exact counts."""
    updates = world.updates
    return world.stats.as_json() | {
        "updates": {
            "queued": updates.queued,
            "confirmed": updates.confirmed,
            "pending": len(updates.pending),
        },
        "limits": {"refused": dict(world.limits.refused), "busiest_second": world.limits.busiest_second},
        "faults": dict(world.faults.happened),
    }


def _list_row(world: World, chat: Chat) -> dict[str, Any]:
    history = world.history(chat)
    last = next((message for message in reversed(history.values()) if not message.is_deleted), None)
    shown = {"last": {"text": last.content.text[:80], "date": last.versions[0].date}} if last else {}
    row = {"chat": chat.as_json(), "bot_status": chat.bot_status, "version": chat.version}
    return row | {"messages": len(history)} | shown


def _description(world: World, viewer: int) -> str:
    """Return the bot's description in the viewer's language, else the general one."""
    texts, user = world.profile.descriptions, world.users.get(viewer)
    return texts.get(user.language_code[:2] if user else "") or texts.get("", "")


def _commands(world: World, chat: Chat, viewer: int) -> list[dict[str, str]]:
    user = world.users.get(viewer)
    language = user.language_code[:2] if user else ""
    is_administrator = chat.members.get(viewer) in ADMINISTRATORS
    return world.profile.commands_shown(chat, viewer, language, is_administrator=is_administrator)


ROUTES: Routes = {
    ("GET", "chats"): (ListQuery, list_chats),
    ("GET", "chats/{chat}"): (ChatQuery, show_chat),
    ("GET", "wait"): (WaitQuery, wait_for_messages),
    ("GET", "stats"): (Nothing, show_stats),
}
