"""Who may use the console: login links, sessions, and the checks of every request."""

import asyncio
import datetime as dt
import hashlib
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.console.page_templates import error_page
from bot.process.metrics import log_errors
from storage.engine import Database
from storage.notes import find_notes, forget_note, write_note
from storage.processes.leases import server_now

# Sessions that end, and limits of requests, in memory: a restart ends every session. Only hashes are kept.

BASE = "/bang"
LINK_SECONDS = 300.0
IDLE_SECONDS = 1_800.0
LONGEST_SECONDS = 8 * 3_600.0
_MOST_SESSIONS = 20
_PAGES_A_MINUTE = 120
_LOGINS_A_MINUTE = 20  # of everybody together


@dataclass(slots=True)
class Session:
    """One operator's session; every form that changes something must contain `csrf`."""

    admin: int
    csrf: str
    began: float
    seen: float
    requests: deque[float] = field(default_factory=deque)


class Sessions:
    """The sessions of one process. `seconds` is a monotonic clock."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._sessions: dict[str, Session] = {}
        self._logins: deque[float] = deque()

    def may_log_in(self) -> bool:
        return _is_within_rate(self._logins, self._seconds(), _LOGINS_A_MINUTE)

    def begin(self, admin: int) -> str:
        """Begin a session of an operator; return its secret."""
        now = self._seconds()
        secret = secrets.token_urlsafe(32)
        self._sessions[_hash(secret)] = Session(admin, secrets.token_urlsafe(32), now, now)
        while len(self._sessions) > _MOST_SESSIONS:
            del self._sessions[min(self._sessions, key=lambda each: self._sessions[each].seen)]
        return secret

    def find(self, secret: str) -> Session | None:
        """Return the session with this secret, None if it has ended."""
        now, key = self._seconds(), _hash(secret)
        session = self._sessions.get(key)
        if session is None:
            return None
        if now - session.seen > IDLE_SECONDS or now - session.began > LONGEST_SECONDS:
            del self._sessions[key]
            return None
        session.seen = now
        return session

    def may_request(self, session: Session) -> bool:
        return _is_within_rate(session.requests, self._seconds(), _PAGES_A_MINUTE)

    def end(self, secret: str) -> None:
        self._sessions.pop(_hash(secret), None)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _is_within_rate(times: deque[float], now: float, most: int) -> bool:
    while times and now - times[0] >= 60:
        times.popleft()
    if len(times) >= most:
        return False
    times.append(now)
    return True


# Login links: hashes in the database, because another process may serve the console; each works once.

_NOTE = "console link "  # and the operator's number, so that a new link replaces the earlier one


async def make_link(database: Database, url: str, admin: int) -> str:
    """Return a link to the console at `url` that logs an operator in once, within five minutes."""
    code = secrets.token_urlsafe(32)
    async with database.write() as connection:
        now = await server_now(connection)
        until = now + dt.timedelta(seconds=LINK_SECONDS)
        await write_note(connection, f"{_NOTE}{admin}", f"{_hash(code)} {until.isoformat()}", now=now)
    return f"{url.rstrip('/')}{BASE}/vao?ma={code}"


async def use_link(database: Database, code: str) -> int | None:
    """Use up the code of a link; return its operator, None if the code is not valid."""
    given = _hash(code)
    async with database.write() as connection:
        now = await server_now(connection)
        for name, value in await find_notes(connection, _NOTE):
            known, _, until = value.partition(" ")
            if secrets.compare_digest(known, given) and await forget_note(connection, name):
                return int(name.removeprefix(_NOTE)) if now < dt.datetime.fromisoformat(until) else None
    return None


# The checks of every request: host, origin, session, the form's secret, and rate; the headers of every page.

COOKIE = "diemtin_bang"
MOST_FORM_BYTES = 20_000
OPEN_PATHS = frozenset((f"{BASE}/vao", f"{BASE}/giao-dien.css", f"{BASE}/dau.svg"))  # without a session
_LONG_PATHS = frozenset((f"{BASE}/nguon/thu", f"{BASE}/lich/thu/xem"))  # requests that take seconds
_AT_ONCE = 2  # pages made at once, so that replies to readers are not delayed
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
    """Checks every request. `url` is the console's address for operators, without a slash at its end."""

    def __init__(self, sessions: Sessions, admins: frozenset[int], url: str) -> None:
        self._sessions = sessions
        self._admins = admins
        parts = urlsplit(url)
        self._hosts = {parts.netloc}
        if parts.hostname in _LOOPBACK:
            port = f":{parts.port}" if parts.port else ""
            self._hosts |= {f"127.0.0.1{port}", f"localhost{port}", f"[::1]{port}"}
        self._origins = {f"{parts.scheme}://{host}" for host in self._hosts}
        self._is_secure = parts.scheme == "https"
        self._work = asyncio.Semaphore(_AT_ONCE)
        self._long_work = asyncio.Semaphore(1)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, with the same headers if it is refused or fails."""
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
        if request.host not in self._hosts:  # DNS rebinding: another site's name that leads to this machine
            raise web.HTTPMisdirectedRequest
        if request.method not in ("GET", "HEAD"):
            self._check_origin(request)
        if request.path in OPEN_PATHS:
            if request.path.endswith("/vao") and not self._sessions.may_log_in():
                raise web.HTTPTooManyRequests
            return await handler(request)
        session = self._sessions.find(request.cookies.get(COOKIE, ""))
        if session is None or session.admin not in self._admins:
            return error_page(401)
        if not self._sessions.may_request(session):
            raise web.HTTPTooManyRequests
        request[SESSION] = session
        if request.method not in ("GET", "HEAD"):
            await self._check_form(request, session)
        if request.path in _LONG_PATHS and self._long_work.locked():
            return error_page(503)
        async with self._long_work if request.path in _LONG_PATHS else self._work:
            return await handler(request)

    def _check_origin(self, request: web.Request) -> None:
        """Refuse forms of other sites: browsers name the origin of a form."""
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if (origin is not None and origin not in self._origins) or site not in ("same-origin", "none"):
            raise web.HTTPForbidden
        if (request.content_length or 0) > MOST_FORM_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_FORM_BYTES, request.content_length or 0)

    async def _check_form(self, request: web.Request, session: Session) -> None:
        form = await request.post()
        given = form.get("csrf")
        if not isinstance(given, str) or not secrets.compare_digest(given.encode(), session.csrf.encode()):
            _log.warning("console form refused", path=request.path)
            raise web.HTTPForbidden

    def set_cookie(self, response: web.StreamResponse, secret: str) -> None:
        response.set_cookie(
            COOKIE, secret, httponly=True, samesite="Strict", secure=self._is_secure, path=BASE
        )

    def log_out(self, request: web.Request, response: web.StreamResponse) -> None:
        self._sessions.end(request.cookies.get(COOKIE, ""))
        response.del_cookie(COOKIE, path=BASE)


def redirect(path: str) -> web.Response:
    """Redirect the browser to a page of the console with a GET; `path` begins after `BASE`."""
    return web.Response(status=303, headers={"Location": f"{BASE}{path}"})
