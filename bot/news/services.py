"""The objects that every handler and every job gets."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bot.news.digests import LastDay
from bot.news.newsroom import Newsroom
from bot.news.newsroom_changes import NewsroomFile
from bot.times.clock import Clock
from storage.engine import Database
from storage.intake.drafts import Draft, Origin, Refusal, Taken, take

Take = Callable[[Sequence[Draft | Refusal], Origin, dt.datetime], Awaitable[list[Taken]]]


async def take_in_thread(entries: Sequence[Draft | Refusal], origin: Origin, now: dt.datetime) -> list[Taken]:
    """Take drafts in a thread of this process; a draft that never ends blocks the thread."""
    return await asyncio.to_thread(
        lambda: [take(one, origin, now) if isinstance(one, Draft) else one for one in entries]
    )


@dataclass(slots=True)
class Services:
    """`newsroom` is replaced as a whole when the file changes; the rest stays while the bot runs.

    `take` turns drafts into articles; the running bot does that in its text process. `file` is the newsroom
    file, for operators who change it; `examine` checks the installation and returns lines of text. Both may
    be None. `shares_chats`: other processes may answer the same chats.
    """

    database: Database
    clock: Clock
    newsroom: Newsroom
    admins: frozenset[int] = frozenset()
    last_day: LastDay = field(default_factory=LastDay)
    take: Take = take_in_thread
    file: NewsroomFile | None = None
    examine: Callable[[], Awaitable[list[str]]] | None = None
    shares_chats: bool = False


NotifyAdmins = Callable[[str], Awaitable[object]]  # sends HTML to the admins
