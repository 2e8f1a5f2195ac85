"""Questions: /tim and plain words. The best articles with a sentence each, and pages to turn."""

import asyncio
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.answers import FoundArticle, describe
from bot.chat import keyboards, texts
from bot.chat.intents import TurnPage
from bot.chat.results import RESULTS_PER_PAGE, Result, render_results
from bot.chat.screen import Screen
from bot.chat.visit import Tap, Visit
from bot.desk import Desk
from bot.newsroom import Newsroom
from storage.questions import Question, find_question, record_question
from storage.search import Found, search_articles
from storage.subscribers import Subscriber, find_subscriber
from summarizer.query import MAX_CHARACTERS, MAX_WORDS, Query, parse_query
from summarizer.syllables import syllables

_MOST_KEPT = 50  # articles that a question's pages turn through


@dataclass(frozen=True, slots=True)
class _Page:
    """A page, counted from 0, of what a question found."""

    question: Question
    number: int
    found: Sequence[FoundArticle]
    zone: str


async def obey(visit: Visit) -> None:
    """Answer the question that the words are."""
    query = parse_query(visit.words)
    if query.is_empty:
        await visit.send(Screen(texts.EMPTY_QUESTION))
        return
    await visit.show_progress()
    now = visit.now
    async with visit.desk.database.read() as connection:
        hits = await search_articles(connection, query, now=now)
        subscriber = await find_subscriber(connection, visit.chat_id)
    found = await describe(visit.desk, query, hits.ids[:RESULTS_PER_PAGE])
    async with visit.desk.database.write() as connection:
        question_id = await record_question(
            connection, visit.chat_id, query.text, hits.ids, now=now, message_id=_message_of(visit)
        )
    question = Question(question_id, visit.chat_id, query.text, hits.ids[:_MOST_KEPT], now)
    page = _Page(question, 0, found, _zone(subscriber, visit.desk.newsroom))
    await visit.send(await _screen(visit.desk, page, _notes(visit.words, query, hits)))


def _message_of(visit: Visit) -> int | None:
    return visit.message.message_id if visit.message is not None and not isinstance(visit, Tap) else None


async def turn(tap: Tap, wanted: TurnPage) -> None:
    """Show another page of what a question of this chat found."""
    async with tap.desk.database.read() as connection:
        question = await find_question(connection, wanted.question_id, tap.chat_id)
        subscriber = await find_subscriber(connection, tap.chat_id)
    first = wanted.page * RESULTS_PER_PAGE
    ids = question.article_ids[first : first + RESULTS_PER_PAGE] if question else ()
    if question is None or not ids:
        await tap.settle(texts.STALE_PAGE)
        return
    found = await describe(tap.desk, parse_query(question.text), ids)
    page = _Page(question, wanted.page, found, _zone(subscriber, tap.desk.newsroom))
    await tap.show(await _screen(tap.desk, page))


async def _screen(desk: Desk, page: _Page, notes: Sequence[Markup] = ()) -> Screen:
    total = len(page.question.article_ids)
    keyboard = keyboards.for_page(page.question.id, page.number, math.ceil(total / RESULTS_PER_PAGE))
    if not total:
        body = texts.NOTHING_FOUND.format(words=page.question.text)
    elif not page.found:
        body = texts.PAGE_GONE
    else:
        body = await asyncio.to_thread(_render, page, desk.newsroom, desk.clock.now())
    return Screen(Markup("\n\n").join([*notes, body]), keyboard)


def _render(page: _Page, newsroom: Newsroom, now: dt.datetime) -> Markup:
    total = len(page.question.article_ids)
    html = render_results(
        page.question.text,
        [_result(found, newsroom) for found in page.found],
        total=total,
        page=page.number + 1,
        now=now,
        zone=page.zone,
        total_is_exact=total < _MOST_KEPT,
    )
    return Markup(html)  # noqa: S704 - out of an autoescaped template


def _result(found: FoundArticle, newsroom: Newsroom) -> Result:
    article, snippet = found.article, found.snippet
    source = newsroom.find_source(article.source)
    return Result(
        title=article.title,
        url=article.url,
        source=source.title if source else article.source,
        published=article.published,
        sentence=snippet.text,
        marks=tuple(snippet.marks),
    )


def _zone(subscriber: Subscriber | None, newsroom: Newsroom) -> str:
    return newsroom.edition_for(subscriber.choices).schedule.zone if subscriber else newsroom.zone


def _notes(typed: str, query: Query, hits: Found) -> list[Markup]:
    """Say where the answer is to less than was asked."""
    is_cut = len(" ".join(typed.split())) > MAX_CHARACTERS or len(syllables(query.text)) > MAX_WORDS
    notes = [texts.ONLY_FIRST_WORDS] if is_cut else []
    return [*notes, texts.ONLY_SOME_WORDS] if hits.reading == "fewer_words" and hits.ids else notes
