"""Routes that show chats and counts, wait for messages of the bot, and set faults, limits and tokens."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from bot.emulator.chats.messages import Message
from bot.emulator.chats.people import ADMINISTRATORS, Chat
from bot.emulator.chats.world import World
from bot.emulator.methods import METHODS
from bot.emulator.refusals import WEBHOOK, Fault, FaultKind
from bot.emulator.requests import Body, InputError, Routes, WaitSeconds, known_chat


class Nothing(Body):
    """No input."""


class ListQuery(Body):
    """All chats; with `timeout`, wait until the world's version is above `version`."""

    version: int = -1
    timeout: WaitSeconds = 0


class ChatQuery(Body):
    """One chat; with `timeout`, wait until its version is above `version`. `viewer`: whose commands."""

    chat: int
    version: int = -1
    timeout: WaitSeconds = 0
    viewer: int = 0


class WaitQuery(Body):
    """Wait until the bot has sent `count` messages after message `after`."""

    chat: int
    after: int = 0
    count: int = Field(default=1, ge=1)
    timeout: WaitSeconds = 10


async def list_chats(world: World, body: ListQuery) -> dict[str, Any]:
    """Return all chats in the order of their making, each with its last message."""
    await world.changed.wait_until(lambda: world.is_closed or world.version > body.version, body.timeout)
    return {
        "bot": world.bot.as_json(),
        "version": world.version,
        "chats": [_list_row(world, chat) for chat in world.chats.values()],
    }


async def show_chat(world: World, body: ChatQuery) -> dict[str, Any]:
    chat = known_chat(world, body.chat)
    await world.changed.wait_until(lambda: world.is_closed or chat.version > body.version, body.timeout)
    viewer = body.viewer or chat.id
    language = world.users[viewer].language_code[:2] if viewer in world.users else ""
    is_administrator = chat.members.get(viewer) in ADMINISTRATORS
    texts = world.profile.descriptions
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
        "commands": world.profile.commands_shown(chat, viewer, language, is_administrator=is_administrator),
        "description": texts.get(language) or texts.get("", ""),
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


class FaultBody(Body):
    """A fault for the next `times` calls; see `refusals.Fault`."""

    kind: FaultKind
    times: int = Field(default=1, ge=1)
    method: str = ""
    chat: int = 0
    retry_after: int = Field(default=1, ge=0)
    description: str = ""
    seconds: float = Field(default=60, ge=0, le=3600)


class LimitsBody(Body):
    """Limits to change; those not given stay."""

    strict: bool | None = None
    per_second: int | None = Field(default=None, ge=1)
    per_chat_second: int | None = Field(default=None, ge=1)
    per_group_minute: int | None = Field(default=None, ge=1)
    callback_seconds: float | None = Field(default=None, ge=0)


class TokenBody(Body):
    """A token to revoke, or to accept again."""

    token: str
    revoked: bool = True


async def order_fault(world: World, body: FaultBody) -> dict[str, Any]:
    """Declare a fault, after those already declared."""
    if body.method and body.method.lower() not in (*METHODS, WEBHOOK):
        raise InputError("method", f"there is no method {body.method}")
    world.faults.waiting.append(
        Fault(body.kind, body.times, body.method, body.chat, body.retry_after, body.description, body.seconds)
    )
    return await list_faults(world, Nothing())


async def list_faults(world: World, body: Nothing) -> dict[str, Any]:
    return {
        "waiting": [
            {"kind": fault.kind, "times": fault.times, "method": fault.method, "chat": fault.chat_id}
            for fault in world.faults.waiting
        ],
        "happened": dict(world.faults.happened),
    }


async def clear_faults(world: World, body: Nothing) -> dict[str, Any]:
    world.faults.waiting.clear()
    return await list_faults(world, body)


async def set_limits(world: World, body: LimitsBody) -> dict[str, Any]:
    for key, value in body.model_dump(exclude_none=True, exclude={"callback_seconds"}).items():
        setattr(world.rates, key, value)
    if body.callback_seconds is not None:
        world.callback_seconds = body.callback_seconds
    return asdict(world.rates) | {"callback_seconds": world.callback_seconds}


async def revoke_token(world: World, body: TokenBody) -> dict[str, Any]:
    """Revoke a token: every call with it answers 401."""
    if body.revoked:
        world.revoked.add(body.token)
    else:
        world.revoked.discard(body.token)
    return {"revoked": len(world.revoked)}


ROUTES: Routes = {
    ("GET", "chats"): (ListQuery, list_chats),
    ("GET", "chats/{chat}"): (ChatQuery, show_chat),
    ("GET", "wait"): (WaitQuery, wait_for_messages),
    ("GET", "stats"): (Nothing, show_stats),
    ("POST", "fault"): (FaultBody, order_fault),
    ("GET", "fault"): (Nothing, list_faults),
    ("DELETE", "fault"): (Nothing, clear_faults),
    ("POST", "limits"): (LimitsBody, set_limits),
    ("POST", "token"): (TokenBody, revoke_token),
}
