"""Turns in a group to which several processes send: at most five within twenty seconds, a second apart."""

import asyncio
import itertools

from storage.admissions import _GUARD, AskerKey, find_admissions, take_turn_in_group
from storage.engine import Database

GROUP, OTHER = -100_1, -100_2
ROUNDING = 1e-5


async def take(database: Database, chat: int) -> float:
    """Reserve a turn; return its moment, in seconds since 1970."""
    async with database.write() as connection:
        wait = await take_turn_in_group(connection, chat)
        known = await find_admissions(connection, AskerKey(_GUARD, chat, 0))
    assert wait >= 0
    return known.moments[-1].timestamp()


async def test_turns_taken_at_once_are_apart_and_five_in_twenty_seconds(postgres_database: Database) -> None:
    turns = sorted(await asyncio.gather(*(take(postgres_database, GROUP) for _ in range(12))))
    assert min(later - one for one, later in itertools.pairwise(turns)) > 1.02 - ROUNDING
    assert min(later - one for one, later in zip(turns, turns[5:], strict=False)) > 20 - ROUNDING
    assert await take(postgres_database, OTHER) < turns[-1], "another group has turns of its own"
