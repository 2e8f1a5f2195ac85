"""Numbers over days, on both engines."""

import datetime as dt
from collections.abc import Awaitable, Callable

from sqlalchemy import true, update

from storage.delivery.history import count_subscribed_at, deliveries_between
from storage.delivery.issues import Issue, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.engine import Database
from storage.subscribers import retire
from storage.tables import deliveries

DAY = dt.timedelta(days=1)


async def test_those_who_left_are_counted_until_they_did(
    database: Database, listener: Callable[..., Awaitable[int]], now: dt.datetime
) -> None:
    await listener(1, at=now)
    await listener(2, at=now + DAY)
    async with database.write() as connection:
        await retire(connection, 1, "blocked", now=now + 3 * DAY)
        moments = [now + number * DAY + dt.timedelta(hours=1) for number in range(-1, 5)]
        assert await count_subscribed_at(connection, moments) == [0, 1, 2, 2, 1, 1]


async def test_deliveries_are_counted_on_the_day_of_their_slot(
    database: Database, listener: Callable[..., Awaitable[int]], now: dt.datetime
) -> None:
    profile = await listener(1)
    await listener(2)
    async with database.write() as connection:
        for slot in (now, now + DAY - dt.timedelta(seconds=1), now + 2 * DAY):
            issue = Issue(profile, "sang", slot, now, IssueStatus.MADE, parts=(Part("một"),))
            issue_id = await record_issue(connection, issue, now=slot)
            assert issue_id is not None
            await enqueue_issues(connection, [issue_id], true(), release=lambda *_: now, now=slot)
        is_last = deliveries.c.changed_at == slot
        await connection.execute(update(deliveries).where(is_last).values(status="gone"))
        await connection.execute(update(deliveries).where(~is_last).values(status="sent"))
        counts = await deliveries_between(connection, [now + number * DAY for number in range(4)])
    assert [dict(+one) for one in counts] == [{"sent": 4}, {}, {"gone": 2}]
