"""The console's page that tells all readers something: written, seen, sent, called off."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.console.guard import BASE, SESSION
from bot.console.readable import readable
from bot.news.announcing import (
    LONGEST_ANNOUNCEMENT,
    announce,
    announcement_html,
    call_off,
    find_audience,
    readable_lines,
)
from bot.news.services import Services
from storage.delivery.announcements import (
    count_announced,
    draft_announcement,
    find_announcement,
    find_announcements,
)

_MOST_SHOWN = 20
Page = Callable[[web.Request, str, dict[str, Any]], Awaitable[web.Response]]


class AnnouncementPages:
    """The pages under /thong-bao. `page` fills a template in for a request."""

    def __init__(self, services: Services, page: Page) -> None:
        self._services = services
        self._page = page

    def routes(self) -> list[web.RouteDef]:
        """Return the pages and what may be done on them."""
        return [
            web.get("/thong-bao", self._overview),
            web.post("/thong-bao/xem", self._preview),
            web.post(r"/thong-bao/{id:\d{1,18}}/gui", self._send),
            web.post(r"/thong-bao/{id:\d{1,18}}/thu-hoi", self._call_off),
        ]

    async def _overview(self, request: web.Request, problem: str = "", typed: str = "") -> web.Response:
        async with self._services.database.read() as connection:
            found = await find_announcements(connection, limit=_MOST_SHOWN)
            rows = [(one, await count_announced(connection, one)) for one in found]
        values = {
            "rows": rows,
            "problem": problem,
            "typed": typed,
            "most": LONGEST_ANNOUNCEMENT,
            "editions": self._services.newsroom.editions,
        }
        return await self._page(request, "announcements", values)

    async def _preview(self, request: web.Request) -> web.Response:
        form, admin = await request.post(), request[SESSION].admin
        typed, edition = str(form.get("chu", "")), str(form.get("cho", "")) or None
        text = readable_lines(typed)
        if text is None:
            problem = f"Thông báo cần có chữ, dài nhất {LONGEST_ANNOUNCEMENT} ký tự và 60 dòng."
            return await self._overview(request, problem, typed[: 2 * LONGEST_ANNOUNCEMENT])
        if edition is not None and self._services.newsroom.find_edition(edition) is None:
            raise web.HTTPNotFound
        is_silent, now = "im" in form, self._services.clock.now()
        async with self._services.database.write() as connection:
            number = await draft_announcement(
                connection, admin, text, edition=edition, is_silent=is_silent, now=now
            )
        values = {
            "number": number,
            "message": readable(announcement_html(text)),
            "audience": await find_audience(self._services, edition),
            "is_silent": is_silent,
        }
        return await self._page(request, "announcement_preview", values)

    async def _send(self, request: web.Request) -> web.Response:
        await announce(self._services, await self._number(request), request[SESSION].admin)
        return web.Response(status=303, headers={"Location": f"{BASE}/thong-bao"})

    async def _call_off(self, request: web.Request) -> web.Response:
        await call_off(self._services, await self._number(request), request[SESSION].admin)
        return web.Response(status=303, headers={"Location": f"{BASE}/thong-bao"})

    async def _number(self, request: web.Request) -> int:
        number = int(request.match_info["id"])
        async with self._services.database.read() as connection:
            if await find_announcement(connection, number) is None:
                raise web.HTTPNotFound
        return number
