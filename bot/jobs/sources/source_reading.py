"""What a polled address gave → articles: parsed apart, a bounded number, with the pages behind leads."""

import asyncio
import datetime as dt
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from bot.fetching.fetcher import Fetched, Fetcher
from bot.fetching.responses import FetchError
from bot.fetching.source_health import AHEAD, OLD, UNDATED
from bot.news.newsroom import WebSource, papers_of
from bot.news.services import Take
from bot.process.metrics import PAGES
from storage.identity import site_of, text_hash
from storage.intake import (
    DateOrder,
    DateStyle,
    Draft,
    Incoming,
    Origin,
    Refusal,
    Taken,
    UnreadableError,
    read_date_text,
    read_feed,
    read_page,
    read_page_of,
)
from storage.intake.dates import parse_published
from storage.intake.drafts import host_of

# How much of one answer is taken: a feed's newest items, and a word for the rest. Pure.

MOST_ITEMS = 500  # a poll; papers' feeds have 20 to 100


def newest(
    found: Sequence[Draft | Refusal], zone: str, now: dt.datetime, *, most: int = MOST_ITEMS
) -> list[Draft | Refusal]:
    """Return the `most` newest items in the order in which they came; one without a time counts as new."""
    if len(found) <= most:
        return list(found)

    def moment(number: int) -> dt.datetime:
        one = found[number]
        if isinstance(one, Refusal):
            return now
        published = parse_published(one.published, zone, now, url=one.url, style=one.date_style)
        return published.at if published else now

    by_time = sorted(range(len(found)), key=moment, reverse=True)  # keeps the order of those alike
    return [found[number] for number in sorted(by_time[:most])]


def refusal_of_the_rest(place: str, found: int, *, most: int = MOST_ITEMS) -> Refusal:
    """Return what is kept of the items that were too many."""
    return Refusal(place, f"feed có {found} bài một lần, chỉ đọc {most} bài mới nhất")


# What a polled address gave → articles: parsed apart, in threads of their own, with the pages behind
# leads.
#
# A page that cannot be had costs its article nothing but the longer text.

_THREADS = 2  # each waits for a parser's process
_FEWEST_TO_JUDGE = 3  # items: fewer say nothing of how a feed writes its times
_OLD_AGE = dt.timedelta(days=30)
_MOST_PAGES = 50  # a poll; the rest comes with the next one
_log = structlog.get_logger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a feed, or the article of a page: as it was found, as it would be stored, and by whom."""

    draft: Draft | None
    taken: Taken
    origin: Origin

    @property
    def lead_hash(self) -> str | None:
        """Return what tells whether its title and lead are the stored ones; None for a refusal."""
        taken = self.taken
        return text_hash(taken.title, taken.sapo, "") if isinstance(taken, Incoming) else None

    @property
    def is_lead_only(self) -> bool:
        """Tell whether a page may have more than the feed gave."""
        return isinstance(self.taken, Incoming) and bool(self.taken.url) and not self.taken.body


@dataclass(frozen=True, slots=True)
class Answer:
    """What a body holds; `left_out` counts the items that were too many."""

    items: list[Item]
    left_out: int

    @property
    def elsewhere(self) -> int:
        """Return how many items lead to the articles of other hosts."""
        taken = (item.taken for item in self.items)
        return sum(isinstance(one, Incoming) and one.standing == "elsewhere" for one in taken)


class Reader:
    """Parses what was fetched. Threads wait for the parsers, so that the loop does not; `take` judges."""

    def __init__(self, fetcher: Fetcher, take: Take) -> None:
        self._fetcher = fetcher
        self._take = take
        self._threads = ThreadPoolExecutor(_THREADS, "reading")

    def close(self) -> None:
        """Take nothing more; what is being parsed ends by its own deadline."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def hash_of(self, body: bytes) -> str:
        """Return a hash of a body."""
        return await self._apart(lambda: hashlib.sha256(body).hexdigest())

    async def read(
        self,
        source: WebSource,
        fetched: Fetched,
        body: bytes,
        now: dt.datetime,
        date_order: DateOrder | None = None,
    ) -> Answer:
        """Return what a body holds; `date_order` is what earlier times of this source proved.

        Raises:
            UnreadableError: it is no feed, or no page with an article, or not to be parsed in time.
        """
        origin = _origin(source, fetched)
        known = DateStyle(date_order, is_proven=True) if date_order else None
        dated = replace(origin, date_style=known)
        drafts, left_out = await self._apart(lambda: _drafts(source, dated, fetched, body, now))
        taken = await self._take(drafts, origin, now)
        items = [
            Item(draft if isinstance(draft, Draft) else None, one, origin)
            for draft, one in zip(drafts, taken, strict=True)
        ]
        return Answer(items, left_out)

    async def with_pages(
        self, source: WebSource, items: Sequence[Item], now: dt.datetime
    ) -> AsyncIterator[Taken]:
        """Yield each item, longer where its page could be had."""
        for item in items:
            yield await self._with_page(source, item, now) if item.is_lead_only else item.taken

    async def lengthen(self, source: WebSource, item: Item, now: dt.datetime) -> Incoming:
        """Return the article of an item with the text of the page behind it.

        Raises:
            FetchError: the page cannot be had.
            UnreadableError: the page is not this article, or the item has none.
        """
        lead, draft = item.taken, item.draft
        if not isinstance(lead, Incoming) or draft is None or lead.url is None:
            raise UnreadableError("bài không có liên kết")
        page = await self._fetcher.fetch(lead.url, private_url=private_url(source))
        longer = await self._apart(lambda: _lengthened(item.origin, draft, lead, page, now))
        [whole] = await self._take([longer], item.origin, now)
        if isinstance(whole, Refusal):
            raise UnreadableError(whole.reason)
        return whole

    async def _with_page(self, source: WebSource, item: Item, now: dt.datetime) -> Taken:
        try:
            whole = await self.lengthen(source, item, now)
        except (FetchError, UnreadableError) as error:
            PAGES.labels("unreachable" if isinstance(error, FetchError) else "refused").inc()
            url = item.taken.url if isinstance(item.taken, Incoming) else None
            _log.info("page behind a lead not read", source=source.name, url=url, reason=str(error))
            return item.taken
        PAGES.labels("read").inc()
        return whole

    async def _apart(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def split_for_pages(items: Sequence[Item]) -> tuple[list[Item], bool]:
    """Return the items whose pages may be asked for at once, and whether others must wait."""
    waiting = [at for at, item in enumerate(items) if item.is_lead_only]
    if len(waiting) <= _MOST_PAGES:
        return list(items), False
    return list(items[: waiting[_MOST_PAGES]]), True


def private_url(source: WebSource) -> str | None:
    """Return the address whose host and port may lie in our own network, if any may."""
    return source.url if source.allows_private else None


def _origin(source: WebSource, fetched: Fetched) -> Origin:
    """Return what a source may say: it speaks for its own host, and for the one to which that redirects."""
    sites = frozenset(site_of(host_of(url)) for url in (source.url, fetched.url))
    return Origin(source.name, source.zone, papers_of(source), sites=sites)


def dating_of(items: Sequence[Item], now: dt.datetime) -> str | None:
    """Return OLD, AHEAD or UNDATED where that is wrong with the times of all items, else None."""
    taken = [(one.draft, one.taken) for one in items if one.draft and isinstance(one.taken, Incoming)]
    if len(taken) < _FEWEST_TO_JUDGE:
        return None
    times = [article.published for _, article in taken]
    if all(time is not None and now - time.at > _OLD_AGE for time in times):
        return OLD
    if any(time is not None for time in times):
        return None
    return AHEAD if all(read_date_text(draft.published) for draft, _ in taken) else UNDATED


def proven_order(items: Sequence[Item]) -> DateOrder | None:
    """Return the order of day and month that the times of a feed prove, if they prove one."""
    styles = (one.draft.date_style for one in items if one.draft)
    return next((style.order for style in styles if style and style.is_proven), None)


def _drafts(
    source: WebSource, origin: Origin, fetched: Fetched, body: bytes, now: dt.datetime
) -> tuple[list[Draft | Refusal], int]:
    """Return the drafts that a body holds, and how many of them were too many."""
    if source.kind == "page":
        page = read_page(body, source.url, origin, charset=fetched.charset, may_be_list=True)
        return [replace(page, url=source.url, external_id=source.url)], 0
    found = list(read_feed(body, source.url, origin, now=now, charset=fetched.charset))
    kept = newest(found, origin.zone, now)
    left_out = len(found) - len(kept)
    return ([*kept, refusal_of_the_rest(source.url, len(found))] if left_out else kept), left_out


def _lengthened(origin: Origin, draft: Draft, lead: Incoming, page: Fetched, now: dt.datetime) -> Draft:
    """Return the draft with the page's text; with the page's time where the feed's is not to the minute."""
    read = read_page_of(lead, page.body or b"", origin, final_url=page.url, now=now, charset=page.charset)
    if lead.published is not None and lead.published.precision == "minute":
        return replace(draft, body=read.body)
    return replace(draft, body=read.body, published=read.published or draft.published, date_style=None)
