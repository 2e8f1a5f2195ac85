"""What people type after /chude, read as changes: topics to have only, to have too, or to leave out. Pure.

Bare names mean "only these", whatever was chosen before. "thêm" or a plus adds, "bỏ" or a minus leaves out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.chat.intents import Change, Press, SetTopic
from bot.narrowing import find_topics
from bot.newsroom import Newsroom
from summarizer.text.syllables import folded

How = Literal["only", "add", "drop"]

# Blanks are taken all at once and from their first one on, so that a run of them is looked at once.
_BETWEEN = re.compile(r"(?:(?<!\s)\s++)?+[,;+]\s*+|(?<!\s)\s++(?:và|va)\s++", re.IGNORECASE)
_ALL = ("tat ca", "tat ca chu de")
_OPENINGS: dict[str, How] = {
    "chi": "only", "chi lay": "only", "chi nhan": "only",
    "them": "add", "nhan them": "add", "bat": "add", "+": "add",
    "bo": "drop", "bo bot": "drop", "tru": "drop", "khong": "drop", "tat": "drop", "bot": "drop",
    "xoa": "drop",
    "khong nhan": "drop", "-": "drop", "−": "drop", "–": "drop",
}  # fmt: skip
_SIGNS = "+-−–"


class UnknownTopicError(ValueError):
    """The line names a topic that there is not; `name` is how it was typed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NoTopicLeftError(ValueError):
    """Without the topics named none would be left, which would mean all of them."""


@dataclass(frozen=True, slots=True)
class TypedTopics:
    """The changes a line asks for, and in how many ways: `how` is None for all topics or for several ways."""

    changes: tuple[Change, ...]
    how: How | None = None
    topics: tuple[str, ...] = ()


def parse_topics(text: str, chosen: Sequence[str], newsroom: Newsroom) -> TypedTopics:
    """Read a line as changes of `chosen`, where none means all.

    Raises:
        UnknownTopicError: a name is nobody's; then nothing of the line counts.
        NoTopicLeftError: see there.
    """
    if " ".join(folded(text).split()) in _ALL:
        return TypedTopics((Press.ALL_TOPICS,))
    has_signs = any(word[0] in _SIGNS for word in text.split())
    if not has_signs and (names := find_topics([text], newsroom)[0]):
        # A topic's own name may begin with "bỏ", or have an "và".
        return TypedTopics(topic_changes("only", names, chosen, newsroom), "only", names)
    changes: list[Change] = []
    ways = [(how, _split(said, newsroom)) for how, said in _ways(text)]
    left = list(chosen)
    for how, names in ways:
        changes += topic_changes(how, names, left, newsroom)
        left = _after(how, names, left, newsroom)
    how, names = ways[0]
    return TypedTopics(tuple(changes), *((how, names) if len(ways) == 1 else (None, ())))


def topic_changes(
    how: How, topics: Sequence[str], chosen: Sequence[str], newsroom: Newsroom
) -> tuple[Change, ...]:
    """Return the changes by which a chat that has `chosen`, none meaning all, has `topics` only, too or not.

    Raises:
        NoTopicLeftError: see there.
    """
    if how == "add" and not chosen:
        return ()
    left = _after(how, topics, chosen, newsroom)
    if not left:
        raise NoTopicLeftError
    return (Press.ALL_TOPICS, *(SetTopic(name, True) for name in left))


def _after(how: How, topics: Sequence[str], chosen: Sequence[str], newsroom: Newsroom) -> list[str]:
    before = [name for name in newsroom.topics if name in chosen] or list(newsroom.topics)
    match how:
        case "only":
            return list(topics)
        case "add":
            return [name for name in newsroom.topics if name in topics or name in before]
        case "drop":
            return [name for name in before if name not in topics]


def _ways(text: str) -> Iterator[tuple[How, str]]:
    """Cut a line before each sign, and take the word off that says how it is meant."""
    said: list[list[str]] = [[]]
    for word in text.split():
        if word[0] in _SIGNS and (len(word) > 1 or word in _SIGNS):
            said.append([word[0]])
            word = word[1:]
        if word:
            said[-1].append(word)
    for words in filter(None, said):
        opening = next((n for n in (2, 1) if " ".join(folded(" ".join(words[:n])).split()) in _OPENINGS), 0)
        how = _OPENINGS[" ".join(folded(" ".join(words[:opening])).split())] if opening else "only"
        yield how, " ".join(words[opening:])


def _split(text: str, newsroom: Newsroom) -> tuple[str, ...]:
    names, unknown = find_topics([name for name in _BETWEEN.split(text) if name.strip(" ,;")], newsroom)
    if unknown or not names:
        raise UnknownTopicError(", ".join(unknown) or text)
    return names
