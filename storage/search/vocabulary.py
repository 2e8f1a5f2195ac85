"""The words of the index, kept in memory for mending slips: loaded when first needed, renewed now and then.

One copy for each build of the index in the process. A word that came since is not known yet, which costs no
more than a suggestion.
"""

import asyncio
import time
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from storage.search.generation import Generation
from storage.threads import SEARCH
from summarizer.questions.spelling import Spelling

_RENEW_AFTER_SECONDS = 3600.0
_GROWTH = 1.1  # or when the index holds so many times the articles


@dataclass(slots=True)
class _Kept:
    loading: asyncio.Lock = field(default_factory=asyncio.Lock)
    spelling: Spelling | None = None
    loaded_at: float = 0.0
    articles: int = 0


_kept: WeakKeyDictionary[Generation, _Kept] = WeakKeyDictionary()


async def spelling_of(generation: Generation) -> Spelling:
    """Return what mends slips for an index."""
    kept = _kept.setdefault(generation, _Kept())
    async with kept.loading:
        now = generation.searcher.num_docs
        if kept.spelling is None or _is_stale(kept, now):
            kept.spelling = await SEARCH.run(_load, generation)
            kept.loaded_at, kept.articles = time.monotonic(), now
        return kept.spelling


def _load(generation: Generation) -> Spelling:
    counts: dict[str, int] = {}
    for name in ("title", "sapo"):
        for word, count in generation.searcher.terms_with_prefix(name, ""):
            counts[word] = max(count, counts.get(word, 0))
    return Spelling(counts)


def _is_stale(kept: _Kept, articles: int) -> bool:
    return time.monotonic() - kept.loaded_at > _RENEW_AFTER_SECONDS or articles > _GROWTH * kept.articles
