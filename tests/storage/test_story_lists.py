"""Lists of stories that digests left out."""

import datetime as dt

from storage.engine import Database
from storage.story_lists import find_story_list, prune_story_lists, record_story_lists


async def test_a_list_is_kept_in_its_order_and_once(database: Database, now: dt.datetime) -> None:
    async with database.write() as connection:
        [first] = await record_story_lists(connection, [(3, 1, 2)], now=now)
        [again] = await record_story_lists(connection, [(3, 1, 2)], now=now)
        [other] = await record_story_lists(connection, [(1, 2, 3)], now=now)
        assert await record_story_lists(connection, [()], now=now) == [None]
    assert first == again
    assert first is not None
    assert first != other
    async with database.read() as connection:
        assert await find_story_list(connection, first) == (3, 1, 2)
        assert await find_story_list(connection, 10**18 - 1) == ()


async def test_a_list_goes_once_no_digest_has_used_it_for_long(database: Database, now: dt.datetime) -> None:
    later = now + dt.timedelta(days=2)
    async with database.write() as connection:
        [used] = await record_story_lists(connection, [(1, 2)], now=now)
        [old] = await record_story_lists(connection, [(5,)], now=now)
        await record_story_lists(connection, [(1, 2)], now=later)
        await prune_story_lists(connection, before=now + dt.timedelta(days=1), limit=10)
    assert used is not None
    assert old is not None
    async with database.read() as connection:
        assert await find_story_list(connection, used) == (1, 2)
        assert await find_story_list(connection, old) == ()
