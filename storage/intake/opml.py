"""Lists of feeds as feed readers exchange them (OPML), in and out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from storage.identity import clean_link
from storage.intake.apart import DEADLINE_SECONDS, OPML, OpmlFeed, parse_apart
from storage.intake.decoding import decode
from storage.intake.model import UnreadableError

_DECLARATION = re.compile(r"<\?xml[^<>]*\?>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list; `folders` are the names around it, the nearest last."""

    title: str
    url: str
    folders: tuple[str, ...] = ()


def read_opml(data: bytes) -> tuple[list[Outline], int]:
    """Return the feeds of an OPML file, each address once, and how many had none that can be used.

    Raises:
        UnreadableError: it is no OPML, or cannot be parsed in time.
    """
    text = _NOT_XML.sub("", _DECLARATION.sub("", decode(data), count=1).lstrip())
    parsed = parse_apart(OPML, text.encode(), DEADLINE_SECONDS)
    if not parsed.is_opml:
        raise UnreadableError("không phải tệp OPML")
    outlines = [_outline(feed) for feed in parsed.feeds]
    usable = {outline.url: outline for outline in outlines if outline is not None}
    return list(usable.values()), sum(outline is None for outline in outlines)


def write_opml(outlines: Iterable[Outline], title: str) -> str:
    """Return an OPML file with the feeds, without folders."""
    lines = [
        f'    <outline type="rss" text={_quoted(one.title)} xmlUrl={_quoted(one.url)}/>' for one in outlines
    ]
    head = f"  <head>\n    <title>{escape(title)}</title>\n  </head>"
    body = "\n".join(["  <body>", *lines, "  </body>"])
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n{head}\n{body}\n</opml>\n'


def _outline(feed: OpmlFeed) -> Outline | None:
    url = clean_link(feed.url)
    if url is None or "@" in feed.url.partition("://")[2].partition("/")[0]:
        return None
    return Outline(_name(feed.title) or url, url, tuple(filter(None, map(_name, feed.folders))))


def _name(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_NAME]


def _quoted(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", text))
