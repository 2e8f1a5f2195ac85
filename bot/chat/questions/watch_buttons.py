"""/theodoi and the buttons about watches: watch a question, see the list, stop, and take that back."""

import re
from dataclasses import dataclass, replace

from markupsafe import Markup

from bot.chat.buttons import keyboards
from bot.chat.buttons.intents import RunWatch, StopWatching, WatchAgain, WatchQuestion
from bot.chat.buttons.reader_intents import FollowAgain
from bot.chat.cards.kept_stories import MOST_FOLLOWED
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.questions import ask
from bot.messages import texts
from bot.messages.markup import shortened
from bot.news.narrowing import read_question
from storage.alerts.follows import find_follows
from storage.alerts.watches import Watch, add_watch, find_watch, find_watches, set_removed
from storage.conversations import find_question
from storage.subscribers import find_subscriber
from summarizer.questions.watching import as_watch, watch_key
from summarizer.text.repair import composed
from summarizer.text.syllables import canonical, folded, syllables

MOST_WATCHES = 20  # of one chat
_LONGEST_WORDS = 80  # UTF-16 units of a watch's words in a line
_STOPPING = re.compile(r"(?:tắt|bỏ|thôi|hủy|xóa|dừng|ngừng|ngưng|không|đừng) (?:theo dõi )?(?=\S)")


@dataclass(frozen=True, slots=True)
class _Notice:
    """An answer, as the `html` of a message and as a `line` over a button."""

    html: Markup

    @property
    def line(self) -> str:
        return self.html.striptags()


async def handle(context: ChatContext) -> None:
    """Watch what the words ask for, or offer to stop that; without words show the list and ask for some."""
    if stopped := stopped_words(context.words):
        await offer_to_stop(context, stopped)
    elif context.words.strip():
        notice = await _add_watch(context, context.words)
        await context.send(View(notice.html))
    else:
        await show(context, note=texts.AWAIT_WATCH if context.is_private else None)


async def show(context: ChatContext, *, note: Markup | None = None) -> None:
    """Show what the chat watches, each with a button to stop, over a `note`."""
    view, is_empty = await _list_view(context)
    html = Markup("\n\n").join([view.html, note]) if note and not is_empty else view.html
    await context.show(replace(view, html=html))


def stopped_words(words: str) -> str:
    """Return the words that a text like "tắt giá vàng" wants unwatched; "" if it wants words watched.

    A text without diacritics counts as words to watch: "bo" may mean "bò", an ox.
    """
    line = " ".join(composed(words).split())
    match = _STOPPING.match(canonical(line))
    return line[match.end() :] if match else ""


async def offer_to_stop(context: ChatContext, words: str) -> None:
    """Offer to stop the watches that contain all of these words, or only words among them."""
    asked = set(syllables(folded(words)))
    async with context.services.database.read() as connection:
        watched = await find_watches(connection, context.chat_id)
    meant = [watch for watch in watched if _is_meant(asked, set(syllables(folded(watch.text))))]
    if not meant:
        await context.send(View(texts.NOT_WATCHED.format(words=_shown(words))))
        return
    names = [(watch.id, _shown(watch.text)) for watch in meant]
    await context.send(View(texts.PROPOSE_UNWATCH, keyboards.for_unwatching(names)))


def _is_meant(asked: set[str], watched: set[str]) -> bool:
    return bool(asked) and (asked <= watched or watched <= asked)


async def watch_question(tap: ButtonContext, wanted: WatchQuestion) -> None:
    """Watch a question that was asked in this chat."""
    async with tap.services.database.read() as connection:
        question = await find_question(connection, wanted.question_id, tap.chat_id)
    await tap.acknowledge((await _add_watch(tap, question.text)).line if question else texts.STALE_PAGE)


async def stop(tap: ButtonContext, wanted: StopWatching) -> None:
    """Stop a watch, tapped in the list or under an alert; offer to undo it."""
    watch = await _set_watched(tap, wanted.watch_id, is_removed=True)
    if isinstance(watch, str):
        await tap.acknowledge(watch)
        return
    await tap.acknowledge(texts.STOPPED_WATCHING.format(words=_shown(watch.text)))
    if wanted.is_in_list:
        await show_list(tap, undo=WatchAgain(watch.id, is_in_list=True))
    else:
        again = WatchAgain(watch.id, is_in_list=False)
        await tap.show_buttons(keyboards.exchanged(tap.keyboard, wanted, texts.BUTTON_WATCH_AGAIN, again))


async def resume(tap: ButtonContext, wanted: WatchAgain) -> None:
    """Resume a watch that was just stopped."""
    watch = await _set_watched(tap, wanted.watch_id, is_removed=False)
    if isinstance(watch, str):
        await tap.acknowledge(watch)
        return
    await tap.acknowledge(_watching(tap, watch.text).line)
    if wanted.is_in_list:
        await show_list(tap)
    else:
        stop_it = StopWatching(watch.id, is_in_list=False)
        await tap.show_buttons(keyboards.exchanged(tap.keyboard, wanted, texts.BUTTON_STOP_WATCHING, stop_it))


async def run(tap: ButtonContext, wanted: RunWatch) -> None:
    """Ask the watch's question now."""
    async with tap.services.database.read() as connection:
        watch = await find_watch(connection, wanted.watch_id, tap.chat_id)
    if watch is None:
        await tap.acknowledge(texts.STALE_WATCH)
        return
    await tap.acknowledge()
    tap.words = watch.text
    await ask.handle(tap)


async def _add_watch(context: ChatContext, words: str) -> _Notice:
    newsroom = context.services.newsroom
    async with context.services.database.read() as connection:
        asked, named = await read_question(connection, words, newsroom, newsroom.zone, now=context.now)
    query = as_watch(asked)
    if strange := named.unknown_sources + named.unknown_topics:
        return _Notice(texts.WATCHES_NO_SUCH_NAME.format(name=_shown(strange[0])))
    key = watch_key(replace(query, sources=named.sources, topics=named.topics))
    if not key:
        return _Notice(texts.WATCH_NEEDS_WORDS if query.has_filters else texts.EMPTY_WATCH)
    now = context.now
    async with context.services.database.write() as connection:
        subscriber = await find_subscriber(connection, context.chat_id)
        if subscriber is None:
            return _Notice(texts.WATCH_NEEDS_START)
        added = await add_watch(
            connection, subscriber.id, key=key, text=query.text, most=MOST_WATCHES, now=now
        )
    if added.watch is None:
        return _Notice(texts.TOO_MANY_WATCHES.format(most=MOST_WATCHES))
    if not added.is_new:
        return _Notice(texts.WATCHED_ALREADY.format(words=_shown(added.watch.text)))
    notice = _watching(context, added.watch.text)
    return _Notice(notice.html + texts.WATCHES_PAUSED) if subscriber.status == "paused" else notice


async def _set_watched(tap: ButtonContext, watch_id: int, *, is_removed: bool) -> Watch | str:
    """Stop a watch of this chat or resume it; return the reason if that is impossible."""
    async with tap.services.database.write() as connection:
        watch = await find_watch(connection, watch_id, tap.chat_id)
        if watch is None:
            return texts.STALE_WATCH
        if not is_removed and watch.is_removed:
            live = await find_watches(connection, tap.chat_id)
            if len(live) >= MOST_WATCHES:
                return str(texts.TOO_MANY_WATCHES.format(most=MOST_WATCHES))
        if watch.is_removed != is_removed:
            await set_removed(connection, watch_id, is_removed=is_removed, now=tap.now)
        return watch


async def show_list(tap: ButtonContext, undo: WatchAgain | FollowAgain | None = None) -> None:
    """Show the list in place, with a button that undoes the last stop."""
    view, _ = await _list_view(tap, undo)
    await tap.show(view)


async def _list_view(context: ChatContext, undo: WatchAgain | FollowAgain | None = None) -> tuple[View, bool]:
    """Return the list of what is watched and followed, and whether nothing is watched."""
    async with context.services.database.read() as connection:
        watched = await find_watches(connection, context.chat_id)
        followed = await find_follows(connection, context.chat_id, now=context.now)
    names = [(watch.id, _shown(watch.text)) for watch in watched]
    stories = [(one.id, _shown(one.title)) for one in followed]
    keyboard = keyboards.for_watches(names, stories, undo=undo)
    html = texts.NO_WATCHES.format(nothing=texts.NO_WORD_WATCHED if stories else texts.NOTHING_WATCHED)
    if names:
        lines = Markup("\n").join(texts.WATCH_LINE.format(words=name) for _, name in names)
        html = texts.WATCHES.format(count=len(names), most=MOST_WATCHES, lines=lines)
    if stories:
        lines = Markup("\n").join(texts.WATCH_LINE.format(words=name) for _, name in stories)
        of_stories = texts.FOLLOWED.format(count=len(stories), most=MOST_FOLLOWED, lines=lines)
        html = Markup("\n\n").join([html, of_stories] if names else [of_stories, html])
    return View(html, keyboard), not names


def _watching(context: ChatContext, words: str) -> _Notice:
    whom = texts.THIS_GROUP if context.is_group else texts.YOU
    return _Notice(texts.WATCHING.format(words=_shown(words), whom=whom))


def _shown(words: str) -> str:
    return shortened(words, _LONGEST_WORDS)
