"""Whether a Bot API server knows dates in texts (`tg-time`, Bot API 9.5), learnt from its first refusal.

An older server refuses a text that holds one. That is remembered until the process ends, so that not every
message is sent twice.
"""

from telegram import Bot
from telegram.error import TelegramError

from bot.messages.markup import without_dates

_UNKNOWN_TAG = 'unsupported start tag "tg-time"'
_without: set[str] = set()  # addresses of servers, with the token: never logged


def as_known(bot: Bot, html: str) -> str:
    """Return a text as the server of `bot` takes it."""
    return without_dates(html) if bot.base_url in _without else html


def note_refusal(bot: Bot, error: TelegramError) -> None:
    """Remember a server whose refusal says that it knows no dates."""
    if _UNKNOWN_TAG in error.message.lower():
        _without.add(bot.base_url)
