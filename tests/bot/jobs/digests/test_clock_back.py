"""A clock is set back so that a slot comes again: no reader gets it twice."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import func, select

from bot.jobs.digests.slots import reschedule_profiles, run_due_slots
from bot.news.services import Services
from storage.tables import deliveries
from tests.manual_clock import ManualClock

TO_SLOT = 105 * 60  # from 5:00 to 6:45
HOUR = 3_600


async def test_a_slot_that_comes_again_on_the_clock_is_not_made_again(
    services: Services,
    clock: ManualClock,
    reader: Callable[..., Awaitable[int]],
    story: Callable[..., Awaitable[int]],
    admin_chat: Any,
) -> None:
    await reader(1)
    await story("Cầu mới thông xe ở Bến Lở")
    start = clock.now()
    await clock.advance(TO_SLOT)
    assert await run_due_slots(services, admin_chat) == 1
    set_back = ManualClock(start)
    restarted = Services(services.database, set_back, services.newsroom)
    await reschedule_profiles(restarted)  # as every start does
    for _ in range(3):
        await set_back.advance(HOUR)
        assert await run_due_slots(restarted, admin_chat) == 0
    async with services.database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(deliveries))).scalar_one() == 1
