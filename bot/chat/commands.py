"""The bot's commands: names and descriptions for Telegram's menu and for help, and who may use which."""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError

from bot.chat.messages import texts

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `is_setting`: in a group for administrators only. `is_work`: counts as a question.

    `aliases` are names that it answers to beside its own. `awaits_words`: sent without any, it asks for them.
    `takes_words`: words behind it mean something.
    """

    name: str
    description: str
    is_setting: bool = False
    is_work: bool = False
    aliases: tuple[str, ...] = ()
    awaits_words: bool = False
    takes_words: bool = True


COMMANDS = (
    Command("start", "Bắt đầu nhận bản tin", is_setting=True, is_work=True),
    Command("tin", "Tin 24 giờ qua, ngay bây giờ", is_work=True),
    Command("tim", "Tìm tin theo từ khóa", is_work=True, awaits_words=True),
    Command("xuhuong", "Xem một từ khóa được nhắc nhiều hay ít", is_work=True, awaits_words=True),
    Command("theodoi", "Theo dõi từ khóa, có tin mới là báo", is_setting=True, awaits_words=True),
    Command("lich", "Giờ nhận, ngày nhận, giờ yên tĩnh", is_setting=True, aliases=("settings",)),
    Command("chude", "Chọn chủ đề", is_setting=True),
    Command("tamdung", "Tạm dừng nhận bản tin", is_setting=True, aliases=("stop",)),
    Command("tieptuc", "Tiếp tục nhận bản tin", is_setting=True, takes_words=False),
    Command(
        "dulieucuatoi",
        "Xem và lấy dữ liệu của bạn",
        is_setting=True,
        is_work=True,
        aliases=("privacy",),
        takes_words=False,
    ),
    Command("xoadulieu", "Xóa hết dữ liệu của bạn", is_setting=True, takes_words=False),
    Command("trogiup", "Cách dùng Điểm Tin", aliases=("help",), takes_words=False),
)
OPERATOR_COMMANDS = (
    Command("quantri", "Tình hình và điều khiển", is_work=True),
    Command("dinhchinh", "Đính chính một tin đã gửi", is_work=True),
)
_LANGUAGES = (None, "vi")


async def register_commands(bot: Bot, admins: Iterable[int] = ()) -> None:
    """Tell Telegram the commands and descriptions. A server that lacks such a call is logged, not fatal."""
    everyone = [command for command in COMMANDS if not command.is_setting]
    await _set_commands(bot, COMMANDS, BotCommandScopeDefault())
    await _set_commands(bot, COMMANDS, BotCommandScopeAllPrivateChats())
    await _set_commands(bot, everyone, BotCommandScopeAllGroupChats())
    await _set_commands(bot, COMMANDS, BotCommandScopeAllChatAdministrators())
    for chat_id in sorted(admins):
        await register_operator_commands(bot, chat_id)
    for language in _LANGUAGES:
        try:
            await bot.set_my_description(texts.DESCRIPTION, language_code=language)
            await bot.set_my_short_description(texts.SHORT_DESCRIPTION, language_code=language)
        except TelegramError as error:
            _log.warning("descriptions not registered", language=language, error=str(error))


async def register_operator_commands(bot: Bot, chat_id: int) -> None:
    """Put the operator's commands into an admin chat's menu; Telegram refuses before its first /start."""
    await _set_commands(bot, (*COMMANDS, *OPERATOR_COMMANDS), BotCommandScopeChat(chat_id))


async def _set_commands(bot: Bot, commands: Iterable[Command], scope: BotCommandScope) -> None:
    menu = [BotCommand(command.name, command.description) for command in commands]
    for language in _LANGUAGES:
        try:
            await bot.set_my_commands(menu, scope=scope, language_code=language)
        except TelegramError as error:
            _log.warning("commands not registered", scope=scope.type, language=language, error=str(error))
