"""The names under which scrapers, tables and labelled texts keep the parts of an article: one table for all,
`field_names.toml` beside this module.

Names are compared without case, accents and separators: `publishedAt`, `published_at` and `Published at` are
one name, and so are `Ngày đăng` and `ngay_dang`.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from summarizer.text.syllables import folded

UNUSED = "unused"
"""The field of names that are known and hold nothing an article keeps: authors, tags, pictures."""

_LONGEST_NAME = 60
_NOUNS = frozenset(
    ("article", "articles", "news", "post", "story", "item", "page", "doc", "og", "dc", "meta")
)
_NOUNS |= frozenset(("bai", "viet", "tin", "tuc", "cua", "bao"))
_FORMS = frozenset(("text", "html", "raw", "plain", "clean", "cleaned", "vi", "vn", "vie", "list", "full"))
_FORMS |= frozenset(("utc", "gmt", "iso", "ts", "ms", "unix", "epoch", "local", "str", "string"))
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Name:
    """What a name stands for: the `field` of a draft, and how early it counts there (0 first)."""

    field: str
    rank: int


def _table() -> dict[str, Name]:
    fields = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {
        "".join(_WORDS.findall(folded(name))): Name(field, rank)
        for field, names in reversed(fields.items())
        for rank, name in enumerate(names)
    }


_TABLE = _table()


@lru_cache(maxsize=4_096)
def find_name(name: str) -> Name | None:
    """Return what a key, a column or a label stands for, None for one that nobody reads.

    >>> find_name("articleBody")
    Name(field='body', rank=1)
    >>> find_name("Ngày đăng bài") == find_name("ngay_dang")
    True
    """
    if len(name) > _LONGEST_NAME:
        return None
    words = _WORDS.findall(folded(_CAMEL.sub(" ", name)))
    shorter = ("".join(words[start:end]) for start, end in _without_nouns(words))
    return next((_TABLE[key] for key in shorter if key in _TABLE), None)


def _without_nouns(words: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the name itself, then without the nouns and forms around it, the most of it first."""
    first = next((at for at, word in enumerate(words) if word not in _NOUNS), 0)
    after = next((n for n, word in enumerate(reversed(words)) if word not in _NOUNS | _FORMS), 0)
    cuts = product(range(min(first, 4) + 1), range(min(after, 4) + 1))
    yield from ((start, len(words) - end) for start, end in sorted(cuts, key=sum) if start + end < len(words))
