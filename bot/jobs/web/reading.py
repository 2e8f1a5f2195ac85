"""What a polled address gave → articles: parsed apart, in threads of their own, with the pages behind leads.

A page that cannot be had costs its article nothing but the longer text.
"""

import asyncio
import datetime as dt
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from bot.desk import Take
from bot.fetching.errors import FetchError
from bot.fetching.fetcher import Fetched, Fetcher
from bot.newsroom import WebSource, papers_of
from storage.identity import text_hash
from storage.intake import (
    Draft,
    Incoming,
    Origin,
    Refusal,
    Taken,
    UnreadableError,
    read_feed,
    read_page,
)

_THREADS = 2  # each waits for a parser's process
_MOST_PAGES = 50  # a poll; the rest comes with the next one
_log = structlog.get_logger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a feed, or the article of a page: as it was found, and as it would be stored."""

    draft: Draft | None
    taken: Taken

    @property
    def lead_hash(self) -> str | None:
        """Return what tells whether its title and lead are the stored ones; None for a refusal."""
        taken = self.taken
        return text_hash(taken.title, taken.sapo, "") if isinstance(taken, Incoming) else None

    @property
    def is_lead_only(self) -> bool:
        """Tell whether a page may have more than the feed gave."""
        return isinstance(self.taken, Incoming) and bool(self.taken.url) and not self.taken.body


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

    async def read(self, source: WebSource, fetched: Fetched, body: bytes, now: dt.datetime) -> list[Item]:
        """Return what a body holds.

        Raises:
            UnreadableError: it is no feed, or no page with an article, or not to be parsed in time.
        """
        drafts = await self._apart(lambda: _drafts(source, fetched, body))
        taken = await self._take(drafts, _origin(source), now)
        return [
            Item(draft if isinstance(draft, Draft) else None, one)
            for draft, one in zip(drafts, taken, strict=True)
        ]

    async def with_pages(
        self, source: WebSource, items: Sequence[Item], now: dt.datetime
    ) -> AsyncIterator[Taken]:
        """Yield each item, longer where its page could be had."""
        for item in items:
            yield await self._with_page(source, item, now) if item.is_lead_only else item.taken

    async def _with_page(self, source: WebSource, item: Item, now: dt.datetime) -> Taken:
        lead, draft = item.taken, item.draft
        if not isinstance(lead, Incoming) or draft is None or lead.url is None:
            return lead
        try:
            page = await self._fetcher.fetch(lead.url, private_url=private_url(source))
            longer = await self._apart(lambda: _lengthened(source, draft, page))
            [whole] = await self._take([longer], _origin(source), now)
        except (FetchError, UnreadableError) as error:
            _log.info("page behind a lead not read", source=source.name, url=lead.url, reason=str(error))
            return lead
        return whole if isinstance(whole, Incoming) else lead

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


def _origin(source: WebSource) -> Origin:
    return Origin(source.name, source.zone, source.topic, papers_of(source))


def _drafts(source: WebSource, fetched: Fetched, body: bytes) -> list[Draft | Refusal]:
    origin = _origin(source)
    if source.kind == "page":
        page = read_page(body, source.url, origin, charset=fetched.charset)
        return [replace(page, url=source.url, external_id=source.url)]
    return list(read_feed(body, source.url, origin, charset=fetched.charset))


def _lengthened(source: WebSource, draft: Draft, page: Fetched) -> Draft:
    read = read_page(page.body or b"", draft.place, _origin(source), charset=page.charset)
    return replace(draft, body=read.body)
