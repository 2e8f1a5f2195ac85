"""What a bot says about itself, per scope and language."""

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    BotCommandScopeChatMember,
)
from telegram.error import BadRequest

from bot.emulator.client import Control


def command(name: str) -> list[BotCommand]:
    """A list of one command."""
    return [BotCommand(name, "Mô tả")]


async def names_shown(users: Control, chat: int, viewer: int = 0) -> list[str]:
    """The names of the commands that a user sees in a chat."""
    shown = await users.chat(chat, viewer=viewer)
    return [row["command"] for row in shown["commands"]]


async def test_commands_are_kept_per_scope_and_language(bot: Bot, an: int) -> None:
    await bot.set_my_commands(command("tin"), language_code="vi")
    await bot.set_my_commands(command("news"))
    await bot.set_my_commands(command("quantri"), scope=BotCommandScopeChat(an))
    assert await bot.get_my_commands(language_code="vi") == tuple(command("tin"))
    assert await bot.get_my_commands() == tuple(command("news"))
    assert await bot.get_my_commands(scope=BotCommandScopeChat(an)) == tuple(command("quantri"))
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()


async def test_a_user_sees_the_narrowest_commands(bot: Bot, users: Control, an: int) -> None:
    binh = await users.user("Bình", language_code="en")
    await bot.set_my_commands(command("news"))
    await bot.set_my_commands(command("tin"), language_code="vi")
    assert (await names_shown(users, an), await names_shown(users, binh)) == (["tin"], ["news"])
    await bot.set_my_commands(command("quantri"), scope=BotCommandScopeChat(an))
    assert await names_shown(users, an) == ["quantri"]


async def test_a_group_has_commands_of_its_own(bot: Bot, users: Control, an: int) -> None:
    binh = await users.user("Bình")
    group = await users.group("Tổ 5", members=[binh], administrators=[an])
    await bot.set_my_commands(command("tim"), scope=BotCommandScopeAllGroupChats())
    await bot.set_my_commands(command("lich"), scope=BotCommandScopeChatAdministrators(group))
    assert (await names_shown(users, group, an), await names_shown(users, group, binh)) == (["lich"], ["tim"])
    await bot.set_my_commands(command("rieng"), scope=BotCommandScopeChatMember(group, binh))
    assert await names_shown(users, group, binh) == ["rieng"]


@pytest.mark.parametrize(
    ("name", "description", "reason"),
    [
        ("Tin", "Mô tả", "Bot_command_invalid"),
        ("tìm", "Mô tả", "Bot_command_invalid"),
        ("x" * 33, "Mô tả", "Bot_command_invalid"),
        ("tin", " ", "Bot_command_description_invalid"),
        ("tin", "x" * 257, "Bot_command_description_invalid"),
    ],
)
async def test_wrong_commands_are_refused(bot: Bot, name: str, description: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        await bot.set_my_commands([BotCommand(name, description)])


async def test_there_are_at_most_a_hundred_commands(bot: Bot) -> None:
    assert await bot.set_my_commands([BotCommand(f"c{number}", "x" * 256) for number in range(100)])
    with pytest.raises(BadRequest, match="Bot_commands_too_much"):
        await bot.set_my_commands([BotCommand(f"c{number}", "x") for number in range(101)])


async def test_a_language_has_two_letters(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Invalid language code"):
        await bot.set_my_commands(command("tin"), language_code="vie")


async def test_names_and_descriptions_fall_back_to_the_general_one(bot: Bot) -> None:
    await bot.set_my_name("Điểm Tin")
    await bot.set_my_description("Tin Việt, ngắn gọn", language_code="vi")
    await bot.set_my_short_description("Tin gọn")
    assert (await bot.get_my_name(language_code="vi")).name == "Điểm Tin"
    assert (await bot.get_my_description("vi")).description == "Tin Việt, ngắn gọn"
    assert (await bot.get_my_description()).description == ""
    assert (await bot.get_my_short_description("en")).short_description == "Tin gọn"
    with pytest.raises(BadRequest, match="Bot short description is too long"):
        await bot.set_my_short_description("x" * 121)


async def test_the_token_tells_who_the_bot_is(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.username, me.first_name) == (42, "diemtin_bot", "Điểm Tin")
