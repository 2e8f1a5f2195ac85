"""What a queue of updates does, whether one process handles them or several share them."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from telegram.ext import ExtBot


class UpdateQueue(asyncio.Queue[object], ABC):
    """The queue that the library takes updates from. Each is in the database from before Telegram may forget
    it until it is handled."""

    @abstractmethod
    async def keep(self, found: Iterable[object]) -> list[dict[str, Any]]:
        """Write updates to the database as they came; return what is still to be queued with `put`.

        Raises:
            NetworkError: they could not be kept, so Telegram must not be told that they were.
        """

    @abstractmethod
    async def reload(self, bot: ExtBot[Any]) -> int:
        """Take up the updates that earlier processes left; return how many. `bot` reads them."""

    @abstractmethod
    async def attend(self, bot: ExtBot[Any]) -> None:
        """Do the queue's own work while updates are handled; may end early."""

    @abstractmethod
    async def may_begin(self, update_id: int) -> bool:
        """Tell whether this process may handle an update that it took from the queue."""

    @abstractmethod
    async def forget(self, update_id: int) -> None:
        """Mark an update as handled."""

    @abstractmethod
    async def excuse(self) -> None:
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
    def seconds_stuck(self) -> float:
        """Return for how long no update was handled although some are queued; 0 when none is."""
