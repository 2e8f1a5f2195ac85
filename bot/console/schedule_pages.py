"""The console's pages that change the newsroom file: a form, what it would do, and the way back."""

import difflib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import structlog
from aiohttp import web

from bot.console.guard import BASE, SESSION
from bot.news.newsroom import Newsroom
from bot.news.newsroom_changes import (
    AddEdition,
    Declared,
    Draft,
    DropEdition,
    Edit,
    NewsroomFile,
    NotEditableError,
    SetValues,
    Value,
)
from bot.news.services import Services
from bot.operators.steering import can_undo, compare, draft, look_ahead, read_declared, undo, write

DAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
_TIME = re.compile(r"([0-9]{1,2})(?:[:hg.]([0-9]{2})|[hg])?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,6}")
_MOST_SLOTS, _MOST_LINES = 120, 200
_LONGEST_FIELD = 1_000
_GENERAL = ("reading_minutes", "max_age_hours", "late_window_minutes", "keep_days")
_LIMITS = ("questions_per_10_seconds", "questions_per_hour")
_CHANGED_MEANWHILE = "tệp vừa được sửa ở nơi khác nên chưa ghi gì; hãy xem lại rồi làm lại"
_log = structlog.get_logger(__name__)
Form = Mapping[str, Sequence[str]]
Page = Callable[[web.Request, str, dict[str, Any]], Awaitable[web.Response]]


class SchedulePages:
    """The pages under /lich. `page` fills a template in for a request."""

    def __init__(self, services: Services, page: Page) -> None:
        self._services = services
        self._page = page

    def routes(self) -> list[web.RouteDef]:
        """Return the pages and what may be done on them."""
        return [
            web.get("/lich", self._overview),
            web.get("/lich/sua", self._edit),
            web.post("/lich/xem", self._preview),
            web.post("/lich/ghi", self._write),
            web.post("/lich/hoan-tac", self._undo),
        ]

    async def _overview(self, request: web.Request, problem: str = "") -> web.Response:
        [slots] = await look_ahead(self._services, [self._services.newsroom])
        values = {
            "editions": self._services.newsroom.editions,
            "slots": slots[:_MOST_SLOTS],
            "more": len(slots) - len(slots[:_MOST_SLOTS]),
            "can_change": self._services.file is not None,
            "can_undo": await can_undo(self._services),
            "problem": problem,
        }
        return await self._page(request, "schedules", values)

    async def _edit(self, request: web.Request) -> web.Response:
        try:
            declared = await read_declared(self._file())
        except NotEditableError as error:
            return await self._overview(request, str(error))
        return await self._form(request, _form_of(declared, request.query), [])

    async def _form(
        self, request: web.Request, form: dict[str, Any], problems: Sequence[str]
    ) -> web.Response:
        newsroom = self._services.newsroom
        edition = newsroom.find_edition(form["ban"])
        values = {
            "form": form,
            "problems": problems,
            "topics": newsroom.topics,
            "day_names": DAYS,
            "own_zone": edition.schedule.zone if edition else newsroom.zone,
            "general": _GENERAL,
            "limits": _LIMITS,
        }
        return await self._page(request, "schedule_form", values)

    async def _preview(self, request: web.Request) -> web.Response:
        form = await posted(request)
        try:
            declared = await read_declared(self._file())
            if first_of(form, "mo") not in (
                "",
                declared.fingerprint,
            ):  # filled in from another state of the file
                raise NotEditableError(_CHANGED_MEANWHILE)
            wanted = await draft(self._file(), read_form(form, declared))
        except NotEditableError as error:
            return await self._overview(request, str(error))
        if wanted.newsroom is None:
            return await self._form(request, again(form), wanted.problems)
        return await self._page(
            request, "schedule_preview", await self._effect(form, wanted, wanted.newsroom)
        )

    async def _effect(self, form: Form, wanted: Draft, after: Newsroom) -> dict[str, Any]:
        now = self._services.newsroom
        slots = compare(*await look_ahead(self._services, [now, after]))
        changed = [one for one in slots if one.before != one.after]
        lines = difflib.unified_diff(wanted.before.splitlines(), wanted.after.splitlines(), lineterm="", n=1)
        return {
            "fields": [(name, each) for name, found in form.items() for each in found if name != "csrf"],
            "fingerprint": wanted.fingerprint,
            "changed": changed[:_MOST_SLOTS],
            "kept": len(slots) - len(changed),
            "more": max(len(changed) - _MOST_SLOTS, 0),
            "lines": [line for line in list(lines)[2 : _MOST_LINES + 2] if not line.startswith("@@")],
            "is_same": wanted.before == wanted.after,
        }

    async def _write(self, request: web.Request) -> web.Response:
        form, admin = await posted(request), request[SESSION].admin
        try:
            declared = await read_declared(self._file())
            edit = read_form(form, declared)
            wanted = await draft(self._file(), edit)
            if wanted.fingerprint != first_of(form, "dau-vet"):
                raise NotEditableError(_CHANGED_MEANWHILE)
            await write(self._services, self._file(), wanted, admin, describe(edit))
        except NotEditableError as error:
            return await self._overview(request, str(error))
        _log.info("newsroom file changed", change=describe(edit), admin=admin)
        return _to_overview()

    async def _undo(self, request: web.Request) -> web.Response:
        admin = request[SESSION].admin
        try:
            is_done = await undo(self._services, self._file(), admin)
        except NotEditableError as error:
            return await self._overview(request, str(error))
        _log.info("newsroom file changed back", done=is_done, admin=admin)
        return _to_overview()

    def _file(self) -> NewsroomFile:
        if self._services.file is None:
            raise web.HTTPNotFound
        return self._services.file


class _MultiDict(Protocol):
    def getall(self, key: str) -> Sequence[Any]:
        """Return all values of a field."""

    def keys(self) -> Any:
        """Return the names of the fields."""


def _to_overview() -> web.Response:
    return web.Response(status=303, headers={"Location": f"{BASE}/lich"})


async def posted(request: web.Request) -> dict[str, list[str]]:
    """Return the fields of a form, each with its values."""
    form: _MultiDict = await request.post()
    return {
        name: [each[:_LONGEST_FIELD] for each in form.getall(name) if isinstance(each, str)][:50]
        for name in dict.fromkeys(form.keys())
    }


def first_of(form: Form, name: str) -> str:
    """Return the value of a field that has one; "" where it is empty or missing."""
    found = form.get(name) or [""]
    return found[0].strip()


def read_form(form: Form, declared: Declared) -> Edit:
    """Return the change that a form asks for; what is wrong with its values is for the file's own check.

    Raises:
        NotEditableError: it asks for nothing that there is.
    """
    edition = first_of(form, "ban")
    old = declared.editions.get(edition, {})
    match first_of(form, "viec"):
        case "sua":
            return SetValues("editions", _edition_values(form, old), edition)
        case "them":
            values = {"name": first_of(form, "name"), **_edition_values(form, {})}
            return AddEdition(values)
        case "bo":
            return DropEdition(edition)
        case "dung" | "chay" as wanted:
            return SetValues("editions", {"paused": True if wanted == "dung" else None}, edition)
        case "chung":
            values = {key: _number(first_of(form, key)) for key in _GENERAL}
            return SetValues("newsroom", {"zone": first_of(form, "zone") or None, **values})
        case "gioi-han":
            return SetValues("limits", {key: _number(first_of(form, key)) for key in _LIMITS})
    raise NotEditableError("không rõ phải sửa gì")


def _edition_values(form: Form, old: Mapping[str, Any]) -> dict[str, Value | None]:
    days, topics = list(form.get("days", [])), list(form.get("topics", []))
    everyday = set(days) == set(DAYS) and "days" not in old
    approve, sent = first_of(form, "approve"), "send" if old.get("approve_else") == "send" else None
    return {
        "title": first_of(form, "title"),
        "times": _as_it_was(_times(first_of(form, "times")), old.get("times")),
        "days": None if everyday else _as_it_was(sorted(days, key=_place), old.get("days")),
        "zone": first_of(form, "zone") or None,
        "topics": _as_it_was(topics, old.get("topics")) or None,
        "reading_minutes": _number(first_of(form, "reading_minutes")),
        "max_age_hours": _number(first_of(form, "max_age_hours")),
        "default": _switch(form, "default", old),
        "paused": _switch(form, "paused", old),
        "approve": approve or None,
        "approve_else": ("wait" if first_of(form, "approve_waits") else sent) if approve else None,
    }


def _place(day: str) -> int:
    return DAYS.index(day) if day in DAYS else len(DAYS)


def _switch(form: Form, name: str, old: Mapping[str, Any]) -> Value | None:
    """Return true or, where it is off, what the file says already or nothing."""
    if first_of(form, name):
        return True
    return False if old.get(name) is False else None


def _as_it_was(new: list[str], old: Any) -> list[str]:
    """Return the old list where the new one holds the same: its order is the author's."""
    return old if isinstance(old, list) and sorted(map(str, old)) == sorted(new) else new


def _times(typed: str) -> list[str]:
    """Return times as the file has them; what is none stays as it was typed.

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
    """Say in a few words what a change is about, for the log of changes."""
    match edit:
        case AddEdition(values):
            return f"thêm bản tin {values.get('name')}"
        case DropEdition(edition):
            return f"bỏ bản tin {edition}"
        case SetValues("editions", {"paused": paused, **rest}, edition) if not rest:
            return f"{'tạm ngừng' if paused else 'phát lại'} bản tin {edition}"
        case SetValues("editions", _, edition):
            return f"bản tin {edition}"
        case SetValues("limits"):
            return "giới hạn câu hỏi"
    return "các giá trị chung"


def _form_of(declared: Declared, query: Any) -> dict[str, Any]:
    """Return a form filled in with what the file says."""
    kind, edition = query.get("viec", "sua"), query.get("ban", "")[:40]
    forms: Mapping[str, Mapping[str, Any] | None] = {
        "sua": declared.editions.get(edition),
        "them": {},
        "chung": declared.newsroom,
        "gioi-han": declared.limits,
    }
    if (written := forms.get(kind)) is None:
        raise web.HTTPNotFound
    filled = {key: value for key, value in written.items() if isinstance(value, str | int | list)}
    listed = ", ".join(map(str, times)) if isinstance(times := filled.get("times"), list) else ""
    filled["approve_waits"] = filled.pop("approve_else", "") == "wait"
    known = {"viec": kind, "ban": edition, "times": listed, "mo": declared.fingerprint}
    return {"days": list(DAYS), "topics": [], **filled, **known}


def again(form: Form) -> dict[str, Any]:
    """Return a form filled in as it was sent, for the complaints beside it."""
    single = {name: first_of(form, name) for name in form if name not in ("days", "topics", "csrf")}
    switches = {name: bool(first_of(form, name)) for name in ("paused", "default", "approve_waits")}
    lists = {name: list(form.get(name, [])) for name in ("days", "topics")}
    return {"ban": "", "viec": "sua", "times": "", **single, **switches, **lists}
