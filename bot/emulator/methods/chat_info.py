"""Methods about chats and the bot's profile: members, pins, commands, names, descriptions."""

import re
from typing import Any

from bot.emulator.chats.people import ADMINISTRATORS, Chat, MemberStatus, ScopeKey, User, member_json
from bot.emulator.chats.world import World
from bot.emulator.markup.entities import FormattedText
from bot.emulator.refusals import bad_request
from bot.emulator.requests import Method, Methods, Parameters, find_chat_id, get_chat, get_user

_ACTIONS = frozenset(
    {
        "typing", "choose_sticker", "find_location", "upload_document", "upload_photo",
        "record_video", "upload_video", "record_voice", "upload_voice",
        "record_video_note", "upload_video_note",
    }
)  # fmt: skip


async def get_chat_info(world: World, parameters: Parameters) -> dict[str, Any]:
    """Return the full object of a chat, with its latest pinned message."""
    chat = get_chat(parameters, world)
    pinned = world.history(chat)[chat.pinned[-1]] if chat.pinned else None
    return chat.as_full_json() | ({"pinned_message": pinned.as_json(world.users)} if pinned else {})


async def get_chat_member(world: World, parameters: Parameters) -> dict[str, Any]:
    """Return the status of one member; a stranger has `left`."""
    chat = get_chat(parameters, world)
    user = get_user(parameters, world)
    return member_json(user, _status(world, chat, user))


async def get_chat_administrators(world: World, parameters: Parameters) -> list[dict[str, Any]]:
    """Return the administrators of a group; the bot is left out, as other bots are."""
    chat = get_chat(parameters, world)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    people = [(world.users[user_id], status) for user_id, status in chat.members.items()]
    return [
        member_json(user, status) for user, status in people if status in ADMINISTRATORS and not user.is_bot
    ]


async def get_chat_member_count(world: World, parameters: Parameters) -> int:
    chat = get_chat(parameters, world)
    return (
        2
        if chat.is_private
        else 1 + sum(status not in ("left", "kicked") for status in chat.members.values())
    )


async def leave_chat(world: World, parameters: Parameters) -> bool:
    """Leave a group or channel; the bot gets no update."""
    chat = get_chat(parameters, world)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    world.touch(chat)
    return True


async def send_chat_action(world: World, parameters: Parameters) -> bool:
    chat = get_chat(parameters, world)
    action = parameters.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    if barrier := chat.writing_barrier():
        raise barrier
    chat.actions.append(action)
    world.touch(chat)
    return True


def _status(world: World, chat: Chat, user: User) -> MemberStatus:
    if user is world.bot:
        return chat.bot_status
    if chat.is_private:
        return "member" if user.id == chat.id else "left"
    return chat.members.get(user.id, "left")


async def pin_chat_message(world: World, parameters: Parameters) -> bool:
    """Pin a message; the bot gets the service message as an update, as at Telegram."""
    chat = _get_chat_to_pin_in(world, parameters)
    message = world.find_message(chat, parameters.integer("message_id"))
    if message is None:
        raise bad_request("message to pin not found")
    if message.message_id in chat.pinned:
        return True
    chat.pinned.append(message.message_id)
    line = world.post(chat, world.bot, FormattedText(""), topic=message.topic)
    line.extra = {"pinned_message": message.as_json(world.users, with_reply=False)}
    if chat.type == "channel":
        line.sender, line.sender_chat = None, chat
    world.updates.put("channel_post" if chat.type == "channel" else "message", line.as_json(world.users))
    return True


async def unpin_chat_message(world: World, parameters: Parameters) -> bool:
    """Unpin the message that is named, else the latest."""
    chat = _get_chat_to_pin_in(world, parameters)
    message_id = parameters.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    world.touch(chat)
    return True


async def unpin_all_chat_messages(world: World, parameters: Parameters) -> bool:
    chat = _get_chat_to_pin_in(world, parameters)
    chat.pinned.clear()
    world.touch(chat)
    return True


def _get_chat_to_pin_in(world: World, parameters: Parameters) -> Chat:
    """Return a chat in which the bot may pin, or raise Refusal: 400 without the right, 403 if unseen."""
    chat = get_chat(parameters, world)
    if not chat.is_private and chat.bot_status not in ADMINISTRATORS:
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat


MAX_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_SCOPES = frozenset(
    {
        "default", "all_private_chats", "all_group_chats", "all_chat_administrators",
        "chat", "chat_administrators", "chat_member",
    }
)  # fmt: skip


async def get_me(world: World, parameters: Parameters) -> dict[str, Any]:
    return world.bot.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "supports_guest_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def set_my_commands(world: World, parameters: Parameters) -> bool:
    """Register commands for one scope and language; an empty list removes them."""
    commands = [_read_command(command) for command in parameters.json_array("commands")]
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    key = _read_scope(world, parameters), _read_language(parameters)
    if commands:
        world.profile.commands[key] = commands
    else:
        world.profile.commands.pop(key, None)
    world.touch_list()
    return True


async def get_my_commands(world: World, parameters: Parameters) -> list[dict[str, str]]:
    """Return the commands of exactly this scope and language."""
    return world.profile.commands.get((_read_scope(world, parameters), _read_language(parameters)), [])


async def delete_my_commands(world: World, parameters: Parameters) -> bool:
    world.profile.commands.pop((_read_scope(world, parameters), _read_language(parameters)), None)
    world.touch_list()
    return True


def _read_command(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise bad_request("can't parse list of bot commands JSON object")
    name, description = str(value.get("command", "")), str(value.get("description", "")).strip()
    if not _COMMAND.fullmatch(name.removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.removeprefix("/"), "description": description}


def _read_scope(world: World, parameters: Parameters) -> ScopeKey:
    """Return the scope of commands: type, chat, user. The bot must know the chat of a narrow scope."""
    scope = parameters.json_object("scope") or {"type": "default"}
    kind = str(scope.get("type"))
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    inner = Parameters(scope)
    if kind in ("chat", "chat_administrators", "chat_member"):
        chat = world.chats.get(find_chat_id(inner, world) or 0)
        if chat is None or (chat.is_private and not chat.is_started):
            raise bad_request("chat not found")
    return kind, inner.integer("chat_id"), inner.integer("user_id")


def _read_language(parameters: Parameters) -> str:
    language = parameters.text("language_code")
    if language and not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return language


def _setter(parameter: str, attribute: str, most: int) -> Method:
    """Make a method that stores one text per language; an empty text removes it."""

    async def set_text(world: World, parameters: Parameters) -> bool:
        text, texts = parameters.text(parameter), getattr(world.profile, attribute)
        if len(text) > most:
            raise bad_request(f"bot {parameter.replace('_', ' ')} is too long")
        texts[_read_language(parameters)] = text
        world.touch_list()
        return True

    return set_text


def _getter(parameter: str, attribute: str) -> Method:
    """Make a method that returns the text of one language, else the one for all."""

    async def get_text(world: World, parameters: Parameters) -> dict[str, str]:
        texts: dict[str, str] = getattr(world.profile, attribute)
        return {parameter: texts.get(_read_language(parameters)) or texts.get("", "")}

    return get_text


METHODS: Methods = {
    "getChat": get_chat_info,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "sendChatAction": send_chat_action,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _setter("name", "names", 64),
    "getMyName": _getter("name", "names"),
    "setMyDescription": _setter("description", "descriptions", 512),
    "getMyDescription": _getter("description", "descriptions"),
    "setMyShortDescription": _setter("short_description", "short_descriptions", 120),
    "getMyShortDescription": _getter("short_description", "short_descriptions"),
}
