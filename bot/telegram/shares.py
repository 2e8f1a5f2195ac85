"""The share of this process in the sending rate, where several processes send for one bot.

Each process holds some of the bot's places. A place lets its process send one message in any second, so the
process need not ask before each message. Twice a second each process says how many places it could use, gives
back those that others need more, and takes free ones. One that sends nothing may have none: it asks at once
when it has a message. A process that cannot renew its share stops sending before others may take it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog

from bot.process.health import retry
from bot.process.lifetime import beside
from bot.process.metrics import log_errors
from bot.telegram.lease import is_gone, machine_seconds
from bot.telegram.limiter import TelegramPace
from storage.admissions import take_turn_in_group
from storage.delivery.senders import expire, find_owners, give_back, set_share
from storage.engine import Database
from storage.errors import StorageError
from storage.processes.leases import LEASE_SECONDS, LeaseKey

_RENEWAL_SECONDS, _SHORTEST_SECONDS = 0.5, 0.05
_SURE_SECONDS = LEASE_SECONDS - 3.0  # a request sent before this ends before others may take the place
_LEAVE_SECONDS, _TURN_SECONDS = 2.0, 5.0
_log = structlog.get_logger(__name__)


class PaceShare:
    """The share of the process `key.owner`; `total` returns the number of places of all processes.

    `lost` is set when other processes took this one for dead. A process without `lost` claims no deliveries,
    and takes a new share.
    """

    def __init__(
        self,
        database: Database,
        key: LeaseKey,
        pace: TelegramPace,
        total: Callable[[], int],
        *,
        lost: asyncio.Event | None = None,
    ) -> None:
        self.key = key
        self._database = database
        self._pace = pace
        self._total = total
        self._lost = lost
        self._is_new = True
        self._has_asked = False  # before the last half second was over

    @asynccontextmanager
    async def kept(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Have a share during the block. A second after it the places are free for others."""
        await retry(self.renew, stop)
        self._pace.take_turn_in_group = self.take_turn_in_group
        try:
            async with beside(self._keep()):
                yield
        finally:
            with log_errors("pace"), contextlib.suppress(TimeoutError, StorageError):
                async with asyncio.timeout(_LEAVE_SECONDS), self._database.write() as connection:
                    await expire(connection, self.key.name, [self.key.owner])

    async def _keep(self) -> None:
        while True:
            await self._until_next_renewal()
            with log_errors("pace"):
                try:
                    await self.renew()
                except StorageError as error:  # the limiter does not use an expired share
                    _log.debug("share of the pace not renewed", error=str(error))

    async def _until_next_renewal(self) -> None:
        """Wait half a second, or until a message waits for the first place."""
        needed = self._pace.share.needed
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(needed.wait(), _RENEWAL_SECONDS)
            await asyncio.sleep(_SHORTEST_SECONDS if self._has_asked else 0)
        self._has_asked = needed.is_set()
        needed.clear()

    async def take_turn_in_group(self, chat_id: int) -> float:
        """Return in how many seconds a message may go to a group to which other processes send as well."""
        with contextlib.suppress(TimeoutError, StorageError):  # then Telegram tells us to wait, if it has to
            async with asyncio.timeout(_TURN_SECONDS), self._database.write() as connection:
                return await take_turn_in_group(connection, chat_id)
        return 0.0

    async def renew(self) -> None:
        """Renew the share, and take or give back places."""
        began, pace, total = machine_seconds(), self._pace, self._total()
        async with self._database.write() as connection:
            owners = await find_owners(connection, self.key.name)
            if gone := [owner for owner in owners if owner != self.key.owner and is_gone(owner)]:
                await expire(connection, self.key.name, gone)
            had = 0 if self._is_new else pace.places
            wanted, is_new = pace.share.wanted(total), self._is_new
            has = await set_share(connection, self.key, total=total, has=had, wanted=wanted, is_new=is_new)
        if has is None:
            await self._join_anew()
            return
        self._is_new = False
        pace.share.be_sure(began + _SURE_SECONDS)
        if has > pace.places:
            pace.grow(has)
        elif has < pace.places and (before := pace.places) > (left := await pace.shrink(has)):
            async with self._database.write() as connection:
                await give_back(connection, self.key, left)
            _log.debug("places given back", before=before, left=left)

    async def _join_anew(self) -> None:
        """Stop sending: others took the places. Without `lost`, take a new share once no place is in use."""
        _log.warning("others have taken this process's share of the pace")
        self._pace.share.be_sure(float("-inf"))
        if self._lost is not None:
            self._lost.set()
        elif await self._pace.shrink(0) == 0:
            self._is_new = True
