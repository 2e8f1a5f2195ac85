"""One row of JSON, a table or labelled text → a draft: map the many names of keys to fields.

`field_names.toml` is the table. Under one of our own keys (`id, url, title, sapo, body, published, source,
topic`) a value of the wrong type refuses the row; under another name it counts as unread. If only unknown
keys have text, the row is refused, and the reason names them.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage.intake.date_text import read_date_text
from storage.intake.drafts import MAX_TEXT_CHARACTERS, Draft, Refusal, UnreadableError
from storage.intake.row_markup import plain_text, without_markdown
from storage.intake.row_shapes import UNUSED, find_name, is_empty, unwrapped
from summarizer.text.syllables import syllables

_OWN = {  # our own keys → what their values must be
    "id": "chuỗi hoặc số nguyên",
    "url": "chuỗi",
    "title": "chuỗi",
    "sapo": "chuỗi hoặc danh sách chuỗi",
    "body": "chuỗi hoặc danh sách chuỗi",
    "published": "chuỗi hoặc số giây",
    "source": "chuỗi hoặc đối tượng có tên",
    "topic": "chuỗi hoặc danh sách chuỗi",
}
_VALUE_KEYS = (
    *("rendered", "$oid", "$date", "$numberLong", "#text", "__cdata", "_text"),  # {"$date": "…"}
    *("@value", "@id", "text", "html", "main", "value"),  # {"main": "…"} of a headline
)
_NAME_KEYS = ("name", "title", "ten", "label", "slug", "id")  # {"name": "Báo Mới", "url": "…"}
_MOST_SECONDS = 10**15  # of an epoch, also in milliseconds
_PROSE_WORDS = 8
_MOST_NAMED = 6
_CLOCK = re.compile(r"\d{1,2}\s?(?:[:h]\s?\d{0,2}(?::\d\d)?|giờ(?:\s?\d\d)?)\s?(?:[AaPp][Mm])?")


@dataclass(frozen=True, slots=True)
class _Value:
    """The value of a key that has a field; `key` as it was written."""

    rank: int
    key: str
    value: Any


def _shown(text: str) -> str:
    return without_markdown(plain_text(text))


def draft_of(row: Mapping[str, Any], place: str, *, shown: Callable[[str], str] = _shown) -> Draft:
    """Return the draft of a row at `place`; `shown` removes markup from headline, lead and body.

    Raises:
        UnreadableError: an own key's value has the wrong type, or only unknown keys have text.
    """
    row = unwrapped(row)
    fields, unread = _sorted_in(row)
    title = shown(_first(fields.get("title", ()), _text, unread))
    sapo, body = _lead_and_body(fields, title, unread, shown)
    if not (title and (sapo or body)):
        _check_unread(row, unread)
    link = _first(fields.get("url", ()), _text, unread)
    source = _first(fields.get("source", ()), _name, unread)
    if source.startswith(("http://", "https://")):  # "Nguồn: https://…"
        link, source = link or source, ""
    return Draft(
        place=place,
        title=title.removesuffix(f" - {source}") if source else title,  # as collections of papers write it
        sapo=sapo,
        body=body,
        url=link,
        external_id=_first(fields.get("external_id", ()), _identifier, unread),
        source=source,
        topic=_first(fields.get("topic", ()), _name, unread),
        published=_published(fields.get("published", ()), unread),
    )


def draft_or_refusal(row: Mapping[str, Any], place: str) -> Draft | Refusal:
    """Return the draft of a row at `place`, or why there is none."""
    try:
        return draft_of(row, place)
    except UnreadableError as error:
        return Refusal(place, str(error))


def _sorted_in(row: Mapping[str, Any]) -> tuple[dict[str, list[_Value]], list[str]]:
    """Return the values of each field, by priority, and the keys without a field."""
    fields: dict[str, list[_Value]] = {}
    unread = []
    for key, value in row.items():
        name = find_name(key)
        if name is None:
            unread.append(key)
        elif name.field != UNUSED and not is_empty(value):
            fields.setdefault(name.field, []).append(_Value(name.rank - (key in _OWN), key, value))
    for values in fields.values():
        values.sort(key=lambda one: one.rank)
    return fields, unread


def _read(value: _Value, read: Callable[[Any], str | None], unread: list[str]) -> str:
    """Return a value as text; another type is refused under an own key, else noted as unread."""
    text = read(_plain(value.value))
    if text is not None:
        return text.strip()
    if value.key in _OWN:
        raise UnreadableError(f"{value.key!r} phải là {_OWN[value.key]}")
    unread.append(value.key)
    return ""


def _first(values: Sequence[_Value], read: Callable[[Any], str | None], unread: list[str]) -> str:
    return next(filter(None, (_read(value, read, unread) for value in values)), "")


def _plain(value: Any) -> Any:
    """Return the value of an object that wraps a single one, or the list written in a text."""
    for _ in range(3):
        inner = next((key for key in _VALUE_KEYS if isinstance(value, dict) and key in value), None)
        if inner is None:
            break
        value = value[inner]
    return _listed(value) if isinstance(value, str) else value


def _listed(text: str) -> Any:
    """Return the list that `text` writes in Python or JSON; else `text` unchanged.

    >>> _listed("['Mưa lớn.', 'Đường ngập.']")
    ['Mưa lớn.', 'Đường ngập.']
    """
    written = text.strip()
    is_list = written.startswith(("['", '["')) and written.endswith(("']", '"]'))
    if not is_list or len(written) > MAX_TEXT_CHARACTERS:
        return text
    try:
        found = ast.literal_eval(written)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
    return found if isinstance(found, list) and all(isinstance(one, str) for one in found) else text


def _text(value: Any) -> str | None:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, str) else None


def _identifier(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def _name(value: Any) -> str | None:
    """Return a name; of a list the first one, of an object its name."""
    for _ in range(3):
        if isinstance(value, list):
            value = next(filter(None, value), "")
        elif isinstance(value, dict):
            value = next((value[key] for key in _NAME_KEYS if value.get(key)), None)
    return value if isinstance(value, str) else None


def _time(value: Any) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MOST_SECONDS:
        return str(int(value))
    return _text(value)


def _lines(value: Any) -> str | None:
    """Return text, or the lines of a list: strings, or objects with a text each."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return None
    lines = [line if isinstance(line, str) else _line(line) for line in value]
    return None if None in lines else "\n".join(filter(None, lines))


def _line(block: Any) -> str | None:
    """Return the text of one block of a body: "" for a picture, None if it is not a block."""
    if not isinstance(block, dict):
        return None
    texts = (
        value for key, value in block.items() if (name := find_name(key)) and name.field in ("body", "sapo")
    )
    return next((text for text in texts if isinstance(text, str)), "")


def _published(values: Sequence[_Value], unread: list[str]) -> str:
    """Return the first value that is a date, with the time of day of another key."""
    found = [text for value in values if (text := _read(value, _time, unread))]
    clock = next((text for text in found if _CLOCK.fullmatch(text)), "")
    dates = [text for text in found if text != clock]
    chosen = next((text for text in dates if read_date_text(text)), dates[0] if dates else "")
    date = read_date_text(chosen)
    return f"{clock} {chosen}" if clock and date and date.precision == "day" else chosen


def _lead_and_body(
    fields: Mapping[str, list[_Value]], title: str, unread: list[str], shown: Callable[[str], str]
) -> tuple[str, str]:
    """Return lead and body: the first value of each; further text of other values is added to the body."""
    leads = [shown(text) for value in fields.get("sapo", ()) if (text := _read(value, _lines, unread))]
    bodies = [shown(text) for value in fields.get("body", ()) if (text := _read(value, _lines, unread))]
    sapo, body = (leads[0] if leads else ""), (bodies[0] if bodies else "")
    if sum(map(len, (*leads, *bodies))) > MAX_TEXT_CHARACTERS:  # `take` refuses it with its length
        return sapo, "\n".join((*leads[1:], *bodies))
    if len(leads) > 1 or len(bodies) > 1:
        said = _words(f"{title}\n{sapo}\n{body}")
        more_leads = _unsaid(leads[1:], said)
        more_text = _unsaid(bodies[1:], said + _words("\n".join(more_leads)))
        body = "\n".join(filter(None, (*more_leads, body, *more_text)))
    return sapo, body


def _unsaid(texts: Sequence[str], said: str) -> list[str]:
    return [line for text in texts for line in text.split("\n") if _words(line) not in said]


def _words(text: str) -> str:
    return f" {' '.join(syllables(text))} "


def _check_unread(row: Mapping[str, Any], unread: Sequence[str]) -> None:
    named = [key for key in dict.fromkeys(unread) if _holds_prose(row.get(key))]
    if named:
        shown = ", ".join(f"«{' '.join(key.split())[:40]}»" for key in named[:_MOST_NAMED])
        more = f" và {len(named) - _MOST_NAMED} khóa nữa" if len(named) > _MOST_NAMED else ""
        raise UnreadableError(
            f"có chữ dưới khóa không ai đọc: {shown}{more}; hãy đổi tên khóa thành title, sapo, body"
        )


def _holds_prose(value: Any) -> bool:
    return any(len(text.split()) >= _PROSE_WORDS for text in _strings(value))


def _strings(value: Any) -> Iterator[str]:
    level = [value]
    for _ in range(4):
        yield from (one for one in level if isinstance(one, str))
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
