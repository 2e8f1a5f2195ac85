"""Turn the answer of a polled address into articles: parse it in a child process, fetch pages of leads."""

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
from storage.intake.date_style import DateStyle
from storage.intake.date_text import DateOrder, read_date_text
from storage.intake.dates import parse_published
from storage.intake.drafts import Draft, Incoming, Origin, Refusal, Taken, UnreadableError, host_of
from storage.intake.feeds import read_feed
from storage.intake.pages import read_page, read_page_of

MOST_ITEMS = 500  # a poll; papers' feeds have 20 to 100


def newest(entries: Sequence[Draft | Refusal], zone: str, now: dt.datetime) -> list[Draft | Refusal]:
    """Return the newest items in the order in which they came; one without a time counts as new."""

    def moment(number: int) -> dt.datetime:
        one = entries[number]
        if isinstance(one, Refusal):
            return now
        published = parse_published(one.published, zone, now, url=one.url, style=one.date_style)
        return published.at if published else now

    by_time = sorted(range(len(entries)), key=moment, reverse=True)  # stable
    return [entries[number] for number in sorted(by_time[:MOST_ITEMS])]


# Parsing runs in child processes, and threads wait for them. If a page behind a lead cannot be fetched, its
# article is stored with the lead only.

_THREADS = 2  # each waits for a parser's process
_FEWEST_TO_JUDGE = 3  # items; fewer do not show how a feed writes its times
_OLD_AGE = dt.timedelta(days=30)
_MOST_PAGES = 50  # a poll; the rest comes with the next one
_log = structlog.get_logger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a feed, or the article of a page: its draft, its stored form, and its origin."""

    draft: Draft | None
    taken: Taken
    origin: Origin

    @property
    def lead_hash(self) -> str | None:
        """Return a hash for comparing its title and lead with the stored ones; None for a refusal."""
        taken = self.taken
        return text_hash(taken.title, taken.sapo, "") if isinstance(taken, Incoming) else None

    @property
    def is_lead_only(self) -> bool:
        """Tell whether a page may have more than the feed gave."""
        return isinstance(self.taken, Incoming) and bool(self.taken.url) and not self.taken.body


@dataclass(frozen=True, slots=True)
class Answer:
    """The items of a body; `left_out` counts those beyond the limit."""

    items: tuple[Item, ...]
    left_out: int

    @property
    def elsewhere(self) -> int:
        """Return the number of items that link to other hosts."""
        taken = (item.taken for item in self.items)
        return sum(isinstance(one, Incoming) and one.standing == "elsewhere" for one in taken)


def items_of(drafts: Sequence[Draft | Refusal], taken: Sequence[Taken], origin: Origin) -> tuple[Item, ...]:
    """Return the item of each draft with its stored form."""
    return tuple(
        Item(draft if isinstance(draft, Draft) else None, one, origin)
        for draft, one in zip(drafts, taken, strict=True)
    )


class Reader:
    """Parses bodies. Threads wait for the parsers, so that the loop does not; `take` checks the items."""

    def __init__(self, fetcher: Fetcher, take: Take) -> None:
        self._fetcher = fetcher
        self._take = take
        self._threads = ThreadPoolExecutor(_THREADS, "reading")

    def close(self) -> None:
        """Accept no more work; running parsers end by their own deadlines."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def hash_of(self, body: bytes) -> str:
        return await self._apart(lambda: hashlib.sha256(body).hexdigest())

    async def read(
        self, source: WebSource, fetched: Fetched, now: dt.datetime, date_order: DateOrder | None
    ) -> Answer:
        """Return the items of an answer; `date_order` is the order that earlier times of this source proved.

        Raises:
            UnreadableError: it is no feed or no page with an article, or parsing takes too long.
        """
        origin = _origin(source, fetched)
        known = DateStyle(date_order, is_proven=True) if date_order else None
        dated = replace(origin, date_style=known)
        drafts, left_out = await self._apart(lambda: _drafts(source, dated, fetched, now))
        taken = await self._take(drafts, origin, now)
        return Answer(items_of(drafts, taken, origin), left_out)

    async def with_pages(
        self, source: WebSource, items: Sequence[Item], now: dt.datetime
    ) -> AsyncIterator[Taken]:
        """Yield each item, with the text of its page if that could be fetched."""
        for item in items:
            yield await self._with_page(source, item, now) if item.is_lead_only else item.taken

    async def lengthen(self, source: WebSource, item: Item, now: dt.datetime) -> Incoming:
        """Return the article of an item with the text of the page behind it.

        Raises:
            FetchError: the page cannot be fetched.
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
    """Return the items whose pages are fetched in this poll, and whether others must wait."""
    waiting = [at for at, item in enumerate(items) if item.is_lead_only]
    if len(waiting) <= _MOST_PAGES:
        return list(items), False
    return list(items[: waiting[_MOST_PAGES]]), True


def private_url(source: WebSource) -> str | None:
    """Return the address whose host and port may be in a private network, if any."""
    return source.url if source.allows_private else None


def _origin(source: WebSource, fetched: Fetched) -> Origin:
    """Return the origin of a source: it may change articles of its own host and of its redirect's host."""
    sites = frozenset(site_of(host_of(url)) for url in (source.url, fetched.url))
    return Origin(source.name, source.zone, papers_of(source), sites=sites)


def dating_of(items: Sequence[Item], now: dt.datetime) -> str | None:
    """Return OLD, AHEAD or UNDATED if the times of all items have that fault, else None."""
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
    source: WebSource, origin: Origin, fetched: Fetched, now: dt.datetime
) -> tuple[list[Draft | Refusal], int]:
    """Return the drafts of an answer, and the number beyond the limit."""
    body = fetched.body or b""
    if source.kind == "page":
        page = read_page(body, source.url, origin, charset=fetched.charset, may_be_list=True)
        return [replace(page, url=source.url, external_id=source.url)], 0
    found = list(read_feed(body, source.url, origin, now=now, charset=fetched.charset))
    if len(found) <= MOST_ITEMS:
        return found, 0
    reason = f"feed có {len(found)} bài một lần, chỉ đọc {MOST_ITEMS} bài mới nhất"
    return [*newest(found, origin.zone, now), Refusal(source.url, reason)], len(found) - MOST_ITEMS


def _lengthened(origin: Origin, draft: Draft, lead: Incoming, page: Fetched, now: dt.datetime) -> Draft:
    """Return the draft with the page's text, and with its time if the feed's is not exact to the minute."""
    read = read_page_of(lead, page.body or b"", origin, final_url=page.url, now=now, charset=page.charset)
    if lead.published is not None and lead.published.precision == "minute":
        return replace(draft, body=read.body)
    return replace(draft, body=read.body, published=read.published or draft.published, date_style=None)
