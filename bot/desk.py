"""The few things that every handler and every job works with."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.newsroom import Newsroom
from storage.engine import Database


@dataclass(slots=True)
class Desk:
    """`newsroom` is put in place as a whole when the file changes; the rest stays while the bot runs."""

    database: Database
    clock: Clock
    newsroom: Newsroom
    admins: frozenset[int] = frozenset()
