"""One source read once and looked at, with nothing stored: what `sources try` and the console show.

The same fetcher, reader and rules as in polling; only what follows from the answer is left out.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.fetching.addresses import target_of
from bot.fetching.fetch_errors import FetchError, said
from bot.fetching.fetcher import Fetched, Fetcher
from bot.jobs.sources.source_reading import Answer, Item, Reader, dating_of, private_url
from bot.news.newsroom import WebSource
from bot.text_work.tasks import PROCESS, Processed, Processing
from bot.text_work.worker import Texts
from storage.intake import DateOrder, Incoming, Refusal, UnreadableError
from storage.intake.discovery import FeedLink, find_feed_links
from storage.threads import INTAKE
from summarizer.model import Document
from summarizer.topics import TopicClues, TopicRules, decide_topic

_MOST_TOPICS = 100  # items whose topic is looked for


@dataclass(frozen=True, slots=True)
class PageTrial:
    """Whether the page behind a lead gives the article's text: how many characters, or why it does not."""

    url: str
    characters: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a source gave. `source` has the address that was read, `landed_at` is where it led.

    `feeds` are those that a page named where a feed was expected; the first of them was read.
    """

    source: WebSource
    landed_at: str
    moved_to: str | None
    items: tuple[Item, ...]
    left_out: int = 0
    elsewhere: int = 0
    feeds: tuple[FeedLink, ...] = ()
    dating: str | None = None
    page: PageTrial | None = None

    @property
    def taken(self) -> list[Item]:
        """Return the items that would be stored."""
        return [item for item in self.items if isinstance(item.taken, Incoming)]

    @property
    def refused(self) -> list[Refusal]:
        """Return what would not be stored, and why."""
        return [item.taken for item in self.items if isinstance(item.taken, Refusal)]


async def try_source(
    source: WebSource,
    fetcher: Fetcher,
    reader: Reader,
    *,
    now: dt.datetime,
    date_order: DateOrder | None = None,
) -> Trial:
    """Fetch and read `source` once; where a page stands at the address of a feed, the feed that it names.

    Raises:
        FetchError: nothing could be had.
        UnreadableError: it is no feed and names none, or it is no page with an article.
    """
    fetched, body = await _fetch(source, fetcher)
    feeds: list[FeedLink] = []
    try:
        answer = await reader.read(source, fetched, body, now, date_order)
    except UnreadableError:
        if source.kind == "page":
            raise
        feeds = await INTAKE.run(lambda: find_feed_links(body, fetched.url, charset=fetched.charset))
        if not feeds:
            raise
        source = _at(source, feeds[0].url)
        fetched, body = await _fetch(source, fetcher)
        answer = await reader.read(source, fetched, body, now, date_order)
    return await _judged(source, fetched, answer, tuple(feeds), reader, now)


async def topics_of(items: Sequence[Item], texts: Texts, rules: TopicRules) -> tuple[str | None, ...]:
    """Return the topic that each taken item would get, of the first hundred."""
    taken = [item.taken for item in items if isinstance(item.taken, Incoming)][:_MOST_TOPICS]
    documents = [Document(one.title, one.sapo, one.body) for one in taken]
    found = await texts.run(PROCESS, Processing("diemtin"), documents)
    return tuple(
        decide_topic(
            TopicClues(
                one.topic,
                one.url,
                (one.speaker, one.source),
                done.topic if isinstance(done, Processed) else None,
            ),
            rules,
        )
        for one, done in zip(taken, found, strict=True)
    )


def _at(source: WebSource, url: str) -> WebSource:
    """Return the source at another address, which a stranger's page named: it opens no other host inside."""
    declared, named = target_of(source.url), target_of(url)
    is_same = (declared.host, declared.port) == (named.host, named.port)
    return replace(source, url=named.url, allows_private=source.allows_private and is_same)


async def _fetch(source: WebSource, fetcher: Fetcher) -> tuple[Fetched, bytes]:
    fetched = await fetcher.fetch(source.url, private_url=private_url(source))
    return fetched, fetched.body or b""


async def _judged(
    source: WebSource,
    fetched: Fetched,
    answer: Answer,
    feeds: tuple[FeedLink, ...],
    reader: Reader,
    now: dt.datetime,
) -> Trial:
    return Trial(
        source=source,
        landed_at=fetched.url,
        moved_to=fetched.moved_to,
        items=tuple(answer.items),
        left_out=answer.left_out,
        elsewhere=answer.elsewhere,
        feeds=feeds,
        dating=dating_of(answer.items, now),
        page=await _try_page(source, answer.items, reader, now),
    )


async def _try_page(
    source: WebSource, items: Sequence[Item], reader: Reader, now: dt.datetime
) -> PageTrial | None:
    """Read the page behind the first lead; None where no item is a lead."""
    item = next((item for item in items if item.is_lead_only), None)
    if item is None or not isinstance(item.taken, Incoming) or item.taken.url is None:
        return None
    url = item.taken.url
    try:
        whole = await reader.lengthen(source, item, now)
    except FetchError as error:
        return PageTrial(url, reason=said(error.code, error.detail))
    except UnreadableError as error:
        return PageTrial(url, reason=str(error))
    return PageTrial(url, characters=len(whole.body))
