"""Guess an article's topic from what its source says about it.

The surest word first: what the article's row declares, the feed's category, then the words of the URL's path
(`/the-thao/bong-da/…`, `/Home/TheGioi/…`). What the text itself is about is no business of this module.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from summarizer.text.syllables import folded

_CAPITAL_INSIDE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_WORD = re.compile(r"[\W_]+")
_SUBDOMAIN_LABELS = 1  # of a host like thethao.bao.vn
_LONGEST_SECTION = 4  # syllables: a longer part of a path is an article's headline, not a section


def guess_topic(
    *, feed_category: str | None, url: str | None, declared: str | None, aliases: Mapping[str, str]
) -> str | None:
    """Return the topic, or None when nothing tells it.

    `aliases` leads from a word to a topic's name; marks, case, blanks and hyphens make no difference.

    >>> guess_topic(feed_category=None, url="https://bao.example/Home/TheGioi/x-1.html", declared=None,
    ...             aliases={"Thế giới": "the-gioi"})
    'the-gioi'
    """
    topics = {_key(name): name for name in aliases.values()}
    topics |= {_key(word): topic for word, topic in aliases.items()}
    known = (topics[key] for key in _clues(declared, feed_category, url) if key in topics)
    return next(known, None)


def _clues(declared: str | None, feed_category: str | None, url: str | None) -> Iterator[str]:
    for said in (declared, feed_category):
        if said:
            yield _key(said)
            # "Thể thao / Bóng đá", "Pháp luật > Hồ sơ": the broader section stands first.
            yield from map(_key, re.split(r"[/>|,;»]", said))
    if url:
        yield from _sections(url)


def _sections(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return
    path = [unquote(section) for section in parts.path.split("/")[:-1]]
    for section in [*path, *host.split(".")[:_SUBDOMAIN_LABELS]]:
        spaced = _CAPITAL_INSIDE.sub(" ", section)
        if len(_NO_WORD.split(spaced)) <= _LONGEST_SECTION:
            yield _key(spaced)


def _key(word: str) -> str:
    # Hosts and old addresses run words together ("thethao"): so do all keys.
    return _NO_WORD.sub("", folded(word))
