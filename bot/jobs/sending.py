"""One claimed delivery becomes one call to Telegram: a message, or an edit of one; and what came of it."""

import re
from dataclasses import dataclass
from html import unescape

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import BadRequest, TelegramError

from bot.failures import contained
from bot.jobs.outcomes import Outcome, SendPlain, Wait, outcome_of
from storage.delivery.deliveries import Buttons, Claimed

_UNFORESEEN = Wait(10.0, counts=True, reason="unforeseen error")
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_TAG = re.compile(r"<[^<>]*+>")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram took the message."""

    message_id: int


async def send(bot: Bot, one: Claimed) -> Sent | Outcome:
    """Send a delivery, as plain words where Telegram cannot read its markup; an error is an outcome."""
    with contained("delivery", delivery=one.id):
        return await _try(bot, one)
    return _UNFORESEEN


async def _try(bot: Bot, one: Claimed) -> Sent | Outcome:
    try:
        return await _call(bot, one, one.html, parse_mode="HTML")
    except TelegramError as error:
        outcome = outcome_of(error)
    if isinstance(outcome, SendPlain):
        _log.error("markup refused", delivery=one.id, reason=outcome.reason)
        try:
            return await _call(bot, one, unescape(_TAG.sub("", one.html)))
        except TelegramError as error:
            return outcome_of(error)
    return outcome


async def _call(bot: Bot, one: Claimed, text: str, *, parse_mode: str | None = None) -> Sent:
    if one.edits is not None:
        return await _edit(bot, one, one.edits, text, parse_mode)
    message = await bot.send_message(
        one.chat_id,
        text,
        parse_mode=parse_mode,
        link_preview_options=_NO_PREVIEW,
        reply_markup=_keyboard(one.buttons),
        message_thread_id=one.thread_id,
    )
    return Sent(message.message_id)


async def _edit(bot: Bot, one: Claimed, message_id: int, text: str, parse_mode: str | None) -> Sent:
    try:
        await bot.edit_message_text(
            text, one.chat_id, message_id, parse_mode=parse_mode, link_preview_options=_NO_PREVIEW
        )
    except BadRequest as error:
        if "message is not modified" not in error.message.lower():
            raise  # else it shows this already: an earlier try arrived
    return Sent(message_id)


def _keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in buttons]
    return InlineKeyboardMarkup(rows) if rows else None
