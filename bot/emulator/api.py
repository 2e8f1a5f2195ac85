"""The Bot API over HTTP: read a request, call its method, answer; declared faults come in between."""

import asyncio
import contextlib
import json
import logging
import re
from typing import Any

from aiohttp import web

from bot.emulator.chats.world import World
from bot.emulator.emulation import Emulator
from bot.emulator.limits import Fault
from bot.emulator.methods import METHODS, Method
from bot.emulator.refusals import Refusal, not_found, unauthorized
from bot.emulator.requests import Parameters, find_chat_id, read_parameters

_TOKEN = re.compile(r"(\d{1,18}):[\w-]+", re.ASCII)
_DROPS = 20
_BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)

log = logging.getLogger(__name__)


class BotApi:
    """Serves `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def routes(self) -> list[web.RouteDef]:
        """Return what to add to an application."""
        return [
            web.route("*", "/bot{token:[^/]+}/{method}", self._call),
            web.get("/file/bot{token:[^/]+}/{path:.+}", self._download),
        ]

    async def _call(self, request: web.Request) -> web.StreamResponse:
        world = self._emulator.world
        written = request.match_info["method"]
        try:
            self._sign_in(world, request.match_info["token"])
            name, method = _find_method(written)
            parameters = await read_parameters(request)
        except Refusal as refusal:
            world.stats.count(written[:64], str(refusal.code), None)
            return web.json_response(refusal.as_json(), status=refusal.code)
        chat_id = find_chat_id(parameters, world)
        response = await self._act(request, world, name, method, parameters, chat_id)
        world.stats.count(name, "cut" if _is_cut(request) else str(response.status), chat_id)
        log.debug("answered", extra={"method": name, "status": response.status})
        return response

    async def _act(
        self,
        request: web.Request,
        world: World,
        name: str,
        method: Method,
        parameters: Parameters,
        chat_id: int | None,
    ) -> web.StreamResponse:
        """Call `method`, unless a declared fault ends the call in another way."""
        fault = world.faults.take(name, chat_id)
        if fault is None:
            return await _answer(world, method, parameters)
        if refusal := fault.refusal():
            return web.json_response(refusal.as_json(), status=refusal.code)
        return await _act_out(fault, request, world, method, parameters)

    def _sign_in(self, world: World, token: str) -> None:
        """Let the bot of `token` in; the number before the colon is its id."""
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise not_found()
        if token in world.revoked:
            raise unauthorized()
        world.bot.id = int(match[1])

    async def _download(self, request: web.Request) -> web.Response:
        world = self._emulator.world
        try:
            self._sign_in(world, request.match_info["token"])
        except Refusal as refusal:
            return web.json_response(refusal.as_json(), status=refusal.code)
        upload = world.files.find(request.match_info["path"].removeprefix("documents/"))
        if upload is None:
            return web.json_response(not_found().as_json(), status=404)
        return web.Response(body=upload.content, content_type="application/octet-stream")


def _find_method(written: str) -> tuple[str, Method]:
    if written.lower() not in METHODS:
        raise not_found("method not found")
    return METHODS[written.lower()]


async def _answer(world: World, method: Method, parameters: Parameters) -> web.Response:
    try:
        result: Any = await method(world, parameters)
    except Refusal as refusal:
        return web.json_response(refusal.as_json(), status=refusal.code)
    return web.json_response({"ok": True, "result": result})


async def _act_out(
    fault: Fault, request: web.Request, world: World, method: Method, parameters: Parameters
) -> web.StreamResponse:
    """Simulate a fault of the network: a gateway's error page, a cut, a connection that hangs or is slow."""
    if fault.kind == "html_502":
        return web.Response(status=502, text=_BAD_GATEWAY, content_type="text/html")
    if fault.kind in ("hang", "slow"):
        await asyncio.sleep(fault.seconds)
    if fault.kind == "odd_answer":
        return _made_odd(await _answer(world, method, parameters))
    response = web.Response()
    if fault.kind in ("cut_after", "slow", "drip"):
        response = await _answer(world, method, parameters)
    if fault.kind == "drip":
        return await _drip(request, response, fault.seconds)
    if fault.kind != "slow":
        _cut(request)
    return response


def _made_odd(response: web.Response) -> web.Response:
    """Give a message's fields values of types that no client expects, as a newer server may."""
    body = json.loads(response.text or "{}")
    if isinstance(body.get("result"), dict):
        body["result"] |= {"date": "tomorrow", "entities": [{"no": "type"}], "reply_markup": [7]}
    return web.json_response(body, status=response.status)


async def _drip(request: web.Request, answer: web.Response, seconds: float) -> web.StreamResponse:
    """Send the answer bit by bit over `seconds`."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    dripping = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
    dripping.content_length = len(body)
    await dripping.prepare(request)
    step = max(1, -(-len(body) // _DROPS))
    with contextlib.suppress(ConnectionError):  # the client gave up
        for start in range(0, len(body), step):
            await asyncio.sleep(seconds / _DROPS)
            await dripping.write(body[start : start + step])
    return dripping


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _is_cut(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
