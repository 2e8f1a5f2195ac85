"""Stored updates: read them, and set aside those that were in work when the bot died."""

import json
from typing import Any, TypeGuard

import structlog
from telegram import Update
from telegram.ext import ExtBot

from bot.process.metrics import UPDATES_PASSED_OVER, UPDATES_SET_ASIDE
from bot.times.clock import Clock
from storage.conversations import PASSED_OVER, KeptUpdate, find_tries, forget_tries, write_tries
from storage.engine import Database

# Read updates as they came: what the library can make of one, and whose it is.

_log = structlog.get_logger(__name__)


def has_number(raw: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether `raw` is an object with the number of an update."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63


def why_unreadable(raw: dict[str, Any]) -> str | None:
    """Say for operators why the library cannot read an update, without its words; None when it can."""
    return read_update(raw, None)[1]


def read_update(raw: dict[str, Any], bot: ExtBot[Any] | None) -> tuple[Update | None, str | None]:
    """Return an update as the library reads it, or None and why it cannot, without its words."""
    number = raw["update_id"]
    try:
        update = Update.de_json(raw, bot)
        chat_of(update)
    except Exception as error:  # noqa: BLE001 - one update of a stranger: whatever is odd about it ends here
        failure = f"{', '.join(key for key in raw if key != 'update_id')[:80]}: {type(error).__name__}"
        _log.error("an update cannot be read and is set aside", update=number, failure=failure)
        return None, failure
    return update, None


def bare(raw: dict[str, Any]) -> dict[str, Any]:
    """Return what is confirmed to Telegram of an update that nobody handles."""
    return {"update_id": raw["update_id"]}


def parsed(payload: str) -> dict[str, Any] | None:
    """Return the update that a row holds, None where it holds none."""
    try:
        found: object = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return found if has_number(found) else None


def chat_of(update: object) -> int:
    """Return the number of the chat, or of the person, in whose turn an update is handled; 0 for neither."""
    if not isinstance(update, Update):
        return 0
    whose = update.effective_chat or update.effective_user
    return whose.id if whose else 0


def count_unhandled(kept: list[KeptUpdate]) -> None:
    """Count those of `kept` that are not to be handled, and tell of floods."""
    passed_over = sum(one.failure == PASSED_OVER for one in kept)
    if passed_over:
        UPDATES_PASSED_OVER.inc(passed_over)
        _log.warning("a sender sent too many updates, which are not handled", count=passed_over)
    UPDATES_SET_ASIDE.inc(sum(one.failure is not None for one in kept) - passed_over)


# Updates that were in work or waiting when the bot died: counted, tried alone, and at last set aside.
#
# At the first start after that they are handled with the others. Those left over once more are suspect:
# each is tried alone, when nothing else is at work, and its try is written down before. To be stopped is
# no fault of an update: an ordinary end forgets all tries.

MOST_TRIES = 3
DIED = f"the bot died at it {MOST_TRIES} times"


class Suspects:
    """Counts the tries of the updates that an earlier process left."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._tries: dict[int, int] = {}
        self._before: dict[int, int] | None = None  # as an earlier process left it

    async def begin(self, numbers: list[int]) -> dict[int, int]:
        """Note that these are left over; return how often each was tried before this process."""
        async with self._database.write() as connection:
            if self._before is None:
                self._before = await find_tries(connection)
            self._tries = {number: max(1, self._before.get(number, 0)) for number in numbers}
            await write_tries(connection, self._tries, now=self._clock.now())
        return {number: self._before.get(number, 0) for number in numbers}

    async def begin_alone(self, number: int) -> None:
        """Note that an update is about to be tried alone."""
        self._tries[number] = self._tries.get(number, 0) + 1
        async with self._database.write() as connection:
            await write_tries(connection, self._tries, now=self._clock.now())

    async def excuse(self) -> None:
        """Forget all tries, where this process had begun to count them."""
        if self._before is None:
            return
        async with self._database.write() as connection:
            await forget_tries(connection)
