"""/xuhuong: how often words were in the news in thirty days, a picture with the headline of each peak."""

import datetime as dt
from collections.abc import Sequence

import structlog
from markupsafe import Markup
from telegram.constants import ChatAction

from bot.charts.chart import Chart, DrawingError, Panel, Series, draw_in_process
from bot.chat.context import Attachment, ChatContext, View
from bot.chat.settings.choices import find_zone
from bot.messages import texts
from bot.messages.markup import linked, one_line, shortened
from bot.news.narrowing import read_question
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from storage.articles import StoredArticle, find_articles
from storage.search.search import Day, matches_by_day
from summarizer.questions.query import Query

_DAYS = 30
_PEAKS = 3
_SIGNS = "①②③"  # a bare figure over a bar would be taken for its height
_APART = dt.timedelta(days=2)  # between two peaks; closer ones belong to one wave
_LONGEST_WORDS = 64  # UTF-16 units: a picture's caption has 1,024 in all
_LONGEST_HEADLINE = 140
_LONGEST_NAME = 40
_log = structlog.get_logger(__name__)


async def handle(context: ChatContext) -> None:
    """Show how often the words were in the news."""
    newsroom, zone = context.services.newsroom, await find_zone(context)
    async with context.services.database.read() as connection:
        query, named = await read_question(connection, context.words, newsroom, zone, now=context.now)
    if query.is_empty:
        await context.send(View(texts.EMPTY_TREND))
        return
    await context.show_progress(ChatAction.UPLOAD_PHOTO)
    async with context.services.database.read() as connection:
        days = await matches_by_day(
            connection, query, now=context.now, zone=zone, filters=named.filters, days=_DAYS
        )
    if strange := named.unknown_sources + named.unknown_topics:
        await context.send(View(texts.TREND_NO_SUCH_NAME.format(name=shortened(strange[0], _LONGEST_WORDS))))
        return
    await context.send(await _view(context.services, query, days))


async def _view(services: Services, query: Query, days: Sequence[Day]) -> View:
    words = shortened(one_line(query.text), _LONGEST_WORDS)
    counts = tuple(count for _, count, _ in days)
    if not any(counts):
        return View(texts.NO_TREND.format(words=words))
    peaks = find_peaks(days)
    caption = await _caption(services, words, days, peaks)
    labels = tuple((days.index(peak), sign) for sign, peak in zip(_SIGNS, peaks, strict=False))
    panel = Panel(texts.TREND_PANEL, (Series("", counts),), labels=labels)
    try:
        picture = await draw_in_process(Chart(texts.TREND_TITLE.format(words=words), days[0][0], (panel,)))
    except DrawingError as error:
        _log.error("trend not drawn", reason=str(error))
        return View(caption)
    return View(caption, attachment=Attachment("xu-huong.png", picture, is_picture=True))


def find_peaks(days: Sequence[Day]) -> list[Day]:
    """Return the days with most matches, at most three and not side by side, in their order.

    A day counts as a peak when it has two matches, and more than an average day.

    >>> days = [(dt.date(2026, 11, day), count, 7) for day, count in enumerate((1, 9, 8, 0, 3), 1)]
    >>> [count for _, count, _ in find_peaks(days)]
    [9]
    """
    average = sum(count for _, count, _ in days) / len(days)
    chosen: list[Day] = []
    for day in sorted(days, key=lambda day: (-day[1], day[0])):
        is_apart = all(abs(day[0] - other[0]) >= _APART for other in chosen)
        if day[1] > max(1.0, average) and is_apart and len(chosen) < _PEAKS:
            chosen.append(day)
    return sorted(chosen)


async def _caption(services: Services, words: str, days: Sequence[Day], peaks: Sequence[Day]) -> Markup:
    async with services.database.read() as connection:
        articles = await find_articles(connection, [best for _, _, best in peaks if best is not None])
    head = texts.TREND if len(days) == _DAYS else texts.TREND_CUT  # too many matches to look at them all
    total = sum(count for _, count, _ in days)
    lines = [head.format(words=words, total=total, first=_date(days[0][0]), last=_date(days[-1][0]))]
    lines += [
        texts.TREND_PEAK.format(
            sign=sign,
            day=_date(day),
            count=count,
            headline=_headline(articles.get(best or 0), services.newsroom),
        )
        for sign, (day, count, best) in zip(_SIGNS, peaks, strict=False)
    ]
    return Markup("\n").join([*lines, texts.TREND_MORE.format(words=words)])


def _date(day: dt.date) -> str:
    return f"{day.day}/{day.month}"


def _headline(article: StoredArticle | None, newsroom: Newsroom) -> Markup:
    if article is None or not newsroom.may_show(article.source):
        return Markup("")
    title = shortened(one_line(article.title), _LONGEST_HEADLINE)
    name = shortened(one_line(newsroom.title_of(article.source)), _LONGEST_NAME)
    return Markup(": {} ({})").format(linked(title, article.url), name)
