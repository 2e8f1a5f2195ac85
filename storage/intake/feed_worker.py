"""A hostile feed → plain values. `apart_worker` runs this in a process of its own, without the package.

Markup becomes text in here too: parsers of HTML can be made slow as well.
"""

import io
import re
from html.parser import HTMLParser
from typing import Any

import feedparser

_UTF_8 = {"content-type": "application/xml; charset=utf-8"}  # the parent has decoded it
_BLOCK = re.compile(
    r"article|aside|blockquote|br|div|d[dlt]|fig(?:caption|ure)|h[1-6]|hr|li|[ou]l|p|pre|section|t(?:able|[dhr])"
)
_UNREAD = frozenset(("script", "style", "noscript", "template", "iframe", "object"))


class _Text(HTMLParser):
    """Collects what a reader would see, a line a block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unread_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread_depth += tag in _UNREAD
        if _BLOCK.fullmatch(tag):
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD and self._unread_depth:
            self._unread_depth -= 1
        if _BLOCK.fullmatch(tag):  # also "</br>", which papers write
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread_depth:
            self.pieces.append(data.replace("\n", " "))


def text_of(markup: str) -> str:
    """Return the text of a piece of HTML, however broken: a line a block, no blank lines.

    >>> text_of('<a href="x"><img src="y"></a></br>Mưa &amp; lũ <b>dâng</b>')
    'Mưa & lũ dâng'
    """
    parser = _Text()
    parser.feed(markup)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.pieces).split("\n"))
    return "\n".join(filter(None, lines))


def parse(feed: bytes) -> dict[str, Any]:
    """Return the items of a feed in UTF-8 without markup, its home page and whether it is well formed."""
    # a stream: given bare bytes, feedparser would first try them as the name of a file
    parsed = feedparser.parse(io.BytesIO(feed), response_headers=_UTF_8, sanitize_html=False)
    return {
        "is_feed": bool(parsed.version),
        "is_well_formed": not parsed.bozo,
        "home": str(parsed.feed.get("link", "")),
        "built": str(parsed.feed.get("updated") or parsed.feed.get("published") or ""),
        "items": [_item(entry) for entry in parsed.entries],
    }


def _item(entry: Any) -> dict[str, Any]:
    tags = entry.get("tags") or [{}]
    return {
        "title": text_of(entry.get("title") or ""),
        "summary": text_of(entry.get("summary") or ""),
        "contents": [text_of(content.get("value") or "") for content in entry.get("content", ())],
        "url": str(entry.get("link", "")),
        "id": str(entry.get("id", "")),
        "topic": str(tags[0].get("term") or ""),
        "published": str(entry.get("published") or entry.get("updated") or ""),
    }
