"""The emulator over HTTP: the Bot API, the control interface and the chat page on one loopback port."""

import ipaddress
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import PurePath
from urllib.parse import urlsplit

from aiohttp import web

from bot.emulator.api import BotApi, Emulator, WebhookCaller
from bot.emulator.control import ROUTES
from bot.emulator.methods.get_updates import is_loopback
from bot.emulator.refusals import Rates
from bot.emulator.requests import Body, InputError, Route, read_body
from bot.process.lifetime import beside
from bot.process.listening import GuardedSite

MAX_BODY_BYTES = 25_000_000
SHUTDOWN_SECONDS = 0.5
_PAGE_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_MOST_CONNECTIONS = 4_096  # tests ask by the thousand
_PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LoopbackError(ValueError):
    """The address is not on this machine: the emulator asks for no secret, so others must not reach it."""


@asynccontextmanager
async def serve(*, host: str = "127.0.0.1", port: int = 0, strict: bool = False) -> AsyncIterator[Emulator]:
    """Run an emulator in this event loop; port 0 takes a free one.

    Raises:
        LoopbackError: `host` is an address that others could reach.
        OSError: the port is taken.
    """
    require_loopback(host)
    emulator = Emulator(rates=Rates(strict=strict))
    runner = web.AppRunner(make_application(emulator), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await GuardedSite(runner, host, port, most_connections=_MOST_CONNECTIONS).start()
        taken = runner.addresses[0][1]
        emulator.url = f"http://{f'[{host}]' if ':' in host else host}:{taken}"
        async with beside(WebhookCaller(emulator).run()):
            yield emulator
    finally:
        emulator.world.close()
        await runner.cleanup()


def require_loopback(host: str) -> None:
    """Raise LoopbackError if `host` is not this machine alone."""
    try:
        addresses = {ipaddress.ip_address(row[4][0]) for row in socket.getaddrinfo(host, None)}
    except OSError as error:
        raise LoopbackError(host) from error
    if not addresses or not all(address.is_loopback for address in addresses):
        raise LoopbackError(host)


def make_application(emulator: Emulator) -> web.Application:
    application = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[_refuse_large_bodies])
    application.add_routes(BotApi(emulator).routes())
    for (method, path), (shape, act) in ROUTES.items():
        application.router.add_route(method, f"/_control/{path}", _control(emulator, shape, act))
    application.router.add_post("/_control/reset", _reset(emulator))
    application.router.add_get("/_control/files/{file_id}", _file(emulator))
    application.router.add_get("/", _page("index.html"))
    for file in resources.files("bot.emulator").joinpath("page").iterdir():
        application.router.add_get(f"/{file.name}", _page(file.name))
    return application


@web.middleware
async def _refuse_large_bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        body = {"ok": False, "error_code": 413, "description": "Request Entity Too Large"}
        return web.json_response(body, status=413)


def _control(emulator: Emulator, shape: type[Body], act: Route) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        _require_same_origin(request)
        try:
            return web.json_response(await act(emulator.world, await read_body(request, shape)))
        except InputError as error:
            return web.json_response({"error": str(error), "key": error.key}, status=400)

    return handle


def _reset(emulator: Emulator) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        _require_same_origin(request)
        emulator.reset()
        return web.json_response({"reset": True})

    return handle


def _file(emulator: Emulator) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        upload = emulator.world.files.find(request.match_info["file_id"])
        if upload is None:
            return web.json_response({"error": "there is no such file", "key": "file_id"}, status=404)
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        if upload.mime_type in _PICTURE_TYPES:  # the page shows it; with nosniff a browser keeps to the type
            return web.Response(body=upload.content, content_type=upload.mime_type, headers=headers)
        headers["Content-Disposition"] = "attachment"
        return web.Response(body=upload.content, content_type="application/octet-stream", headers=headers)

    return handle


def _require_same_origin(request: web.Request) -> None:
    """Refuse calls of other web pages that a browser on this machine may have open."""
    origin = request.headers.get("Origin")
    if not is_loopback(f"//{request.host}") or (origin and urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden(
            text='{"error": "only for this machine", "key": ""}', content_type="application/json"
        )


def _page(name: str) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        text = resources.files("bot.emulator").joinpath("page", name).read_text("utf-8")
        headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": _PAGE_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        return web.Response(text=text, content_type=_PAGE_TYPES[PurePath(name).suffix], headers=headers)

    return handle
