"""An answer as its readers see it: the sentences over the articles, and the views behind its buttons.

Pure but for the texts: search results come in, HTML goes out. `bot.chat.questions.ask` decides which question
is asked, and when.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.chat.questions.results import RESULTS_PER_PAGE, CitedSentence, PageHeader, Result, render_results
from bot.messages import texts
from bot.messages.markup import linked, one_line, printable, safe_link, short_name, shortened
from bot.messages.rendering import difference_line
from bot.messages.spoken import day_label, publication_day, publication_label, say_number
from bot.news.answers import MOST_FOUND, FoundArticle, Reply
from bot.news.digests import piece_of
from bot.news.newsroom import Newsroom
from storage.articles import StoredArticle
from summarizer.model import Candidate, Quote
from summarizer.questions.query import MAX_CHARACTERS, MAX_WORDS, Query, parse_query
from summarizer.questions.snippets import further_sentences
from summarizer.stories.digest_story import compose_story
from summarizer.text.syllables import syllables

_NAMES_SHOWN = 8
_LONGEST_HEADLINE = 70  # UTF-16 units in a line of the days
_LONGEST_TITLE = 200
_LONGEST_QUOTE = 600  # characters; a longer sentence is left out, for none is cut
_MOST_PAPERS = 5  # that reported the same, for each article cited
_BAR = 8  # blocks of the longest bar

DayCount = tuple[dt.date, int, str]  # day, articles, headline of its best one


@dataclass(frozen=True, slots=True)
class Readers:
    """For whom a page is: their newsroom, the time, their zone, and whether they are a group."""

    newsroom: Newsroom
    now: dt.datetime
    zone: str
    is_group: bool = False

    def today(self) -> dt.date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()


def answer_page(typed: str, reply: Reply, found: Sequence[FoundArticle], readers: Readers) -> Markup:
    """Return the first page: what was asked, the answer, and the best articles."""
    notes = _notes(typed, reply, readers)
    if not reply.ids:
        nothing = texts.NOTHING_FOUND.format(words=_words(reply.query))
        return Markup("\n\n").join([*notes, nothing, texts.NOTHING_FOUND_NEXT])
    if not found:
        return texts.PAGE_GONE
    quotes = _sentences(reply, found, readers)
    difference = difference_line(reply.disagreement)
    lead = "" if reply.answer.is_answered else texts.NEAREST
    header = PageHeader(_heading(reply), notes, _scope(reply, readers), quotes, difference, lead)
    quoted = {quote.article_id for quote in reply.answer.quotes}
    results = [_result(one, readers, is_bare=readers.is_group or one.article.id in quoted) for one in found]
    return render_results(header, results, first=1, now=readers.now, zone=readers.zone)


def list_page(query: Query, total: int, page: int, found: Sequence[FoundArticle], readers: Readers) -> Markup:
    """Return a further page of articles; `page` counts from 0."""
    if not found:
        return texts.PAGE_GONE
    found_of = texts.FOUND if total < MOST_FOUND else texts.FOUND_MORE
    header = PageHeader(_counted(query, total, page, len_kept=total, found=found_of))
    results = [_result(one, readers, is_bare=readers.is_group) for one in found]
    first = page * RESULTS_PER_PAGE + 1
    return render_results(header, results, first=first, now=readers.now, zone=readers.zone)


def details_page(reply: Reply, cited: Sequence[FoundArticle], readers: Readers) -> Markup:
    """Return further sentences of each article that the answer cites."""
    blocks = [texts.DETAILS.format(words=_words(reply.query))]
    for number, one in enumerate(cited, start=1):
        piece = piece_of(readers.newsroom, one.article, one.summary)
        quoted = [quote for quote in reply.answer.quotes if quote.article_id == one.article.id]
        further = further_sentences(piece, quoted)
        nothing = texts.READ_ON if piece.may_be_quoted and safe_link(one.article.url) else ""
        blocks.append(_article_block(number, one, further, readers, nothing=nothing))
    return Markup("\n\n").join(blocks)


def article_in_detail(number: int, one: FoundArticle, readers: Readers) -> Markup:
    """Return one article with the sentences that a digest would show, under its number in a list."""
    piece = piece_of(readers.newsroom, one.article, one.summary)
    return _article_block(
        number, one, compose_story(Candidate(one.article.id, (piece,)), [piece]).quotes, readers
    )


def _article_block(
    number: int, one: FoundArticle, quotes: Sequence[Quote], readers: Readers, *, nothing: str = ""
) -> Markup:
    """Return an article with its sentences, or with the text `nothing` if there are none."""
    lines = [_numbered(number, one.article), _byline(one.article, readers)]
    if said := " ".join(printable(quote.text) for quote in quotes if len(quote.text) <= _LONGEST_QUOTE):
        lines.append(Markup("<blockquote>{}</blockquote>").format(said))
    elif nothing:
        lines.append(Markup("{}").format(nothing))
    return Markup("\n").join(line for line in lines if line)


def sources_page(
    reply: Reply,
    cited: Sequence[FoundArticle],
    others: Mapping[int, Sequence[StoredArticle]],
    readers: Readers,
) -> Markup:
    """Return the papers cited with their articles; `others` reported the same story, by article number."""
    blocks = [texts.CITED_SOURCES.format(words=_words(reply.query))]
    for number, one in enumerate(cited, start=1):
        lines = [_byline(one.article, readers, is_bold=True), _numbered(number, one.article)]
        reports = others.get(one.article.id, ())[:_MOST_PAPERS]
        papers = [linked(_paper_name(other, readers), other.url) for other in reports]
        lines += [texts.ALSO_REPORTED.format(papers=Markup(" · ").join(papers))] if papers else []
        blocks.append(Markup("\n").join(line for line in lines if line))
    return Markup("\n\n").join(blocks)


def days_page(words: str, days: Sequence[DayCount], readers: Readers) -> Markup:
    """Return how many articles came out on each day, the newest first."""
    most = max((count for _, count, _ in days), default=1)
    lines = [
        texts.DAY_LINE.format(
            day=day_label(day, readers.today()),
            bar="▇" * max(1, round(count / most * _BAR)),
            count=count,
            headline=f" · {shortened(one_line(title), _LONGEST_HEADLINE)}" if title else "",
        )
        for day, count, title in days
    ]
    return Markup("\n").join([texts.BY_DAY.format(words=short_name(words)), "", *lines])


def period_label(since: dt.date | None, until: dt.date | None, today: dt.date) -> str:
    """Say from when to when; "" for any time.

    >>> period_label(dt.date(2026, 11, 1), dt.date(2026, 11, 22), dt.date(2026, 11, 22))
    '1–22/11'
    """
    if since and until:
        return _between(since, until, today)
    if since:
        return texts.SINCE_DAY.format(day=_day(since, today))
    return texts.UNTIL_DAY.format(day=_day(until, today)) if until else ""


def _between(first: dt.date, last: dt.date, today: dt.date) -> str:
    if first == last:
        return texts.ON_DAY.format(day=_day(first, today))
    is_one_month = (first.year, first.month) == (last.year, last.month)
    begins = str(first.day) if is_one_month else _day(first, last)
    return texts.BETWEEN_DAYS.format(first=begins, last=_day(last, today))


def _day(day: dt.date, today: dt.date) -> str:
    return f"{day.day}/{day.month}" if day.year == today.year else f"{day.day}/{day.month}/{day.year}"


def _notes(typed: str, reply: Reply, readers: Readers) -> tuple[Markup, ...]:
    """Say how the question that was answered differs from the one that was typed."""
    narrowing, query, newsroom = reply.narrowing, reply.query, readers.newsroom
    is_cut = len(" ".join(typed.split())) > MAX_CHARACTERS or len(syllables(query.text)) > MAX_WORDS
    notes = [texts.ONLY_FIRST_WORDS] if is_cut else []
    if narrowing.unknown_sources:
        known = _listed(narrowing.known_sources)
        notes.append(_unknown(texts.NO_SUCH_SOURCE, narrowing.unknown_sources, known))
    if narrowing.unknown_topics:
        known = _listed(list(newsroom.topics.values()))
        notes.append(_unknown(texts.NO_SUCH_TOPIC, narrowing.unknown_topics, known))
    when = period_label(query.since, query.until, readers.today())
    if what := [*narrowing.sources, *narrowing.topics, *([when] if when else [])]:
        notes.append(texts.ONLY_IN.format(what=" · ".join(what)))
    if query.excluded:
        left_out = ", ".join(f"«{' '.join(run)}»" for run in query.excluded)
        notes.append(texts.LEFT_OUT.format(what=short_name(left_out)))
    asked, meant = short_name(parse_query(typed).shown), _words(query)
    if reply.results.reading == "respelled" and asked.casefold() != meant.casefold():
        notes.append(texts.RESPELLED.format(typed=asked, words=meant))
    if reply.missed:
        notes.append(texts.NOT_THEN.format(when=period_label(*reply.missed, readers.today())))
    return tuple(notes)


def _unknown(text: Markup, names: Sequence[str], known: str) -> Markup:
    return text.format(name=short_name(", ".join(names)), known=known)


def _listed(names: Sequence[str]) -> str:
    listed = ", ".join(short_name(name) for name in names[:_NAMES_SHOWN])
    left = len(names) - _NAMES_SHOWN
    return listed + (texts.AND_OTHERS.format(count=left) if left > 0 else "")


def _heading(reply: Reply) -> Markup:
    if not reply.answer.is_answered:
        return texts.NOT_ANSWERED.format(words=_words(reply.query))
    found, kept = reply.results, len(reply.ids)
    total, is_exact = max(found.total, kept), found.total_is_exact
    if not is_exact and kept < MOST_FOUND and reply.query.has_diacritics:  # most have other diacritics
        return _counted(reply.query, kept, 0, len_kept=kept, found=texts.FOUND_AT_LEAST)
    return _counted(reply.query, total, 0, len_kept=kept, found=texts.FOUND if is_exact else texts.FOUND_MORE)


def _counted(query: Query, total: int, page: int, *, len_kept: int, found: Markup) -> Markup:
    pages = math.ceil(len_kept / RESULTS_PER_PAGE)
    of_pages = texts.PAGE_OF.format(page=page + 1, pages=pages) if pages > 1 else ""
    if not query.terms:
        found = texts.FOUND_NEWS if query.times else texts.FOUND_NEWEST
    return found.format(total=say_number(total), words=_words(query), page=of_pages)


def _scope(reply: Reply, readers: Readers) -> str:
    """Say how many articles were looked through, from when to when, and how fresh the newest is."""
    found, said = reply.results, []
    if not found.total_is_exact:
        said.append(texts.NEWEST_LOOKED_THROUGH.format(count=say_number(found.looked_through)))
    elif not reply.answer.is_answered:  # else the heading has the number
        said.append(texts.LOOKED_THROUGH.format(count=say_number(found.looked_through)))
    if found.first_at and found.last_at:
        zone = ZoneInfo(readers.zone)
        first, last = found.first_at.astimezone(zone), found.last_at.astimezone(zone)
        said.append(_between(first.date(), last.date(), readers.today()))
        if last.date() >= readers.today() - dt.timedelta(days=1):
            said.append(texts.FRESHEST.format(when=f"{last:%H:%M} {day_label(last.date(), readers.today())}"))
    return " · ".join(said)


def _sentences(reply: Reply, found: Sequence[FoundArticle], readers: Readers) -> tuple[CitedSentence, ...]:
    by_id = {one.article.id: one.article for one in found}
    quotes = [quote for quote in reply.answer.quotes if quote.article_id in by_id]
    quotes = quotes[: 2 if readers.is_group else None]
    days = {
        one.article.id: publication_day(one.article.published, now=readers.now, zone=readers.zone)
        for one in found
    }
    differ = len({days[quote.article_id] for quote in quotes} - {""}) > 1
    return tuple(
        CitedSentence(text, reply.ids.index(number) + 1, by_id[number].url, days[number] if differ else "")
        for text, number in ((quote.text, quote.article_id) for quote in quotes)
    )


def _result(found: FoundArticle, readers: Readers, *, is_bare: bool) -> Result:
    article, snippet = found.article, found.snippet
    return Result(
        title=article.title,
        url=article.url,
        source=_paper_name(article, readers),
        published=article.published,
        sentence="" if is_bare else snippet.text,
        highlights=() if is_bare else tuple(snippet.marks),
    )


def _numbered(number: int, article: StoredArticle) -> Markup:
    title = shortened(one_line(article.title), _LONGEST_TITLE)
    shown = linked(title, article.url) if safe_link(article.url) else Markup("<b>{}</b>").format(title)
    return Markup("[{}] {}").format(number, shown)


def _byline(article: StoredArticle, readers: Readers, *, is_bold: bool = False) -> Markup:
    when = publication_label(article.published, now=readers.now, zone=readers.zone)
    said = " · ".join(filter(None, (_paper_name(article, readers), when)))
    return (Markup("<b>{}</b>") if is_bold else Markup("<i>{}</i>")).format(said)


def _paper_name(article: StoredArticle, readers: Readers) -> str:
    return short_name(readers.newsroom.title_of(article.source))


def _words(query: Query) -> str:
    """Return the words of a question without its filters, which the page shows apart."""
    return short_name(query.shown)
