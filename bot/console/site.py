"""The console: its routes, login, and the pages that have no module of their own."""

from collections.abc import Awaitable, Callable
from functools import partial
from importlib.resources import files
from typing import Any

import structlog
from aiohttp import web

from bot.console import page_values
from bot.console.guard import BASE, SESSION, Guard, Sessions, redirect, use_link
from bot.console.outgoing_pages import ActOnGates, AnnouncementPages, CorrectionPages, GatePages
from bot.console.page_templates import Pages, error_page, render
from bot.console.schedule_pages import SchedulePages
from bot.console.simulator_pages import SimulatorPages
from bot.console.source_pages import SourcePages
from bot.messages import operator_texts
from bot.news.services import Services
from storage.delivery.mailings import find_mailing, retract
from storage.intake.files import requeue_quarantined
from storage.notes import AuditKind, record_audit_entry
from storage.off_loop import CHAT, INTAKE

PAGES = (
    ("", "Hôm nay"),
    ("/nguon", "Nguồn"),
    ("/lich", "Lịch phát"),
    ("/so", "Các số"),
    ("/nguoi-nhan", "Người nhận"),
    ("/thong-bao", "Thông báo"),
    ("/tim", "Tìm bài"),
    ("/cach-ly", "Bị từ chối"),
    ("/nhat-ky", "Việc đã làm"),
)
_LONGEST_QUERY = 500
_KEPT = {"Cache-Control": "max-age=3600"}
_log = structlog.get_logger(__name__)
Problems = Callable[[], Awaitable[list[str]]]
FindValues = Callable[[Services], Awaitable[dict[str, Any]]]


class Console:
    """The console of one bot at `url`. `problems` returns what is wrong with the bot now.

    `act_on_gates` composes the changed issues of gates again, and sends those that may go.
    """

    def __init__(
        self, services: Services, url: str, problems: Problems, act_on_gates: ActOnGates | None = None
    ) -> None:
        self._services = services
        self._problems = problems
        self._sessions = Sessions()
        kinds = (SourcePages, SchedulePages, SimulatorPages, AnnouncementPages, CorrectionPages)
        self._groups: list[Pages] = [make(services, self._page) for make in kinds]
        self._groups.append(GatePages(services, self._page, act_on_gates))
        self._guard = Guard(self._sessions, services.admins, url)
        folder = files("bot.console")
        self._style = folder.joinpath("console.css").read_text(encoding="utf-8")
        self._icon = folder.joinpath("icon.svg").read_text(encoding="utf-8")

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard.middleware])
        application.add_routes(
            [
                web.get("", self._today),
                web.get("/", self._home),
                web.get("/giao-dien.css", self._css),
                web.get("/dau.svg", self._svg),
                web.get("/vao", self._login),
                web.post("/vao", self._log_in),
                web.post("/ra", self._log_out),
                *(route for group in self._groups for route in group.routes()),
                web.get("/so", partial(self._show, "issues", page_values.issues)),
                web.get(r"/so/{id:\d{1,18}}", self._issue),
                web.post(r"/so/{id:\d{1,18}}/thu-hoi", self._retract),
                web.get("/nguoi-nhan", self._reader),
                web.get("/tim", self._search),
                web.get("/cach-ly", partial(self._show, "quarantine", page_values.quarantine)),
                web.post("/cach-ly/nhan-lai", self._take_again),
                web.get("/nhat-ky", partial(self._show, "audit_log", page_values.audit_log)),
            ]
        )
        return application

    async def _page(self, request: web.Request, template: str, values: dict[str, Any]) -> web.Response:
        session, path = request[SESSION], request.path.removeprefix(BASE)
        text = await CHAT.run(
            lambda: render(
                template,
                zone=self._services.newsroom.zone,
                now=self._services.clock.now(),
                pages=PAGES,
                here=f"/{path.split('/')[1]}" if path else "",
                csrf=session.csrf,
                **values,
            )
        )
        return web.Response(text=text, content_type="text/html")

    async def _home(self, _: web.Request) -> web.Response:
        return redirect("")

    async def _css(self, _: web.Request) -> web.Response:
        return web.Response(text=self._style, content_type="text/css", headers=_KEPT)

    async def _svg(self, _: web.Request) -> web.Response:
        return web.Response(text=self._icon, content_type="image/svg+xml", headers=_KEPT)

    async def _login(self, request: web.Request) -> web.Response:
        """Show a button, so that a preview of the link does not use it up."""
        code = request.query.get("ma", "")[:100]
        text = render("login", zone=self._services.newsroom.zone, now=self._services.clock.now(), code=code)
        return web.Response(text=text, content_type="text/html")

    async def _log_in(self, request: web.Request) -> web.Response:
        code = (await request.post()).get("ma")
        admin = await use_link(self._services.database, code) if isinstance(code, str) else None
        if admin is None or admin not in self._services.admins:
            _log.warning("console link refused")
            return error_page(401)
        async with self._services.database.write() as connection:
            await record_audit_entry(connection, admin, AuditKind.LOGGED_IN, now=self._services.clock.now())
        response = redirect("")
        self._guard.set_cookie(response, self._sessions.begin(admin))
        return response

    async def _log_out(self, request: web.Request) -> web.Response:
        response = error_page(401)
        self._guard.log_out(request, response)
        return response

    async def _today(self, request: web.Request) -> web.Response:
        return await self._page(
            request, "today", await page_values.today(self._services, await self._problems())
        )

    async def _show(self, template: str, find_values: FindValues, request: web.Request) -> web.Response:
        return await self._page(request, template, await find_values(self._services))

    async def _issue(self, request: web.Request) -> web.Response:
        found = await page_values.issue(self._services, int(request.match_info["id"]))
        if found is None:
            raise web.HTTPNotFound
        return await self._page(request, "issue", found)

    async def _reader(self, request: web.Request) -> web.Response:
        asked, wanted = (request.query.get(name, "")[:_LONGEST_QUERY] for name in ("so", "bai"))
        return await self._page(request, "reader", await page_values.reader(self._services, asked, wanted))

    async def _search(self, request: web.Request) -> web.Response:
        asked = request.query.get("q", "")[:_LONGEST_QUERY]
        return await self._page(request, "search", await page_values.search(self._services, asked))

    async def _retract(self, request: web.Request) -> web.Response:
        issue_id, admin = int(request.match_info["id"]), request[SESSION].admin
        async with self._services.database.write() as connection:
            batch = await find_mailing(connection, issue_id)
            now = self._services.clock.now()
            count = await retract(connection, batch, operator_texts.BUTTON_RETRACT, now=now) if batch else 0
            if batch and count:
                detail = f"{batch.edition}, {count} lượt"
                await record_audit_entry(connection, admin, AuditKind.RETRACTED, detail, now=now)
        _log.info("issue retracted", issue=issue_id, called_off=count, admin=admin)
        return redirect(f"/so/{issue_id}")

    async def _take_again(self, request: web.Request) -> web.Response:
        name, admin = (await request.post()).get("nguon"), request[SESSION].admin
        inboxes = [
            one for one in self._services.newsroom.file_sources if one.moves_files and one.name == name
        ]
        if not inboxes:
            raise web.HTTPNotFound
        try:
            brought = await INTAKE.run(lambda: len(list(requeue_quarantined(inboxes[0].path))))
        except OSError as error:
            _log.error("quarantine not emptied", source=inboxes[0].name, error=error.strerror)
            return error_page(503)
        _log.info("quarantine emptied", source=inboxes[0].name, files=brought, admin=admin)
        detail = f"{inboxes[0].title}, {brought} tệp"
        async with self._services.database.write() as connection:
            now = self._services.clock.now()
            await record_audit_entry(connection, admin, AuditKind.TAKEN_AGAIN, detail, now=now)
        return redirect("/cach-ly")
