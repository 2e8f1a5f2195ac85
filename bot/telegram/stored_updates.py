"""Updates in the database: the interface of their queues, reading them, and counting tries after a crash."""

import asyncio
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, TypeGuard

import structlog
from telegram import Update
from telegram.ext import ExtBot

from bot.process.metrics import UPDATES_PASSED_OVER, UPDATES_SET_ASIDE
from bot.times.clock import Clock
from storage.conversations import PASSED_OVER, KeptUpdate, find_tries, forget_tries, write_tries
from storage.engine import Database

_log = structlog.get_logger(__name__)


class UpdateQueue(asyncio.Queue[object], ABC):
    """The queue that the library takes updates from.

    Each is in the database from before Telegram may forget it until it is handled.
    """

    def __init__(self) -> None:
        super().__init__()
        self._progress_at = time.monotonic()

    @abstractmethod
    async def keep(self, updates: Iterable[object]) -> list[dict[str, Any]]:
        """Write updates to the database as they came; return what is still to be queued with `put`.

        Raises:
            NetworkError: they could not be kept, so Telegram must not be told that they were.
        """

    @abstractmethod
    async def reload(self, bot: ExtBot[Any]) -> int:
        """Take up the updates that earlier processes left; return how many. `bot` reads them."""

    @abstractmethod
    async def run(self, bot: ExtBot[Any]) -> None:
        """Do the queue's own work while updates are handled; may end early."""

    async def may_begin(self, update_id: int) -> bool:
        """Tell whether this process may handle an update that it took from the queue."""
        return True

    @abstractmethod
    async def mark_handled(self, update_id: int) -> None:
        """Mark an update as handled."""

    @abstractmethod
    async def release(self) -> None:
        """End in the ordinary way: forget the tries of updates that are left, and leave them to others."""

    def waiting_of(self, chat_id: int) -> int:
        """Return how many updates of a chat wait in the database and are not queued, as far as is known."""
        return 0

    def put_off(self, update_id: int) -> bool:
        """Have an update handled again, as the database failed; if False, the caller tells its reader."""
        return False

    def end(self) -> None:
        """Queue nothing more."""

    @property
    def backlog(self) -> int:
        """Return how many updates wait to be handled."""
        return self.qsize()

    @property
    def is_behind(self) -> bool:
        """Tell whether more updates wait at Telegram, as far as is known."""
        return False

    @property
    @abstractmethod
    def is_at_work(self) -> bool:
        """Tell whether an update is queued or being handled."""

    @property
    def seconds_stuck(self) -> float:
        """Return for how long no update was handled although some are queued; 0 when none is."""
        return time.monotonic() - self._progress_at if self.is_at_work else 0.0


def is_update(raw: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether `raw` is an object with the number of an update."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63


def read_update(raw: dict[str, Any], bot: ExtBot[Any] | None) -> tuple[Update | None, str | None]:
    """Return an update as the library reads it, or None and why it cannot, without its text."""
    number = raw["update_id"]
    try:
        update = Update.de_json(raw, bot)
        chat_of(update)
    except Exception as error:  # noqa: BLE001 - hostile input: any error concerns this update alone
        failure = f"{', '.join(key for key in raw if key != 'update_id')[:80]}: {type(error).__name__}"
        _log.error("an update cannot be read and is set aside", update=number, failure=failure)
        return None, failure
    return update, None


def parse_update(payload: str | bytes) -> dict[str, Any] | None:
    """Return the update in a row's text or a call's body; None if there is none."""
    try:
        found: object = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return found if is_update(found) else None


def chat_of(update: object) -> int:
    """Return the id of an update's chat, else of its user, else 0. Updates of one id are handled in order."""
    if not isinstance(update, Update):
        return 0
    whose = update.effective_chat or update.effective_user
    return whose.id if whose else 0


def count_unhandled(kept: list[KeptUpdate]) -> None:
    """Count the updates of `kept` that no handler gets, and log floods."""
    passed_over = sum(one.failure == PASSED_OVER for one in kept)
    if passed_over:
        UPDATES_PASSED_OVER.inc(passed_over)
        _log.warning("a sender sent too many updates, which are not handled", count=passed_over)
    UPDATES_SET_ASIDE.inc(sum(one.failure is not None for one in kept) - passed_over)


MOST_TRIES = 3
DIED = f"the bot died at it {MOST_TRIES} times"


class Suspects:
    """Counts the tries of updates that were in work or waiting when the bot died.

    The first start after that handles them with the others. Those left over a second time are suspect: each
    is tried alone, and its try is written down before. After `MOST_TRIES` it is set aside. An ordinary end
    forgets all tries.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._tries: dict[int, int] = {}
        self._before: dict[int, int] | None = None  # as an earlier process left it

    async def begin(self, numbers: list[int]) -> dict[int, int]:
        """Note the updates that are left over; return how often each was tried before this process."""
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

    async def forget_tries(self) -> None:
        """Forget all tries, if this process counted any."""
        if self._before is None:
            return
        async with self._database.write() as connection:
            await forget_tries(connection)
