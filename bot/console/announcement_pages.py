"""The console's pages of announcements and corrections: each is previewed before it is sent."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.console.guard import BASE, SESSION
from bot.console.page_templates import readable
from bot.messages.rendering import LONGEST_CORRECTION
from bot.news.reader_notices import (
    LONGEST_ANNOUNCEMENT,
    Reach,
    announce,
    announcement_html,
    call_off,
    find_audience,
    find_reach,
    preview_notice,
    readable_lines,
    readable_text,
    send_correction,
)
from bot.news.services import Services
from storage.delivery.announcements import (
    count_announced,
    draft_announcement,
    find_announcement,
    find_announcements,
)
from storage.delivery.corrections import draft_correction
from storage.delivery.retractions import find_correction_batch

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
            "titles": {one.name: one.title for one in self._services.newsroom.editions},
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


class CorrectionPages:
    """The pages under /so/dinh-chinh: they correct a story that was sent, as `/dinhchinh` does."""

    def __init__(self, services: Services, page: Page) -> None:
        self._services = services
        self._page = page

    def routes(self) -> list[web.RouteDef]:
        """Return the pages and what may be done on them."""
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
        text = readable_text(typed)
        if text is None:
            problem = f"Lời đính chính cần có chữ, dài nhất {LONGEST_CORRECTION} ký tự."
            return await self._form(request, story, problem, typed[: 2 * LONGEST_CORRECTION])
        number, reach = await self._story(story)
        if reach is None:
            return await self._form(request, story)
        async with self._services.database.write() as connection:
            draft = await draft_correction(connection, number, text, now=now)
        message = readable(preview_notice(self._services, reach, text))
        values = {"number": draft.id, "story": number, "message": message, "reach": reach}
        return await self._page(request, "correction_preview", values)

    async def _story(self, typed: str) -> tuple[int, Reach | None]:
        """Return a story's number and its reach; 0 or None if no issue of the last week has it."""
        if not re.fullmatch("[0-9]{1,18}", typed):
            return 0, None
        return int(typed), await find_reach(self._services, int(typed))

    async def _send(self, request: web.Request) -> web.Response:
        number = int(request.match_info["id"])
        await send_correction(self._services, number, admin=request[SESSION].admin)
        return web.Response(status=303, headers={"Location": f"{BASE}/so/dinh-chinh/{number}"})

    async def _state(self, request: web.Request) -> web.Response:
        async with self._services.database.read() as connection:
            batch = await find_correction_batch(connection, int(request.match_info["id"]))
        if batch is None:
            raise web.HTTPNotFound
        return await self._page(request, "correction_state", {"batch": batch})
