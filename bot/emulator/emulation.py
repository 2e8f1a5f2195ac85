"""A running emulator: its address, its world, and the calls to the bot's webhook."""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.emulator.chats.world import World
from bot.emulator.limits import WEBHOOK, Rates
from bot.emulator.update_queue import UpdateQueue


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


# Each update is sent to the webhook until the bot takes it, one after the other. Only addresses on this
# machine are called; a webhook elsewhere is stored and fails.

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 5.0  # Telegram's own are longer
ANSWER_SECONDS = 20.0
_LOOK_SECONDS = 60.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

log = logging.getLogger(__name__)


def is_loopback(url: str) -> bool:
    """Tell whether `url` leads to this machine."""
    return urlsplit(url).hostname in _LOOPBACK


class Courier:
    """Sends the updates of the emulator's current world to its webhook."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def run(self) -> None:
        """Deliver for ever."""
        pause = FIRST_PAUSE_SECONDS
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                world = self._emulator.world
                if not world.webhook or not world.updates.pending:
                    await world.updates.changed(_LOOK_SECONDS)
                    await asyncio.sleep(0)  # a world that was closed answers at once
                    continue
                problem = await _bring(session, world)
                if problem is None:
                    pause = FIRST_PAUSE_SECONDS
                    continue
                log.debug("webhook not called", extra={"problem": problem})
                world.webhook |= {"last_error_date": world.now, "last_error_message": problem}
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE_SECONDS, pause * 2)


async def _bring(session: aiohttp.ClientSession, world: World) -> str | None:
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
