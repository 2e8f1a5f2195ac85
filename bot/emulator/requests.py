"""Read requests: the parameters of Bot API calls, and the input of control routes; find what they name."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from aiohttp import BodyPartReader, web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.emulator.chats.messages import Message
from bot.emulator.chats.people import Chat, User
from bot.emulator.chats.world import Upload, World
from bot.emulator.refusals import bad_request


# as at Telegram, a malformed number counts as the default, and a malformed object is refused
@dataclass(frozen=True, slots=True)
class Parameters:
    """Values by name, as text or already as JSON, and uploaded files by field name."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        """Return a text, "" if it is absent."""
        value = self.values.get(name)
        return value if isinstance(value, str) else "" if value is None else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Return a whole number within 64 bits, or `default`."""
        try:
            number = int(self.text(name).strip('"'))
        except ValueError:
            return default
        return number if -(2**63) <= number < 2**63 else default

    def boolean(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def json_value(self, name: str, kind: type[Any]) -> Any:
        """Return a JSON value of type `kind`, or None if it is absent or null.

        Raises:
            Refusal: it is no JSON, or of another type (400).
        """
        value = self.values.get(name)
        if isinstance(value, str):
            try:
                value = json.loads(value) if value.strip() else None
            except (ValueError, RecursionError):
                raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
        if value is not None and not isinstance(value, kind):
            expected = "object" if kind is dict else "array"
            raise bad_request(f"{expected} expected as {name.replace('_', ' ')}")
        return value

    def json_object(self, name: str) -> dict[str, Any]:
        """Return a JSON object, empty when absent."""
        value: dict[str, Any] = self.json_value(name, dict) or {}
        return value

    def json_array(self, name: str) -> list[Any]:
        """Return a JSON array, empty when absent."""
        value: list[Any] = self.json_value(name, list) or []
        return value


def find_chat_id(parameters: Parameters, world: World) -> int | None:
    """Return the id of the chat that a call names, whether or not there is such a chat."""
    written = parameters.text("chat_id").strip().strip('"')
    if written.startswith("@"):
        named = (chat.id for chat in world.chats.values() if chat.username and f"@{chat.username}" == written)
        return next(named, None)
    return parameters.integer("chat_id") or None


def get_chat(parameters: Parameters, world: World) -> Chat:
    """Return the chat of `chat_id`.

    Raises:
        Refusal: the id is missing or unknown (400), or the bot may not see the chat (403).
    """
    if not parameters.text("chat_id"):
        raise bad_request("chat_id is empty")
    chat = world.chats.get(find_chat_id(parameters, world) or 0)
    if chat is None:
        raise bad_request("chat not found")
    if barrier := chat.barrier():
        raise barrier
    return chat


def get_user(parameters: Parameters, world: World) -> User:
    """Return the user of `user_id`, who may be the bot; raise Refusal (400) if there is none."""
    user_id = parameters.integer("user_id")
    user = world.bot if user_id == world.bot.id else world.users.get(user_id)
    if user is None:
        raise bad_request("invalid user_id specified" if user_id <= 0 else "user not found")
    return user


Method = Callable[[World, Parameters], Awaitable[Any]]
Methods = dict[str, Method]


_CHUNK_BYTES = 65536


async def read_parameters(request: web.Request) -> Parameters:
    """Read the parameters of a call: query, form, JSON or multipart body.

    Raises:
        Refusal: the body cannot be read (400).
    """
    values: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    try:
        match request.content_type:
            case "application/json":
                values |= as_object(await request.json())
            case "multipart/form-data":
                await _read_multipart(request, values, files)
            case "application/x-www-form-urlencoded":
                values |= {
                    name: value for name, value in (await request.post()).items() if isinstance(value, str)
                }
    except (ValueError, RecursionError):
        raise bad_request("can't parse request body") from None
    return Parameters(values, files)


def as_object(value: Any) -> dict[str, Any]:
    """Return a JSON value, or raise ValueError if it is no object."""
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


async def _read_multipart(request: web.Request, values: dict[str, Any], files: dict[str, Upload]) -> None:
    left = request.client_max_size
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        content = await _read_part(part, left)
        left -= len(content)
        if part.filename is None:
            values[part.name] = content.decode()
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = Upload(part.filename, kind, content)


async def _read_part(part: BodyPartReader, most: int) -> bytes:
    """Read one part, at most `most` bytes; aiohttp does not limit the parts of a multipart body."""
    content = bytearray()
    while chunk := await part.read_chunk(_CHUNK_BYTES):
        content += chunk
        if len(content) > most:
            raise web.HTTPRequestEntityTooLarge(most, len(content))
    return bytes(content)


class Body(BaseModel):
    """Input of a route. Unknown keys are refused, so that a misspelt key does not count as absent."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


WaitSeconds = Annotated[float, Field(ge=0, le=60)]
Route = Callable[[World, Any], Awaitable[dict[str, Any]]]
Routes = dict[tuple[str, str], tuple[type[Body], Route]]


class InputError(Exception):
    """Input that names something that does not exist or may not be done; `key` is the wrong key."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def known_chat(world: World, chat_id: int) -> Chat:
    """Return the chat `chat_id`, or raise InputError."""
    if chat_id not in world.chats:
        raise InputError("chat", f"there is no chat {chat_id}")
    return world.chats[chat_id]


def known_user(world: World, user_id: int, key: str = "user") -> User:
    """Return the user `user_id`, or raise InputError."""
    if user_id not in world.users:
        raise InputError(key, f"there is no user {user_id}")
    return world.users[user_id]


def known_message(world: World, chat: Chat, message_id: int, key: str) -> Message:
    """Return the message of `chat`, or raise InputError if there is none or it is deleted."""
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
