"""A hostile feed → plain values. `child_worker` runs this in a process of its own, without the package.

Markup is turned into text here too, because a hostile text can make a parser of HTML slow as well.
"""

import io
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import feedparser

_UTF_8 = {"content-type": "application/xml; charset=utf-8"}  # the parent has decoded it
_BLOCK = re.compile(
    r"article|aside|blockquote|br|div|d[dlt]|fig(?:caption|ure)|h[1-6]|hr|li|[ou]l|p|pre|section|t(?:able|[dhr])"
)
_TAG = re.compile(
    r"</?(p|div|br|ul|ol|li|h[1-6]|a|b|i|em|strong|span|font|img)(?:\s[^<>]{0,500})?/?>", re.IGNORECASE
)
_MOST_UNCLOSED = 200  # unclosed tags; the parser reads all that follows again for each
_LINKED = frozenset(("a", "font"))
_UNREAD = frozenset(("script", "style", "noscript", "template", "iframe", "object"))


class _Text(HTMLParser):
    """Collects the visible text, one line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links = 0
        self.has_own_words = False  # outside of links and the names of papers beside them
        self._unread_depth = 0
        self._link_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread_depth += tag in _UNREAD
        self._link_depth += tag in _LINKED
        self.links += tag == "a"
        if _BLOCK.fullmatch(tag):
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD and self._unread_depth:
            self._unread_depth -= 1
        if tag in _LINKED and self._link_depth:
            self._link_depth -= 1
        if _BLOCK.fullmatch(tag):  # also "</br>", which papers write
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread_depth:
            self.pieces.append(data.replace("\n", " "))
            self.has_own_words |= not self._link_depth and not data.isspace()


def text_of(markup: str, *, may_be_escaped: bool = False) -> str:
    """Return the text of a piece of HTML, however broken: one line for each block, no blank lines.

    If it `may_be_escaped`, tags that appear after the first reading are read as tags too, because some
    programs escape twice.

    >>> text_of('<a href="x"><img src="y"></a></br>Mưa &amp; lũ <b>dâng</b>')
    'Mưa & lũ dâng'
    """
    lines = (" ".join(line.split()) for line in "".join(_read(markup).pieces).split("\n"))
    text = "\n".join(filter(None, lines))
    return _without_tags(text) if may_be_escaped and "<" in text else text


def _read(markup: str) -> _Text:
    """Read a piece of HTML; if `html.parser` refuses it or would take quadratic time, only drop the tags."""
    parser = _Text()
    if markup.count("<") - markup.count(">") <= _MOST_UNCLOSED:
        try:
            parser.feed(markup)
            parser.close()
        except AssertionError:  # "<![" without a name
            parser = _Text()
        else:
            return parser
    parser.pieces.append(_without_tags(markup))
    parser.has_own_words = True
    return parser


def _without_tags(text: str) -> str:
    """Return `text` without the tags in it; other angle brackets stay."""
    bare = unescape(_TAG.sub(lambda tag: "\n" if _BLOCK.fullmatch(tag[1].lower()) else "", text))
    return "\n".join(filter(None, (" ".join(line.split()) for line in bare.split("\n"))))


def _lead_of(markup: str) -> str:
    """Return the text of an item's description; a list of links to other papers' reports is none."""
    parser = _read(markup)
    is_list = parser.links > 0 and "<font" in markup and not parser.has_own_words
    return "" if is_list else text_of(markup, may_be_escaped=True)


def parse(feed: bytes) -> dict[str, Any]:
    """Return the items of a feed in UTF-8 without markup, its home page and whether it is well formed."""
    # a stream: given bare bytes, feedparser would first try them as the name of a file
    parsed = feedparser.parse(io.BytesIO(feed), response_headers=_UTF_8, sanitize_html=False)
    return {
        "is_feed": bool(parsed.version),
        "is_well_formed": not parsed.bozo,
        "title": text_of(str(parsed.feed.get("title") or "")),
        "home": str(parsed.feed.get("link", "")),
        "built": str(parsed.feed.get("updated") or parsed.feed.get("published") or ""),
        "items": [_item(entry) for entry in parsed.entries],
    }


def _item(entry: Any) -> dict[str, Any]:
    tags, contents = entry.get("tags") or [{}], entry.get("content", ())
    return {
        "title": text_of(entry.get("title") or ""),
        "summary": _lead_of(entry.get("summary") or ""),
        "contents": [text_of(one.get("value") or "", may_be_escaped=True) for one in contents],
        "url": str(entry.get("link", "")),
        "id": str(entry.get("id", "")),
        "topic": str(tags[0].get("term") or ""),
        "source": text_of(str((entry.get("source") or {}).get("title") or "")),
        "source_url": str((entry.get("source") or {}).get("href") or ""),
        "published": str(entry.get("published") or entry.get("updated") or ""),
    }
