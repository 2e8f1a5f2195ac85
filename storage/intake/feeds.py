"""RSS and Atom → drafts. Parsing runs apart, in `feed_worker`: a feed can hold text that keeps a parser busy
for minutes, and entities that unfold to gigabytes.
"""

import datetime as dt
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin

from storage.identity import clean_link
from storage.intake.apart import DEADLINE_SECONDS, FEED, FeedItem, parse_apart
from storage.intake.date_style import DateSample, DateStyle, decide_style
from storage.intake.date_text import read_date_text
from storage.intake.decoding import decode
from storage.intake.drafts import Draft, host_of
from storage.intake.model import Origin, Refusal, UnreadableError
from summarizer.text.leads import without_footer
from summarizer.topics import section_of_title

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

    `charset` is what its server said, for a feed that says nothing itself; `now` is when it was fetched.
    All items together tell how the feed writes its times, and its home page completes their links.

    A feed that ends half-way gives the items before the cut, and a refusal that says so.

    Raises:
        UnreadableError: the charset is wrong, it is no feed, or parsing took too much time or memory.
    """
    text = _REFERENCE.sub(
        _possible, _NOT_XML.sub("", decode(data, may_be_cut=True, charset=charset)).lstrip()
    )
    declaration = _DECLARATION.match(text)
    document = text[declaration.end() if declaration else 0 :].encode()
    feed = parse_apart(FEED, document, deadline_seconds)
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


def _possible(reference: re.Match[str]) -> str:
    """Return a reference to a character, and nothing for one to none: a single such would cost the feed."""
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
    """Return a headline without the paper's name that a collection of several papers puts behind it.

    >>> _without_paper("Sông Tiên - Cửa Nam: mưa lớn - Báo Vùng Cao", "Báo Vùng Cao")
    'Sông Tiên - Cửa Nam: mưa lớn'
    """
    return title.removesuffix(f" - {paper}") if paper else title


def _absolute(link: str, home: str | None) -> str:
    """Return a link that is relative to the feed's home page as a whole address."""
    try:
        return urljoin(home, link) if home and link else link
    except ValueError:  # brackets that are no IPv6 address
        return link


def _is_placeholder(text: str) -> bool:
    return len(text) <= _LONGEST_PLACEHOLDER and _PLACEHOLDER.fullmatch(text) is not None


def _without_byline(text: str) -> str:
    """Return an item's text without the date, and the writer's name, that a site's program put below it."""
    lines = text.split("\n")
    if len(lines) < 2 or not read_date_text(lines[-1]):
        return text
    lines.pop()
    if len(lines) > 1 and len(lines[-1].split()) <= _NAME_WORDS and lines[-1][-1].isalnum():
        lines.pop()
    return "\n".join(lines)


def _sapo_and_body(summary: str, contents: list[str]) -> tuple[str, str]:
    """Tell the lead from the full text; feeds swap their two fields, repeat one, or cut the lead short."""
    own = (_without_byline(without_footer(text)) for text in (summary, *contents))
    texts = [text for text in dict.fromkeys(own) if not _is_placeholder(text)]
    if not contents or not texts:
        return (texts[0] if texts else ""), ""
    body = max(texts, key=len)
    lead = min(texts, key=len)
    return ("" if body.startswith(lead.rstrip(" .…[]")) else lead), body
