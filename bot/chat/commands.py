"""The bot's commands: names and descriptions for Telegram's menu, who may use which, and /trogiup."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from markupsafe import Markup
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

from bot.chat.context import ChatContext, View
from bot.messages import texts
from bot.messages.markup import one_line, shortened
from summarizer.text.syllables import folded

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `is_setting`: in a group only administrators may use it. `is_work`: counts as a question.

    `aliases` are further names of it. `awaits_words`: without words it asks for them. `takes_words`: words
    after it have a meaning.
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
    Command("dedanh", "Tin để dành, đọc sau", is_setting=True, takes_words=False),
    Command("lich", "Giờ và ngày nhận, độ dài, giờ yên tĩnh", is_setting=True, aliases=("settings",)),
    Command("chude", "Chọn chủ đề", is_setting=True),
    Command("tu", "Bỏ hoặc thêm tin theo từ", is_setting=True),
    Command("nguon", "Bỏ hoặc thêm tin theo báo", is_setting=True),
    Command("solieu", "Giá vàng, tỷ giá, thời tiết trong ngày", is_setting=True),
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
    Command("thongbao", "Báo một điều cho mọi người nhận", is_work=True),
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
    """Put operators' commands into an admin chat's menu; Telegram refuses before the chat's first /start."""
    await _set_commands(bot, (*COMMANDS, *OPERATOR_COMMANDS), BotCommandScopeChat(chat_id))


async def _set_commands(bot: Bot, commands: Iterable[Command], scope: BotCommandScope) -> None:
    menu = [BotCommand(command.name, command.description) for command in commands]
    for language in _LANGUAGES:
        try:
            await bot.set_my_commands(menu, scope=scope, language_code=language)
        except TelegramError as error:
            _log.warning("commands not registered", scope=scope.type, language=language, error=str(error))


_NAME = re.compile(r"/([^\s@/]+)")
_LONGEST_NAME = 32  # UTF-16 units: Telegram's own commands are no longer


async def show(context: ChatContext) -> None:
    """Show what this chat can do."""
    lines = [
        texts.HELP_LINE.format(name=command.name, description=command.description)
        for command in _commands_of(context)
    ]
    text = texts.HELP_GROUP if context.is_group else texts.HELP
    html = text.format(commands=Markup("\n").join(lines), bot=context.bot.username)
    if context.bot.supports_inline_queries:
        html += texts.HELP_INLINE.format(bot=context.bot.username)
    await context.send(View(html))


async def suggest(context: ChatContext, typed: str) -> None:
    """Say that the typed command does not exist, and name the most similar one."""
    match = _NAME.match(typed)
    name = shortened(one_line(match[1]), _LONGEST_NAME) if match else ""
    names = [command.name for command in _commands_of(context)]
    near = difflib.get_close_matches(folded(name), names, n=1)
    text = texts.UNKNOWN_COMMAND_NEAR if near else texts.UNKNOWN_COMMAND
    await context.send(View(text.format(name=name, near="".join(near))))


def _commands_of(context: ChatContext) -> tuple[Command, ...]:
    return (*COMMANDS, *OPERATOR_COMMANDS) if context.is_operator else COMMANDS
