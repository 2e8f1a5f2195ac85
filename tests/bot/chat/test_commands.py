"""The commands: Telegram's menu, help, and unknown commands."""

from typing import Any

import pytest
from structlog.testing import capture_logs
from telegram import Bot, BotCommandScopeAllGroupChats, BotCommandScopeChat

from bot.chat.commands import COMMANDS, register_commands
from bot.messages.texts import DESCRIPTION, SHORT_DESCRIPTION
from tests.bot.telegram.handmade import bot_at


@pytest.fixture
async def bot(house: Any) -> Any:
    """The real library, signed in beside the running bot."""
    async with bot_at(house.url) as bot:
        yield bot


@pytest.mark.parametrize("language", [None, "vi"])
async def test_the_menus_are_registered_for_everyone_groups_and_admins(
    bot: Bot, house: Any, language: Any
) -> None:
    admin = await house.control.user("Quản trị", started=True)
    await register_commands(bot, admins=[admin])

    async def names(scope: Any = None) -> list[str]:
        return [command.command for command in await bot.get_my_commands(scope, language_code=language)]

    assert await names() == [command.name for command in COMMANDS]
    assert await names(BotCommandScopeAllGroupChats()) == ["tin", "tim", "xuhuong", "trogiup"]
    assert (await names(BotCommandScopeChat(admin)))[-3:] == ["quantri", "dinhchinh", "thongbao"]
    assert (await bot.get_my_description(language)).description == DESCRIPTION
    assert (await bot.get_my_short_description(language)).short_description == SHORT_DESCRIPTION


async def test_an_admin_who_comes_later_has_the_operators_menu_from_the_start_on(
    bot: Bot, operator: Any
) -> None:
    """Telegram takes no menu for a chat that it does not know yet."""
    await operator.says("/start")
    menu = await bot.get_my_commands(BotCommandScopeChat(operator.chat))
    assert menu[-3].command == "quantri"


async def test_a_server_that_lacks_a_call_is_logged_and_not_fatal(bot: Bot, house: Any) -> None:
    for method in ("setMyCommands", "setMyDescription"):
        await house.control.post("fault", method=method, times=99, kind="400", description="Not Found")
    with capture_logs() as logs:
        await register_commands(bot)
    assert {entry["event"] for entry in logs} == {"commands not registered", "descriptions not registered"}
    assert all(entry["log_level"] == "warning" for entry in logs)


async def test_help_lists_what_this_person_can_do(an: Any, operator: Any) -> None:
    await an.says("/trogiup")
    message = await an.sees("/lich – Giờ và ngày nhận", "/xoadulieu – Xóa hết")
    assert "quantri" not in message["text"]
    await operator.says("/trogiup")
    await operator.sees("/quantri – ")


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("/lichh", "lich"),
        ("/lịch", "lich"),
        ("/chủđề", "chude"),
        ("/Tamdungg", "tamdung"),
        ("/weather", None),
    ],
)
async def test_an_unknown_command_is_answered_with_the_nearest(an: Any, typed: str, near: str | None) -> None:
    await an.says(typed)
    await an.sees(f"Có phải bạn muốn gửi /{near}?" if near else "Xem các lệnh: /trogiup")


@pytest.mark.parametrize("typed", ["/", "//", "/<b>", "/\x00", "/" + "x" * 3_000, "/ hạ long"])
async def test_a_strange_slash_is_answered_and_escaped(an: Any, typed: str) -> None:
    answers = await an.says(typed)
    assert len(answers) == 1
    assert "Có trục trặc" not in answers[0]["text"]


async def test_commands_are_read_in_any_case(an: Any) -> None:
    await an.says("/START")
    assert await an.subscription() is not None
