"""The tick of the search index: follow the changes of articles, and measure how far behind the index is."""

from bot.process.metrics import INDEX_LAG
from storage.engine import Database
from storage.search.index import examine_index
from storage.search.rebuild import keep_up

_LOOKED_EACH = 5  # ticks: counting the changes needs one more statement


class IndexFollowing:
    """Keeps this machine's index up to date, unless another process here does."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ticks = 0

    async def run(self) -> None:
        """Follow what was changed since the last tick."""
        await keep_up(self._database)
        self._ticks += 1
        if self._ticks % _LOOKED_EACH == 1:
            async with self._database.read() as connection:
                INDEX_LAG.set((await examine_index(connection)).lag)
