"""Limits for askers where several processes answer: what an asker was admitted with is in the database.

Moments are the database server's, so that clocks of machines do not matter.
"""

import datetime as dt
from collections import deque
from collections.abc import Sequence

from bot.chat.permissions import Asker, Guard, Limit, Memory, Verdict, judge
from bot.news.services import Services
from storage.admissions import (
    KEPT,
    Admissions,
    AskerKey,
    find_admissions,
    forget_admissions,
    write_admissions,
)
from storage.engine import Database

_TIDIED_EACH = 500  # requests


class SharedGuard:
    """Decides as a `Guard` does, for all processes. An asker asks once at a time: chats take turns."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self._asked = 0

    async def ask(self, asker: Asker, limits: Sequence[Limit], now: dt.datetime) -> Verdict:
        """Decide whether `asker` may ask under all `limits`; of `now` the server knows better."""
        key = AskerKey(self._name, asker[0], asker[1] or 0)
        self._asked += 1
        async with self._database.write() as connection:
            known = await find_admissions(connection, key)
            memory = Memory(deque(known.moments), known.refused_at)
            verdict = judge(memory, limits, known.now)
            kept = Admissions(tuple(memory.moments), memory.refused_at, known.now)
            await write_admissions(connection, key, kept)
            if self._asked % _TIDIED_EACH == 0:
                await forget_admissions(connection, before=known.now - KEPT)
        return verdict


def guard_for(services: Services, name: str) -> Guard | SharedGuard:
    """Return what counts the requests called `name`: this process, or all together."""
    return SharedGuard(services.database, name) if services.shares_chats else Guard()
