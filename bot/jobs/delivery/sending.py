"""Send one claimed delivery by one call to Telegram, and write down why it was not sent."""

import contextlib
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.chat.buttons.callbacks import parse
from bot.jobs.delivery.waits import Waits
from bot.messages import texts
from bot.messages.markup import MAX_UNITS, preview_options, visible_length, without_dates
from bot.process.metrics import log_errors
from bot.telegram.limiter import AT_ONCE
from bot.telegram.outcomes import (
    Halt,
    Hold,
    LeaveTopic,
    Move,
    Outcome,
    Recalled,
    Refuse,
    Retire,
    SendPlain,
    Wait,
    outcome_of,
)
from bot.telegram.transport import note_refusal, supported_html
from storage.delivery.claiming import Claimed
from storage.delivery.deliveries import mark_gone, put_back, release_recalled
from storage.delivery.refusals import REFUSED
from storage.subscribers import move_chat, retire, set_thread

_UNFORESEEN = Wait(10.0, counts=True, reason="unforeseen error")
_TAG = re.compile(r"<[^<>]*+>")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram took the message."""

    message_id: int


async def send(bot: ExtBot[Any], one: Claimed) -> Sent | Outcome:
    """Send a delivery; if Telegram refuses its picture or its markup, without them. An error is an outcome.

    The part after a refused one names the missing part to the reader; after the last part a message does.
    """
    with log_errors("delivery", delivery=one.id):
        outcome = await _try(bot, one)
        is_last = one.parts > 1 and one.part == one.parts - 1 and one.edits is None
        if is_last and isinstance(outcome, Refuse | SendPlain):
            await _send_missing_line(bot, one)
        return outcome
    return _UNFORESEEN


async def _send_missing_line(bot: ExtBot[Any], one: Claimed) -> None:
    with contextlib.suppress(TelegramError):
        await _call(
            bot,
            replace(one, buttons=(), preview_url=None),
            _missing((*one.missing, one.part), one),
            parse_mode="HTML",
        )


def _missing(parts: Sequence[int], one: Claimed) -> str:
    return texts.PARTS_MISSING.format(parts=", ".join(f"{part + 1}/{one.parts}" for part in parts))


def _with_missing_line(one: Claimed) -> str:
    """Return the message after a line that names the missing parts before it, if there is room."""
    if not one.missing:
        return one.html
    word = _missing(one.missing, one)
    fits = visible_length(one.html) + visible_length(word) + 2 <= MAX_UNITS
    return f"{word}\n\n{one.html}" if fits else one.html


async def _try(bot: ExtBot[Any], one: Claimed) -> Sent | Outcome:
    outcome = await _try_html(bot, one, supported_html(bot, _with_missing_line(one)))
    if one.preview_url is not None and isinstance(outcome, Refuse | SendPlain):
        _log.warning("sent without its picture", delivery=one.id, reason=outcome.reason)
        return await _try(bot, replace(one, preview_url=None))
    if isinstance(outcome, SendPlain):
        _log.error("markup refused", delivery=one.id, reason=outcome.reason)
        try:
            return await _call(bot, one, unescape(_TAG.sub("", _with_missing_line(one))))
        except TelegramError as error:
            return outcome_of(error)
    return outcome


async def _try_html(bot: ExtBot[Any], one: Claimed, html: str) -> Sent | Outcome:
    """Send the markup, without its dates if Telegram refuses them."""
    try:
        return await _call(bot, one, html, parse_mode="HTML")
    except TelegramError as error:
        outcome, bare = outcome_of(error), without_dates(html)
        note_refusal(bot, error)
    if isinstance(outcome, SendPlain) and bare != html:
        _log.warning("sent without dates", delivery=one.id, reason=outcome.reason)
        return await _try_html(bot, one, bare)
    return outcome


async def _call(bot: ExtBot[Any], one: Claimed, text: str, *, parse_mode: str | None = None) -> Sent:
    if one.edits is not None:
        return await _edit(bot, one, one.edits, text, parse_mode)
    message = await bot.send_message(
        one.chat_id,
        text,
        parse_mode=parse_mode,
        link_preview_options=preview_options(one.preview_url),
        reply_markup=_keyboard(one),
        message_thread_id=one.thread_id,
        disable_notification=one.is_silent,
        allow_paid_broadcast=one.is_paid or None,
        rate_limit_args=_patience(bot),
    )
    return Sent(message.message_id)


async def _edit(bot: ExtBot[Any], one: Claimed, message_id: int, text: str, parse_mode: str | None) -> Sent:
    try:
        await bot.edit_message_text(
            text, one.chat_id, message_id, parse_mode=parse_mode,
            link_preview_options=preview_options(one.preview_url), reply_markup=_keyboard(one),
            rate_limit_args=_patience(bot),
        )  # fmt: skip
    except BadRequest as error:
        if "message is not modified" not in error.message.lower():
            raise  # otherwise an earlier try arrived
    return Sent(message_id)


def _patience(bot: ExtBot[Any]) -> int | None:
    # The sender serves other chats meanwhile. A bot without a rate limiter does not take the argument.
    return AT_ONCE if bot.rate_limiter is not None else None


def _keyboard(one: Claimed) -> InlineKeyboardMarkup | None:
    """Return the buttons of a message; a button that no handler understands is logged and left out."""
    rows = []
    for stored in one.buttons:
        row = [InlineKeyboardButton(label, callback_data=data) for label, data in stored if parse(data)]
        if len(row) < len(stored):
            _log.error("unknown button left out", delivery=one.id, buttons=stored)
        rows += [row] if row else []
    return InlineKeyboardMarkup(rows) if rows else None


async def write_down(
    connection: AsyncConnection, one: Claimed, result: Outcome, waits: Waits, now: dt.datetime
) -> None:
    """Write down that a delivery was not sent, and why: its row, and what the result says about its chat."""
    if not isinstance(result, Hold):
        waits.flood.end(one.chat_id)
    match result:
        case Wait():
            await waits.wait(connection, one, result)
        case Hold():
            await waits.hold(connection, one, result)
        case Recalled():
            await release_recalled(connection, one, now=now)
        case Retire():
            await mark_gone(connection, one, result.recorded, now=now)
            await retire(connection, one.chat_id, result.recorded, now=now)
        case Move():
            await move_chat(connection, one.chat_id, result.new_chat_id, now=now)
            await put_back(connection, one, not_before=now, counts=False, reason="moved", now=now)
        case LeaveTopic() if one.thread_id is not None:
            await set_thread(connection, one.chat_id, None, now=now)
            await put_back(connection, one, not_before=now, counts=False, reason=result.reason, now=now)
        case Halt():
            _log.critical("the token is refused: nothing more is sent")
            await put_back(connection, one, not_before=now, counts=False, reason=result.reason, now=now)
        case SendPlain() | Refuse() | LeaveTopic():
            _log.error("delivery refused", delivery=one.id, reason=result.reason)
            await mark_gone(connection, one, f"{REFUSED}: {result.reason}", now=now)
