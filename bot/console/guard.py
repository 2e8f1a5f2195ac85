"""What every request to the console passes: host, session, proof of the form, rate and headers."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.console.page_templates import error_page
from bot.console.sessions import Session, Sessions
from bot.process.metrics import log_errors

BASE = "/bang"
COOKIE = "diemtin_bang"
MOST_FORM_BYTES = 20_000
OPEN_PATHS = frozenset((f"{BASE}/vao", f"{BASE}/giao-dien.css", f"{BASE}/dau.svg"))  # without a session
_LONG_PATHS = frozenset((f"{BASE}/nguon/thu",))  # they wait for others, or compute for seconds
_AT_ONCE = 2  # pages in work: readers' replies come first
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers send forms with the origin "null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_log = structlog.get_logger(__name__)
SESSION = web.RequestKey("session", Session)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """Stands before the pages. `url` is where operators reach the console, without a slash at its end."""

    def __init__(self, sessions: Sessions, admins: frozenset[int], url: str) -> None:
        self._sessions = sessions
        self._admins = admins
        parts = urlsplit(url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._hosts = {parts.netloc}
        if parts.hostname in _LOOPBACK:
            port = f":{parts.port}" if parts.port else ""
            self._hosts |= {f"127.0.0.1{port}", f"localhost{port}", f"[::1]{port}"}
        self._is_secure = parts.scheme == "https"
        self._work = asyncio.Semaphore(_AT_ONCE)
        self._long_work = asyncio.Semaphore(1)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request with the headers of every page, whatever comes of it."""
        response: web.StreamResponse = error_page(500)
        with log_errors("console"):
            try:
                response = await self._answer(request, handler)
            except web.HTTPException as error:
                response = error_page(error.status)
        response.headers.update(_HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.host not in self._hosts:  # a page elsewhere whose name was turned to this machine
            raise web.HTTPMisdirectedRequest
        if request.method not in ("GET", "HEAD"):
            self._check_origin(request)
        if request.path in OPEN_PATHS:
            if request.path.endswith("/vao") and not self._sessions.may_try():
                raise web.HTTPTooManyRequests
            return await handler(request)
        session = self._sessions.find(request.cookies.get(COOKIE, ""))
        if session is None or session.admin not in self._admins:
            return error_page(401)
        if not self._sessions.may_ask(session):
            raise web.HTTPTooManyRequests
        request[SESSION] = session
        if request.method not in ("GET", "HEAD"):
            await self._check_form(request, session)
        if request.path in _LONG_PATHS and self._long_work.locked():
            return error_page(503)
        async with self._long_work if request.path in _LONG_PATHS else self._work:
            return await handler(request)

    def _check_origin(self, request: web.Request) -> None:
        """Refuse what a page elsewhere sends: browsers name the page that a form stands on."""
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        ours = {f"{urlsplit(self._origin).scheme}://{host}" for host in self._hosts}
        if (origin is not None and origin not in ours) or site not in ("same-origin", "none"):
            raise web.HTTPForbidden
        if (request.content_length or 0) > MOST_FORM_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_FORM_BYTES, request.content_length or 0)

    async def _check_form(self, request: web.Request, session: Session) -> None:
        form = await request.post()
        given = form.get("csrf")
        if not isinstance(given, str) or not secrets.compare_digest(given.encode(), session.csrf.encode()):
            _log.warning("console form refused", path=request.path)
            raise web.HTTPForbidden

    def let_in(self, response: web.StreamResponse, secret: str) -> None:
        """Give the browser its session."""
        response.set_cookie(
            COOKIE, secret, httponly=True, samesite="Strict", secure=self._is_secure, path=BASE
        )

    def let_out(self, request: web.Request, response: web.StreamResponse) -> None:
        """Take the session away."""
        self._sessions.leave(request.cookies.get(COOKIE, ""))
        response.del_cookie(COOKIE, path=BASE)
