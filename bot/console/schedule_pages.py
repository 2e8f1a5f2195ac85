"""The console's pages that change the newsroom file: a form, a preview of its effect, and undo."""

import difflib
from collections.abc import Sequence
from typing import Any

import structlog
from aiohttp import web

from bot.console import schedule_forms as forms
from bot.console.guard import SESSION, redirect
from bot.console.page_templates import Pages
from bot.news.newsroom import Newsroom
from bot.news.newsroom_changes import Draft, NewsroomFile, NotEditableError
from bot.operators import schedule_control as control

_MOST_SLOTS, _MOST_LINES = 120, 200
_OF_SOURCES = ("nguon", "bo-nguon")
_CHANGED_MEANWHILE = "tệp vừa được sửa ở nơi khác nên chưa ghi gì; hãy xem lại rồi làm lại"
_log = structlog.get_logger(__name__)


class SchedulePages(Pages):
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/lich", self._overview),
            web.get("/lich/sua", self._edit),
            web.post("/lich/xem", self._preview),
            web.post("/lich/ghi", self._write),
            web.post("/lich/hoan-tac", self._undo),
        ]

    async def _overview(self, request: web.Request, problem: str = "") -> web.Response:
        [slots] = await control.list_coming_slots(self._services, [self._services.newsroom])
        values = {
            "editions": self._services.newsroom.editions,
            "slots": slots[:_MOST_SLOTS],
            "more": len(slots) - len(slots[:_MOST_SLOTS]),
            "can_change": self._services.file is not None,
            "undoable": await control.last_change(self._services),
            "problem": problem,
        }
        return await self._page(request, "schedules", values)

    async def _edit(self, request: web.Request) -> web.Response:
        try:
            declared = await control.read_declared(self._file())
        except NotEditableError as error:
            return await self._overview(request, str(error))
        return await self._form(request, forms.filled_form(declared, request.query), [])

    async def _form(
        self, request: web.Request, form: dict[str, Any], problems: Sequence[str]
    ) -> web.Response:
        newsroom = self._services.newsroom
        edition = newsroom.find_edition(form["ban"])
        values = {
            "form": form,
            "problems": [forms.with_field_name(one) for one in problems],
            "topics": newsroom.topics,
            "day_names": forms.DAYS,
            "own_zone": edition.schedule.zone if edition else newsroom.zone,
            "general": forms.GENERAL,
            "limits": forms.LIMITS,
        }
        return await self._page(request, "schedule_form", values)

    async def _preview(self, request: web.Request) -> web.Response:
        form = await forms.read_fields(request)
        try:
            declared = await control.read_declared(self._file())
            if forms.value_of(form, "mo") not in ("", declared.fingerprint):  # of another state of the file
                raise NotEditableError(_CHANGED_MEANWHILE)
            wanted = await control.draft(self._file(), forms.read_form(form, declared))
        except NotEditableError as error:
            return await self._overview(request, str(error))
        if wanted.newsroom is None:
            return await self._form(request, forms.refilled(form), wanted.problems)
        return await self._page(
            request, "schedule_preview", await self._effect(form, wanted, wanted.newsroom)
        )

    async def _effect(self, form: forms.Form, wanted: Draft, after: Newsroom) -> dict[str, Any]:
        now = self._services.newsroom
        slots = control.compare(*await control.list_coming_slots(self._services, [now, after]))
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
            "back": "nguon" if forms.value_of(form, "viec") in _OF_SOURCES else "lich",
        }

    async def _write(self, request: web.Request) -> web.Response:
        form, admin = await forms.read_fields(request), request[SESSION].admin
        try:
            declared = await control.read_declared(self._file())
            edit = forms.read_form(form, declared)
            wanted = await control.draft(self._file(), edit)
            if wanted.fingerprint != forms.value_of(form, "dau-vet"):
                raise NotEditableError(_CHANGED_MEANWHILE)
            await control.write(self._services, self._file(), wanted, admin, forms.describe(edit))
        except NotEditableError as error:
            return await self._overview(request, str(error))
        _log.info("newsroom file changed", change=forms.describe(edit), admin=admin)
        return redirect("/nguon" if forms.value_of(form, "viec") in _OF_SOURCES else "/lich")

    async def _undo(self, request: web.Request) -> web.Response:
        admin = request[SESSION].admin
        try:
            is_done = await control.undo(self._services, self._file(), admin)
        except NotEditableError as error:
            return await self._overview(request, str(error))
        _log.info("newsroom file changed back", done=is_done, admin=admin)
        return redirect("/lich")

    def _file(self) -> NewsroomFile:
        if self._services.file is None:
            raise web.HTTPNotFound
        return self._services.file
