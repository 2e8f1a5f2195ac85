"""A hostile page of HTML → plain values. `apart_worker` runs this in a process of its own.

A date is taken only where the page states one; trafilatura's guesses from the text are not asked for.
"""

import re
from typing import Any

from trafilatura import extract, load_html
from trafilatura.metadata import extract_metadata

_DATES = (
    "//meta[@property='article:published_time' or @itemprop='datePublished' or @name='pubdate']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//article//time/@datetime",
)
_LINKED_DATA = "//script[@type='application/ld+json']/text()"
_LINKED_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,60})"')
_NO_GUESSES = {"extensive_search": False, "original_date": True}


def parse(page: bytes) -> dict[str, Any]:
    """Return the parts of the article on a page in UTF-8, all empty where there is none."""
    tree = load_html(page.decode(errors="replace"))
    found = None if tree is None else extract_metadata(tree, date_config=_NO_GUESSES)
    if tree is None or found is None:
        return dict.fromkeys(("title", "sapo", "body", "url", "topic", "source", "published"), "")
    body = extract(tree, include_comments=False, include_tables=False, favor_precision=True) or ""
    return {
        "title": found.title or "",
        "sapo": found.description or "",
        "body": body,
        "url": found.url or "",
        "topic": (found.categories or [""])[0],
        "source": found.sitename or "",
        "published": _stated_date(tree) or found.date or "",
    }


def _stated_date(tree: Any) -> str:
    linked = (_LINKED_DATE.search(str(data)) for data in tree.xpath(_LINKED_DATA))
    found = [date[1] for date in linked if date]
    found += [str(date).strip() for path in _DATES for date in tree.xpath(path)]
    return found[0] if found else ""
