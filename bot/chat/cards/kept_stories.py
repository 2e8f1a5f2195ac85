"""Stories that a chat saves or follows: the list of /dedanh, and the button on a card that follows."""

import math
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import InlineKeyboardMarkup

from bot.chat.buttons.intents import Intent
from bot.chat.buttons.keyboards import button, turning, undoing
from bot.chat.buttons.reader_intents import FollowStory, KeepSaved, ReadSaved, ShowSaved
from bot.chat.cards.card_taps import articles_of, headline_piece, show_story_state, story_or_answer
from bot.chat.cards.digest_buttons import card_view
from bot.chat.context import ButtonContext, ChatContext, View
from bot.messages import texts
from bot.messages.markup import linked, one_line, shortened
from bot.messages.spoken import day_label
from storage.alerts.follows import find_follow_of, follow_story, set_followed
from storage.reactions import SavedStory, find_saved, mark_read
from storage.subscribers import find_subscriber
from summarizer.model import Candidate

PER_PAGE = 8  # numbers of one row
_LONGEST_TITLE = 200  # UTF-16 units


async def handle(context: ChatContext) -> None:
    """Show the saved stories."""
    await context.send(await _view(context, 0))


async def turn(tap: ButtonContext, wanted: ShowSaved) -> None:
    """Show another page in place."""
    await tap.show(await _view(tap, wanted.page))


async def read(tap: ButtonContext, wanted: ReadSaved) -> None:
    """Open a saved story; it leaves the list, and a button undoes that."""
    async with tap.services.database.write() as connection:
        story = await mark_read(connection, wanted.saved_id, tap.chat_id, is_read=True, now=tap.now)
    if story is None:
        await tap.acknowledge(texts.STALE_SAVED)
        return
    card = await card_view(tap, story.article_id)
    await tap.acknowledge(card if isinstance(card, str) else texts.READ_SAVED)
    await tap.show(await _view(tap, wanted.page, undo=KeepSaved(story.id)))
    if isinstance(card, View):
        await tap.reply(card)


async def keep(tap: ButtonContext, wanted: KeepSaved) -> None:
    """Put a story that was read back on the list."""
    async with tap.services.database.write() as connection:
        story = await mark_read(connection, wanted.saved_id, tap.chat_id, is_read=False, now=tap.now)
    if story is None:
        await tap.acknowledge(texts.STALE_SAVED)
    else:
        await tap.show(await _view(tap, 0))


async def _view(context: ChatContext, page: int, *, undo: Intent | None = None) -> View:
    """Return a page of the list, or its last page if it has fewer."""
    async with context.services.database.read() as connection:
        kept = await find_saved(connection, context.chat_id)
    if not kept:
        return View(texts.NOTHING_SAVED, InlineKeyboardMarkup(undoing(undo)) if undo else None)
    pages = math.ceil(len(kept) / PER_PAGE)
    page = min(page, pages - 1)
    shown = kept[page * PER_PAGE : (page + 1) * PER_PAGE]
    numbers = [button(str(number), ReadSaved(one.id, page)) for number, one in enumerate(shown, start=1)]
    where = texts.PAGE_OF.format(page=page + 1, pages=pages) if pages > 1 else ""
    html = texts.SAVED_LIST.format(count=len(kept), page=where, lines=_lines(context, shown))
    return View(html, InlineKeyboardMarkup([*undoing(undo), numbers, *turning(page, pages, ShowSaved)]))


def _lines(context: ChatContext, shown: Sequence[SavedStory]) -> Markup:
    zone = ZoneInfo(context.services.newsroom.zone)
    today = context.now.astimezone(zone).date()
    lines = []
    for number, one in enumerate(shown, start=1):
        headline = linked(shortened(one_line(one.title), _LONGEST_TITLE), one.url)
        day = day_label(one.saved_at.astimezone(zone).date(), today)
        lines.append(texts.SAVED_LINE.format(number=number, headline=headline, day=day))
    return Markup("\n").join(lines)


# Follow a story from its card. `bot.chat.questions.watch_buttons` has the list of those followed.

MOST_FOLLOWED = 20  # stories of one chat


async def follow(tap: ButtonContext, wanted: FollowStory) -> None:
    """Follow the story, or stop following it."""
    candidate = await story_or_answer(tap, wanted.article_id)
    if candidate is None:
        return
    await tap.acknowledge(await _change_follow(tap, candidate, wanted))
    await show_story_state(tap, candidate, wanted.article_id)


async def _change_follow(tap: ButtonContext, candidate: Candidate, wanted: FollowStory) -> str:
    """Start or stop following, if not done already; return the line to show."""
    piece = headline_piece(candidate, wanted.article_id)
    async with tap.services.database.write() as connection:
        subscriber = await find_subscriber(connection, tap.chat_id)
        if subscriber is None:
            return texts.NEEDS_START
        followed = await find_follow_of(connection, tap.chat_id, articles_of(candidate), now=tap.now)
        if not wanted.is_wanted:
            if followed:
                await set_followed(connection, followed.id, is_followed=False, now=tap.now)
            return texts.UNFOLLOWED
        if followed:
            return texts.FOLLOWING
        title, most = " ".join(piece.document.title.split()), MOST_FOLLOWED
        begun = await follow_story(connection, subscriber.id, piece.article_id, title, most=most, now=tap.now)
    return texts.FOLLOWING if begun else texts.FOLLOWS_FULL.format(most=MOST_FOLLOWED)
