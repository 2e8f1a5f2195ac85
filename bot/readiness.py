"""What must be there before the bot begins: the database, whole and of this version."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.operators import notices
from bot.times.clock import Clock
from storage.engine import Database
from storage.errors import StorageError
from storage.upkeep.soundness import check_sound, keep_private
from storage.upkeep.upgrade import upgrade

_LONGEST_WAIT_SECONDS = 30.0
_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


async def until_ready(database: Database, clock: Clock, stop: asyncio.Event) -> bool:
    """Wait for a database that does not answer, and bring it up to date; False when `stop` came before that.

    Raises:
        StorageError: it will not do, however long one waits: damaged, of a newer version, refused.
    """
    await check_sound(database)
    await keep_private(database)
    done = await persistently(
        lambda: upgrade(database, now=clock.now()), stop, problem=notices.database_awaited(database.place)
    )
    if done is not None and done.before is not None and done.has_changed:
        kept = str(done.backup) if done.backup else None
        _log.warning("schema", told=notices.schema_upgraded(done.before, done.after, kept))
    return done is not None


async def persistently(
    ask: Callable[[], Awaitable[_T]], stop: asyncio.Event, *, problem: str = notices.DATABASE_ASKED_AGAIN
) -> _T | None:
    """Ask the database again and again until it answers; None when `stop` came before that.

    `problem` is what operators read in the log meanwhile.

    Raises:
        StorageError: its answer is one that waiting does not change.
    """
    wait = 1.0
    while not stop.is_set():
        try:
            return await ask()
        except StorageError as error:
            if not error.is_passing:
                raise
            _log.warning(
                "the database does not answer", problem=problem, error=str(error), next_try_seconds=wait
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)
            wait = min(_LONGEST_WAIT_SECONDS, wait * 2)
    return None
