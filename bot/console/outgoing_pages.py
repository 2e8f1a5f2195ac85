"""The console's pages of what goes to readers: approval of an issue, announcements, corrections."""

import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.console.guard import SESSION, redirect
from bot.console.page_templates import Page, Pages, readable
from bot.messages.rendering import LONGEST_CORRECTION
from bot.news import reader_notices
from bot.news.services import Services
from bot.operators.approvals import change_story, find_gate_view, gate_status, give_answer, read_gate
from storage.delivery.announcements import (
    count_announced,
    draft_announcement,
    find_announcement,
    find_announcements,
)
from storage.delivery.corrections import draft_correction
from storage.delivery.gates import GateAnswer
from storage.delivery.mailings import find_correction_mailing

_MOST_STORIES = 100
_ANSWERS = {"gui": GateAnswer.SEND, "giu": GateAnswer.HOLD}
_NOTHING = "Người khác vừa làm việc này, hoặc tin không còn trong số. Dưới đây là tình trạng bây giờ."
_SENT = "Số này đã gửi rồi. Muốn rút lại, mở số ấy ở trang «Các số» rồi bấm «Thu hồi số này»."
_CLOSED = "Số này đã khép lại, không gửi nữa."
ActOnGates = Callable[[], Awaitable[None]]
_MOST_ANNOUNCEMENTS = 20


class GatePages(Pages):
    """The page under /so/duyet. `act_on_gates` composes changed issues again."""

    def __init__(self, services: Services, page: Page, act_on_gates: ActOnGates | None) -> None:
        super().__init__(services, page)
        self._act_on_gates = act_on_gates

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(r"/so/duyet/{id:\d{1,18}}", self._show),
            web.post(r"/so/duyet/{id:\d{1,18}}", self._change),
        ]

    async def _show(self, request: web.Request, *, is_late: bool = False) -> web.Response:
        gate_now = await find_gate_view(self._services, int(request.match_info["id"]))
        if gate_now is None:
            raise web.HTTPNotFound
        problem = (
            _NOTHING if gate_now.gate.closed_at is None else _SENT if gate_now.gate.was_sent else _CLOSED
        )
        parts = await read_gate(self._services, gate_now.gate)
        values = {
            "gate": gate_now.gate,
            "title": gate_now.title,
            "status": gate_status(gate_now, self._services),
            "stories": gate_now.stories[:_MOST_STORIES],
            "more": max(len(gate_now.stories) - _MOST_STORIES, 0),
            "dropped": gate_now.dropped[:_MOST_STORIES],
            "parts": [readable(html) for html in parts],
            "problem": problem if is_late else "",
        }
        return await self._page(request, "gate", values)

    async def _change(self, request: web.Request) -> web.Response:
        """Handle one button: `tra-loi` answers, `bo` drops a story, `lai` puts one back."""
        form = await request.post()
        wanted = {name: str(form[name]) for name in ("tra-loi", "bo", "lai") if name in form}
        if len(wanted) != 1:
            raise web.HTTPNotFound
        [(name, value)] = wanted.items()
        number, admin = int(request.match_info["id"]), request[SESSION].admin
        if name == "tra-loi":
            if value not in _ANSWERS:
                raise web.HTTPNotFound
            is_done = await give_answer(self._services, number, _ANSWERS[value], admin) is not None
        else:
            if not (value.isascii() and value.isdigit() and len(value) <= 18):
                raise web.HTTPNotFound
            drop = name == "bo"
            is_done = await change_story(self._services, number, int(value), admin, drop=drop)
        if not is_done:
            return await self._show(request, is_late=True)
        if self._act_on_gates is not None:
            await self._act_on_gates()
        return redirect(f"/so/duyet/{number}")


class AnnouncementPages(Pages):
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/thong-bao", self._overview),
            web.post("/thong-bao/xem", self._preview),
            web.post(r"/thong-bao/{id:\d{1,18}}/gui", self._send),
            web.post(r"/thong-bao/{id:\d{1,18}}/thu-hoi", self._call_off),
        ]

    async def _overview(self, request: web.Request, problem: str = "", typed: str = "") -> web.Response:
        async with self._services.database.read() as connection:
            found = await find_announcements(connection, limit=_MOST_ANNOUNCEMENTS)
            rows = [(one, await count_announced(connection, one)) for one in found]
        values = {
            "rows": rows,
            "problem": problem,
            "typed": typed,
            "most": reader_notices.LONGEST_ANNOUNCEMENT,
            "editions": self._services.newsroom.editions,
            "titles": {one.name: one.title for one in self._services.newsroom.editions},
        }
        return await self._page(request, "announcements", values)

    async def _preview(self, request: web.Request) -> web.Response:
        form, admin = await request.post(), request[SESSION].admin
        typed, edition = str(form.get("chu", "")), str(form.get("cho", "")) or None
        text = reader_notices.readable_lines(typed)
        if text is None:
            problem = (
                f"Thông báo cần có chữ, dài nhất {reader_notices.LONGEST_ANNOUNCEMENT} ký tự và 60 dòng."
            )
            return await self._overview(request, problem, typed[: 2 * reader_notices.LONGEST_ANNOUNCEMENT])
        if edition is not None and self._services.newsroom.find_edition(edition) is None:
            raise web.HTTPNotFound
        is_silent, now = "im" in form, self._services.clock.now()
        async with self._services.database.write() as connection:
            number = await draft_announcement(
                connection, admin, text, edition=edition, is_silent=is_silent, now=now
            )
        values = {
            "number": number,
            "message": readable(reader_notices.announcement_html(text)),
            "audience": await reader_notices.find_audience(self._services, edition),
            "is_silent": is_silent,
        }
        return await self._page(request, "announcement_preview", values)

    async def _send(self, request: web.Request) -> web.Response:
        await reader_notices.announce(self._services, await self._number(request), request[SESSION].admin)
        return redirect("/thong-bao")

    async def _call_off(self, request: web.Request) -> web.Response:
        await reader_notices.call_off(self._services, await self._number(request), request[SESSION].admin)
        return redirect("/thong-bao")

    async def _number(self, request: web.Request) -> int:
        number = int(request.match_info["id"])
        async with self._services.database.read() as connection:
            if await find_announcement(connection, number) is None:
                raise web.HTTPNotFound
        return number


class CorrectionPages(Pages):
    """The pages under /so/dinh-chinh: they correct a story that was sent, as `/dinhchinh` does."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/so/dinh-chinh", self._form),
            web.post("/so/dinh-chinh/xem", self._preview),
            web.post(r"/so/dinh-chinh/{id:\d{1,18}}/gui", self._send),
            web.get(r"/so/dinh-chinh/{id:\d{1,18}}", self._state),
        ]

    async def _form(
        self, request: web.Request, story: str | None = None, problem: str = "", typed: str = ""
    ) -> web.Response:
        story = request.query.get("tin", "") if story is None else story
        number, reach = await self._story(story)
        values = {"reach": reach, "story": number, "problem": problem, "typed": typed}
        return await self._page(request, "correction", values | {"most": LONGEST_CORRECTION})

    async def _preview(self, request: web.Request) -> web.Response:
        form, now = await request.post(), self._services.clock.now()
        story, typed = str(form.get("tin", "")), str(form.get("chu", ""))
        text = reader_notices.readable_text(typed)
        if text is None:
            problem = f"Lời đính chính cần có chữ, dài nhất {LONGEST_CORRECTION} ký tự."
            return await self._form(request, story, problem, typed[: 2 * LONGEST_CORRECTION])
        number, reach = await self._story(story)
        if reach is None:
            return await self._form(request, story)
        async with self._services.database.write() as connection:
            draft = await draft_correction(connection, number, text, now=now)
        message = readable(reader_notices.preview_notice(self._services, reach, text))
        values = {"number": draft.id, "story": number, "message": message, "reach": reach}
        return await self._page(request, "correction_preview", values)

    async def _story(self, typed: str) -> tuple[int, reader_notices.Reach | None]:
        """Return a story's number and its reach; 0 or None if no issue of the last week has it."""
        if not re.fullmatch("[0-9]{1,18}", typed):
            return 0, None
        return int(typed), await reader_notices.find_reach(self._services, int(typed))

    async def _send(self, request: web.Request) -> web.Response:
        number = int(request.match_info["id"])
        await reader_notices.send_correction(self._services, number, admin=request[SESSION].admin)
        return redirect(f"/so/dinh-chinh/{number}")

    async def _state(self, request: web.Request) -> web.Response:
        async with self._services.database.read() as connection:
            batch = await find_correction_mailing(connection, int(request.match_info["id"]))
        if batch is None:
            raise web.HTTPNotFound
        return await self._page(request, "correction_state", {"batch": batch})
