"""When an update could not be handled: the log gets everything, the person one line with what to do."""

import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from telegram import Update
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.ext import CallbackContext

from bot.chat import membership
from bot.chat.messages import texts
from bot.desk import Desk
from bot.telegram.outcomes import Retire, outcome_of
from storage.delivery.refusals import NO_RIGHTS
from storage.search import IndexUnusableError

_log = structlog.get_logger(__name__)
OnError = Callable[[object, CallbackContext[Any, Any, Any, Any]], Coroutine[Any, Any, None]]


def error_handler(desk: Desk) -> OnError:
    """Return the handler of whatever a handler let through."""

    async def on_error(update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        known = update if isinstance(update, Update) else None
        error = context.error
        chat = known.effective_chat if known else None
        if (gone := _find_retirement(error)) is not None and chat is not None:
            await membership.retire(desk, chat.id, gone)
            return
        if isinstance(error, ChatMigrated) and chat is not None:
            await membership.move(desk, chat.id, error.new_chat_id)
            return
        if isinstance(error, IndexUnusableError):
            _log.warning("question without a search index", error=str(error))
            words = texts.SEARCH_PAUSED
        else:
            _log.error("update failed", update_id=known.update_id if known else None, exc_info=error)
            words = texts.FAILED
        if known is not None:
            with contextlib.suppress(TelegramError):  # the cause may be that Telegram is out of reach
                await _tell(known, words)

    return on_error


def _find_retirement(error: Exception | None) -> Retire | None:
    """Return why the chat of the update gets nothing more, told as in a delivery; None where it stays.

    A 400 that says more than lost rights, like "chat not found", may be of another chat that was named.
    """
    outcome = outcome_of(error) if isinstance(error, Forbidden | BadRequest) else None
    if isinstance(outcome, Retire) and (isinstance(error, Forbidden) or outcome.kind == NO_RIGHTS):
        return outcome
    return None


async def _tell(update: Update, words: str) -> None:
    if update.callback_query is not None:
        await update.callback_query.answer(words)
    elif update.message is not None and update.message.chat.type != ChatType.CHANNEL:
        await update.message.reply_text(words)
