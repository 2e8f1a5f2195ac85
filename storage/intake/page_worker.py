"""A hostile page of HTML → plain values. `child_worker` runs this in a process of its own.

A date is taken only if the page states one; trafilatura must not guess dates from the text. The answer also
has the evidence by which `storage.intake.pages` decides whether the page is an article: what the page states
about itself, and the share of links.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from trafilatura import extract, load_html
from trafilatura.metadata import extract_metadata

_LOW = "translate(%s, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
_NAMED = " or ".join(f"{_LOW % name}='{{0}}'" for name in ("@property", "@name", "@itemprop"))
_META = f"//meta[{_NAMED}]/@content"
_HEAD_DATES = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "pubdate",
    "publishdate", "publish-date", "publish_date", "publication_date", "dc.date.issued", "dc.date",
)  # fmt: skip
_BODY_DATES = ("//*[@itemprop='datePublished']/@datetime", "//article//time/@datetime")
_LINKED_DATA = "//script[@type='application/ld+json']/text()"
_LINKED_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,60})"')
_PUBLISHER = re.compile(r'"publisher"\s*:\s*\{[^{}]{0,300}?"name"\s*:\s*("(?:[^"\\]|\\.){2,100}")')
_NO_GUESSES = {"extensive_search": False, "original_date": True}
_HEADINGS = ("h1", "h2", "h3", "h4")
_MOST_HEADINGS = 200
_HEADLINE_WORDS = 4
_LONGEST_NAME = 100
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(("title", "sapo", "body", "url", "topic", "published"), ""),
    **dict.fromkeys(("canonical", "og_url", "og_type"), ""),
    "names": [], "is_dated": False, "headline_links": 0, "linked_share": 0, "teaser_share": 0,
}  # fmt: skip


def parse(page: bytes) -> dict[str, Any]:
    """Return the parts of the article on a page in UTF-8, all empty where there is none."""
    tree = load_html(page.decode(errors="replace"))
    found = None if tree is None else extract_metadata(tree, date_config=_NO_GUESSES)
    if tree is None or found is None:
        return _EMPTY
    links = {text for text in map(_text, tree.iter("a")) if text.count(" ") >= _HEADLINE_WORDS - 1}
    said = {
        "canonical": _first(tree, "//link[@rel='canonical']/@href"),
        "og_url": _first(tree, _META.format("og:url")),
        "og_type": _first(tree, _META.format("og:type")).lower(),
        "names": [name[:_LONGEST_NAME] for name in (found.sitename, *_names(tree)) if name],
        "headline_links": len(links),
        "teaser_share": _teaser_share(tree),
    }
    dates, is_dated = _stated_dates(tree)
    body = extract(tree, include_comments=False, include_tables=False, favor_precision=True) or ""
    lines = [" ".join(line.split()) for line in body.split("\n")]
    linked = sum(len(line) for line in lines if line in links)
    return {
        **_EMPTY,
        **said,
        "title": found.title or "",
        "sapo": found.description or "",
        "body": body,
        "url": found.url or "",
        "topic": (found.categories or [""])[0],
        "published": next(dates, "") or found.date or "",
        "is_dated": is_dated,
        "linked_share": 100 * linked // max(1, sum(map(len, lines))),
    }


def _first(tree: Any, path: str) -> str:
    return next((text for value in tree.xpath(path) if (text := str(value).strip())), "")


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _names(tree: Any) -> Iterator[str]:
    """Yield the names of the site on a page, except the one that trafilatura finds."""
    yield _first(tree, _META.format("application-name"))
    for data in islice(tree.xpath(_LINKED_DATA), 10):
        if found := _PUBLISHER.search(str(data)):
            with suppress(ValueError):  # an invalid escape
                yield json.loads(found[1], strict=False)
    for link in islice(tree.xpath("//a[@href='/']"), 3):
        yield _text(link)


def _stated_dates(tree: Any) -> tuple[Iterator[str], bool]:
    """Return the dates that a page states, and whether one of them is of the whole page."""
    linked = [date for data in tree.xpath(_LINKED_DATA) for date in _LINKED_DATE.findall(str(data))]
    head = [date for name in _HEAD_DATES if (date := _first(tree, _META.format(name)))]
    body = (str(date).strip() for path in _BODY_DATES for date in tree.xpath(path))
    return iter([*linked[:1], *head, *body]), bool(head) or len(linked) == 1


def _teaser_share(tree: Any) -> int:
    """Return how much of the prose, in percent, is beside headlines that link to other pages."""
    beside: set[Any] = set()
    headings = [one for one in islice(tree.iter(*_HEADINGS), _MOST_HEADINGS) if _leads_elsewhere(one)]
    for heading in headings:
        for box in islice(heading.iterancestors(), 3):
            paragraphs = list(islice(box.iter("p"), 4))
            if len(paragraphs) > 3 or sum(1 for _ in islice(box.iter(*_HEADINGS), 3)) > 1:
                break
            beside.update(paragraphs)
    sizes = {paragraph: len(_text(paragraph)) for paragraph in tree.iter("p")}
    teasers = sum(size for paragraph, size in sizes.items() if paragraph in beside)
    return 100 * teasers // max(1, sum(sizes.values())) if len(headings) >= 5 else 0


def _leads_elsewhere(heading: Any) -> bool:
    text = _text(heading)
    return text.count(" ") >= _HEADLINE_WORDS - 1 and any(_text(link) == text for link in heading.iter("a"))
