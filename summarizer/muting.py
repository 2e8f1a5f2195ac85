"""Which stories of a slot say a phrase that a reader wants left out, or more of: as questions find words.

Diacritics, spellings and phrases count as in questions (`summarizer.questions.phrases`). Looked at is all
that a digest may show of a story, and the names of its topic.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from summarizer.model import Candidate, Piece
from summarizer.questions.phrases import Phrases
from summarizer.questions.query import parse_query
from summarizer.stories.telling import showable
from summarizer.text.syllables import Forms, folded, word_forms

LONGEST_PHRASE = 60  # characters
_READ = 1_500  # characters of a field: more than the sentences that a digest shows stand in
_FIELD_END = Forms("¶", "¶")


class Mentions:
    """Finds the stories that say a phrase.

    `topic_names` leads from everything that topics are called, folded, to their names.
    """

    def __init__(
        self, stories: Sequence[tuple[Candidate, str | None]], topic_names: Mapping[str, str]
    ) -> None:
        self._topic_names = topic_names
        self._of_topic: defaultdict[str | None, set[int]] = defaultdict(set)
        self._words: dict[int, list[Forms]] = {}
        self._having: defaultdict[str, set[int]] = defaultdict(set)  # by a word without diacritics
        for candidate, topic in stories:
            story = candidate.story_id
            self._of_topic[topic].add(story)
            words = [word for piece in showable(candidate) for word in _words_of(piece)]
            self._words[story] = words
            for bare in {word.folded for word in words}:
                self._having[bare].add(story)

    def of(self, phrases: Iterable[str]) -> set[int]:
        """Return the stories that say any of `phrases`."""
        return set[int]().union(*map(self.look_up, phrases))

    def look_up(self, phrase: str) -> set[int]:
        """Return the stories that say `phrase`."""
        topic = self._topic_names.get(" ".join(folded(phrase).split()))
        found = set(self._of_topic[topic]) if topic else set()
        groups = read_phrase(phrase)
        if not groups:
            return found
        may_have = [
            set().union(*(self._with_all(run) for run in group)) for group in groups
        ]  # each group in one of its spellings
        for story in set.intersection(*may_have) - found:
            matches = Phrases(groups).find(self._words[story])
            if {match.group for match in matches if match.is_as_typed} == set(range(len(groups))):
                found.add(story)
        return found

    def _with_all(self, run: Sequence[str]) -> set[int]:
        return set.intersection(*(self._having.get(folded(word), set()) for word in run))


@lru_cache(maxsize=1 << 13)
def read_phrase(phrase: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return `phrase` as groups of runs, each with its other spellings; empty when it holds no word.

    >>> read_phrase("Hạ Long")
    ((('hạ', 'long'),),)
    """
    words = " ".join(word.canonical for word in word_forms(phrase[:LONGEST_PHRASE]))
    return parse_query(f'"{words}"').groups if words else ()


def _words_of(piece: Piece) -> list[Forms]:
    document = piece.document
    fields = (document.title, document.sapo[:_READ], document.body[:_READ])
    words: list[Forms] = []
    for text in (*fields, *(sentence.text for sentence in piece.summary)):
        words += (*word_forms(text), _FIELD_END)
    return words
