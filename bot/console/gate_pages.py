"""The console's page of an issue that waits for approval: read it, drop stories, hold or approve it."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.console.guard import BASE, SESSION
from bot.console.page_templates import readable
from bot.news.services import Services
from bot.operators.approvals import change_story, gate_status, give_answer, look_at_gate, read_gate
from storage.delivery.gates import GateAnswer

_MOST_STORIES = 100
_ANSWERS = {"gui": GateAnswer.SEND, "giu": GateAnswer.HOLD}
_NOTHING = "Người khác vừa làm việc này, hoặc tin không còn trong số. Dưới đây là tình trạng bây giờ."
_SENT = "Số này đã gửi rồi. Muốn rút lại, mở số ấy ở trang «Các số» rồi bấm «Thu hồi số này»."
_CLOSED = "Số này đã khép lại, không gửi nữa."
Page = Callable[[web.Request, str, dict[str, Any]], Awaitable[web.Response]]
Look = Callable[[], Awaitable[None]]


class GatePages:
    """The page under /so/duyet. `page` fills a template in; `look` composes changed issues again."""

    def __init__(self, services: Services, page: Page, look: Look | None) -> None:
        self._services = services
        self._page = page
        self._look = look

    def routes(self) -> list[web.RouteDef]:
        """Return the page and what may be done on it."""
        return [
            web.get(r"/so/duyet/{id:\d{1,18}}", self._show),
            web.post(r"/so/duyet/{id:\d{1,18}}", self._change),
        ]

    async def _show(self, request: web.Request, *, is_late: bool = False) -> web.Response:
        gate_now = await look_at_gate(self._services, int(request.match_info["id"]))
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
        if self._look is not None:
            await self._look()
        return web.Response(status=303, headers={"Location": f"{BASE}/so/duyet/{number}"})
