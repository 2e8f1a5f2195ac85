"""The few things that every handler and every job works with."""

from dataclasses import dataclass, field

from bot.last_day import LastDay
from bot.newsroom import Newsroom
from bot.times.clock import Clock
from storage.engine import Database


@dataclass(slots=True)
class Desk:
    """`newsroom` is put in place as a whole when the file changes; the rest stays while the bot runs."""

    database: Database
    clock: Clock
    newsroom: Newsroom
    admins: frozenset[int] = frozenset()
    last_day: LastDay = field(default_factory=LastDay)
