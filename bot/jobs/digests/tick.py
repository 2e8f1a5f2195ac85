"""The tick of slots: every minute, and at once when an operator answers at a gate."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.jobs.digests.arrivals import Arrivals
from bot.jobs.digests.copying import publish_copies
from bot.jobs.digests.gate import prepare_early
from bot.jobs.digests.slots import run_due_slots
from bot.jobs.recapping import resume_rested
from bot.news.services import Services, Tell


class SlotTick:
    """Makes due issues, one run at a time. `wake` wakes the sender; `tell_gates` informs operators."""

    def __init__(
        self,
        services: Services,
        tell_admins: Tell,
        arrivals: Arrivals,
        is_time_right: Callable[[], Awaitable[bool]],
        wake: Callable[[], None],
        tell_gates: Callable[[], Awaitable[None]],
    ) -> None:
        self._services = services
        self._tell_admins = tell_admins
        self._arrivals = arrivals
        self._is_time_right = is_time_right
        self._wake = wake
        self._tell_gates = tell_gates
        self._looking, self._telling = asyncio.Lock(), asyncio.Lock()

    async def run(self) -> None:
        """Take in waiting articles, then make every due issue; do nothing while the clock is wrong."""
        if not await self._is_time_right():
            return
        await resume_rested(self._services)
        await self._arrivals.catch_up()
        await self._look()

    async def look_at_gates(self) -> None:
        """Compose issues anew that changed at a gate, send those that may go, and show them to operators."""
        await self._look()
        await self.tell_gates()

    async def tell_gates(self) -> None:
        """Show operators the issues that wait for their approval, as they are now."""
        async with self._telling:
            await self._tell_gates()

    async def _look(self) -> None:
        async with self._looking:
            if not await self._is_time_right():
                return
            await prepare_early(self._services)
            if await run_due_slots(self._services, self._tell_admins):
                self._wake()
            await publish_copies(self._services)
