"""JSON other than JSONL → drafts, streamed: arrays, pretty-printed objects, lists under a key.

ijson parses; this module finds the articles in its events. As for JSONL, an article is refused, placed at
`name#item`, if a key comes twice, if it is nested too deep, or if it is over 2 MB. Invalid JSON ends the
reading with a refusal; articles before it are accepted.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from storage.intake.drafts import Draft, Refusal, UnreadableError
from storage.intake.row_fields import draft_or_refusal
from storage.intake.row_shapes import articles_in, find_name
from storage.intake.rows import MAX_LINE_BYTES
from summarizer.text.syllables import folded

_LISTS = frozenset(("articles", "items", "data", "results", "posts", "news", "docs", "documents", "records"))
_LISTS |= frozenset(("rows", "entries", "hits", "stories", "list", "article_list", "response", "payload"))
_LISTS |= frozenset(("bai_viet", "cac_bai", "tin", "tin_tuc", "tin_bai", "danh_sach", "danh_sach_bai"))
_DEEPEST_LIST = 3  # {"data": {"hits": {"hits": […]}}}
_DEEPEST = 100
_TOO_LONG = f"bài dài quá {MAX_LINE_BYTES // 1_000_000} MB"
_TOO_DEEP = "JSON quá lớn hoặc lồng quá sâu"
_NO_OBJECT = "không phải là một đối tượng JSON"
_BROKEN = "JSON hỏng hoặc bị cắt cụt ở đây, phần sau không đọc được"

_Event = tuple[str, Any]


def read_documents(chunks: Iterable[bytes], name: str) -> Iterator[Draft | Refusal]:
    """Yield a draft, or why there is none, for each article of JSON in UTF-8, placed at `name#item`."""
    number, reader = 0, _Reader()
    try:
        for event in _events(chunks):
            for found in reader.take(*event):
                number += 1
                place = f"{name}#{number}"
                yield Refusal(place, found) if isinstance(found, str) else draft_or_refusal(found, place)
    except UnreadableError as error:
        yield Refusal(f"{name}#{number + 1}", str(error))
        return
    if not number:
        raise UnreadableError("JSON không có bài nào")


def _events(chunks: Iterable[bytes]) -> Iterator[_Event]:
    """Yield the parser's events. Raises UnreadableError for invalid JSON, or for a string without end."""
    import ijson  # on first use: few commands read JSON

    events = ijson.sendable_list()
    parser = ijson.basic_parse_coro(events, use_float=True, multiple_values=True)
    silent_bytes = 0
    is_first = True
    try:
        for chunk in chunks:
            parser.send(chunk.removeprefix(b"\xef\xbb\xbf") if is_first else chunk)
            is_first = False
            silent_bytes = 0 if events else silent_bytes + len(chunk)
            yield from _drained(events)
            if silent_bytes > 2 * MAX_LINE_BYTES:
                raise UnreadableError(f"{_TOO_LONG}, phần sau không đọc được")
        parser.close()
    except ijson.JSONError as error:
        yield from _drained(events)
        is_text = "UTF8" in str(error) or "utf-8" in str(error)
        raise UnreadableError("không phải UTF-8, phần sau không đọc được" if is_text else _BROKEN) from error
    except (ValueError, OverflowError) as error:  # a number of thousands of digits
        yield from _drained(events)
        raise UnreadableError(_TOO_DEEP) from error
    yield from _drained(events)


def _drained(events: list[_Event]) -> list[_Event]:
    drained = list(events)
    events.clear()
    return drained


class _Value:
    """A value built from events, within limits; `problem` says which limit was passed."""

    def __init__(self) -> None:
        self.value: Any = None
        self.problem: str | None = None
        self.depth = 0
        self._open: list[dict[str, Any] | list[Any]] = []
        self._keys: list[str] = []
        self._size = 0

    @property
    def path(self) -> list[str]:
        """The keys that lead to the next value if only objects are open, else none."""
        return self._keys if all(isinstance(one, dict) for one in self._open) else []

    def take(self, event: str, value: Any) -> bool:
        """Take an event in; return whether the value is whole now."""
        self._size += len(value) if isinstance(value, str) else 8
        if event == "map_key":
            self._take_key(value)
            return False
        if event in ("end_map", "end_array"):
            self.depth -= 1
            if self.depth < len(self._open):
                closed = self._open.pop()
                self._keys.pop() if isinstance(closed, dict) else None
        elif event in ("start_map", "start_array"):
            self.depth += 1
            self._begin({} if event == "start_map" else [])
        elif not self.problem:
            self._put(value)
        if self._size > MAX_LINE_BYTES:
            self._give_up(_TOO_LONG)
        return self.depth == 0

    def _take_key(self, key: str) -> None:
        if self.problem:
            return
        holder = self._open[-1]
        if key in holder:
            self._give_up(f"khóa {key[:40]!r} xuất hiện hai lần")
        else:
            self._keys[-1] = key

    def _begin(self, container: dict[str, Any] | list[Any]) -> None:
        if self.depth > _DEEPEST:
            self._give_up(_TOO_DEEP)
        if self.problem:
            return
        self._put(container)
        self._open.append(container)
        if isinstance(container, dict):
            self._keys.append("")

    def _put(self, value: Any) -> None:
        if not self._open:
            self.value = value
        elif isinstance(holder := self._open[-1], dict):
            holder[self._keys[-1]] = value
        else:
            holder.append(value)

    def _give_up(self, problem: str) -> None:
        """Store no more of this value, and only find its end."""
        if self.problem is None:
            self.problem = problem
            self.value = None
            self._open.clear()
            self._keys.clear()


class _Reader:
    """Finds the articles: the elements of an array at the top or under a key, or the object itself."""

    def __init__(self) -> None:
        self._document: _Value | None = None  # an object at the top
        self._row: _Value | None = None  # an element of the list that is open
        self._is_in_list = False
        self._may_be_list = False  # an array began under a key that names a list
        self._has_rows = False

    def take(self, event: str, value: Any) -> Iterator[Mapping[str, Any] | str]:
        """Yield the articles, or reasons against one, that this event completes."""
        if self._may_be_list:
            self._may_be_list = False
            if event == "start_map":
                self._is_in_list = self._has_rows = True
            elif self._document is not None:
                self._document.take("start_array", None)
        if self._is_in_list:
            yield from self._take_element(event, value)
        elif self._document is None and event == "start_array":
            self._is_in_list = True
        elif event == "start_array" and self._begins_list():
            self._may_be_list = True
        else:
            yield from self._take_part(event, value)

    def _take_element(self, event: str, value: Any) -> Iterator[Mapping[str, Any] | str]:
        if self._row is None and event == "end_array":
            self._is_in_list = False
            if self._document is not None:
                self._document.take("null", None)
            return
        self._row = self._row or _Value()
        if self._row.take(event, value):
            whole, self._row = self._row, None
            yield whole.problem or (whole.value if isinstance(whole.value, dict) else _NO_OBJECT)

    def _take_part(self, event: str, value: Any) -> Iterator[Mapping[str, Any] | str]:
        self._document = self._document or _Value()
        if not self._document.take(event, value):
            return
        whole, self._document = self._document, None
        has_rows, self._has_rows = self._has_rows, False
        if whole.problem or not isinstance(whole.value, dict):
            yield whole.problem or _NO_OBJECT
        elif not has_rows or _has_body(whole.value):
            yield from articles_in(whole.value)

    def _begins_list(self) -> bool:
        """Tell whether the array that begins may hold articles: by its key, in an object without text."""
        document = self._document
        if document is None or document.problem:
            return False
        path = document.path
        is_named = 0 < len(path) <= _DEEPEST_LIST and folded(path[-1]).replace(" ", "_") in _LISTS
        return is_named and not _has_body(document.value)


def _has_body(value: Mapping[str, Any]) -> bool:
    return any(isinstance(text, str) and text and _is_body(key) for key, text in value.items())


def _is_body(key: str) -> bool:
    name = find_name(key)
    return name is not None and name.field == "body"
