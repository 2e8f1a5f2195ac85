"""Telegram's HTML as we write it: templates, lengths, safe links, previews, and cutting of text."""

import datetime as dt
import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from telegram import LinkPreviewOptions

# Only for HTML out of our autoescaped templates: there a `<` always opens a tag. Telegram counts text
# after it has parsed the entities, in UTF-16 units to be safe.

MAX_UNITS = 4096  # of one message's text
MAX_ENTITIES = 100  # of one message; Telegram drops the formatting past them
_MAX_URL = 2048
_TAG = re.compile(r"<[^<>]*+>")
_DATE = re.compile(r"</?tg-time[^<>]*+>")
_OPENING_TAG = re.compile(r"<[a-z]")
# Characters that no newspaper needs: controls, and marks that turn the reading direction.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_JOINER = "\u200d"
_JOINED_TO_THE_LEFT = re.compile("[\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


def visible_text(markup: str) -> str:
    """Return the text that Telegram shows for `markup`."""
    return html.unescape(_TAG.sub("", markup))


def visible_length(markup: str) -> int:
    """Return the length of the shown text in UTF-16 units.

    >>> visible_length("<b>Bão &amp; lũ</b> 🌊")
    11
    """
    return utf16_length(visible_text(markup))


def dated(text: str, moment: dt.datetime) -> Markup:
    """Return words for a moment as a date: a tap on them shows it in the reader's own calendar and zone."""
    return Markup('<tg-time unix="{}">{}</tg-time>').format(int(moment.timestamp()), text)


def without_dates(html: str) -> str:
    """Return `html` without the tags of dates, for servers that do not know them."""
    return _DATE.sub("", html)


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def count_entities(markup: str) -> int:
    """Return how many formatting entities Telegram makes of `markup`: one a tag."""
    return len(_OPENING_TAG.findall(markup))


@cache
def mention_of(username: str) -> re.Pattern[str]:
    """Return the pattern of `@username` in a text, in capitals or not."""
    return re.compile(rf"@{re.escape(username)}\b", re.IGNORECASE)


def one_line(text: str) -> str:
    """Return `text` as `printable` does, and its blanks and breaks as single spaces."""
    return " ".join(printable(text).split())


def printable(text: str) -> str:
    """Return `text` without controls and marks that turn the reading direction; no word of it changes."""
    return _UNWANTED.sub("", text)


def shortened(text: str, most: int) -> str:
    """Return `text` in at most `most` UTF-16 units: cut after a word where it can be, never within a sign.

    >>> shortened("Mưa lớn ở Quảng Ninh", 12)
    'Mưa lớn ở…'
    """
    if utf16_length(text) <= most:
        return text
    units = list(accumulate(1 + (char > "\uffff") for char in text))
    end = bisect_right(units, most - 1)  # one is for the ellipsis
    while end and not _may_end(text, end):
        end -= 1
    blank = text.rfind(" ", 0, end + 1)
    if blank > end // 2:
        end = blank
    return text[:end].rstrip(" ,;:–-") + "…"


def short_name(text: str) -> str:
    """Return a name or a question on one line, in at most 64 UTF-16 units."""
    return shortened(one_line(text), 64)


def _may_end(text: str, end: int) -> bool:
    """Tell whether `end` splits no letter with its diacritics, no joined emoji and no flag."""
    after = text[end]
    if unicodedata.combining(after) or _JOINED_TO_THE_LEFT.match(after) or text[end - 1] == _JOINER:
        return False
    flags_before = end - len(text[:end].rstrip(_FLAG_LETTERS))
    return not (after in _FLAG_LETTERS and flags_before % 2)  # two letters make a flag


def safe_link(url: str | None) -> str | None:
    """Return `url` if a reader may be sent there: http or https, with a host, of sane length; else None."""
    if not url or len(url) > _MAX_URL or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def linked(text: str, url: str | None) -> Markup:
    """Return `text` as a link to the page at `url`, or alone if no reader may be sent there."""
    link = safe_link(url)
    return Markup('<a href="{}">{}</a>').format(link, text) if link else escape(text)


# The blocks of a message, measured once; and cutting stories into messages.

MOST_ENTITIES = MAX_ENTITIES - 4  # the title of the part and a correction need some too


class Block(NamedTuple):
    """A block of a part, or a line of it; measured once, as Telegram counts."""

    html: Markup
    units: int
    entities: int


def measured(html: Markup) -> Block:
    return Block(html, visible_length(html), count_entities(html))


NO_BLOCK = Block(Markup(), 0, 0)


class NumberedBlock(NamedTuple):
    """A story with its number in the digest, and the heading of its topic."""

    heading: Block
    prefix: str
    story: Block
    opens_topic: bool

    def html(self, *, is_first: bool) -> Markup:
        """Return the story, with the heading above it if its topic or the message begins here."""
        heading = self.heading.html if is_first or self.opens_topic else ""
        return Markup(f"{heading!s}{self.prefix}{self.story.html!s}")  # noqa: S704 - both are ours

    def size(self, *, is_first: bool) -> tuple[int, int]:
        """Return its UTF-16 units and entities."""
        if is_first or self.opens_topic:
            return self.heading.units + self.story.units, self.heading.entities + self.story.entities
        return self.story.units, self.story.entities


def as_html(blocks: Sequence[NumberedBlock]) -> list[Markup]:
    """Return the stories of one part."""
    return [block.html(is_first=number == 0) for number, block in enumerate(blocks)]


def cut_into_parts(blocks: Sequence[NumberedBlock], most_units: int, before: int) -> list[int]:
    """Fill parts in order, each up to `most_units`, and return the number of stories of each.

    A part always has its first story, whatever its length. `before` are the units above the first story.
    """
    sizes: list[int] = []
    units, entities = before, 0
    for block in blocks:
        own_units, own_entities = block.size(is_first=not sizes)
        is_over = units + own_units > most_units or entities + own_entities > MOST_ENTITIES
        if sizes and is_over:
            own_units, own_entities = block.size(is_first=True)
            units, entities = 0, 0
        if not sizes or is_over:
            sizes.append(0)
        sizes[-1] += 1
        units, entities = units + own_units, entities + own_entities
    return sizes


# The templates of the messages: autoescaped, so that no text of a paper or a reader can become markup.


def render(template: str, **values: object) -> Markup:
    """Fill in the template `templates/<template>.html`; values are escaped unless they are `Markup`."""
    return Markup(_environment().get_template(f"{template}.html").render(**values).strip())  # noqa: S704 - its own output


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bot.messages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        auto_reload=False,  # else each message checks the disk for a changed template
    )


# The picture above a message: the preview that Telegram makes of a paper's page. Nothing of it is stored.

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def preview_options(url: str | None) -> LinkPreviewOptions:
    """Return the preview options: the page's large picture above the text, or no preview without a page."""
    if url is None:
        return NO_PREVIEW
    return LinkPreviewOptions(url=url, prefer_large_media=True, show_above_text=True)
