"""RSS and Atom → drafts; lists of feeds (OPML) in and out; the feeds that a page of HTML names."""

import datetime as dt
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin
from xml.sax.saxutils import escape, quoteattr

from storage.identity import clean_link
from storage.intake.child_parsing import (
    DEADLINE_SECONDS,
    FEED,
    LINKS,
    OPML,
    FeedItem,
    FeedLink,
    OpmlFeed,
    parse_in_child,
)
from storage.intake.date_style import DateSample, DateStyle, decide_style
from storage.intake.date_text import read_date_text
from storage.intake.decoding import decode
from storage.intake.drafts import Draft, Origin, Refusal, UnreadableError, host_of
from summarizer.text.openings import without_footer
from summarizer.topics import section_of_title

# RSS and Atom. Parsing runs in a child process (`feed_worker`), because a feed can hold text that keeps a
# parser busy for minutes, and entities that expand to gigabytes.

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]+)|0*([0-9]+));?")
_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
_OPENED = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]")
_CLOSED = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>")
_CLOSED_ROOT = re.compile(r"</(?:rss|feed|rdf:rdf)\s*>", re.IGNORECASE)
_LONGEST_PLACEHOLDER = 60
_NAME_WORDS = 4
_LONGEST_TITLE = 200  # of a feed
_PLACEHOLDER = re.compile(
    r"\W*+(?:no (?:description|content|summary)(?: available)?|none|null|undefined|n/a"
    r"|(?:không|chưa) có (?:mô tả|nội dung)|đang cập nhật)?+\W*+",
    re.IGNORECASE,
)


def read_feed(
    data: bytes,
    name: str,
    origin: Origin,
    *,
    now: dt.datetime,
    charset: str | None = None,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Iterator[Draft | Refusal]:
    """Yield a draft for each item of a feed, placed at `name#item` counted from 1.

    `charset` is the server's, for a feed that declares none; `now` is the time of fetching. All items
    together decide how the feed writes its times. Relative links are completed with its home page.

    A feed that is cut off gives the items before the cut, and a refusal that says so.

    Raises:
        UnreadableError: the charset is wrong, it is no feed, or parsing took too much time or memory.
    """
    text = _clean_text(decode(data, may_be_cut=True, charset=charset))
    declaration = _DECLARATION.match(text)
    document = text[declaration.end() if declaration else 0 :].encode()
    feed = parse_in_child(FEED, document, deadline_seconds)
    items = feed.items
    if not feed.is_feed and not items:
        raise UnreadableError("không phải RSS/Atom")
    is_cut = not feed.is_well_formed and not _CLOSED_ROOT.search(text)
    whole = len(items) - (is_cut and len(_OPENED.findall(text)) > len(_CLOSED.findall(text)))
    home = clean_link(feed.home) or clean_link(name)
    source = origin.source or host_of(clean_link(feed.home))
    section = section_of_title(feed.title[:_LONGEST_TITLE])
    style = decide_style(
        (DateSample(item.published, item.url) for item in items),
        origin.zone, now, built=feed.built, is_feed=True, remembered=origin.date_style,
    )  # fmt: skip
    for number, item in enumerate(items[:whole], start=1):
        draft = _draft(item, f"{name}#{number}", source, home, style)
        yield draft if draft.topic else replace(draft, topic=section)
    if is_cut:
        yield Refusal(name if whole == len(items) else f"{name}#{whole + 1}", "feed bị cắt cụt ở đây")


def _clean_text(text: str) -> str:
    """Return the text without characters, and references to characters, that XML forbids."""
    return _REFERENCE.sub(_possible, _NOT_XML.sub("", text).lstrip())


def _possible(reference: re.Match[str]) -> str:
    """Return a valid character reference, else nothing: one invalid reference would break the whole feed."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    code = int(digits, base) if len(digits) <= 7 else sys.maxunicode + 1
    return reference[0] if code <= sys.maxunicode and not _NOT_XML.match(chr(code)) else ""


def _draft(item: FeedItem, place: str, source: str, home: str | None, style: DateStyle) -> Draft:
    sapo, body = _sapo_and_body(item.summary, item.contents)
    paper = item.source if host_of(clean_link(item.source_url)) not in ("", host_of(home)) else ""
    return Draft(
        place=place,
        title="" if _is_placeholder(item.title) else _without_paper(item.title, paper),
        sapo=sapo,
        body=body,
        url=_absolute(item.url, home),
        external_id=item.id,
        source=paper or source,
        topic=item.topic,
        published=item.published,
        date_style=style,
    )


def _without_paper(title: str, paper: str) -> str:
    """Return a headline without the paper's name that a collection of several papers appends.

    >>> _without_paper("Sông Tiên - Cửa Nam: mưa lớn - Báo Vùng Cao", "Báo Vùng Cao")
    'Sông Tiên - Cửa Nam: mưa lớn'
    """
    return title.removesuffix(f" - {paper}") if paper else title


def _absolute(link: str, home: str | None) -> str:
    """Return the absolute address of a link that is relative to the feed's home page."""
    try:
        return urljoin(home, link) if home and link else link
    except ValueError:  # brackets that are no IPv6 address
        return link


def _is_placeholder(text: str) -> bool:
    return len(text) <= _LONGEST_PLACEHOLDER and _PLACEHOLDER.fullmatch(text) is not None


def _without_byline(text: str) -> str:
    """Return an item's text without the date and author that a site's program appends."""
    lines = text.split("\n")
    if len(lines) < 2 or not read_date_text(lines[-1]):
        return text
    lines.pop()
    if len(lines) > 1 and len(lines[-1].split()) <= _NAME_WORDS and lines[-1][-1].isalnum():
        lines.pop()
    return "\n".join(lines)


def _sapo_and_body(summary: str, contents: list[str]) -> tuple[str, str]:
    """Distinguish lead and full text: feeds swap the two fields, repeat one, or cut the lead short."""
    own = (_without_byline(without_footer(text)) for text in (summary, *contents))
    texts = [text for text in dict.fromkeys(own) if not _is_placeholder(text)]
    if not contents or not texts:
        return (texts[0] if texts else ""), ""
    body = max(texts, key=len)
    lead = min(texts, key=len)
    return ("" if body.startswith(lead.rstrip(" .…[]")) else lead), body


# Lists of feeds as feed readers exchange them (OPML), in and out.

_DECLARATION_OF_OPML = re.compile(r"<\?xml[^<>]*\?>")
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list; `folders` are the names around it, the nearest last."""

    title: str
    url: str
    folders: tuple[str, ...] = ()


def read_opml(data: bytes) -> tuple[list[Outline], int]:
    """Return the feeds of an OPML file, each address once, and the number without a usable address.

    Raises:
        UnreadableError: it is no OPML, or cannot be parsed in time.
    """
    text = _NOT_XML.sub("", _DECLARATION_OF_OPML.sub("", decode(data), count=1).lstrip())
    parsed = parse_in_child(OPML, text.encode(), DEADLINE_SECONDS)
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


# Feeds named by a page of HTML (autodiscovery). Parsing runs in a child process (`feed_lists_worker`).

_MOST = 20
_LONGEST_LINK_TITLE = 100


def find_feed_links(data: bytes, url: str, *, charset: str | None = None) -> list[FeedLink]:
    """Return the feeds that the page at `url` names, each once, at most twenty, those in its head first.

    Raises:
        UnreadableError: the charset is wrong, or parsing took too much.
    """
    text = decode(data, may_be_cut=True, charset=charset).replace("\0", "")
    found = parse_in_child(LINKS, text.encode(errors="replace"), DEADLINE_SECONDS)
    base = _joined(url, found.base) or url
    links: dict[str, FeedLink] = {}
    for feed in found.feeds:
        address = clean_link(_joined(base, feed.url) or "")
        if address is not None and address not in links and len(links) < _MOST:
            title = " ".join(feed.title.split())[:_LONGEST_LINK_TITLE]
            links[address] = FeedLink(title=title, url=address)
    return list(links.values())


def _joined(base: str, link: str) -> str | None:
    try:
        return urljoin(base, link) if link else None
    except ValueError:  # brackets that are no IPv6 address
        return None
