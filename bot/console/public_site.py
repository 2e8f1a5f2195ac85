"""The public copy of each edition on the web: pages and an Atom feed, without scripts or cookies.

It shows the messages that readers get in Telegram, with the same quotes and links. It is served under `/tin`
at the port of `/healthz`; a proxy should forward that path only.
"""

import asyncio
import datetime as dt
import hashlib
import re
import time
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.resources import files
from urllib.parse import urlsplit
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from aiohttp import web
from markupsafe import Markup

from bot.console.page_templates import readable, render
from bot.news.newsroom import Edition
from bot.news.services import Services
from storage.delivery.issues import WebCopy, find_copies, find_copy

PUBLIC = "/tin"
_KEPT = dt.timedelta(days=14)
_MOST_ISSUES = 30
_PAGES_AT_ONCE = 2
_MOST_WAITING = 50
_CACHED_SECONDS = 10.0
_MOST_CACHED = 200
_STAMP = "%Y%m%dT%H%MZ"
_ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "public, max-age=60",
}
Made = tuple[int, str, str]  # status, kind of content, text


class PublicSite:
    """The pages under /tin; all of them are 404 if the newsroom file has no `[feeds]`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._style = files("bot.console").joinpath("console.css").read_text(encoding="utf-8")
        self._at_once = asyncio.Semaphore(_PAGES_AT_ONCE)
        self._waiting = 0
        self._cache: dict[str, tuple[float, Made]] = {}

    def application(self) -> web.Application:
        application = web.Application(middlewares=[_guarded])
        application.add_routes(
            [
                web.get("/", partial(self._answer, self._home)),
                web.get("/style.css", self._css),
                web.get("/{edition:[a-z0-9-]{1,32}}.atom", partial(self._answer, self._feed)),
                web.get("/{edition:[a-z0-9-]{1,32}}", partial(self._answer, self._edition)),
                web.get("/{edition:[a-z0-9-]{1,32}}/{stamp:[0-9TZ]{14}}", partial(self._answer, self._issue)),
            ]
        )
        return application

    async def _css(self, _: web.Request) -> web.Response:
        return web.Response(text=self._style, content_type="text/css")

    async def _answer(
        self, page: Callable[[web.Request], Awaitable[Made]], request: web.Request
    ) -> web.Response:
        """Answer from the cache, or make the page; few at once, to keep replies to readers fast."""
        if self._services.newsroom.feeds_address is None:
            raise web.HTTPNotFound
        if self._waiting >= _MOST_WAITING:
            raise web.HTTPServiceUnavailable
        known = self._cache.get(request.path)
        if known is None or time.monotonic() - known[0] > _CACHED_SECONDS:
            self._waiting += 1
            try:
                async with self._at_once:
                    made = await page(request)
            finally:
                self._waiting -= 1
            if len(self._cache) >= _MOST_CACHED:
                self._cache.clear()
            known = self._cache[request.path] = time.monotonic(), made
        status, kind, text = known[1]
        tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return web.Response(
            status=status, text=text, content_type=kind, charset="utf-8", headers={"ETag": tag}
        )

    async def _home(self, _: web.Request) -> Made:
        editions = [(one, self._path(one)) for one in self._services.newsroom.editions]
        return self._page("public_home", editions=editions)

    async def _edition(self, request: web.Request) -> Made:
        edition = self._find(request)
        copies = await self._copies(edition)
        links = [(self._said(edition, one.slot_at), self._path(edition, one)) for one in copies]
        latest = _body(copies[0]) if copies else ""
        return self._page("public_edition", edition=edition, feed=f"{self._path(edition)}.atom", links=links,
                          latest=latest)  # fmt: skip

    async def _issue(self, request: web.Request) -> Made:
        edition = self._find(request)
        try:
            slot = dt.datetime.strptime(request.match_info["stamp"], _STAMP).replace(tzinfo=dt.UTC)
        except ValueError:
            raise web.HTTPNotFound from None
        async with self._services.database.read() as connection:
            found = await find_copy(connection, edition.name, slot)
        if found is None or found.slot_at < self._services.clock.now() - _KEPT:
            raise web.HTTPNotFound
        status, kind, text = self._page(
            "public_issue", edition=edition, said=self._said(edition, slot), copy=found, body=_body(found),
            back=self._path(edition),
        )  # fmt: skip
        return 410 if found.is_retracted else status, kind, text

    async def _feed(self, request: web.Request) -> Made:
        edition = self._find(request)
        copies = await self._copies(edition)
        return 200, "application/atom+xml", self._atom(edition, copies)

    def _atom(self, edition: Edition, copies: list[WebCopy]) -> str:
        """Return the feed. Ids never change; a correction changes `updated`; it has no retracted issues."""
        address = f"{self._services.newsroom.feeds_address}/{edition.name}"
        ElementTree.register_namespace("", _ATOM)
        feed = ElementTree.Element(f"{{{_ATOM}}}feed")
        _add(feed, "id", address)
        _add(feed, "title", edition.title)
        _add(feed, "updated", _moment(max((one.changed_at for one in copies), default=_NEVER)))
        _add(_add(feed, "author"), "name", "Điểm Tin")
        _add(feed, "link", rel="self", type="application/atom+xml", href=f"{address}.atom")
        _add(feed, "link", rel="alternate", type="text/html", href=address)
        for one in copies:
            place = f"{address}/{one.slot_at:{_STAMP}}"
            entry = _add(feed, "entry")
            _add(entry, "id", place)
            _add(entry, "title", self._said(edition, one.slot_at))
            _add(entry, "published", _moment(one.slot_at))
            _add(entry, "updated", _moment(one.changed_at))
            _add(entry, "link", rel="alternate", type="text/html", href=place)
            _add(entry, "summary", "; ".join(one.headlines)[:1_000])
            _add(entry, "content", str(_body(one)), type="html")
        return ElementTree.tostring(feed, encoding="unicode", xml_declaration=True).replace(
            "encoding='us-ascii'", "encoding='utf-8'"
        )

    async def _copies(self, edition: Edition) -> list[WebCopy]:
        since = self._services.clock.now() - _KEPT
        async with self._services.database.read() as connection:
            return await find_copies(connection, edition.name, since=since, limit=_MOST_ISSUES)

    def _find(self, request: web.Request) -> Edition:
        edition = self._services.newsroom.find_edition(request.match_info["edition"])
        if edition is None:
            raise web.HTTPNotFound
        return edition

    def _path(self, edition: Edition, one: WebCopy | None = None) -> str:
        base = urlsplit(self._services.newsroom.feeds_address or "").path
        return f"{base}/{edition.name}" + (f"/{one.slot_at:{_STAMP}}" if one else "")

    def _said(self, edition: Edition, slot: dt.datetime) -> str:
        local = slot.astimezone(ZoneInfo(edition.schedule.zone))
        return f"{edition.title}, {local:%H:%M} ngày {local.day}/{local.month}/{local.year}"

    def _page(self, template: str, **values: object) -> Made:
        newsroom = self._services.newsroom
        base = urlsplit(newsroom.feeds_address or "").path
        text = render(template, zone=newsroom.zone, now=self._services.clock.now(), base=base, **values)
        return 200, "text/html", text


_NEVER = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # of a feed without entries


@web.middleware
async def _guarded(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as error:
        response = web.Response(status=error.status, text=f"{error.status}\n")
    response.headers.update(_HEADERS)
    return response


def _body(one: WebCopy) -> Markup:
    """Return an issue as HTML that needs no style: its messages, rebuilt tag by tag."""
    messages = (readable(html).replace("\n", Markup("<br>\n")) for html in one.parts)
    return Markup("\n").join(Markup("<div>{}</div>").format(each) for each in messages)


def _add(
    parent: ElementTree.Element, name: str, text: str | None = None, **given: str
) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", given)
    child.text = _NO_XML.sub("", text) if text is not None else None
    return child


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
