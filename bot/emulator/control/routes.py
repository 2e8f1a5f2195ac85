"""The types of control routes, and reading their input."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.emulator.chats.messages import Message
from bot.emulator.chats.people import Chat, User
from bot.emulator.chats.world import World
from bot.emulator.requests import as_object


class Body(BaseModel):
    """Input of a route. Unknown keys are refused, so that a misspelt key does not count as absent."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Route = Callable[[World, Any], Awaitable[dict[str, Any]]]
Routes = dict[tuple[str, str], tuple[type[Body], Route]]


class InputError(Exception):
    """Input that names something that does not exist or may not be done; `key` is the wrong key."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def known_chat(world: World, chat_id: int) -> Chat:
    """Return the chat `chat_id`.

    Raises:
        InputError: there is none.
    """
    if chat_id not in world.chats:
        raise InputError("chat", f"there is no chat {chat_id}")
    return world.chats[chat_id]


def known_user(world: World, user_id: int, key: str = "user") -> User:
    """Return the user `user_id`.

    Raises:
        InputError: there is none.
    """
    if user_id not in world.users:
        raise InputError(key, f"there is no user {user_id}")
    return world.users[user_id]


def known_message(world: World, chat: Chat, message_id: int, key: str) -> Message:
    """Return the message `message_id` of `chat`.

    Raises:
        InputError: there is none, or it is deleted.
    """
    message = world.find_message(chat, message_id)
    if message is None:
        raise InputError(key, f"there is no message {message_id} in chat {chat.id}")
    return message


def acting_user(world: World, chat: Chat, user_id: int | None) -> User:
    """Return the user who acts in `chat`: the given one, or the user of a private chat.

    Raises:
        InputError: a group needs a user, or the user is not in the chat.
    """
    if user_id is None and chat.user is not None:
        return chat.user
    if user_id is None:
        raise InputError("from", "a group has several users: say which one")
    user = known_user(world, user_id, "from")
    is_there = (
        user is chat.user if chat.is_private else chat.members.get(user_id) not in (None, "left", "kicked")
    )
    if not is_there:
        raise InputError("from", f"user {user_id} is not in chat {chat.id}")
    return user


async def read_body(request: web.Request, shape: type[Body]) -> Body:
    """Read the input of a control route: query and path of a GET, else the JSON object of the body.

    Raises:
        InputError: it is no JSON object, or a key is wrong.
    """
    if request.method == "GET":
        given: dict[str, Any] = {**request.query, **request.match_info}
    else:
        try:
            text = await request.text()
            given = as_object(await request.json()) if text.strip() else {}
        except (ValueError, RecursionError):
            raise InputError("", "the body must be a JSON object") from None
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key, message = ".".join(map(str, first["loc"])), str(first["msg"])
        if not key:  # a rule about several keys: its message begins with the wrong one
            key, _, message = message.removeprefix("Value error, ").partition(": ")
        raise InputError(key, message) from None
