"""Stories that a chat saved or follows: from a card, in the lists of /dedanh and /theodoi, under an alert."""

import math
from collections.abc import Awaitable, Callable, Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import InlineKeyboardMarkup

from bot.chat.buttons import keyboards
from bot.chat.buttons.intents import Intent
from bot.chat.buttons.keyboards import short_button
from bot.chat.buttons.reader_intents import (
    FollowAgain,
    FollowStory,
    KeepSaved,
    ReadSaved,
    ShowSaved,
    Unfollow,
)
from bot.chat.cards.card_taps import articles_of, headline_piece, show_story_state, story_or_answer
from bot.chat.cards.digest_buttons import card_view
from bot.chat.context import ButtonContext, ChatContext, View
from bot.messages import texts
from bot.messages.markup import one_line, safe_link, shortened
from bot.messages.spoken import day_label
from storage.alerts.follows import find_follow, find_follow_of, find_follows, follow_story, set_followed
from storage.reactions import SavedStory, find_saved, mark_read
from storage.subscribers import find_subscriber
from summarizer.model import Candidate

# /dedanh: the saved stories. Opening one marks it as read.

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
    rows = [[short_button(texts.BUTTON_UNDO, undo)]] if undo else []
    if not kept:
        return View(texts.NOTHING_SAVED, InlineKeyboardMarkup(rows) if rows else None)
    pages = math.ceil(len(kept) / PER_PAGE)
    page = min(page, pages - 1)
    shown = kept[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows.append([short_button(str(n), ReadSaved(one.id, page)) for n, one in enumerate(shown, start=1)])
    turning = [(texts.BUTTON_PREVIOUS, page - 1)] if page else []
    turning += [(texts.BUTTON_NEXT, page + 1)] if page < pages - 1 else []
    rows += [[short_button(label, ShowSaved(to)) for label, to in turning]] if turning else []
    where = texts.SAVED_PAGE.format(page=page + 1, pages=pages) if pages > 1 else ""
    html = texts.SAVED_LIST.format(count=len(kept), page=where, lines=_lines(context, shown))
    return View(html, InlineKeyboardMarkup(rows))


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


# Follow a story from its card, and stop that under the card, in the list of /theodoi, or under an alert.

MOST_FOLLOWED = 20  # stories of one chat
ShowList = Callable[[ButtonContext, FollowAgain | None], Awaitable[None]]


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
        title = " ".join(piece.document.title.split())
        begun = await follow_story(
            connection, subscriber.id, piece.article_id, title, most=MOST_FOLLOWED, now=tap.now
        )
    return texts.FOLLOWING if begun else texts.FOLLOWS_FULL.format(most=MOST_FOLLOWED)


async def stop(tap: ButtonContext, wanted: Unfollow, show_list: ShowList) -> None:
    """Stop following a story, tapped in the list or under an alert; offer to undo it."""
    if line := await _set_followed(tap, wanted.follow_id, is_followed=False):
        await tap.acknowledge(line)
        return
    await tap.acknowledge(texts.UNFOLLOWED)
    again = FollowAgain(wanted.follow_id, wanted.is_in_list)
    if wanted.is_in_list:
        await show_list(tap, again)
    else:
        await tap.show_buttons(keyboards.exchanged(tap.keyboard, wanted, texts.BUTTON_WATCH_AGAIN, again))


async def resume(tap: ButtonContext, wanted: FollowAgain, show_list: ShowList) -> None:
    """Follow a story again that was just stopped."""
    if line := await _set_followed(tap, wanted.follow_id, is_followed=True):
        await tap.acknowledge(line)
        return
    await tap.acknowledge(texts.FOLLOWING)
    if wanted.is_in_list:
        await show_list(tap, None)
    else:
        stop_it = Unfollow(wanted.follow_id, is_in_list=False)
        await tap.show_buttons(keyboards.exchanged(tap.keyboard, wanted, texts.BUTTON_STOP_WATCHING, stop_it))


async def _set_followed(tap: ButtonContext, follow_id: int, *, is_followed: bool) -> str | None:
    """Stop a follow of this chat or resume it; return the reason if that is impossible."""
    async with tap.services.database.write() as connection:
        followed = await find_follow(connection, follow_id, tap.chat_id)
        if followed is None:
            return texts.STALE_FOLLOW
        if is_followed and followed.is_removed:
            live = await find_follows(connection, tap.chat_id, now=tap.now)
            if len(live) >= MOST_FOLLOWED:
                return texts.FOLLOWS_FULL.format(most=MOST_FOLLOWED)
        if followed.is_removed == is_followed:
            await set_followed(connection, follow_id, is_followed=is_followed, now=tap.now)
    return None
