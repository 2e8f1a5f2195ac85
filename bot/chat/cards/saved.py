"""/dedanh: the stories that a chat keeps for later. Opening one from the list reads it."""

import math
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.intents import (
    Intent,
)
from bot.chat.buttons.reader_intents import KeepSaved, ReadSaved, ShowSaved
from bot.chat.cards.under_digest import card_screen
from bot.chat.context import ButtonContext, ChatContext, Screen
from bot.messages import texts
from bot.messages.markup import one_line, safe_link, shortened
from bot.messages.spoken import day_label
from storage.story_lists import SavedStory, find_saved, mark_read

PER_PAGE = 8  # numbers of one row
_LONGEST_TITLE = 200  # UTF-16 units


async def handle(context: ChatContext) -> None:
    """Show what is kept for later."""
    await context.send(await _screen(context, 0))


async def turn(tap: ButtonContext, wanted: ShowSaved) -> None:
    """Show another page in place."""
    await tap.show(await _screen(tap, wanted.page))


async def read(tap: ButtonContext, wanted: ReadSaved) -> None:
    """Open a story of the list, which it leaves; that can be undone."""
    async with tap.services.database.write() as connection:
        story = await mark_read(connection, wanted.saved_id, tap.chat_id, is_read=True, now=tap.now)
    if story is None:
        await tap.acknowledge(texts.STALE_SAVED)
        return
    card = await card_screen(tap, story.article_id)
    await tap.acknowledge(card if isinstance(card, str) else texts.READ_SAVED)
    await tap.show(await _screen(tap, wanted.page, undo=KeepSaved(story.id)))
    if isinstance(card, Screen):
        await tap.reply(card)


async def keep(tap: ButtonContext, wanted: KeepSaved) -> None:
    """Put a story that was read back on the list."""
    async with tap.services.database.write() as connection:
        story = await mark_read(connection, wanted.saved_id, tap.chat_id, is_read=False, now=tap.now)
    if story is None:
        await tap.acknowledge(texts.STALE_SAVED)
    else:
        await tap.show(await _screen(tap, 0))


async def _screen(context: ChatContext, page: int, *, undo: Intent | None = None) -> Screen:
    """Return a page of the list, the last one where it has fewer."""
    async with context.services.database.read() as connection:
        kept = await find_saved(connection, context.chat_id)
    rows = [[_button(texts.BUTTON_UNDO, undo)]] if undo else []
    if not kept:
        return Screen(texts.NOTHING_SAVED, InlineKeyboardMarkup(rows) if rows else None)
    pages = math.ceil(len(kept) / PER_PAGE)
    page = min(page, pages - 1)
    shown = kept[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows.append([_button(str(n), ReadSaved(one.id, page)) for n, one in enumerate(shown, start=1)])
    turning = [(texts.BUTTON_PREVIOUS, page - 1)] if page else []
    turning += [(texts.BUTTON_NEXT, page + 1)] if page < pages - 1 else []
    rows += [[_button(label, ShowSaved(to)) for label, to in turning]] if turning else []
    where = texts.SAVED_PAGE.format(page=page + 1, pages=pages) if pages > 1 else ""
    html = texts.SAVED_LIST.format(count=len(kept), page=where, lines=_lines(context, shown))
    return Screen(html, InlineKeyboardMarkup(rows))


def _lines(context: ChatContext, shown: Sequence[SavedStory]) -> Markup:
    zone = ZoneInfo(context.services.newsroom.zone)
    today = context.now.astimezone(zone).date()
    lines = []
    for number, one in enumerate(shown, start=1):
        title, url = shortened(one_line(one.title), _LONGEST_TITLE), safe_link(one.url)
        headline = Markup('<a href="{}">{}</a>').format(url, title) if url else Markup("{}").format(title)
        day = day_label(one.saved_at.astimezone(zone).date(), today)
        lines.append(texts.SAVED_LINE.format(number=number, headline=headline, day=day))
    return Markup("\n").join(lines)


def _button(label: str, intent: Intent) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=encode(intent))
