"""The bot's own profile: who it is, its commands, names and descriptions in several languages."""

import re
from typing import Any

from bot.emulator.chats.people import ScopeKey
from bot.emulator.chats.world import World
from bot.emulator.parameters import Method, Methods, Parameters, find_chat_id
from bot.emulator.refusals import bad_request

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
    """Return the bot."""
    return world.bot.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
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
    """Remove the commands of exactly this scope and language."""
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
    """Return for whom the commands are; one chat's or member's only where the bot knows that chat."""
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
    """Make a method that keeps one text per language; an empty one removes it."""

    async def set_text(world: World, parameters: Parameters) -> bool:
        text, texts = parameters.text(parameter), getattr(world.profile, attribute)
        if len(text) > most:
            raise bad_request(f"bot {parameter.replace('_', ' ')} is too long")
        texts[_read_language(parameters)] = text
        world.touch_list()
        return True

    return set_text


def _getter(parameter: str, attribute: str) -> Method:
    """Make a method that returns the text of one language, or else the one for all."""

    async def get_text(world: World, parameters: Parameters) -> dict[str, str]:
        texts: dict[str, str] = getattr(world.profile, attribute)
        return {parameter: texts.get(_read_language(parameters)) or texts.get("", "")}

    return get_text


METHODS: Methods = {
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
