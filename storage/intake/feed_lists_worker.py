"""Hostile lists of feeds → plain values: OPML files, and pages of HTML that name feeds.

`child_worker` runs this in a process of its own. The standard library's parser of XML fetches nothing. The
limits of the process bound what its entities expand to.
"""

from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

_FEED_TYPES = ("application/rss+xml", "application/atom+xml")
_FOLDERS_KEPT = 5  # the nearest; a file may nest a hundred thousand
_MOST = 200
_LONGEST = 2_000
_ENDINGS = (".rss", ".atom", "/rss", "/feed", "/feed/", "rss.xml", "feed.xml", "atom.xml")


class _Links(HTMLParser):
    """Collects `<link rel=alternate>` to feeds, and links in the text that look like feeds."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.named: list[dict[str, str]] = []
        self.linked: list[dict[str, str]] = []
        self.base = ""
        self._open: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        address = given.get("href", "").strip()[:_LONGEST]
        if tag == "base" and not self.base:
            self.base = address
        elif tag == "link" and "alternate" in given.get("rel", "").lower().split():
            if given.get("type", "").lower().strip() in _FEED_TYPES and len(self.named) < _MOST:
                self.named.append({"title": given.get("title", ""), "url": address})
        elif tag == "a":
            self._open = None
            if _looks_like_feed(address) and len(self.linked) < _MOST:
                self._open = {"title": "", "url": address}
                self.linked.append(self._open)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None and len(self._open["title"]) < _LONGEST:
            self._open["title"] += data


def _looks_like_feed(address: str) -> bool:
    path = address.partition("#")[0].partition("?")[0].lower()
    return path.endswith(_ENDINGS) or ("/rss/" in path and path.endswith(".xml"))


def parse_page(page: bytes) -> dict[str, Any]:
    """Return the feeds that a page in UTF-8 names, those in its head first."""
    links = _Links()
    try:
        links.feed(page.decode(errors="replace"))
        links.close()
    except AssertionError:  # "<![" without a name
        pass
    return {"base": links.base, "feeds": links.named + links.linked}


def parse_opml(opml: bytes) -> dict[str, Any]:
    """Return the feeds of an OPML file in UTF-8, each with the names of the folders around it."""
    try:
        root = ElementTree.fromstring(opml)  # noqa: S314 - fetches nothing; the process has limits
    except ElementTree.ParseError:
        return {"is_opml": False, "feeds": []}
    feeds: list[dict[str, Any]] = []
    waiting: list[tuple[ElementTree.Element, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, folders = waiting.pop()
        address = element.get("xmlUrl") or element.get("xmlurl") or element.get("url") or ""
        name = element.get("text") or element.get("title") or ""
        if element.tag == "outline" and address:
            feeds.append({"title": name, "url": address, "folders": list(folders)})
        inner = (*folders, name)[-_FOLDERS_KEPT:] if name else folders
        waiting += [(child, inner) for child in reversed(element)]
    return {"is_opml": root.tag == "opml", "feeds": feeds}
