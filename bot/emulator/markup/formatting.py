"""Turn a bot's text into the text that Telegram stores: cleaned, trimmed, with at most 100 valid entities.

The order is Telegram's: parse, drop overlaps, clean characters, trim, detect links and commands, cap.
Offsets count UTF-16 units.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from bot.emulator.markup.entities import (
    QUOTES,
    SPLITTABLE,
    VERBATIM,
    Entity,
    FormattedText,
    has_surrogates,
    sort_entities,
    utf16_length,
)
from bot.emulator.markup.html_parser import check_link, parse_html
from bot.emulator.refusals import bad_request

MAX_ENTITIES = 100

# Line and paragraph separators, bidi embeddings, and three marks that draw lines over neighbours.
_REMOVED = frozenset("\r\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u0333\u033f\u030a")
_UNCLEAN = re.compile(f"[\0-\x09\x0b-\x1f{''.join(_REMOVED)}]")
_INVISIBLE = frozenset(" \n\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2800\u3164\ufeff")
_DETECTED = re.compile(
    r"(?P<bot_command>(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<url>(?<![\w@./-])(?:https?://[^\s<>\"«»]+|(?:[\w-]++\.)+(?:com|net|org|vn|me|io)(?:/[^\s<>\"«»]*)?)(?<![.,;:!?)\]'’”]))"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<mention>(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{2,31}(?!\w))"
    r"|(?P<hashtag>(?<![\w#&])#(?=\w*[^\W\d])\w{1,256})"
)


def format_text(text: str, parse_mode: str, entities: Sequence[Mapping[str, Any]] = ()) -> FormattedText:
    """Return `text` as Telegram would store it; `entities` count only without a `parse_mode`.

    Raises:
        Refusal: the markup is wrong, the mode unknown, or the text is not valid Unicode (400).
    """
    if has_surrogates(text):
        raise bad_request("strings must be encoded in UTF-8")
    match parse_mode.lower():
        case "":
            formatted = FormattedText(text, tuple(_read_entities(entities, utf16_length(text))))
        case "html":
            formatted = parse_html(text)
        case _:
            raise bad_request("unsupported parse_mode")
    return tidy(formatted)


def tidy(formatted: FormattedText) -> FormattedText:
    """Clean, trim and complete a formatted text.

    >>> tidy(FormattedText("  Tin sáng \\n")).text
    'Tin sáng'
    """
    cleaned = _clean(replace(formatted, entities=_without_overlaps(formatted.entities)))
    kept = _trim(replace(cleaned, entities=_without_overlaps(cleaned.entities)))  # styles that touch now
    found = sort_entities([*kept.entities, *detect(kept)])
    return replace(kept, entities=tuple(found[:MAX_ENTITIES]))


def is_blank(text: str) -> bool:
    return all(character in _INVISIBLE for character in text)


def detect(formatted: FormattedText) -> Iterator[Entity]:
    """Yield the commands, addresses, mentions and hashtags that clients link by themselves."""
    offsets = _offsets(formatted.text)
    taken = [entity for entity in formatted.entities if entity.type not in SPLITTABLE | QUOTES]
    for match in _DETECTED.finditer(formatted.text):
        start, end = offsets[match.start()], offsets[match.end()]
        if match.lastgroup and not any(entity.offset < end and start < entity.end for entity in taken):
            yield Entity(match.lastgroup, start, end - start)


def _offsets(text: str) -> list[int]:
    """Return the UTF-16 offset of every code point, and of the end."""
    return [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]


def _clean(formatted: FormattedText) -> FormattedText:
    """Turn control characters into spaces and drop those that Telegram drops; move the entities."""
    if not _UNCLEAN.search(formatted.text):
        return formatted
    pieces: list[str] = []
    moved: list[int] = []
    length = 0
    for character in formatted.text:
        units = 2 if character > "\uffff" else 1
        moved.extend([length] * units)
        if character in _REMOVED:
            continue
        pieces.append(" " if character < " " and character != "\n" else character)
        length += units
    moved.append(length)
    entities = (_between(entity, moved[entity.offset], moved[entity.end]) for entity in formatted.entities)
    return FormattedText("".join(pieces), tuple(entity for entity in entities if entity.length))


def _trim(formatted: FormattedText) -> FormattedText:
    """Cut blanks off both ends; at the front only up to the first entity, as Telegram does."""
    text = formatted.text.rstrip(" \n")
    end = utf16_length(text)
    entities = [
        _between(entity, entity.offset, min(entity.end, end))
        for entity in formatted.entities
        if entity.offset < end
    ]
    first = entities[0].offset if entities else end
    blanks = min(len(text) - len(text.lstrip(" \n")), first)
    shifted = (_between(entity, entity.offset - blanks, entity.end - blanks) for entity in entities)
    return FormattedText(text[blanks:], tuple(shifted))


def _between(entity: Entity, start: int, end: int) -> Entity:
    if (start, end) == (entity.offset, entity.end):
        return entity
    return replace(entity, offset=start, length=end - start)


def _without_overlaps(entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """Return the entities that Telegram keeps: styles merged, nothing in code, no link in a link."""
    solid: list[Entity] = []
    for entity in sort_entities([entity for entity in entities if entity.type not in SPLITTABLE]):
        if not any(_clash(outer, entity) for outer in solid):
            solid.append(entity)
    code = [entity for entity in solid if entity.type in VERBATIM]
    styles = [
        style
        for style in _merge_styles(entities)
        if not any(style.offset < each.end and each.offset < style.end for each in code)
    ]
    return tuple(sort_entities([*solid, *styles]))


def _clash(outer: Entity, inner: Entity) -> bool:
    """Tell whether `inner`, which starts no earlier than `outer`, is not allowed in it."""
    if inner.offset >= outer.end:
        return False
    return inner.end > outer.end or (outer.type in QUOTES) == (inner.type in QUOTES) or inner.type in QUOTES


def _merge_styles(entities: Sequence[Entity]) -> list[Entity]:
    """Join touching and overlapping entities of one style."""
    merged: dict[str, list[Entity]] = {}
    for entity in sort_entities([entity for entity in entities if entity.type in SPLITTABLE]):
        row = merged.setdefault(entity.type, [])
        if row and entity.offset <= row[-1].end:
            row[-1] = _between(row[-1], row[-1].offset, max(row[-1].end, entity.end))
        else:
            row.append(entity)
    return [entity for row in merged.values() for entity in row]


def _read_entities(values: Sequence[Mapping[str, Any]], length: int) -> Iterator[Entity]:
    """Read the entities of a client; those outside the text are refused."""
    for value in values:
        try:
            kind, offset, size = str(value["type"]), int(value["offset"]), int(value["length"])
            user_id = int((value.get("user") or {}).get("id", 0))
        except (AttributeError, KeyError, TypeError, ValueError):
            raise bad_request("can't parse MessageEntity: wrong object") from None
        if offset < 0 or size < 0 or offset + size > length:
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text "
                f"at UTF-16 offset {offset + size}"
            )
        url = check_link(str(value["url"])) if "url" in value else ""
        if size and (kind != "text_link" or url):
            language, emoji = str(value.get("language") or ""), str(value.get("custom_emoji_id") or "")
            yield Entity(kind, offset, size, url, language, emoji, user_id)
