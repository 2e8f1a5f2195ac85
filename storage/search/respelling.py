"""Typing errors in a question: the index's words in memory, and corrections of unknown words."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from weakref import WeakKeyDictionary

from storage.off_loop import SEARCH
from storage.search.generation import Generation
from summarizer.questions.equivalents import Phrase
from summarizer.questions.hits import Hit
from summarizer.questions.phrases import Groups, Phrases
from summarizer.questions.query import Query
from summarizer.questions.typing_errors import SpellingCorrector, is_typing_error
from summarizer.text.syllables import Forms, folded, word_forms

# There is one copy for each build of the index. Words indexed since are not known yet, which costs a
# suggestion at most.

_RENEW_AFTER_SECONDS = 3600.0
_GROWTH = 1.1  # or when the index holds so many times the articles


@dataclass(slots=True)
class _Kept:
    loading: asyncio.Lock = field(default_factory=asyncio.Lock)
    spelling: SpellingCorrector | None = None
    loaded_at: float = 0.0
    articles: int = 0


_kept: WeakKeyDictionary[Generation, _Kept] = WeakKeyDictionary()


async def spelling_of(generation: Generation) -> SpellingCorrector:
    """Return the corrector of typing errors for an index."""
    kept = _kept.setdefault(generation, _Kept())
    async with kept.loading:
        now = generation.searcher.num_docs
        if kept.spelling is None or _is_stale(kept, now):
            kept.spelling = await SEARCH.run(_load, generation)
            kept.loaded_at, kept.articles = time.monotonic(), now
        return kept.spelling


def _load(generation: Generation) -> SpellingCorrector:
    counts: dict[str, int] = {}
    for name in ("title", "sapo"):
        for word, count in generation.searcher.terms_with_prefix(name, ""):
            counts[word] = max(count, counts.get(word, 0))
    return SpellingCorrector(counts)


def _is_stale(kept: _Kept, articles: int) -> bool:
    return time.monotonic() - kept.loaded_at > _RENEW_AFTER_SECONDS or articles > _GROWTH * kept.articles


def respelled(query: Query, spelling: SpellingCorrector) -> tuple[tuple[Phrase, ...], ...] | None:
    """Return the groups of `query` with corrections instead of words that hardly occur; None without any."""
    groups = tuple((spelling.guesses(group[0]) or group) for group in query.groups)
    return groups if groups != query.groups else None


def with_typing_error(groups: Groups, hits: Iterable[Hit]) -> tuple[list[Hit], Groups]:
    """Return the hits with the words of `groups` side by side except one typing error, and corrected groups.

    The group of the wrong word has the words that the hits have in its place.
    """
    bare = [tuple(map(folded, group[0])) for group in groups]
    meant: dict[int, dict[Phrase, None]] = {}
    kept = []
    for hit in hits:
        for text in (hit.title, hit.sapo):
            if found := _typing_error_in(bare, [word.folded for word in word_forms(text)]):
                meant.setdefault(found[0], {})[found[1]] = None
                kept.append(hit)
                break
    at = max(meant, key=lambda number: len(meant[number]), default=0)
    return kept, [
        tuple(meant.get(number, group)) if number == at else group for number, group in enumerate(groups)
    ]


def _typing_error_in(bare: Sequence[Phrase], words: Sequence[str]) -> tuple[int, Phrase] | None:
    """Return the phrase that differs in a text by a typing error, and the word there; all others match."""
    for number, run in enumerate(bare):
        if len(run) > 1:
            continue
        before, behind = list(chain(*bare[:number])), list(chain(*bare[number + 1 :]))
        for at in range(len(before), len(words) - len(behind)):
            if (
                words[at - len(before) : at] == before
                and words[at + 1 : at + 1 + len(behind)] == behind
                and is_typing_error(run[0], words[at])
            ):
                return number, (words[at],)
    return None


def corrected_text(query: Query, groups: Groups, best: Hit) -> str:
    """Return the text of `query` with its errors corrected to the spelling of `best`, an article found so.

    A question typed with diacritics keeps its other words; one without gets the diacritics of the article.
    """
    words = [*word_forms(best.title), *word_forms(best.sapo)]
    text = query.text
    before: Phrase = ()
    shift = 0
    for term, group in zip(query.terms, groups, strict=True):
        found = _written(group, before, words)
        if found and (term.phrase not in group or not query.has_diacritics):
            start, end = (at + shift for at in term.place)
            text = text[:start] + " ".join(found) + text[end:]
            shift = len(text) - len(query.text)
        before = tuple(map(folded, found or term.phrase))
    return text


def _written(group: Sequence[Phrase], before: Phrase, words: Sequence[Forms]) -> Phrase:
    """Return how a phrase of the group is written in `words`, preferably after the phrase `before`."""
    found = Phrases([run] for run in group).find(words)
    bare = [word.folded for word in words]
    behind = [match for match in found if before and tuple(bare[: match.start][-len(before) :]) == before]
    best = min(behind or found, default=None)
    return tuple(word.canonical for word in words[best.start : best.end]) if best else ()
