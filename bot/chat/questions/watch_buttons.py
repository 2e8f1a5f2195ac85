"""/theodoi and its buttons: watch a question, see what is watched and followed, stop, and take that back."""

import re
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from bot.chat.buttons import keyboards
from bot.chat.buttons.intents import RunWatch, SetWatch, WatchQuestion
from bot.chat.buttons.reader_intents import SetFollow
from bot.chat.cards.kept_stories import MOST_FOLLOWED
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.questions import ask
from bot.messages import texts
from bot.messages.markup import shortened
from bot.news.narrowing import read_question
from storage.alerts.follows import find_follow, find_follows, set_followed
from storage.alerts.watches import Watch, add_watch, find_watch, find_watches, set_removed
from storage.conversations import find_question
from storage.subscribers import find_subscriber
from summarizer.questions.watching import as_watch, watch_key
from summarizer.text.repair import composed
from summarizer.text.syllables import canonical, folded, syllables

MOST_WATCHES = 20  # of one chat
_LONGEST_WORDS = 80  # UTF-16 units of a watch's words in a line
_STOPPING = re.compile(r"(?:tắt|bỏ|thôi|hủy|xóa|dừng|ngừng|ngưng|không|đừng) (?:theo dõi )?(?=\S)")


async def handle(context: ChatContext) -> None:
    """Watch what the words ask for, or offer to stop that; without words show the list and ask for some."""
    if stopped := stopped_words(context.words):
        await offer_to_stop(context, stopped)
    elif context.words.strip():
        await context.send(View(await _add_watch(context, context.words)))
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
    line = (await _add_watch(tap, question.text)).striptags() if question else texts.STALE_PAGE
    await tap.acknowledge(line)


async def set_watch(tap: ButtonContext, wanted: SetWatch) -> None:
    """Stop a watch or resume it."""
    watch = await _set_watched(tap, wanted)
    if isinstance(watch, str):
        await tap.acknowledge(watch)
        return
    stopped = texts.STOPPED_WATCHING.format(words=_shown(watch.text))
    await tap.acknowledge(_watching(tap, watch.text).striptags() if wanted.is_wanted else stopped)
    await _show_change(tap, wanted)


async def set_follow(tap: ButtonContext, wanted: SetFollow) -> None:
    """Stop following a story, or follow it again."""
    if line := await _set_followed(tap, wanted):
        await tap.acknowledge(line)
        return
    await tap.acknowledge(texts.FOLLOWING if wanted.is_wanted else texts.UNFOLLOWED)
    await _show_change(tap, wanted)


async def _show_change(tap: ButtonContext, wanted: SetWatch | SetFollow) -> None:
    """Show the list after a tap in it; under an alert, offer the opposite in the place of the button."""
    opposite = replace(wanted, is_wanted=not wanted.is_wanted)
    if wanted.is_in_list:
        view, _ = await _list_view(tap, undo=None if wanted.is_wanted else opposite)
        await tap.show(view)
    else:
        label = texts.BUTTON_STOP_WATCHING if wanted.is_wanted else texts.BUTTON_WATCH_AGAIN
        await tap.show_buttons(keyboards.exchanged(tap.keyboard, wanted, label, opposite))


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


async def _add_watch(context: ChatContext, words: str) -> Markup:
    newsroom = context.services.newsroom
    async with context.services.database.read() as connection:
        asked, named = await read_question(connection, words, newsroom, newsroom.zone, now=context.now)
    query = as_watch(asked)
    if strange := named.unknown_sources + named.unknown_topics:
        return texts.WATCHES_NO_SUCH_NAME.format(name=_shown(strange[0]))
    key = watch_key(replace(query, sources=named.sources, topics=named.topics))
    if not key:
        return texts.WATCH_NEEDS_WORDS if query.has_filters else texts.EMPTY_WATCH
    async with context.services.database.write() as connection:
        subscriber = await find_subscriber(connection, context.chat_id)
        if subscriber is None:
            return texts.WATCH_NEEDS_START
        added = await add_watch(
            connection, subscriber.id, key=key, text=query.text, most=MOST_WATCHES, now=context.now
        )
    if added.watch is None:
        return texts.TOO_MANY_WATCHES.format(most=MOST_WATCHES)
    if not added.is_new:
        return texts.WATCHED_ALREADY.format(words=_shown(added.watch.text))
    watching = _watching(context, added.watch.text)
    return watching + texts.WATCHES_PAUSED if subscriber.status == "paused" else watching


async def _set_watched(tap: ButtonContext, wanted: SetWatch) -> Watch | str:
    """Stop a watch of this chat or resume it; return the reason if that is impossible."""
    async with tap.services.database.write() as connection:
        watch = await find_watch(connection, wanted.watch_id, tap.chat_id)
        if watch is None:
            return texts.STALE_WATCH
        if watch.is_removed == wanted.is_wanted:
            live = await find_watches(connection, tap.chat_id)
            if wanted.is_wanted and len(live) >= MOST_WATCHES:
                return texts.TOO_MANY_WATCHES.format(most=MOST_WATCHES)
            await set_removed(connection, watch.id, is_removed=not wanted.is_wanted, now=tap.now)
        return watch


async def _set_followed(tap: ButtonContext, wanted: SetFollow) -> str | None:
    """Stop a follow of this chat or resume it; return the reason if that is impossible."""
    now = tap.now
    async with tap.services.database.write() as connection:
        followed = await find_follow(connection, wanted.follow_id, tap.chat_id)
        if followed is None:
            return texts.STALE_FOLLOW
        if followed.is_removed == wanted.is_wanted:
            live = await find_follows(connection, tap.chat_id, now=now)
            if wanted.is_wanted and len(live) >= MOST_FOLLOWED:
                return texts.FOLLOWS_FULL.format(most=MOST_FOLLOWED)
            await set_followed(connection, followed.id, is_followed=wanted.is_wanted, now=now)
    return None


async def _list_view(context: ChatContext, undo: SetWatch | SetFollow | None = None) -> tuple[View, bool]:
    """Return the list of what is watched and followed, and whether nothing is watched."""
    async with context.services.database.read() as connection:
        watched = await find_watches(connection, context.chat_id)
        followed = await find_follows(connection, context.chat_id, now=context.now)
    names = [(watch.id, _shown(watch.text)) for watch in watched]
    stories = [(one.id, _shown(one.title)) for one in followed]
    html = texts.NO_WATCHES.format(nothing=texts.NO_WORD_WATCHED if stories else texts.NOTHING_WATCHED)
    if names:
        html = texts.WATCHES.format(count=len(names), most=MOST_WATCHES, lines=_lines(names))
    if stories:
        of_stories = texts.FOLLOWED.format(count=len(stories), most=MOST_FOLLOWED, lines=_lines(stories))
        html = Markup("\n\n").join([html, of_stories] if names else [of_stories, html])
    return View(html, keyboards.for_watches(names, stories, undo=undo)), not names


def _lines(named: Sequence[tuple[int, str]]) -> Markup:
    return Markup("\n").join(texts.WATCH_LINE.format(words=words) for _, words in named)


def _watching(context: ChatContext, words: str) -> Markup:
    return texts.WATCHING.format(words=_shown(words), whom=context.whom)


def _shown(words: str) -> str:
    return shortened(words, _LONGEST_WORDS)
