"""Find the articles in a JSON object, and the fields that its keys stand for."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from summarizer.text.syllables import folded

# The names that scrapers, tables and labelled texts give the parts of an article: one table for all,
# `field_names.toml` beside this module.
#
# Names are compared without case, accents and separators: `publishedAt`, `published_at` and `Published
# at` are one name, and so are `Ngày đăng` and `ngay_dang`.

UNUSED = "unused"
"""The field of names that are known and hold nothing an article keeps: authors, tags, pictures."""

_LONGEST_NAME = 60
_NOUNS = frozenset(("article", "articles", "news", "post", "story", "item", "page", "doc"))
_NOUNS |= frozenset(("og", "dc", "meta", "field", "acf"))
_NOUNS |= frozenset(("bai", "viet", "tin", "tuc", "cua", "bao"))
_FORMS = frozenset(("text", "html", "raw", "plain", "clean", "cleaned", "vi", "vn", "vie", "list", "full"))
_FORMS |= frozenset(("utc", "gmt", "iso", "ts", "ms", "unix", "epoch", "local", "str", "string"))
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Name:
    """What a name stands for: the `field` of a draft, and its priority there (0 first)."""

    field: str
    rank: int


def _table() -> dict[str, Name]:
    fields = tomllib.loads(Path(__file__).with_name("field_names.toml").read_text(encoding="utf-8"))
    return {
        "".join(_WORDS.findall(folded(name))): Name(field, rank)
        for field, names in reversed(fields.items())
        for rank, name in enumerate(names)
    }


_TABLE = _table()


@lru_cache(maxsize=4_096)
def find_name(name: str) -> Name | None:
    """Return what a key, a column or a label stands for, None if it is unknown.

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
    """Yield the range of the whole name, then ranges without nouns and forms at its ends, longest first."""
    first = next((at for at, word in enumerate(words) if word not in _NOUNS), 0)
    after = next((n for n, word in enumerate(reversed(words)) if word not in _NOUNS | _FORMS), 0)
    cuts = product(range(min(first, 4) + 1), range(min(after, 4) + 1))
    yield from ((start, len(words) - end) for start, end in sorted(cuts, key=sum) if start + end < len(words))


# A JSON object is an article, wraps one, or holds a list, a table or values that are articles.
#
# Only names and shapes count here; `row_fields` reads the values.

_WRAPPERS = (
    *("article", "data", "item", "post", "news", "story", "doc", "result", "_source", "attributes", "fields"),
    *("metadata", "meta"),
)
_MOST_LIST_LEVELS = 3  # {"data": {"hits": {"hits": […]}}}
TEXT_FIELDS = frozenset(("sapo", "body"))


def has_title(row: object) -> bool:
    """Tell whether `row` is an object with a title under any name."""
    names = ((find_name(key), value) for key, value in row.items()) if isinstance(row, dict) else ()
    return any(name is not None and name.field == "title" and value for name, value in names)


def unwrapped(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the row joined with the article inside it: `{"_id": 1, "article": {"title": …}}`.

    A row that has a title but no text takes the missing fields from there: `{"webTitle": …, "fields":
    {"bodyText": …}}`.
    """
    is_titled = has_title(row)
    if is_titled and _has_text(row):
        return row
    inner = next(
        (
            found
            for key in _WRAPPERS
            if isinstance(found := row.get(key), dict)
            and (_has_text(found) if is_titled else has_title(found))
        ),
        None,
    )
    if inner is None:
        return row
    outer = {key: value for key, value in row.items() if value is not inner}
    return inner | outer if is_titled else outer | inner


def articles_in(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the articles of a JSON object: those of its one list or table, or its values; else itself.

    >>> articles_in({"status": "ok", "data": {"items": [{"title": "A"}, {"title": "B"}]}})
    [{'title': 'A'}, {'title': 'B'}]
    """
    found = _inner(document, _MOST_LIST_LEVELS)
    return [document] if found is None else found


def _inner(document: Mapping[str, Any], levels: int) -> list[Mapping[str, Any]] | None:
    if rows := _rows_of_columns(document):
        return rows
    article = unwrapped(document)
    is_titled = has_title(article)
    if is_titled and _has_text(article):
        return None
    values = list(document.values())
    lists = [one for one in values if isinstance(one, list) and one and all(map(_holds_title, one))]
    if len(lists) == 1:
        return list(lists[0])
    if is_titled:
        return None
    if len(document) > 1 and all(map(has_title, values)):
        return [_addressed(key, value) for key, value in document.items()]
    objects = [one for one in values if isinstance(one, dict)] if levels > 1 else []
    inner = [found for one in objects if (found := _inner(one, levels - 1)) is not None]
    return inner[0] if len(inner) == 1 else None


def _rows_of_columns(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the rows of a table written by columns: `{"title": {"0": "A"}, "body": {"0": "…"}}`.

    Also of one written by names and rows: `{"columns": ["title", "body"], "data": [["A", "…"]]}`. [] if the
    document is no table.
    """
    names, rows = document.get("columns"), document.get("data")
    if isinstance(names, list) and isinstance(rows, list) and all(isinstance(name, str) for name in names):
        tables = [row for row in rows if isinstance(row, list) and len(row) == len(names)]
        return [dict(zip(names, row, strict=True)) for row in tables] if len(tables) == len(rows) else []
    columns = {
        key: list(value.values()) if isinstance(value, dict) else value for key, value in document.items()
    }
    sizes = {len(column) if isinstance(column, list) else 0 for column in columns.values()}
    if len(columns) < 2 or len(sizes) != 1 or sizes == {0} or not has_title(document):
        return []
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _holds_title(row: object) -> bool:
    return isinstance(row, dict) and has_title(unwrapped(row))


def _addressed(key: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a row with its key as the address, if that is one: `{"https://…": {"title": …}}`."""
    return {"url": key, **row} if key.startswith(("http://", "https://")) else row


def _has_text(row: Mapping[str, Any]) -> bool:
    return any(
        (name := find_name(key)) is not None and name.field in TEXT_FIELDS and not is_empty(value)
        for key, value in row.items()
    )


def is_empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}
