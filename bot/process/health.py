"""The health of the bot: its identity, checks of the database at the start, problems while it runs."""

import asyncio
import contextlib
import hashlib
import shutil
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog

from bot.operators import notices
from bot.process.metrics import log_errors
from bot.times.clock import Clock
from storage.delivery.deliveries import count_open
from storage.engine import Database
from storage.errors import StorageError
from storage.upkeep.backup import check_sound, keep_private
from storage.upkeep.upgrade import upgrade


# two bots on one machine must never answer for each other's health
@dataclass(frozen=True, slots=True)
class Identity:
    """The bot's number at Telegram, and a fingerprint of its database: neither is a secret."""

    bot: str
    database: str


def identity_of(token: str, database: Database) -> Identity:
    """Return the identity for `token` and `database`; without a token the number is empty."""
    fingerprint = hashlib.sha256(database.place.encode(errors="surrogateescape")).hexdigest()[:16]
    return Identity(token.partition(":")[0], fingerprint)


# Before the bot starts, the database must be there, undamaged and of this version.

_LONGEST_WAIT_SECONDS = 30.0
_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


async def until_ready(database: Database, clock: Clock, stop: asyncio.Event) -> bool:
    """Wait until the database answers, then upgrade it; return False if `stop` was set before that.

    Raises:
        StorageError: the database is damaged or of a newer version, or it refuses access.
    """
    await check_sound(database)
    await keep_private(database)
    done = await retry(
        lambda: upgrade(database, now=clock.now()), stop, problem=notices.database_awaited(database.place)
    )
    if done is not None and done.before is not None and done.has_changed:
        kept = str(done.backup) if done.backup else None
        _log.warning("schema upgraded", notice=notices.schema_upgraded(done.before, done.after, kept))
    return done is not None


async def retry(
    ask: Callable[[], Awaitable[_T]], stop: asyncio.Event, *, problem: str = notices.DATABASE_ASKED_AGAIN
) -> _T | None:
    """Call `ask` until the database answers; return None if `stop` was set before that.

    `problem` is logged after each failure. A StorageError that no retry can repair is raised.
    """
    wait = 1.0
    while not stop.is_set():
        try:
            return await ask()
        except StorageError as error:
            if not error.is_transient:
                raise
            _log.warning(
                "the database does not answer", problem=problem, error=str(error), next_try_seconds=wait
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)
            wait = min(_LONGEST_WAIT_SECONDS, wait * 2)
    return None


# Problems while the bot runs, in the same words for `/healthz`, `diemtin health` and the alerts.
# An alert must not depend on the disk or on the part that is stuck. So a task of its own sends it directly to
# the admins, and the list of sent alerts is in memory.

ANSWER_SECONDS = 3.0  # how long the database may take to answer
UNWRITABLE_SECONDS = 30.0  # since the last failed write; then another one must have failed
LEAST_FREE_BYTES = 20_000_000
CHECK_SECONDS = 5.0
PATIENCE_SECONDS = 60.0  # a problem may pass by itself
AGAIN_SECONDS = 1_800.0  # between two alerts of one problem that comes and goes
UNHEARD_SECONDS = 30.0  # between two attempts, if no admin could be reached
Check = Callable[[], Awaitable[Sequence[str]]]
Notify = Callable[[str], Awaitable[bool]]  # sends HTML; False if nobody was reached


async def find_problems_of(database: Database) -> list[str]:
    """Return what is wrong: the database does not answer, cannot be written to, or has no room to grow."""
    place = database.place
    try:
        async with asyncio.timeout(ANSWER_SECONDS), database.read() as connection:
            await count_open(connection)
    except (StorageError, TimeoutError):
        return [notices.database_silent(place)]
    if database.seconds_since_unwritable < UNWRITABLE_SECONDS:
        return [notices.database_unwritable(place)]
    if not database.is_postgres and (free := _free_bytes(Path(place).parent)) is not None:
        return [notices.disk_full(str(Path(place).parent))] if free < LEAST_FREE_BYTES else []
    return []


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


class Alerts:
    """Tells the admins once that a problem lasts, and once that it is over.

    `notify` returns whether an admin was reached; if not, it is called again later.
    """

    def __init__(self, check: Check, notify: Notify) -> None:
        self._check = check
        self._notify = notify
        self._since: dict[str, float] = {}
        self._reported: set[str] = set()
        self._not_before: dict[str, float] = {}

    async def run(self) -> None:
        while True:
            with log_errors("alerts"):
                await self.check()
            await asyncio.sleep(CHECK_SECONDS)

    async def check(self) -> None:
        """Notify the admins of each problem that has lasted long enough, and of each that is over."""
        now, problems = time.monotonic(), await self._check()
        self._since = {each: self._since.get(each, now) for each in problems}
        for problem, since in self._since.items():
            is_due = now >= max(since + PATIENCE_SECONDS, self._not_before.get(problem, since))
            if problem not in self._reported and is_due:
                await self._notify_of_problem(problem, now)
        for problem in [each for each in self._reported if each not in self._since]:
            self._reported.discard(problem)
            _log.warning("healthy again", problem=problem)
            await self._notify(notices.healthy_again(problem))

    async def _notify_of_problem(self, problem: str, now: float) -> None:
        _log.error("not healthy", problem=problem)
        if await self._notify(notices.unhealthy(problem)):
            self._reported.add(problem)
            self._not_before[problem] = now + AGAIN_SECONDS
        else:
            self._not_before[problem] = now + UNHEARD_SECONDS
