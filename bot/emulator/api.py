"""A running emulator: the Bot API over HTTP, and calls to the bot's webhook, with declared faults."""

import asyncio
import contextlib
import json
import logging
import re
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
from aiohttp import web

from bot.emulator.chats.world import World
from bot.emulator.methods import METHODS
from bot.emulator.methods.get_updates import is_loopback
from bot.emulator.refusals import WEBHOOK, Fault, Rates, Refusal, not_found, unauthorized
from bot.emulator.requests import Method, Parameters, find_chat_id, read_parameters
from bot.emulator.update_queue import UpdateQueue

_TOKEN = re.compile(r"(\d{1,18}):[\w-]+", re.ASCII)
_DROPS = 20
_BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Emulator:
    """`url` is the address to give a bot as its API's base; `rates` hold at the start and after a reset."""

    url: str = ""
    rates: Rates = field(default_factory=Rates)
    world: World = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(rates=replace(self.rates))

    def reset(self) -> None:
        """Begin anew. Update ids and the version go on: a client would take lower ones for known ones.

        A webhook stays too: its bot does not poll and would get no more updates.
        """
        old = self.world
        updates = UpdateQueue(next_id=old.updates.next_id, allowed=old.updates.allowed)
        self.world = World(
            bot=replace(old.bot), rates=replace(self.rates), updates=updates, version=old.version + 1
        )
        self.world.webhook = old.webhook
        old.close()


class BotApi:
    """Serves `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/bot{token:[^/]+}/{method}", self._call),
            web.get("/file/bot{token:[^/]+}/{path:.+}", self._download),
        ]

    async def _call(self, request: web.Request) -> web.StreamResponse:
        world = self._emulator.world
        written = request.match_info["method"]
        try:
            self._sign_in(world, request.match_info["token"])
            if (found := METHODS.get(written.lower())) is None:
                raise not_found("method not found")
            name, method = found
            parameters = await read_parameters(request)
        except Refusal as refusal:
            world.stats.count(written[:64], str(refusal.code), None)
            return web.json_response(refusal.as_json(), status=refusal.code)
        chat_id = find_chat_id(parameters, world)
        if fault := world.faults.take(name, chat_id):
            response = await _act_out(fault, request, world, method, parameters)
        else:
            response = await _answer(world, method, parameters)
        world.stats.count(name, "cut" if _is_cut(request) else str(response.status), chat_id)
        log.debug("answered", extra={"method": name, "status": response.status})
        return response

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


async def _answer(world: World, method: Method, parameters: Parameters) -> web.Response:
    try:
        result: Any = await method(world, parameters)
    except Refusal as refusal:
        return web.json_response(refusal.as_json(), status=refusal.code)
    return web.json_response({"ok": True, "result": result})


async def _act_out(
    fault: Fault, request: web.Request, world: World, method: Method, parameters: Parameters
) -> web.StreamResponse:
    """Refuse, or simulate a fault of the network: an error page, a cut, a slow or hanging connection."""
    if refusal := fault.refusal():
        return web.json_response(refusal.as_json(), status=refusal.code)
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


# Each update is sent to the webhook until the bot takes it, one after the other. Only addresses on this
# machine are called; a webhook elsewhere is stored and fails.

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 5.0  # Telegram's own are longer
ANSWER_SECONDS = 20.0
_CHECK_SECONDS = 60.0


class WebhookCaller:
    """Sends the updates of the emulator's current world to its webhook."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                world = self._emulator.world
                if not world.webhook or not world.updates.pending:
                    await world.updates.changed(_CHECK_SECONDS)
                    await asyncio.sleep(0)  # a world that was closed answers at once
                    continue
                problem = await _send_update(session, world)
                if problem is None:
                    pause = FIRST_PAUSE_SECONDS
                    continue
                log.debug("webhook not called", extra={"problem": problem})
                world.webhook |= {"last_error_date": world.now, "last_error_message": problem}
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE_SECONDS, pause * 2)


async def _send_update(session: aiohttp.ClientSession, world: World) -> str | None:
    """Send the oldest update; return why the bot did not take it, in Telegram's words, or None if it did."""
    hook, update = world.webhook, world.updates.pending[0]
    fault = world.faults.take(WEBHOOK, None)
    if fault is not None and fault.kind != "cut_after":
        return "Connection timed out"
    problem = await _call(session, hook, update)
    if fault is None and problem is None and world.webhook is hook:
        world.updates.take(update)
        return None
    return problem or "Read timeout expired"


async def _call(session: aiohttp.ClientSession, hook: dict[str, Any], update: dict[str, Any]) -> str | None:
    if not is_loopback(hook["url"]):
        return "The emulator calls this machine only"
    headers = {"X-Telegram-Bot-Api-Secret-Token": hook["secret_token"]} if "secret_token" in hook else {}
    try:
        async with session.post(hook["url"], json=update, headers=headers, allow_redirects=False) as answer:
            is_taken = 200 <= answer.status < 300
            return None if is_taken else f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except TimeoutError:
        return "Read timeout expired"
    except aiohttp.ClientError:
        return "Connection refused"
