"""Read one source once and store nothing: for `sources try` and the console.

Fetcher, reader and rules are those of polling.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import urlsplit

from bot.fetching.dialling import target_of
from bot.fetching.fetcher import Fetched, Fetcher
from bot.fetching.responses import FetchError, describe_failure
from bot.jobs.intake.intake import first_bytes
from bot.jobs.intake.taking import reason_of
from bot.jobs.sources.source_reading import MOST_ITEMS, Answer, Item, Reader, dating_of, items_of, private_url
from bot.news.newsroom import Newsroom, Source, WebSource, papers_of
from bot.news.services import Take
from bot.text_work.tasks import PROCESS, TAKE, Processed, Processing, Taking
from bot.text_work.worker import Failure, Texts, TextWorker
from bot.times.clock import Clock
from storage.figures import Figure, read_figures
from storage.intake.child_parsing import FeedLink
from storage.intake.date_text import DateOrder
from storage.intake.drafts import Draft, Incoming, Origin, Refusal, Taken, UnreadableError
from storage.intake.feeds import find_feed_links
from storage.intake.files import OWN_FOLDERS, find_files, path_drafts
from storage.off_loop import INTAKE
from summarizer.model import Document
from summarizer.topics import TopicClues, TopicRules, decide_topic

_MOST_TOPICS = 100  # items whose topic is looked for


@dataclass(frozen=True, slots=True)
class PageTrial:
    """The page behind a lead: how many characters of the article it gives, or why none."""

    url: str
    characters: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of reading a source. `source` has the address that was read.

    `feeds` are those that a page named when a feed was expected; the first of them was read.
    """

    source: WebSource
    fetched: Fetched
    answer: Answer
    feeds: Sequence[FeedLink]
    page: PageTrial | None


async def try_source(
    source: WebSource, fetcher: Fetcher, reader: Reader, now: dt.datetime, date_order: DateOrder | None
) -> Trial:
    """Fetch and read `source` once; if there is a page instead of a feed, read the first feed that it names.

    Raises:
        FetchError: it cannot be fetched.
        UnreadableError: it is no feed and names none, or it is no page with an article.
    """
    fetched = await fetcher.fetch(source.url, private_url=private_url(source))
    feeds: list[FeedLink] = []
    try:
        answer = await reader.read(source, fetched, now, date_order)
    except UnreadableError:
        if source.kind == "page":
            raise
        body, charset = fetched.body or b"", fetched.charset
        feeds = await INTAKE.run(lambda: find_feed_links(body, fetched.url, charset=charset))
        if not feeds:
            raise
        source = _at(source, feeds[0].url)
        fetched = await fetcher.fetch(source.url, private_url=private_url(source))
        answer = await reader.read(source, fetched, now, date_order)
    return Trial(source, fetched, answer, feeds, await _try_page(source, answer.items, reader, now))


async def topics_of(items: Sequence[Item], texts: Texts, rules: TopicRules) -> tuple[str | None, ...]:
    """Return the topic that each taken item would get, of the first hundred."""
    taken = [item.taken for item in items if isinstance(item.taken, Incoming)][:_MOST_TOPICS]
    documents = [Document(one.title, one.sapo, one.body) for one in taken]
    found = await texts.run(PROCESS, Processing("diemtin"), documents)
    topics = list[str | None]()
    for one, done in zip(taken, found, strict=True):
        by_words = done.topic if isinstance(done, Processed) else None
        clues = TopicClues(one.topic, one.url, (one.speaker, one.source), by_words)
        topics.append(decide_topic(clues, rules))
    return tuple(topics)


def _at(source: WebSource, url: str) -> WebSource:
    """Return the source at another address that its page named; another private host stays closed."""
    declared, named = target_of(source.url), target_of(url)
    is_same = (declared.host, declared.port) == (named.host, named.port)
    return replace(source, url=named.url, allows_private=source.allows_private and is_same)


async def _try_page(
    source: WebSource, items: Sequence[Item], reader: Reader, now: dt.datetime
) -> PageTrial | None:
    """Read the page behind the first lead; None if no item is a lead."""
    item = next((item for item in items if item.is_lead_only), None)
    if item is None or not isinstance(item.taken, Incoming) or item.taken.url is None:
        return None
    url = item.taken.url
    try:
        whole = await reader.lengthen(source, item, now)
    except FetchError as error:
        return PageTrial(url, reason=describe_failure(error.code, error.detail))
    except UnreadableError as error:
        return PageTrial(url, reason=str(error))
    return PageTrial(url, characters=len(whole.body))


@dataclass(frozen=True, slots=True)
class Probed:
    """The items of a source with the topic of each taken one. `trial` is None for a source of files."""

    source: Source | WebSource
    items: tuple[Item, ...]
    topics: tuple[str | None, ...]
    trial: Trial | None
    dating: str | None


def source_at(target: str, newsroom: Newsroom) -> Source | WebSource | None:
    """Return the declared source of this name, else a feed at this address, which may lack its https://.

    None if it is neither. A private host is only read for a source that declares it.
    """
    if (declared := newsroom.find_source(target)) is not None:
        return declared
    has_scheme = "://" in target
    if not has_scheme and "." not in target.partition("/")[0]:
        return None
    url = target if has_scheme else f"https://{target}"
    try:
        title = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return WebSource("nguon-moi", title, "feed", url, newsroom.zone, None, "full")


async def probe(
    source: Source | WebSource, newsroom: Newsroom, clock: Clock, *, date_order: DateOrder | None = None
) -> Probed:
    """Read a source of articles once, in a text process of its own; `date_order` is what it proved earlier.

    Raises:
        FetchError: it cannot be fetched.
        UnreadableError: it holds nothing that can be read.
    """
    now, trial = clock.now(), None
    async with aclosing(TextWorker()) as texts:
        take = _taking(texts)
        if isinstance(source, WebSource):
            async with aclosing(Fetcher(clock, newsroom.contact)) as fetcher:
                with closing(Reader(fetcher, take)) as reader:
                    trial = await try_source(source, fetcher, reader, now, date_order)
            items = trial.answer.items
        else:
            items = await _file_items(source, newsroom, take, now)
        topics = await topics_of(items, texts, newsroom.topic_rules)
    return Probed(source, items, topics, trial, dating_of(items, now))


async def probe_figures(
    source: Source | WebSource, newsroom: Newsroom, clock: Clock
) -> list[Figure | Refusal]:
    """Read a source of daily figures once; raises as `probe` does."""
    if isinstance(source, WebSource):
        place = source.url
        async with aclosing(Fetcher(clock, contact=newsroom.contact)) as fetcher:
            body = (await fetcher.fetch(place, private_url=private_url(source))).body or b""
    else:
        place = str(source.path)
        try:
            body = await INTAKE.run(first_bytes, source.path)
        except OSError as error:
            raise UnreadableError(f"không mở được tệp ({error.strerror})") from None
    return list(await INTAKE.run(read_figures, body, place, source.zone, clock.now()))


def _taking(texts: Texts) -> Take:
    """Return a function that takes drafts in the text process; a draft that ends it is only refused."""

    async def take(entries: Sequence[Draft | Refusal], origin: Origin, now: dt.datetime) -> list[Taken]:
        drafts = [one for one in entries if isinstance(one, Draft)]
        answers = await texts.run(TAKE, Taking(origin, now), drafts)
        taken = iter(
            Refusal(draft.place, reason_of(answer)) if isinstance(answer, Failure) else answer
            for draft, answer in zip(drafts, answers, strict=True)
        )
        return [one if isinstance(one, Refusal) else next(taken) for one in entries]

    return take


async def _file_items(source: Source, newsroom: Newsroom, take: Take, now: dt.datetime) -> tuple[Item, ...]:
    origin = Origin(source.name, source.zone, papers_of(source, newsroom.sources))
    found = await INTAKE.run(lambda: list(islice(_file_drafts(source, origin, now), MOST_ITEMS)))
    return items_of(found, await take(found, origin, now), origin)


def _file_drafts(source: Source, origin: Origin, now: dt.datetime) -> Iterator[Draft | Refusal]:
    for file in find_files(source.path, leaving_out=OWN_FOLDERS if source.moves_files else ()):
        if isinstance(file, Refusal):
            yield file
        else:
            yield from path_drafts(file, origin, now=now)
