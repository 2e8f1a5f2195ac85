"""The work shared by all digests of one slot: each eligible story, rated and composed once.

A reader's own choices only filter, order and cut these stories. A story has one `Version` for readers
who do not know it, one more for each moment up to which readers know it, and one without the papers that a
reader left out; each is computed when it is first needed. Stories are numbered by importance from 0. The
stories of a topic, paper or word are an array of these numbers; the stories of a digest are a set of bits.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from summarizer.model import Candidate, DigestStory, Piece, Quote
from summarizer.reader_tastes import Mentions, Suitability
from summarizer.stories.differences import news_of, with_disagreement
from summarizer.stories.digest_story import compose_story, leading, main_topic, repeats, reports_of, showable
from summarizer.stories.neighbours import common_words, surely_same
from summarizer.stories.roundups import is_no_news
from summarizer.stories.terms import Frequencies, Terms, article_terms, similarity

FRESH = dt.timedelta(hours=18)  # a story counts half after this long
_BULLETIN = 0.02  # factor for a bulletin or an advertisement
_LAST_TOPIC_LOSES = 0.25  # deducted for the last topic: politics comes before show business
_SAME_EVENT = 0.12  # stories whose leading articles are this similar are one event: grouping misses some
_STORIES_COUNTED = 256  # the most important: enough to find the common words
_MOST_VERSIONS = 64  # kept for one story
_MOST_OLD = 500
_MOST_PHRASES = 20_000  # whose stories are kept
Numbers = NDArray[np.intp]


def importance(
    candidate: Candidate, slot: dt.datetime, topic_order: Sequence[str], *, fresh: dt.timedelta = FRESH
) -> float:
    """Rate a story by how many papers report it, how new its newest article is, and its topic. Above 0.

    Papers that are never shown count too, because many reports show importance. The first topic of
    `topic_order` weighs a third more than the last one and than other topics. A story counts half after
    `fresh`. A paper's bulletin, a list of headlines, and a firm's praise of itself come after everything
    else.
    """
    pieces = [piece for piece in candidate.pieces if not piece.advertorial]
    papers = len({piece.source for piece in pieces})
    age = max(0.0, (slot - max(piece.moment for piece in pieces)) / fresh)
    place = position(main_topic(showable(candidate)), topic_order) / max(1, len(topic_order))
    rating = (1 + math.log2(papers)) * 0.5**age * (1 - place * _LAST_TOPIC_LOSES)
    is_bulletin = all(is_no_news(piece.document.title, piece.document.sapo) for piece in pieces)
    return float(rating * (_BULLETIN if is_bulletin else 1.0))


def position(topic: str | None, order: Sequence[str | None]) -> int:
    """Return the position of a topic in `order`; the end if it is not in it."""
    return order.index(topic) if topic in order else len(order)


class Version:
    """A story as some readers may get it: from these articles, with `news` or from the start."""

    def __init__(
        self, prepared: "Prepared", candidate: Candidate, rating: float, news: Quote | None = None
    ) -> None:
        self.story_id = candidate.story_id
        self.number = -1  # among the stories of the slot
        self.candidate = candidate
        self.rating = rating
        pieces = showable(candidate)
        self.topic = main_topic(pieces)
        self.papers = frozenset(piece.source for piece in pieces)
        self.all_papers = frozenset(piece.source for piece in candidate.pieces)
        self._prepared = prepared
        self._news = news
        self._composed: dict[int, tuple[DigestStory, int]] = {}

    @cached_property
    def pieces(self) -> list[Piece]:
        """The articles of which the story is composed, the leading one first."""
        pieces = leading(self.candidate)
        if news := self._news:
            pieces.sort(key=lambda piece: piece.article_id != news.article_id)
        return surely_same(pieces, self._prepared.frequencies)

    @cached_property
    def paper(self) -> str:
        """Return the paper whose article leads the story."""
        return self.pieces[0].source

    def with_quotes(self, quotes: int) -> tuple[DigestStory, int]:
        """Return the story with at most `quotes` sentences, and how many syllables there are to read."""
        if quotes not in self._composed:
            story = self._compose(quotes)
            self._composed[quotes] = story, story.syllables
        return self._composed[quotes]

    def _compose(self, quotes: int) -> DigestStory:
        story = compose_story(self.candidate, self.pieces, max_quotes=quotes)
        if self._news is not None and quotes:
            others = [quote for quote in story.quotes if not repeats(quote.text, self._news.text)]
            chosen = (self._news, *(quote for quote in others if quote != self._news))[:quotes]
            story = replace(story, quotes=chosen, reports=reports_of(self.pieces, chosen), is_update=True)
        if quotes:
            story = with_disagreement(story, Candidate(self.story_id, tuple(self.pieces)))
        return story

    @cached_property
    def title_syllables(self) -> int:
        return self.with_quotes(0)[1]


class Prepared:
    """The stories of one slot, the most important first. Not for two threads at once."""

    def __init__(
        self,
        candidates: Iterable[Candidate],
        *,
        slot: dt.datetime,
        topic_order: Sequence[str],
        topic_names: Mapping[str, str] | None = None,
        fresh: dt.timedelta = FRESH,
    ) -> None:
        self.slot = slot
        self._fresh = fresh
        self.topic_order = tuple(topic_order)
        self._topic_names = topic_names or {}
        versions = [self._version(one) for one in candidates if showable(one)]
        self.versions = sorted(versions, key=lambda one: (-one.rating, one.story_id))
        for number, one in enumerate(self.versions):
            one.number = number
        self.by_id = {one.story_id: one for one in self.versions}
        self.ratings = np.array([one.rating for one in self.versions])
        self.ids = np.array([one.story_id for one in self.versions], dtype=np.int64)
        self._of_topic = _numbers_by((one.topic, one.number) for one in self.versions)
        self._of_paper = _numbers_by((paper, one.number) for one in self.versions for paper in one.papers)
        self._by_phrase: dict[str, Numbers] = {}
        self._other_versions: dict[tuple[int, frozenset[int], frozenset[str]], Version | None] = {}
        self._same_event = [0] * len(self.versions)  # by story: the bits of those of one event with it
        self._compared = [0] * len(self.versions)  # and of those compared with it
        self._terms: dict[int, Terms] = {}

    def of_topics(self, topics: Iterable[str]) -> Numbers:
        """Return the stories of these topics, by number."""
        return _joined(self._of_topic[topic] for topic in topics if topic in self._of_topic)

    def of_papers(self, papers: Iterable[str]) -> Numbers:
        return _joined(self._of_paper[paper] for paper in papers if paper in self._of_paper)

    def with_phrases(self, phrases: Iterable[str]) -> Numbers:
        return _joined(map(self._with_phrase, phrases))

    def _with_phrase(self, phrase: str) -> Numbers:
        if phrase not in self._by_phrase:
            if len(self._by_phrase) >= _MOST_PHRASES:
                self._by_phrase.clear()
            found = self.mentions.look_up(phrase)
            self._by_phrase[phrase] = np.array([self.by_id[story].number for story in found], dtype=np.intp)
        return self._by_phrase[phrase]

    @cached_property
    def mentions(self) -> Mentions:
        """The index that finds the stories with a phrase."""
        stories = [(one.candidate, one.topic) for one in self.versions]
        return Mentions(stories, self._topic_names)

    @cached_property
    def suitability(self) -> Suitability:
        """The traits of the stories, for rating them by a reader's tastes."""
        return Suitability(one.candidate for one in self.versions)

    @cached_property
    def frequencies(self) -> Frequencies:
        """The counts of words in the news of this slot."""
        return common_words(one.candidate.pieces[-1] for one in self.versions[:_STORIES_COUNTED])

    def _version(self, candidate: Candidate, news: Quote | None = None) -> Version:
        rating = importance(candidate, self.slot, self.topic_order, fresh=self._fresh)
        return Version(self, candidate, rating, news)

    def version_for(
        self, version: Version, known_until: dt.datetime | None, papers_out: Collection[str]
    ) -> Version | None:
        """Return the story without `papers_out`, for readers who know what was ready at `known_until`.

        None: no article is left, or nothing is new to them.
        """
        without = version.all_papers.intersection(papers_out)
        known: frozenset[int] = frozenset()
        if known_until is not None:
            pieces = version.candidate.pieces
            known = frozenset(piece.article_id for piece in pieces if piece.was_ready_at <= known_until)
        if not known and not without:
            return version
        key = (version.story_id, known, without)
        if key not in self._other_versions:
            if len(self._other_versions) > _MOST_VERSIONS * len(self.versions):
                self._other_versions.clear()
            made = self._other_versions[key] = self._make_version(version.candidate, known, without)
            if made is not None:
                made.number = version.number
        return self._other_versions[key]

    def _make_version(
        self, candidate: Candidate, known: frozenset[int], without: frozenset[str]
    ) -> Version | None:
        left = [piece for piece in candidate.pieces if piece.source not in without]
        fresh = Candidate(candidate.story_id, tuple(p for p in left if p.article_id not in known))
        if not showable(fresh):
            return None
        if not known:
            return self._version(fresh)
        old = [piece for piece in candidate.pieces if piece.article_id in known]
        news = news_of(old, fresh)
        return self._version(fresh, news) if news else None

    def reported_before(self, moment: dt.datetime) -> list[int]:
        """Return the stories that digests could have before `moment`, at most the 500 most important."""
        old = (
            one.story_id
            for one in self.versions
            if any(piece.was_ready_at < moment for piece in one.candidate.pieces)
        )
        return list(islice(old, _MOST_OLD))

    def known_stories(self, seen: Mapping[int, dt.datetime]) -> frozenset[tuple[int, int]]:
        """Return the id and the number of known articles of each story that readers have `seen` before."""
        counts = (
            (story_id, sum(piece.was_ready_at <= seen[story_id] for piece in one.candidate.pieces))
            for story_id, one in self.by_id.items()
            if story_id in seen
        )
        return frozenset((story_id, count) for story_id, count in counts if count)

    def is_covered_by(self, version: Version, shown: int) -> bool:
        """Tell whether one of the stories `shown` (bits by number) is about the event of `version`."""
        if missing := shown & ~self._compared[version.number]:
            self._compare(version, missing)
        return bool(self._same_event[version.number] & shown)

    def _compare(self, version: Version, others: int) -> None:
        number = version.number
        self._compared[number] |= others
        while others:
            other = others.bit_length() - 1
            others ^= 1 << other
            is_same = similarity(self._terms_of(version), self._terms_of(self.versions[other])) >= _SAME_EVENT
            self._same_event[number] |= is_same << other
            self._same_event[other] |= is_same << number
            self._compared[other] |= 1 << number

    def _terms_of(self, version: Version) -> Terms:
        if version.story_id not in self._terms:
            document = version.pieces[0].document
            self._terms[version.story_id] = article_terms(document.title, document.sapo, document.body)
        return self._terms[version.story_id]


def _numbers_by(pairs: Iterable[tuple[str | None, int]]) -> dict[str | None, Numbers]:
    numbers: defaultdict[str | None, list[int]] = defaultdict(list)
    for key, number in pairs:
        numbers[key].append(number)
    return {key: np.array(own, dtype=np.intp) for key, own in numbers.items()}


def _joined(found: Iterable[Numbers]) -> Numbers:
    parts = list(found)
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.intp)
