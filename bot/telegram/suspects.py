"""Updates that were in work or waiting when the bot died: counted, tried alone, and at last set aside.

At the first start after that they are handled with the others. Those left over once more are suspect: each is
tried alone, when nothing else is at work, and its try is written down before. To be stopped is no fault of an
update: an ordinary end forgets all tries.
"""

from bot.times.clock import Clock
from storage.conversations import find_tries, forget_tries, write_tries
from storage.engine import Database

MOST_TRIES = 3
DIED = f"the bot died at it {MOST_TRIES} times"


class Suspects:
    """Counts the tries of the updates that an earlier process left."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._tries: dict[int, int] = {}
        self._before: dict[int, int] | None = None  # as an earlier process left it

    async def begin(self, numbers: list[int]) -> dict[int, int]:
        """Note that these are left over; return how often each was tried before this process."""
        async with self._database.write() as connection:
            if self._before is None:
                self._before = await find_tries(connection)
            self._tries = {number: max(1, self._before.get(number, 0)) for number in numbers}
            await write_tries(connection, self._tries, now=self._clock.now())
        return {number: self._before.get(number, 0) for number in numbers}

    async def begin_alone(self, number: int) -> None:
        """Note that an update is about to be tried alone."""
        self._tries[number] = self._tries.get(number, 0) + 1
        async with self._database.write() as connection:
            await write_tries(connection, self._tries, now=self._clock.now())

    async def excuse(self) -> None:
        """Forget all tries, where this process had begun to count them."""
        if self._before is None:
            return
        async with self._database.write() as connection:
            await forget_tries(connection)
