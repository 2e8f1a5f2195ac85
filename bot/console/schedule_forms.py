"""The forms that change the newsroom file: reading them, and filling them in from the file."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.news.newsroom_changes import (
    AddTable,
    Declared,
    DropTable,
    Edit,
    NotEditableError,
    SetValues,
    Value,
)

DAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
GENERAL = ("reading_minutes", "max_age_hours", "late_window_minutes", "keep_days")
LIMITS = ("questions_per_10_seconds", "questions_per_hour")
_TIME = re.compile(r"([0-9]{1,2})(?:[:hg.]([0-9]{2})|[hg])?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,6}")
_LONGEST_FIELD = 1_000
_LONGEST_NAME = 32
_KINDS = {"editions": "bản tin", "sources": "nguồn"}
_IN_FILE = re.compile(r"(?:dòng \d+: )?\w+(?:\[\d+\])?\.(?P<key>\w+)(?:\[\d+\])?: (?P<words>.+)", re.DOTALL)
_LABELS = {
    "title": "Tên bạn đọc thấy", "name": "Tên riêng", "times": "Giờ phát", "days": "Ngày phát",
    "topics": "Chủ đề", "topic": "Chủ đề", "zone": "Múi giờ", "reading_minutes": "Số phút đọc",
    "max_age_hours": "Chỉ lấy tin trong số giờ", "approve": "Duyệt trước khi gửi", "feed": "Địa chỉ RSS/Atom",
    "keep_days": "Giữ bài số ngày", "late_window_minutes": "Còn phát bù trong số phút",
    "questions_per_10_seconds": "Câu hỏi trong 10 giây", "questions_per_hour": "Câu hỏi trong một giờ",
}  # fmt: skip
Form = Mapping[str, Sequence[str]]


def with_field_name(problem: str) -> str:
    """Return a complaint of `diemtin check`, with the name that the field has in the form.

    >>> with_field_name('dòng 80: editions[0].times[0]: giờ phải viết HH:MM trong ngoặc kép, ví dụ "06:30"')
    'Giờ phát: giờ phải viết HH:MM, ví dụ "06:30"'
    """
    found = _IN_FILE.fullmatch(problem)
    if found is None or found["key"] not in _LABELS:
        return problem
    return f"{_LABELS[found['key']]}: {found['words'].replace(' trong ngoặc kép', '')}"


async def read_fields(request: web.Request) -> dict[str, list[str]]:
    form = await request.post()
    return {
        name: [each[:_LONGEST_FIELD] for each in form.getall(name) if isinstance(each, str)][:50]
        for name in dict.fromkeys(form.keys())
    }


def value_of(form: Form, name: str) -> str:
    """Return the value of a field that has one; "" where it is empty or missing."""
    found = form.get(name) or [""]
    return found[0].strip()


def read_form(form: Form, declared: Declared) -> Edit:
    """Return the change that a form asks for, or raise NotEditableError if there is no such change.

    Its values are checked later, with the whole file.
    """
    edition = value_of(form, "ban")
    old = declared.editions.get(edition, {})
    match value_of(form, "viec"):
        case "sua":
            return SetValues("editions", _edition_values(form, old), edition)
        case "them":
            values = {"name": value_of(form, "name"), **_edition_values(form, {})}
            return AddTable("editions", values)
        case "bo":
            return DropTable("editions", edition)
        case "nguon":
            return AddTable("sources", _source_values(form))
        case "bo-nguon":
            return DropTable("sources", edition)
        case "dung" | "chay" as wanted:
            return SetValues("editions", {"paused": True if wanted == "dung" else None}, edition)
        case "chung":
            values = {key: _number(value_of(form, key)) for key in GENERAL}
            return SetValues("newsroom", {"zone": value_of(form, "zone") or None, **values})
        case "gioi-han":
            return SetValues("limits", {key: _number(value_of(form, key)) for key in LIMITS})
    raise NotEditableError("không rõ phải sửa gì")


def _edition_values(form: Form, old: Mapping[str, Any]) -> dict[str, Value | None]:
    days, topics = list(form.get("days", [])), list(form.get("topics", []))
    everyday = set(days) == set(DAYS) and "days" not in old
    approve, sent = value_of(form, "approve"), "send" if old.get("approve_else") == "send" else None
    return {
        "title": value_of(form, "title"),
        "times": _as_it_was(_times(value_of(form, "times")), old.get("times")),
        "days": None if everyday else _as_it_was(sorted(days, key=_place), old.get("days")),
        "zone": value_of(form, "zone") or None,
        "topics": _as_it_was(topics, old.get("topics")) or None,
        "reading_minutes": _number(value_of(form, "reading_minutes")),
        "max_age_hours": _number(value_of(form, "max_age_hours")),
        "default": _switch(form, "default", old),
        "paused": _switch(form, "paused", old),
        "approve": approve or None,
        "approve_else": ("wait" if value_of(form, "approve_waits") else sent) if approve else None,
    }


def _place(day: str) -> int:
    return DAYS.index(day) if day in DAYS else len(DAYS)


def _switch(form: Form, name: str, old: Mapping[str, Any]) -> Value | None:
    """Return True if the switch is on; else False if the file says so already, or None."""
    if value_of(form, name):
        return True
    return False if old.get(name) is False else None


def _as_it_was(new: list[str], old: Any) -> list[str]:
    """Return the old list if the new one has the same values, to keep the order of its author."""
    return old if isinstance(old, list) and sorted(map(str, old)) == sorted(new) else new


def _times(typed: str) -> list[str]:
    """Return times in the notation of the file; a word that is no time stays as typed.

    >>> _times("6h45, 18:30 21g sáng")
    ['06:45', '18:30', '21:00', 'sáng']
    """
    found = []
    for word in re.split(r"[\s,;]+", typed):
        match = _TIME.fullmatch(word)
        found.append(f"{int(match[1]):02}:{match[2] or '00'}" if match else word)
    return sorted({each for each in found if each})


def _number(typed: str) -> Value | None:
    if not typed:
        return None
    return int(typed) if _NUMBER.fullmatch(typed) else typed


def describe(edit: Edit) -> str:
    """Describe a change in a few words, for the log of changes."""
    match edit:
        case AddTable(kind, values):
            return f"thêm {_KINDS[kind]} {values.get('name')}"
        case DropTable(kind, name):
            return f"bỏ {_KINDS[kind]} {name}"
        case SetValues("editions", {"paused": paused, **rest}, edition) if not rest:
            return f"{'tạm ngừng' if paused else 'phát lại'} bản tin {edition}"
        case SetValues("editions", _, edition):
            return f"bản tin {edition}"
        case SetValues("limits"):
            return "giới hạn câu hỏi"
    return "các giá trị chung"


def filled_form(declared: Declared, query: Any) -> dict[str, Any]:
    """Return a form filled in from the file."""
    kind, edition = query.get("viec", "sua"), query.get("ban", "")[:40]
    forms: Mapping[str, Mapping[str, Any] | None] = {
        "sua": declared.editions.get(edition),
        "them": {},
        "chung": declared.newsroom,
        "gioi-han": declared.limits,
        "nguon": _source_of(query),
    }
    if (written := forms.get(kind)) is None:
        raise web.HTTPNotFound
    filled = {key: value for key, value in written.items() if isinstance(value, str | int | list)}
    listed = ", ".join(map(str, times)) if isinstance(times := filled.get("times"), list) else ""
    filled["approve_waits"] = filled.pop("approve_else", "") == "wait"
    known = {"viec": kind, "ban": edition, "times": listed, "mo": declared.fingerprint}
    return {"days": list(DAYS), "topics": [], **filled, **known}


def refilled(form: Form) -> dict[str, Any]:
    """Return a form filled in as it was sent, to be shown with its errors."""
    single = {name: value_of(form, name) for name in form if name not in ("days", "topics", "csrf")}
    switches = {name: bool(value_of(form, name)) for name in ("paused", "default", "approve_waits")}
    lists = {name: list(form.get(name, [])) for name in ("days", "topics")}
    return {"ban": "", "viec": "sua", "times": "", **single, **switches, **lists}


def _source_values(form: Form) -> dict[str, Value | None]:
    """Return the values of a new source. Its feed is always a web address, never a file of this machine."""
    feed = value_of(form, "feed")
    return {
        "name": value_of(form, "name"),
        "title": value_of(form, "title"),
        "feed": feed if "://" in feed else f"https://{feed}",
        "topic": value_of(form, "topic") or None,
        "full_text": True if value_of(form, "full_text") else None,
    }


def _source_of(query: Any) -> dict[str, str]:
    """Return the first values of the form for a new source: the address that was tried, and a name."""
    url = str(query.get("feed", ""))[:_LONGEST_FIELD]
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    name = re.sub("[^a-z0-9]+", "-", host)[:_LONGEST_NAME].strip("-")
    return {"feed": url, "title": host, "name": name}
