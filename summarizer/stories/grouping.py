"""Group articles into stories one at a time, and pack articles as bytes for later comparisons."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from summarizer.packaged_data import data_bytes
from summarizer.stories import leads, neighbours, roundups, terms
from summarizer.stories.leads import NO_ORDER, Lead
from summarizer.stories.neighbours import ArticleFeatures, Neighbours
from summarizer.stories.terms import Terms
from summarizer.text import repair, syllables

# A story is the reports of one event. The work for each article is bounded.
#
# An article joins the story whose articles report its event with the highest mean probability, or begins one.
# The mean decides and not the best match, so that a story cannot drift into another one: a follow-up that
# resembles only the last report begins a new story. The same text again, at another address or in another
# paper, always joins. After a restart the caller gives the known stories (`learn`).

# The least mean probability for joining. Four of five joins on unseen articles
# are right (`benchmarks/cross_validate_stories.py`); a higher one loses more right joins than wrong ones.
JOIN_AT = 0.4
_NO_STORY = -1


class Grouper:
    """The stories of the last `window` articles."""

    def __init__(self, window: int = 50_000) -> None:
        self._neighbours = Neighbours(window)
        # Arrays: the article with number n (by arrival) is at n modulo the window.
        self._stories: NDArray[np.int64] = np.full(window, _NO_STORY)
        self._ids: list[int | str] = [""] * window
        self._numbers: dict[int | str, int] = {}  # by article id
        self._sizes: dict[int, int] = {}  # of the stories

    def enter(self, article_id: int | str, article: ArticleFeatures, story: int) -> None:
        """Put an article into `story`; its old entry is replaced."""
        self._forget(article_id)
        self._enter(self._neighbours.add(article), article_id, story)

    def forget(self, article_ids: Sequence[int | str]) -> None:
        """Forget articles; unknown ones are ignored."""
        numbers = [self._numbers[one] for one in article_ids if one in self._numbers]
        self._neighbours.forget_all(numbers)
        for number in numbers:
            self._leave(number)

    def learn(self, known: Sequence[tuple[int | str, int, ArticleFeatures]]) -> None:
        """Put articles, by id, into their known stories: like `enter`, but faster."""
        for article_id, _, _ in known:
            self._forget(article_id)
        numbers = self._neighbours.add_many([article for _, _, article in known])
        for number, (article_id, story, _) in zip(numbers, known, strict=True):
            self._enter(number, article_id, story)

    def rename(self, names: Mapping[int, int]) -> None:
        """Give stories other keys, none of which is in use."""
        if not names:
            return
        for place in np.flatnonzero(np.isin(self._stories, list(names))).tolist():
            self._stories[place] = names[int(self._stories[place])]
        for old, new in names.items():
            if old in self._sizes:
                self._sizes[new] = self._sizes.pop(old)

    def _forget(self, article_id: int | str) -> None:
        if article_id in self._numbers:
            self._neighbours.forget(self._numbers[article_id])
            self._leave(self._numbers[article_id])

    def nearest(self, article: ArticleFeatures) -> int | None:
        """Return the known story that an article belongs to; None: it begins one."""
        numbers, probable = self._neighbours.near(article)
        if copies := numbers[probable == 1.0].tolist():  # the same text always joins its story
            return int(self._stories[copies[-1] % self._neighbours.window])
        stories, member_of = np.unique(self._stories[numbers % self._neighbours.window], return_inverse=True)
        if not stories.size:
            return None
        sizes = np.array([self._sizes[story] for story in stories.tolist()])
        means = np.bincount(member_of, probable) / sizes
        nearest = int(np.argmax(means))
        return int(stories[nearest]) if means[nearest] >= JOIN_AT else None

    def _enter(self, number: int, article_id: int | str, story: int) -> None:
        self._leave(number)  # the article a whole window before, at the same index
        place = number % self._neighbours.window
        self._stories[place] = story
        self._ids[place] = article_id
        self._numbers[article_id] = number
        self._sizes[story] = self._sizes.get(story, 0) + 1

    def _leave(self, number: int) -> None:
        place = number % self._neighbours.window
        story = int(self._stories[place])
        if story == _NO_STORY:
            return
        self._stories[place] = _NO_STORY
        del self._numbers[self._ids[place]]
        self._sizes[story] -= 1
        if not self._sizes[story]:
            del self._sizes[story]


# Packed articles: bytes with which a new process can group without reading the texts again.
#
# They are valid for one version of code and data, which `fingerprint` identifies.

_HEAD = 8  # bytes: terms, terms of the lead, dimensions of meaning, flags
_HAS_BODY, _IS_ROUNDUP, _IS_ADVICE = 1, 2, 4
_DECIDING = (terms, leads, roundups, neighbours, syllables, repair)
_DATA = ("grouping.npz", "meanings.npz")


@cache
def fingerprint() -> str:
    """Return a fingerprint of the code and data that decide the contents of packed articles."""
    found = hashlib.sha256()
    for name in (__name__, *(module.__name__ for module in _DECIDING)):
        package, _, module = name.rpartition(".")
        found.update((files(package) / f"{module}.py").read_bytes())
    for name in _DATA:
        found.update(data_bytes(name))
    return found.hexdigest()[:16]


def pack(article: ArticleFeatures) -> bytes:
    """Return an article as bytes, without its time and paper."""
    own, lead = article.terms, article.lead
    flags = _HAS_BODY * article.has_body + _IS_ROUNDUP * article.is_roundup + _IS_ADVICE * lead.is_advice
    rest = [sorted(lead.numbers), sorted(lead.days), sorted(lead.series), lead.day]
    return b"".join(
        (
            np.array((own.hashes.size, lead.hashes.size, lead.meaning.size, flags), np.uint16).tobytes(),
            own.hashes.tobytes(),
            own.weights.tobytes(),
            lead.hashes.tobytes(),
            lead.meaning.tobytes(),
            lead.flags.tobytes(),
            json.dumps(rest, ensure_ascii=False, separators=(",", ":")).encode(),
        )
    )


def pack_order(article: ArticleFeatures) -> bytes:
    """Return the bytes of the order of an article's lead, which is needed only while the article is new."""
    return article.lead.order.tobytes()


def unpack(packed: bytes, moment: float, source: str | None, order: bytes = b"") -> ArticleFeatures:
    """Return what `pack` packed, with the article's time (UNIX timestamp or NaN), paper and packed order."""
    own, lead, dimensions, flags = np.frombuffer(packed, np.uint16, 4).tolist()
    numbers = np.frombuffer(packed, np.uint32, 2 * own + lead + dimensions, _HEAD)
    at = _HEAD + numbers.nbytes
    figures, days, series, day = json.loads(packed[at + lead :])
    return ArticleFeatures(
        Terms(numbers[:own], numbers[own : 2 * own].view(np.float32)),
        Lead(
            numbers[2 * own : 2 * own + lead],
            np.frombuffer(packed, np.uint8, lead, at),
            numbers[2 * own + lead :].view(np.float32),
            frozenset(figures),
            frozenset((month, number) for month, number in days),
            frozenset(series),
            bool(flags & _IS_ADVICE),
            (day[0], day[1]) if day else None,
            np.frombuffer(order, np.int16).reshape(2, -1) if order else NO_ORDER,
        ),
        moment,
        source,
        bool(flags & _HAS_BODY),
        bool(flags & _IS_ROUNDUP),
    )
