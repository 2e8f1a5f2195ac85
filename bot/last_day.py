"""The digest of the last 24 hours for chats that ask for it: composed once for all that chose the same.

`/tin` and first digests come in crowds (a link is shared, a paper writes about us), and gathering a day's
articles is most of a second's work. What was composed serves until another article is worked up, a minute at
most.
"""

import asyncio
import datetime as dt
from dataclasses import dataclass, field

from bot.digests import Composed, Gathered, compose_gathered, gather, window_for
from bot.newsroom import Edition, Newsroom
from storage.articles import Newest, find_newest
from storage.engine import Database

_SERVES = dt.timedelta(minutes=1)


@dataclass(slots=True)
class _Stock:
    """What was made from the articles up to `newest`, under `newsroom`, at `made_at`."""

    newest: Newest | None
    newsroom: Newsroom
    made_at: dt.datetime
    gathered: dict[dt.timedelta, Gathered] = field(default_factory=dict)  # by the age that is admitted
    composed: dict[Edition, Composed] = field(default_factory=dict)


class LastDay:
    """Composes digests of the last 24 hours, one at a time."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._stock: _Stock | None = None

    async def compose(
        self, database: Database, newsroom: Newsroom, edition: Edition, *, now: dt.datetime
    ) -> Composed:
        """Return the digest of `edition` as of `now`, or of up to a minute before if nothing came since."""
        async with database.read() as connection:
            newest = await find_newest(connection)
        async with self._lock:
            stock = self._stock
            if stock is None or not _serves(stock, newest, newsroom, now):
                stock = self._stock = _Stock(newest, newsroom, now)
            if edition not in stock.composed:
                stock.composed[edition] = await _compose(database, stock, edition)
            return stock.composed[edition]


def _serves(stock: _Stock, newest: Newest | None, newsroom: Newsroom, now: dt.datetime) -> bool:
    is_fresh = stock.made_at <= now < stock.made_at + _SERVES
    return is_fresh and stock.newest == newest and stock.newsroom is newsroom


async def _compose(database: Database, stock: _Stock, edition: Edition) -> Composed:
    if edition.max_age not in stock.gathered:
        window = window_for(edition, stock.made_at)
        stock.gathered[edition.max_age] = await gather(database, stock.newsroom, window)
    return await compose_gathered(edition, stock.gathered[edition.max_age])
