"""Questions: /tim and plain words, answered; and the buttons under an answer.

`bot.chat.questions.answer_pages` lays the answer out. A question is stored with the articles that it found,
so its buttons work after a restart. Its sentences are chosen anew from those articles each time.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from telegram import InlineKeyboardMarkup

from bot.chat.buttons import keyboards
from bot.chat.buttons.intents import AnswerView, AskAgain, Rewording, ShowView, TurnPage
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.questions.answer_pages import (
    DayCount,
    Readers,
    answer_page,
    days_page,
    details_page,
    list_page,
    period_label,
    sources_page,
)
from bot.chat.questions.results import RESULTS_PER_PAGE
from bot.chat.settings.choices import find_zone
from bot.messages import texts
from bot.messages.markup import short_name
from bot.news.answers import (
    FoundArticle,
    Reply,
    as_shown,
    describe,
    local_day,
    read_again,
    reply_again,
    reply_to,
)
from bot.news.daily_figures import find_lines
from storage.articles import StoredArticle, find_articles, find_reports
from storage.conversations import KeptAnswer, Question, find_question, record_question
from storage.off_loop import CHAT
from storage.search.search import Day, matches_by_day
from summarizer.questions.phrases import asks_for_news
from summarizer.questions.query import Query, parse_query
from summarizer.questions.question_terms import halves

_DAYS_SHOWN = 7
_FEWEST_MATCHES, _FEWEST_DAYS = 8, 3  # with fewer, there is no view by day
_HALVES: tuple[Rewording, Rewording] = ("first_half", "second_half")
_REPORTS_READ = 24  # of the stories cited


@dataclass(frozen=True, slots=True)
class _StoredQuestion:
    """A stored question of this chat, the query that was searched for it, and its readers."""

    question: Question
    query: Query
    readers: Readers


async def handle(context: ChatContext) -> None:
    """Answer the words as a question."""
    readers = await readers_of(context)
    await context.show_progress()
    services = context.services
    lines = await find_lines(
        services.database, services.newsroom, context.words, now=context.now, zone=readers.zone
    )
    if lines:
        await context.send(View(texts.FIGURES_FOUND.format(lines="\n".join(lines))))
    await context.send(await _answered(context, context.words, readers))


async def turn(tap: ButtonContext, wanted: TurnPage) -> None:
    """Show another page of what a question of this chat found; the first is the answer."""
    asked = await _asked(tap, wanted.question_id)
    first = wanted.page * RESULTS_PER_PAGE
    if asked is None or (first and first >= len(asked.question.article_ids)):
        await tap.acknowledge(texts.STALE_PAGE)
    elif wanted.page == 0:
        reply = await reply_again(tap.services, asked.question, zone=asked.readers.zone)
        await tap.show(await _first_page(tap, asked, reply, asked.question.text))
    else:
        await tap.show(await _further_page(tap, asked, wanted.page))


async def show_page(context: ChatContext, question: Question, page: int) -> None:
    """Send a further page of what a question of this chat found; `page` counts from 0."""
    await context.send(await _further_page(context, await _read_again(context, question), page))


async def show_view(tap: ButtonContext, wanted: ShowView) -> None:
    """Show another view of an answer, with a button back."""
    asked = await _asked(tap, wanted.question_id)
    if asked is None:
        await tap.acknowledge(texts.STALE_PAGE)
        return
    html = await (_days(tap, asked) if wanted.view == "days" else _cited(tap, asked, wanted.view))
    if html is None:
        await tap.acknowledge(texts.NO_ANSWER_VIEW)
    else:
        back = keyboards.button(texts.BUTTON_BACK, TurnPage(asked.question.id, 0))
        await tap.show(View(html, InlineKeyboardMarkup.from_button(back)))


async def ask_again(tap: ButtonContext, wanted: AskAgain) -> None:
    """Answer a question of this chat in other words, in the place of the first answer."""
    asked = await _asked(tap, wanted.question_id)
    text = _reworded(asked, wanted.rewording) if asked else None
    if asked is None or not text:
        await tap.acknowledge(texts.STALE_PAGE)
        return
    await tap.show(await _answered(tap, text, asked.readers))


async def _answered(context: ChatContext, text: str, readers: Readers) -> View:
    reply = await reply_to(context.services, text, zone=readers.zone)
    if reply.query.is_empty:
        return View(texts.EMPTY_QUESTION)
    kept = KeptAnswer(reply.attempt, reply.results, await _count_days(context, reply, readers))
    is_tap = isinstance(context, ButtonContext)
    asked_in = context.message.message_id if context.message and not is_tap else None
    chat_id, asked, now = context.chat_id, reply.query.text, readers.now
    async with context.services.database.write() as connection:
        question_id = await record_question(
            connection, chat_id, asked, reply.ids, now=now, message_id=asked_in, kept=kept
        )
    question = Question(question_id, chat_id, asked, reply.ids, now, kept)
    return await _first_page(context, _StoredQuestion(question, reply.query, readers), reply, text)


async def _first_page(context: ChatContext, asked: _StoredQuestion, reply: Reply, typed: str) -> View:
    found = await describe(context.services, reply.query, reply.ids[:RESULTS_PER_PAGE])
    html = await CHAT.run(answer_page, typed, reply, found, asked.readers)
    keyboard = keyboards.for_answer(
        asked.question.id,
        _pages(reply.ids),
        _views(reply, asked.question),
        _other_words(reply, asked.readers),
        may_watch=not asked.readers.is_group and bool(reply.query.terms),
    )
    return View(html, keyboard)


async def _further_page(context: ChatContext, asked: _StoredQuestion, page: int) -> View:
    question, query = asked.question, asked.query
    ids, first = question.article_ids, page * RESULTS_PER_PAGE
    found = await describe(context.services, query, ids[first : first + RESULTS_PER_PAGE])
    html = await CHAT.run(list_page, query, len(ids), page, found, asked.readers)
    turns = keyboards.turning(page, _pages(ids), partial(TurnPage, question.id))
    return View(html, InlineKeyboardMarkup(turns))


def _pages(ids: Sequence[int]) -> int:
    return math.ceil(len(ids) / RESULTS_PER_PAGE)


def _views(reply: Reply, question: Question) -> list[AnswerView]:
    views: list[AnswerView] = ["details", "sources"] if reply.answer.cited else []
    return [*views, "days"] if question.kept.days else views


async def _count_days(context: ChatContext, reply: Reply, readers: Readers) -> tuple[Day, ...]:
    """Return the newest days with matches; none if there are too few to show by day."""
    found = reply.results
    if not (found.first_at and found.last_at and reply.answer.is_answered):
        return ()
    span = local_day(found.last_at, readers.zone) - local_day(found.first_at, readers.zone)
    if found.looked_through < _FEWEST_MATCHES or span.days < _FEWEST_DAYS - 1:
        return ()
    async with context.services.database.read() as connection:
        days = await matches_by_day(
            connection, reply.query, now=readers.now, zone=readers.zone, filters=reply.narrowing.filters
        )
    return tuple(sorted((day for day in days if day[1]), reverse=True)[:_DAYS_SHOWN])


def _other_words(reply: Reply, readers: Readers) -> list[tuple[str, Rewording]]:
    """Return the rewordings to offer, with labels: the suggestion, without one filter, its halves."""
    others: list[tuple[str, Rewording]] = []
    if reply.results.suggestion and reply.results.reading != "respelled":
        words = short_name(reply.results.suggestion)
        others.append((texts.BUTTON_SUGGESTED.format(words=words), "suggested"))
    query = reply.query
    when = period_label(query.since, query.until, readers.today())
    if when and _asks_something(query.without(query.time_places)):
        others.append((texts.BUTTON_ANY_TIME.format(when=when), "any_time"))
    names = reply.narrowing.sources
    if names and _asks_something(query.without(query.source_places)):
        others.append((texts.BUTTON_ANY_SOURCE.format(names=", ".join(names)), "any_source"))
    names = reply.narrowing.topics
    if names and _asks_something(query.without(query.topic_places)):
        others.append((texts.BUTTON_ANY_TOPIC.format(names=", ".join(names)), "any_topic"))
    if not reply.ids and not others and query.terms:
        for half, which in zip(halves(query), _HALVES, strict=False):
            others.append((texts.BUTTON_ASK.format(words=short_name(half)), which))
    return others


def _asks_something(text: str) -> bool:
    query = parse_query(text)
    return query.has_filters or not asks_for_news(query.words)


def _reworded(asked: _StoredQuestion, rewording: Rewording) -> str | None:
    query = asked.query
    match rewording:
        case "suggested":
            return asked.question.kept.found.suggestion
        case "as_typed":
            return asked.question.text
        case "any_time":
            return query.without(query.time_places)
        case "any_source":
            return query.without(query.source_places)
        case "any_topic":
            return query.without(query.topic_places)
        case "first_half" | "second_half":
            parts = halves(query)
            return parts[rewording == "second_half"] if parts else None


async def _cited(tap: ButtonContext, asked: _StoredQuestion, view: AnswerView) -> str | None:
    reply = await reply_again(tap.services, asked.question, zone=asked.readers.zone)
    found = await describe(tap.services, reply.query, reply.answer.cited)
    if not found:
        return None
    if view == "details":
        return await CHAT.run(details_page, reply, found, asked.readers)
    others = await _other_papers(tap, found)
    return await CHAT.run(sources_page, reply, found, others, asked.readers)


async def _other_papers(tap: ButtonContext, cited: Sequence[FoundArticle]) -> dict[int, list[StoredArticle]]:
    """Return the newest article of each other paper on a story, by the number of the first one cited."""
    async with tap.services.database.read() as connection:
        stories = {one.article.story_id for one in cited if one.article.story_id is not None}
        reports = await find_reports(connection, stories, _REPORTS_READ)
    named = {one.article.source for one in cited} | tap.services.newsroom.hidden_sources
    others: dict[int, list[StoredArticle]] = {one.article.id: [] for one in cited}
    for one in cited:
        for report in reports:
            if report.story_id == one.article.story_id and report.source not in named:
                named.add(report.source)
                others[one.article.id].append(report)
    return others


async def _days(tap: ButtonContext, asked: _StoredQuestion) -> str | None:
    days = asked.question.kept.days
    if not days:
        return None
    async with tap.services.database.read() as connection:
        best = await find_articles(connection, [best_id for _, _, best_id in days if best_id])
    hidden = tap.services.newsroom.hidden_sources
    titles = {number: one.title for number, one in best.items() if one.source not in hidden}
    shown: list[DayCount] = [(day, count, titles.get(best_id or 0, "")) for day, count, best_id in days]
    return days_page(asked.query.shown, shown, asked.readers)


async def _asked(tap: ButtonContext, question_id: int) -> _StoredQuestion | None:
    async with tap.services.database.read() as connection:
        question = await find_question(connection, question_id, tap.chat_id)
    return await _read_again(tap, await as_shown(tap.services, question)) if question else None


async def _read_again(context: ChatContext, question: Question) -> _StoredQuestion:
    readers = await readers_of(context)
    read = await read_again(context.services, question, zone=readers.zone)
    return _StoredQuestion(question, read.query, readers)


async def readers_of(context: ChatContext) -> Readers:
    """Return the readers of this chat's pages."""
    return Readers(context.services.newsroom, context.now, await find_zone(context), context.is_group)
