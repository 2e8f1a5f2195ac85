"""python-telegram-bot's updates, sorted: which of them are messages to answer, and whom they are for.

Edited messages, a channel's posts that are no settings, and commands for other bots are nobody's: they are
not handled at all.
"""

from functools import partial
from typing import Any

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import (
    Application,
    CallbackContext,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.chat import membership
from bot.chat.commands import COMMANDS, OPERATOR_COMMANDS, Command
from bot.chat.errors import error_handler
from bot.chat.messages import texts
from bot.chat.messages.screen import Screen
from bot.chat.operators.admin import AdminActions
from bot.chat.questions.inline import Inline
from bot.chat.reception import Reception
from bot.chat.visit import Tap, Visit, acknowledge
from bot.desk import Desk

_NEW = filters.UpdateType.MESSAGE
_POSTED = filters.UpdateType.CHANNEL_POST & ~filters.FORWARDED  # only administrators post in a channel
_PRIVATE = filters.ChatType.PRIVATE

Context = CallbackContext[Any, Any, Any, Any]


def add_handlers(
    application: Application[Any, Any, Any, Any, Any, Any], desk: Desk, actions: AdminActions
) -> None:
    """Make `application` answer everything that a chat may send."""
    sorter = _Sorter(desk, Reception(desk, actions))
    add = application.add_handler
    add(MessageHandler(_NEW & filters.StatusUpdate.MIGRATE, sorter.on_move))
    add(MessageHandler(_NEW & filters.COMMAND & filters.FORWARDED, sorter.on_forwarded_command))
    for command in (*COMMANDS, *OPERATOR_COMMANDS):
        filter_ = _NEW | _POSTED if command.is_setting else _NEW  # a channel is no place to ask
        names = (command.name, *command.aliases)
        add(CommandHandler(names, partial(sorter.on_command, command), filters=filter_))
    add(MessageHandler(_NEW & filters.COMMAND, sorter.on_unknown_command))
    add(MessageHandler(_NEW & _PRIVATE & filters.TEXT, sorter.on_words))
    add(MessageHandler(_NEW & _PRIVATE & ~filters.StatusUpdate.ALL, sorter.on_wordless))
    add(CallbackQueryHandler(sorter.on_tap))
    add(InlineQueryHandler(sorter.on_inline))
    add(ChatMemberHandler(sorter.on_membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(error_handler(desk))


class _Sorter:
    def __init__(self, desk: Desk, reception: Reception) -> None:
        self._desk = desk
        self._reception = reception
        self._inline = Inline(desk)

    async def on_command(self, command: Command, update: Update, context: Context) -> None:
        message = update.message or update.channel_post
        if message is not None:
            words = " ".join(context.args or ())
            await self._reception.obey(self._visit(message, context, words), command)

    async def on_unknown_command(self, update: Update, context: Context) -> None:
        """In a group a command may be another bot's: there only one that names us is answered."""
        message = update.message
        if message is None or message.text is None:
            return
        addressee = message.text.split()[0].partition("@")[2].lower()
        is_private = message.chat.type == ChatType.PRIVATE
        if addressee == context.bot.username.lower() or (is_private and not addressee):
            await self._reception.reject(self._visit(message, context), message.text)

    async def on_forwarded_command(self, update: Update, context: Context) -> None:
        """What someone else typed is no wish of this person."""
        if update.message is not None and update.message.chat.type == ChatType.PRIVATE:
            visit = self._visit(update.message, context)
            await self._reception.say(visit, Screen(texts.FORWARDED_COMMAND))

    async def on_words(self, update: Update, context: Context) -> None:
        message = update.message
        if message is None or message.text is None:
            return
        if message.via_bot is not None and message.via_bot.id == context.bot.id:
            return  # what our inline mode offered is no question to us
        if message.text.startswith("/"):  # Telegram sees no command in "/lịch"
            await self._reception.reject(self._visit(message, context), message.text)
        else:
            await self._reception.answer(self._visit(message, context, message.text))

    async def on_wordless(self, update: Update, context: Context) -> None:
        if update.message is not None:
            await self._reception.say(self._visit(update.message, context), Screen(texts.ONLY_TEXT))

    async def on_tap(self, update: Update, context: Context) -> None:
        query = update.callback_query
        if query is None:
            return
        if query.message is None:  # a button that was not sent by us into a chat
            await acknowledge(query, texts.STALE_BUTTON)
            return
        tap = Tap(self._desk, context.bot, query.message.chat, query)
        await self._reception.press(tap, query.data or "")

    async def on_inline(self, update: Update, context: Context) -> None:
        if update.inline_query is not None:
            await self._inline.answer(update.inline_query)

    async def on_membership(self, update: Update, context: Context) -> None:
        if update.my_chat_member is not None:
            await membership.follow(self._desk, context.bot, update.my_chat_member)

    async def on_move(self, update: Update, context: Context) -> None:
        if update.message is not None:
            await membership.follow_move(self._desk, update.message)

    def _visit(self, message: Message, context: Context, words: str = "") -> Visit:
        return Visit(
            self._desk, context.bot, message.chat, message=message, user=message.from_user, words=words
        )
