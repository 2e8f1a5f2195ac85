"""Handlers of python-telegram-bot: they pick the updates that the bot answers, and report failures."""

import contextlib
from functools import partial
from typing import Any

import structlog
from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
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
from bot.chat.context import ButtonContext, ChatContext, View, acknowledge
from bot.chat.dispatcher import Dispatcher
from bot.chat.inline import Guests, Inline
from bot.chat.operators.admin import AdminActions
from bot.messages import texts
from bot.messages.markup import mention_of
from bot.news.services import Services
from bot.telegram.outcomes import Retire, outcome_of
from bot.telegram.stored_updates import UpdateQueue
from storage.delivery.refusals import NO_RIGHTS
from storage.errors import StorageError
from storage.search.generation import IndexUnusableError

_log = structlog.get_logger(__name__)
Context = CallbackContext[Any, Any, Any, Any]


def _is_put_off(update: Update | None, ptb_context: Context) -> bool:
    queue = ptb_context.update_queue
    return update is not None and isinstance(queue, UpdateQueue) and queue.put_off(update.update_id)


def _find_retirement(error: Exception | None) -> Retire | None:
    """Return why the update's chat must get no more messages, as after a delivery; None if it may.

    A 400 other than lost rights, like "chat not found", may concern another chat that the message names.
    """
    outcome = outcome_of(error) if isinstance(error, Forbidden | BadRequest) else None
    if isinstance(outcome, Retire) and (isinstance(error, Forbidden) or outcome.kind == NO_RIGHTS):
        return outcome
    return None


async def _reply(update: Update, words: str) -> None:
    if update.callback_query is not None:
        await update.callback_query.answer(words)
    elif update.message is not None and update.message.chat.type != ChatType.CHANNEL:
        await update.message.reply_text(words)


# Which updates are answered. Edited messages, a channel's posts without settings, and commands for other bots
# are ignored.

_NEW = filters.UpdateType.MESSAGE
_POSTED = filters.UpdateType.CHANNEL_POST & ~filters.FORWARDED  # only administrators post in a channel
_PRIVATE, _GROUP = filters.ChatType.PRIVATE, filters.ChatType.GROUPS


def add_handlers(
    application: Application[Any, Any, Any, Any, Any, Any], services: Services, actions: AdminActions
) -> None:
    """Make `application` answer everything that a chat may send."""
    handlers = _Handlers(services, Dispatcher(services, actions))
    add = application.add_handler
    add(MessageHandler(_NEW & filters.StatusUpdate.MIGRATE, handlers.on_move))
    add(MessageHandler(_NEW & filters.COMMAND & filters.FORWARDED, handlers.on_forwarded_command))
    for command in (*COMMANDS, *OPERATOR_COMMANDS):
        filter_ = _NEW | _POSTED if command.is_setting else _NEW  # channels get no answers to questions
        names = (command.name, *command.aliases)
        add(CommandHandler(names, partial(handlers.on_command, command), filters=filter_))
    add(MessageHandler(_NEW & filters.COMMAND, handlers.on_unknown_command))
    add(MessageHandler(_NEW & _PRIVATE & filters.TEXT, handlers.on_words))
    add(MessageHandler(_NEW & _GROUP & filters.TEXT & ~filters.FORWARDED, handlers.on_group_words))
    add(MessageHandler(_NEW & _PRIVATE & ~filters.StatusUpdate.ALL, handlers.on_wordless))
    add(CallbackQueryHandler(handlers.on_tap))
    add(InlineQueryHandler(handlers.on_inline))
    add(MessageHandler(filters.UpdateType.GUEST_MESSAGE, handlers.on_guest))
    add(ChatMemberHandler(handlers.on_membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(handlers.on_error)


class _Handlers:
    def __init__(self, services: Services, dispatcher: Dispatcher) -> None:
        self._services = services
        self._dispatcher = dispatcher
        self._inline = Inline(services)
        self._guests = Guests(services)

    async def on_command(self, command: Command, update: Update, ptb_context: Context) -> None:
        message = update.message or update.channel_post
        if message is not None:
            words = " ".join(ptb_context.args or ())
            await self._dispatcher.handle(self._context(message, ptb_context, words), command)

    async def on_unknown_command(self, update: Update, ptb_context: Context) -> None:
        """Answer, in a group only if the command names this bot: it may be for another one."""
        message = update.message
        if message is None or message.text is None:
            return
        addressee = message.text.split()[0].partition("@")[2].lower()
        is_private = message.chat.type == ChatType.PRIVATE
        if addressee == ptb_context.bot.username.lower() or (is_private and not addressee):
            await self._dispatcher.reject(self._context(message, ptb_context), message.text)

    async def on_forwarded_command(self, update: Update, ptb_context: Context) -> None:
        """Refuse to run a forwarded command: somebody else typed it."""
        if update.message is not None and update.message.chat.type == ChatType.PRIVATE:
            context = self._context(update.message, ptb_context)
            await self._dispatcher.say(context, View(texts.FORWARDED_COMMAND))

    async def on_words(self, update: Update, ptb_context: Context) -> None:
        message = update.message
        if message is None or message.text is None:
            return
        if message.via_bot is not None and message.via_bot.id == ptb_context.bot.id:
            return  # it was sent from our inline results
        if message.text.startswith("/"):  # Telegram sees no command in "/lịch"
            await self._dispatcher.reject(self._context(message, ptb_context), message.text)
        else:
            await self._dispatcher.answer(self._context(message, ptb_context, message.text))

    async def on_group_words(self, update: Update, ptb_context: Context) -> None:
        """Answer a group's messages only if they name the bot or reply to it."""
        message = update.message
        if message is None or message.text is None or message.via_bot is not None:
            return
        replied = message.reply_to_message
        words = mention_of(ptb_context.bot.username).sub(" ", message.text)
        author = replied.from_user if replied else None
        if words != message.text or (author is not None and author.id == ptb_context.bot.id):
            context = self._context(message, ptb_context, " ".join(words.split()))
            await self._dispatcher.answer_in_group(context, is_named=words != message.text)

    async def on_wordless(self, update: Update, ptb_context: Context) -> None:
        if update.message is not None:
            await self._dispatcher.say(self._context(update.message, ptb_context), View(texts.ONLY_TEXT))

    async def on_tap(self, update: Update, ptb_context: Context) -> None:
        query = update.callback_query
        if query is None:
            return
        if query.message is None:  # a button that was not sent by us into a chat
            await acknowledge(query, texts.STALE_BUTTON)
            return
        tap = ButtonContext(self._services, ptb_context.bot, query.message.chat, query)
        await self._dispatcher.tap(tap, query.data or "")

    async def on_inline(self, update: Update, ptb_context: Context) -> None:
        if update.inline_query is not None:
            await self._inline.answer(update.inline_query)

    async def on_guest(self, update: Update, ptb_context: Context) -> None:
        if update.guest_message is not None:
            await self._guests.answer(update.guest_message)

    async def on_membership(self, update: Update, ptb_context: Context) -> None:
        if update.my_chat_member is not None:
            await membership.follow(self._services, ptb_context.bot, update.my_chat_member)

    async def on_move(self, update: Update, ptb_context: Context) -> None:
        if update.message is not None:
            await membership.follow_move(self._services, update.message)

    async def on_error(self, update: object, ptb_context: Context) -> None:
        """Act on what an error says about its chat; else log it, and send one line that says what to do."""
        known = update if isinstance(update, Update) else None
        error = ptb_context.error
        chat = known.effective_chat if known else None
        if (gone := _find_retirement(error)) is not None and chat is not None:
            await membership.retire(self._services, chat.id, gone)
            return
        if isinstance(error, ChatMigrated) and chat is not None:
            await membership.move(self._services, chat.id, error.new_chat_id)
            return
        if isinstance(error, StorageError) and error.is_transient and _is_put_off(known, ptb_context):
            _log.warning("update put off until the database answers", error=str(error))
            return
        if isinstance(error, IndexUnusableError):
            _log.warning("question without a search index", error=str(error))
            words = texts.SEARCH_PAUSED
        else:
            _log.error("update failed", update_id=known.update_id if known else None, exc_info=error)
            words = texts.FAILED
        if known is not None:
            with contextlib.suppress(TelegramError):  # the cause may be that Telegram is out of reach
                await _reply(known, words)

    def _context(self, message: Message, ptb_context: Context, words: str = "") -> ChatContext:
        return ChatContext(
            self._services,
            ptb_context.bot,
            message.chat,
            message=message,
            user=message.from_user,
            words=words,
        )
