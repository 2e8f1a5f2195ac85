"""What people type after /chude, read as changes: topics to have, after "bỏ" those to leave out. Pure."""

import re
from collections.abc import Sequence

from bot.chat.intents import Change, Press, SetTopic
from bot.narrowing import find_topics
from bot.newsroom import Newsroom
from summarizer.text.syllables import folded

# Blanks are taken all at once and from their first one on, so that a run of them is looked at once.
_BETWEEN = re.compile(r"(?:(?<!\s)\s++)?+[,;+]\s*+|(?<!\s)\s++(?:và|va)\s++", re.IGNORECASE)
_WITHOUT = re.compile(r"\s*(?:bỏ|bo|trừ|tru|không|khong)\s+", re.IGNORECASE)
_ALL = ("tat ca", "tat ca chu de")


class UnknownTopicError(ValueError):
    """The line names a topic that there is not; `name` is how it was typed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def parse_topics(text: str, chosen: Sequence[str], newsroom: Newsroom) -> tuple[Change, ...]:
    """Read a line as changes of `chosen`, where none means all.

    Raises:
        UnknownTopicError: a name is nobody's; then nothing of the line counts.
    """
    if " ".join(folded(text).split()) in _ALL:
        return (Press.ALL_TOPICS,)
    names = find_topics([text], newsroom)[0]  # a topic's own name may begin with "bỏ", or have an "và"
    if names or not (without := _WITHOUT.match(text)):
        return tuple(SetTopic(name, True) for name in names or _split(text, newsroom))
    unwanted = _split(text[without.end() :], newsroom)
    if chosen:
        return tuple(SetTopic(name, False) for name in unwanted)
    return tuple(SetTopic(name, True) for name in newsroom.topics if name not in unwanted)


def _split(text: str, newsroom: Newsroom) -> tuple[str, ...]:
    names, unknown = find_topics([name for name in _BETWEEN.split(text) if name.strip()], newsroom)
    if unknown or not names:
        raise UnknownTopicError(", ".join(unknown) or text)
    return names
