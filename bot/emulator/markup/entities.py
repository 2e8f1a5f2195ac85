"""Formatted text of the Bot API: a string and entities whose offsets count UTF-16 units.

`html_parser` makes it from HTML; `formatting` cleans it as Telegram does.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SPLITTABLE = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
VERBATIM = frozenset({"code", "pre"})

# Longer entities come first; of equal ones the outer tag in this order. Telegram has such an order too.
_OUTERMOST_FIRST = (
    "expandable_blockquote", "blockquote", "text_link", "text_mention", "pre", "code",
    "bold", "italic", "underline", "strikethrough", "spoiler",
)  # fmt: skip
_SURROGATE = re.compile("[\ud800-\udfff]")
_RANK = {kind: rank for rank, kind in enumerate(_OUTERMOST_FIRST)}

_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ("<tg-spoiler>", "</tg-spoiler>"),
    "code": ("<code>", "</code>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
}


@dataclass(frozen=True, slots=True)
class Entity:
    """One MessageEntity; `offset` and `length` in UTF-16 units. Unused details are empty or 0."""

    type: str
    offset: int
    length: int
    url: str = ""
    language: str = ""
    custom_emoji_id: str = ""
    user_id: int = 0
    unix_time: int = 0

    @property
    def end(self) -> int:
        """The UTF-16 unit after the last one."""
        return self.offset + self.length

    def as_json(self) -> dict[str, Any]:
        """Return the object as the Bot API writes it; a mention's user is filled in by the message."""
        body: dict[str, Any] = {"type": self.type, "offset": self.offset, "length": self.length}
        for key in ("url", "language", "custom_emoji_id", "unix_time"):
            if value := getattr(self, key):
                body[key] = value
        return body


@dataclass(frozen=True, slots=True)
class FormattedText:
    """A text and its entities, outermost first."""

    text: str
    entities: tuple[Entity, ...] = ()


def utf16_length(text: str) -> int:
    """Count the UTF-16 units of `text`: two for each character beyond U+FFFF.

    >>> utf16_length("tin 📰")
    6
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def has_surrogates(text: str) -> bool:
    """Tell whether `text` has halves of surrogate pairs, which no valid text has."""
    return _SURROGATE.search(text) is not None


def sort_entities(entities: Sequence[Entity]) -> list[Entity]:
    """Order entities by offset, the outermost first."""
    return sorted(entities, key=lambda entity: (entity.offset, -entity.length, _RANK.get(entity.type, 5)))


def utf16_slice(text: str, start: int, end: int) -> str:
    """Cut the UTF-16 units `start` to `end` out of `text`."""
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "replace")


def render_html(formatted: FormattedText) -> str:
    """Return formatted text as Telegram HTML; entities that clients detect by themselves stay plain.

    >>> render_html(FormattedText("Tin < sáng", (Entity("bold", 0, 3),)))
    '<b>Tin</b> &lt; sáng'
    """
    pieces: list[str] = []
    open_entities: list[tuple[int, str]] = []
    at = 0

    def advance(to: int) -> None:
        nonlocal at
        pieces.append(html.escape(utf16_slice(formatted.text, at, to), quote=False))
        at = to

    for entity in sort_entities(formatted.entities):
        tags = _tags(entity)
        if tags is None:
            continue
        while open_entities and open_entities[-1][0] <= entity.offset:
            end, closing = open_entities.pop()
            advance(end)
            pieces.append(closing)
        advance(entity.offset)
        pieces.append(tags[0])
        open_entities.append((entity.end, tags[1]))
    for end, closing in reversed(open_entities):
        advance(end)
        pieces.append(closing)
    advance(utf16_length(formatted.text))
    return "".join(pieces)


def _tags(entity: Entity) -> tuple[str, str] | None:
    """Return the tags around `entity`, or None if clients detect it by themselves."""
    match entity.type:
        case "text_link":
            return f'<a href="{html.escape(entity.url)}">', "</a>"
        case "text_mention":
            return f'<a href="tg://user?id={entity.user_id}">', "</a>"
        case "custom_emoji":
            return f'<tg-emoji emoji-id="{entity.custom_emoji_id}">', "</tg-emoji>"
        case "pre" if entity.language:
            return f'<pre><code class="language-{html.escape(entity.language)}">', "</code></pre>"
        case "pre":
            return "<pre>", "</pre>"
        case _:
            return _TAGS.get(entity.type)
