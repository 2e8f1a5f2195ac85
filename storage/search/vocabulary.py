"""The words of the index, kept in memory for mending slips: loaded when first needed, renewed now and then.

One copy for each database of the process. A word that came since is not known yet, which costs no more than
a suggestion.
"""

import asyncio
import time
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.engine import Engine as SqlEngine
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.search.engines import engine_of
from storage.tables import articles
from storage.threads import SEARCH
from summarizer.questions.spelling import Spelling

_NEWEST_ID = select(func.max(articles.c.id))
_RENEW_AFTER_SECONDS = 3600.0
_GROWTH = 1.1  # or when the index holds so many times the articles


@dataclass(slots=True)
class _Kept:
    loading: asyncio.Lock = field(default_factory=asyncio.Lock)
    spelling: Spelling | None = None
    loaded_at: float = 0.0
    newest_id: int = 0


_kept: WeakKeyDictionary[SqlEngine, _Kept] = WeakKeyDictionary()


async def spelling_of(connection: AsyncConnection) -> Spelling:
    """Return what mends slips for the database behind `connection`."""
    newest_id = (await connection.execute(_NEWEST_ID)).scalar_one() or 0
    kept = _kept.setdefault(connection.engine.sync_engine, _Kept())
    async with kept.loading:
        if kept.spelling is None or _is_stale(kept, newest_id):
            counts = await engine_of(connection).count_words(connection)
            kept.spelling = await SEARCH.run(Spelling, counts)
            kept.loaded_at, kept.newest_id = time.monotonic(), newest_id
        return kept.spelling


def _is_stale(kept: _Kept, newest_id: int) -> bool:
    return time.monotonic() - kept.loaded_at > _RENEW_AFTER_SECONDS or newest_id > _GROWTH * kept.newest_id
