"""Rate limits shared by several processes: the admitted requests of each asker are in the database.

Times are the database server's, so that differing clocks of machines do not matter.
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
    """A `Guard` for all processes. An asker has one request at a time, because chats take turns."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self._asked = 0

    async def ask(self, asker: Asker, limits: Sequence[Limit], now: dt.datetime) -> Verdict:
        """Decide whether `asker` may ask under all `limits`; the server's time replaces `now`."""
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
    """Return the guard of the requests called `name`: of this process, or shared by all."""
    return SharedGuard(services.database, name) if services.shares_chats else Guard()
