"""Change values in the text of a newsroom file; comments, order and blanks stay as they were written.

Each result is read back and compared with the intended values. So a place that this module cannot change is
refused and never damaged. Why no library is used: docs/decisions/0009.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from difflib import SequenceMatcher
from typing import Any

from config.toml_lines import KeyPath, Layout, layout_of

Scalar = str | int | bool
Written = Scalar | Sequence[str]
Values = Mapping[str, Written | None]  # None: the key is removed
_Splice = tuple[int, int, str]  # start, end, new text
_BLANKS = " \t"


class RewriteError(ValueError):
    """The text cannot be changed in this way without losing a part of it."""


def set_values(text: str, path: KeyPath, values: Values) -> str:
    """Return `text` with new values in the table at `path`, which is added at the end if it is missing.

    Raises:
        RewriteError: the value cannot be changed alone.

    >>> set_values('[newsroom]\\nkeep_days = 9 # ngày\\n', ("newsroom",), {"keep_days": 30})
    '[newsroom]\\nkeep_days = 30 # ngày\\n'
    """
    before = tomllib.loads(text)
    intended, table = deepcopy(before), _table(before, path)
    target = _table(intended, path, make=True)
    for key, value in values.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = value if isinstance(value, Scalar) else list(value)
    for key, value in values.items():
        if table.get(key) == target.get(key):
            continue
        text = _set_one(text, layout_of(text), (*path, key), value)
    return _checked(text, intended)


def add_table(text: str, kind: str, values: Values) -> str:
    """Return `text` with one more table `[[kind]]` after the last of them."""
    before = tomllib.loads(text)
    intended = deepcopy(before)
    filled = {key: value for key, value in values.items() if value is not None}
    intended.setdefault(kind, []).append(
        {key: value if isinstance(value, Scalar) else list(value) for key, value in filled.items()}
    )
    layout, line = layout_of(text), _newline(text)
    lines = [f"[[{kind}]]", *(f"{key} = {_literal(value)}" for key, value in filled.items())]
    last = (kind, len(before.get(kind, [])) - 1)
    at = _line_end(text, layout.ends[last]) if last in layout.ends else len(text.rstrip())
    block = line.join(["", "", *lines])
    return _checked(text[:at] + block + (text[at:] or line), intended)


def drop_table(text: str, kind: str, index: int) -> str:
    """Return `text` without the table `[[kind]]` of that number, from 0, nor the comments inside it."""
    before = tomllib.loads(text)
    intended, layout = deepcopy(before), layout_of(text)
    del intended[kind][index]
    if not intended[kind]:
        del intended[kind]
    if (kind, index) not in layout.headers:
        raise RewriteError(f"{kind}[{index}] is no table of its own")
    start = _line_start(text, layout.headers[kind, index])
    end = _line_end(text, layout.ends[kind, index])
    rest = text[end:]
    return _checked(text[:start] + rest.removeprefix("\r").removeprefix("\n"), intended)


def _table(document: dict[str, Any], path: KeyPath, *, make: bool = False) -> dict[str, Any]:
    found: Any = document
    for part in path:
        if make and isinstance(part, str) and part not in found:
            found[part] = {}
        found = found.get(part, {}) if isinstance(found, dict) else found[part]
    if not isinstance(found, dict):
        raise RewriteError(f"{path} is no table")
    return found


def _checked(text: str, intended: dict[str, Any]) -> str:
    """Return `text` if it has the intended values, else raise RewriteError."""
    try:
        found = tomllib.loads(text)
    except ValueError as error:
        raise RewriteError("the changed text is no TOML") from error
    if found != intended:
        raise RewriteError("the changed text has other values than intended")
    return text


def _set_one(text: str, layout: Layout, path: KeyPath, value: Written | None) -> str:
    place = layout.values.get(path)
    if value is None:
        return _spliced(text, [_removal(text, layout, path)]) if place else text
    if place is None:
        return _spliced(text, [_addition(text, layout, path, value)])
    old = text[place[0] : place[1]]
    if isinstance(value, Scalar) or not old.startswith("["):
        return _spliced(text, [(*place, _literal(value))])
    return _spliced(text, _in_array(text, layout, path, [_literal(each) for each in value]))


def _spliced(text: str, splices: Sequence[_Splice]) -> str:
    for start, end, new in sorted(splices, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _literal(value: Written) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"[{', '.join(map(_literal, value))}]"


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _line_end(text: str, at: int) -> int:
    """Return the end of the line that holds `at`, before its line break."""
    end = text.find("\n", at)
    if end < 0:
        return len(text)
    return end - 1 if text[end - 1 : end] == "\r" and end > at else end


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _addition(text: str, layout: Layout, path: KeyPath, value: Written) -> _Splice:
    """Return the splice that writes a new key at the end of its table."""
    table, key, line = path[:-1], path[-1], _newline(text)
    if table in layout.values:  # an inline table
        inside = layout.ends.get(table)
        if inside is None:
            at = layout.values[table][0] + 1
            return at, at, f" {key} = {_literal(value)} "
        return inside, inside, f", {key} = {_literal(value)}"
    if table in layout.headers:
        last = layout.ends[table]
        keys = [at for found, at in layout.keys.items() if found[:-1] == table]
        indent = text[_line_start(text, keys[-1]) : keys[-1]] if keys else ""
        at = _line_end(text, last)
        return at, at, f"{line}{indent if not indent.strip() else ''}{key} = {_literal(value)}"
    dotted = [at for found, at in layout.keys.items() if found[:-1] == table]
    if dotted:
        raise RewriteError("the table is written with dots")
    at = len(text.rstrip())
    head = f"{line}{line}" if at else ""
    return at, len(text), f"{head}[{'.'.join(map(str, table))}]{line}{key} = {_literal(value)}{line}"


def _removal(text: str, layout: Layout, path: KeyPath) -> _Splice:
    """Return the splice that removes a pair; comments inside and after it get lines of their own."""
    if path[:-1] in layout.values:
        raise RewriteError("a key of an inline table")
    start, end = layout.keys[path], layout.values[path][1]
    first, stop = _line_start(text, start), _line_end(text, end)
    line, indent = _newline(text), text[first:start]
    inside = layout_of(f"key = {text[layout.values[path][0] : end]}").comments
    behind = text[end:stop].strip(_BLANKS)
    kept = line.join([*inside, *filter(None, [behind])])
    if indent.strip(_BLANKS) or kept:
        return start, stop, kept.replace(line, f"{line}{indent}")
    return first, min(len(text), stop + len(line)), ""


def _in_array(text: str, layout: Layout, path: KeyPath, new: list[str]) -> list[_Splice]:
    """Return the splices that replace an array's elements by `new`; kept elements are not touched."""
    places: list[tuple[int, int]] = []
    while place := layout.values.get((*path, len(places))):
        places.append(place)
    old = [_literal(str(tomllib.loads(f"key = {text[a:b]}")["key"])) for a, b in places]
    splices: list[_Splice] = []
    gone: set[int] = set()
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        same = min(i2 - i1, j2 - j1)
        if tag == "replace":
            splices += [(*places[i1 + step], new[j1 + step]) for step in range(same)]
        gone |= set(range(i1 + same, i2))
        if more := new[j1 + same : j2]:
            splices.append(_insertion(text, layout, path, places, i1 + same, more))
    for index in sorted(gone):
        splices += _element_out(text, layout, path, places, index, gone)
    return splices


def _insertion(
    text: str, layout: Layout, path: KeyPath, places: Sequence[tuple[int, int]], index: int, new: list[str]
) -> _Splice:
    """Return the splice that writes elements before the one at `index`, or after the last."""
    line = _newline(text)
    if not places:
        at = layout.values[path][0] + 1
        return at, at, ", ".join(new)
    near = places[min(index, len(places) - 1)]
    before = text[_line_start(text, near[0]) : near[0]]
    is_alone = not before.strip(_BLANKS)  # each element on a line of its own
    if index < len(places):
        between = f",{line}{before}" if is_alone else ", "
        return near[0], near[0], between.join([*new, ""])
    comma = layout.commas.get((*path, len(places) - 1))
    stop = _line_end(text, near[1])
    if not is_alone or layout.values[path][1] <= stop:
        return near[1], near[1], "".join(f", {each}" for each in new)
    written = "".join(f"{line}{before}{each}," for each in new)
    if comma is None:  # the comment after the last element stays there
        return near[1], stop, f",{text[near[1] : stop]}{written[:-1]}"
    return stop, stop, written


def _element_out(
    text: str, layout: Layout, path: KeyPath, places: Sequence[tuple[int, int]], index: int, gone: set[int]
) -> list[_Splice]:
    """Return the splices that remove an element with its comma, and its line if it is alone there."""
    start, end = places[index]
    comma = layout.commas.get((*path, index))
    splices: list[_Splice] = []
    if comma is not None:
        between = text[end:comma]
        if between.strip():  # a comment or a line break is before the comma
            splices.append((comma, comma + 1, ""))
        else:
            end = comma + 1
    else:
        kept = [number for number in range(index) if number not in gone]
        if kept and (before := layout.commas.get((*path, kept[-1]))) is not None:
            splices.append((before, before + 1, ""))
    first, stop = _line_start(text, start), _line_end(text, end)
    if not text[first:start].strip(_BLANKS) and not text[end:stop].strip(_BLANKS) and first > 0:
        return [*splices, (first, min(len(text), stop + len(_newline(text))), "")]
    blanks = len(text[end:stop]) - len(text[end:stop].lstrip(_BLANKS))
    return [*splices, (start, end + (blanks if comma is not None else 0), "")]
