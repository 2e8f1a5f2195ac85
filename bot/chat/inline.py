"""Answers in chats that the bot is not in: inline mode and guest questions.

`@bot words` in any chat offers articles to send there; without words, the top stories. A message that
mentions the bot as a guest is answered once, as a question. An answer that Telegram no longer accepts is
dropped without an error.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Message,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.chat.buttons.callbacks import read_story, write_payload
from bot.chat.cards.card_page import Sharing
from bot.chat.questions.answer_pages import Readers, answer_page
from bot.chat.questions.results import RESULTS_PER_PAGE
from bot.chat.rate_limits import limiter_for, question_limits
from bot.chat.talk.understanding import asks_for_digest
from bot.messages import texts
from bot.messages.markup import NO_PREVIEW, mention_of, one_line, render, safe_link, short_name, shortened
from bot.messages.spoken import publication_label, say_wait
from bot.news.answers import FoundArticle, Reply, describe, reply_to
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.news.stories import find_candidate
from storage.off_loop import CHAT
from storage.times import Published
from summarizer.model import DigestStory
from summarizer.stories.digest_story import compose_story, leading

_PAGE = 10
_MOST_OFFERED = 50
_CACHE_SECONDS = 60  # so long Telegram gives everybody the same answer
_KEPT, _MOST_KEPT = dt.timedelta(minutes=5), 64  # results for further pages: how long, how many
_PER_QUESTION = 6  # the limit is that of questions times this: every few letters are a query
_TITLE, _SENTENCE, _DESCRIPTION = 200, 600, 200  # UTF-16 units
_STRANGE_NAME = 24  # UTF-16 units: a button's label has 64
_TOO_LATE = ("query is too old", "query id is invalid")
_JUST_OPEN = "mo"  # a deep link that asks nothing


@dataclass(frozen=True, slots=True)
class Offer:
    """An article or story to send. `when` is in words, no more exact than it is known."""

    title: str
    url: str | None
    source: str
    when: str
    sentence: str


_Page = tuple[Sequence[Offer], int, str]  # offers of a page, how many there are in all, label above them


class Inline:
    """Answers inline queries, within a limit for each person."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._limiter = limiter_for(services, "inline")
        self._found: dict[str, tuple[dt.datetime, Newsroom, Reply]] = {}

    async def answer(self, query: InlineQuery) -> None:
        """Answer a query; its words and offset may be anything."""
        limits = question_limits(self._services.newsroom, _PER_QUESTION)
        asker, now = (query.from_user.id, None), self._services.clock.now()
        admission = await self._limiter.ask(asker, limits, now)
        if admission.is_admitted:
            await self._offer(query, one_line(query.query), _first(query.offset))
        elif admission.wait is not None:
            label = texts.INLINE_TOO_FAST.format(wait=say_wait(admission.wait))
            await _send(query, [], label=label, start=_JUST_OPEN, is_personal=True)

    async def _offer(self, query: InlineQuery, words: str, first: int) -> None:
        if article_id := read_story(words):
            await _send(query, await self._shared(query, article_id))
            return
        offers, count, label = await (self._find(words, first) if words else self._top_stories(first))
        following = str(first + _PAGE) if first + _PAGE < count else ""
        results, label = list(map(_result, offers)), "" if first else label
        await _send(query, results, following=following, label=label, start=_start(words))

    async def _shared(self, query: InlineQuery, article_id: int) -> list[InlineQueryResultArticle]:
        """Return the story of an article with a button that opens its card; empty if it is gone."""
        candidate = await find_candidate(self._services, article_id)
        pieces = await CHAT.run(leading, candidate) if candidate else []
        if candidate is None or not pieces:
            return []
        story = await CHAT.run(lambda: compose_story(candidate, pieces, max_quotes=1))
        sharing = Sharing(query.get_bot().username, is_inline=True)
        read_on = _one_link(texts.BUTTON_READ_ON, sharing.address_of(article_id))
        return [_result(self._story(story), read_on)]

    async def _find(self, words: str, first: int) -> _Page:
        """Return a page of the articles that the words find."""
        if await CHAT.run(asks_for_digest, words):
            return await self._top_stories(first)
        reply = await self._reply(words, is_further=first > 0)
        ids = reply.ids[:_MOST_OFFERED]
        found = await describe(self._services, reply.query, ids[first : first + _PAGE])
        return [self._article(one) for one in found], len(ids), _label(reply)

    async def _reply(self, words: str, *, is_further: bool) -> Reply:
        """Return what the words find; a further page uses the result of the first."""
        newsroom, now = self._services.newsroom, self._services.clock.now()
        kept = self._found.pop(words, None)
        if is_further and kept and now - kept[0] < _KEPT and kept[1] is newsroom:
            reply = kept[2]
        else:
            reply = await reply_to(self._services, words, zone=newsroom.zone)
        self._found[words] = now, newsroom, reply
        while len(self._found) > _MOST_KEPT:
            del self._found[next(iter(self._found))]
        return reply

    async def _top_stories(self, first: int) -> _Page:
        services, newsroom = self._services, self._services.newsroom
        edition = newsroom.default_edition
        now = services.clock.now()
        composed = await services.last_day.compose(services.database, newsroom, edition, now=now)
        stories = composed.digest.stories[:_MOST_OFFERED]
        offers = [self._story(one) for one in stories[first : first + _PAGE]]
        return offers, len(stories), "" if stories else texts.INLINE_NO_NEWS

    def _article(self, found: FoundArticle) -> Offer:
        article = found.article
        name = self._services.newsroom.title_of(article.source)
        return Offer(article.title, article.url, name, self._when(article.published), found.snippet.text)

    def _story(self, story: DigestStory) -> Offer:
        source = story.sources[0] if story.sources else None
        published = Published(story.published_at) if story.published_at else None
        return Offer(
            story.title,
            source.url if source else None,
            source.name if source else "",
            self._when(published),
            story.quotes[0].text if story.quotes else "",
        )

    def _when(self, published: Published | None) -> str:
        return publication_label(published, now=self._services.clock.now(), zone=self._services.newsroom.zone)


class Guests:
    """Answers guest questions, within a limit for each person; nothing of them is stored."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._limiter = limiter_for(services, "guests")

    async def answer(self, message: Message) -> None:
        """Answer a guest question; ignore it if it has no text or its asker is over the limit."""
        newsroom, now = self._services.newsroom, self._services.clock.now()
        asker = message.guest_bot_caller_user or message.from_user or message.chat
        if message.guest_query_id is None or message.text is None:
            return
        if not (await self._limiter.ask((asker.id, None), question_limits(newsroom), now)).is_admitted:
            return
        username = message.get_bot().username
        words = one_line(mention_of(username).sub(" ", message.text))
        ask_on = f"https://t.me/{username}?start={_start(words)}"
        result = InlineQueryResultArticle(
            id="tra-loi",
            title=texts.GUEST_TITLE,
            input_message_content=_content(await self._reply(words, username)),
            reply_markup=_one_link(texts.BUTTON_GUEST, ask_on),
        )
        with _ignoring_lateness():
            await message.get_bot().answer_guest_query(message.guest_query_id, result)

    async def _reply(self, words: str, username: str) -> str:
        newsroom, now = self._services.newsroom, self._services.clock.now()
        reply = await reply_to(self._services, words, zone=newsroom.zone)
        if reply.query.is_empty:
            return texts.GUEST_EMPTY.format(bot=username)
        found = await describe(self._services, reply.query, reply.ids[:RESULTS_PER_PAGE])
        readers = Readers(newsroom, now, newsroom.zone, is_group=True)
        return await CHAT.run(answer_page, words, reply, found, readers)


def _start(words: str) -> str:
    """Return the payload that asks the same in the private chat."""
    return write_payload(words) if words else _JUST_OPEN


def _one_link(label: str, url: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup.from_button(InlineKeyboardButton(label, url=url))


def _content(html: str) -> InputTextMessageContent:
    return InputTextMessageContent(html, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW)


@contextlib.contextmanager
def _ignoring_lateness() -> Iterator[None]:
    try:
        yield
    except BadRequest as error:
        if not any(said in error.message.lower() for said in _TOO_LATE):
            raise


def _label(reply: Reply) -> str:
    """Say which name is unknown, or that nothing was found."""
    if strange := reply.narrowing.unknown_sources + reply.narrowing.unknown_topics:
        return texts.INLINE_NO_SUCH_NAME.format(name=shortened(strange[0], _STRANGE_NAME))
    return "" if reply.ids else texts.INLINE_NOTHING


def _first(offset: str) -> int:
    """Return the number of a page's first offer; 0 for an offset that the bot did not send."""
    is_ours = offset.isascii() and offset.isdigit() and len(offset) < 3
    return int(offset) if is_ours and int(offset) < _MOST_OFFERED else 0


def _result(offer: Offer, keyboard: InlineKeyboardMarkup | None = None) -> InlineQueryResultArticle:
    byline = " · ".join(filter(None, (short_name(offer.source), offer.when)))
    title = shortened(one_line(offer.title), _TITLE)
    sentence = shortened(one_line(offer.sentence), _SENTENCE)
    url = safe_link(offer.url)
    html = render("inline", title=title, url=url, sentence=sentence, byline=byline)
    return InlineQueryResultArticle(
        id=sha256(html.encode()).hexdigest()[:32],
        title=title,
        description=shortened("\n".join(filter(None, (byline, sentence))), _DESCRIPTION),
        url=url,
        reply_markup=keyboard,
        input_message_content=_content(html),
    )


async def _send(
    query: InlineQuery,
    results: Sequence[InlineQueryResultArticle],
    *,
    following: str = "",
    label: str = "",
    start: str = "",
    is_personal: bool = False,
) -> None:
    """Send the answer; `label` adds a button that opens the bot's chat with the payload `start`."""
    with _ignoring_lateness():
        await query.answer(
            list({result.id: result for result in results}.values()),
            next_offset=following,
            cache_time=0 if is_personal else _CACHE_SECONDS,
            is_personal=is_personal,
            button=InlineQueryResultsButton(label, start_parameter=start) if label else None,
        )
