"""What operators can have done from the chat, where the part that does it may be in another process."""

from collections.abc import Awaitable, Callable

from bot.chat.operators.admin import AdminActions
from bot.jobs.digests.slots import send_edition_now
from bot.startup.role_parts import ScheduleParts, SendParts
from bot.startup.shared import Shared
from storage.delivery.refusals import find_stop, resume_sending, stop_sending
from storage.signals import Signal, send_signal


class Levers:
    """The levers of one process; `send` and `schedule` are None where only other processes have them."""

    def __init__(self, shared: Shared, send: SendParts | None, schedule: ScheduleParts | None) -> None:
        self._shared = shared
        self._send = send
        self._schedule = schedule

    def actions(self, invite: Callable[[int], Awaitable[str]] | None) -> AdminActions:
        """Return them as the chat takes them; `invite` makes links to the console, where one is served."""
        return AdminActions(
            self._send_now,
            self._set_paused,
            self._is_paused,
            self._call_off,
            self._shared.clock_watch.find_problem,
            invite,
            self.look_at_gates,
        )

    async def _send_now(self, edition: str) -> int:
        queued = await send_edition_now(self._shared.services, edition)
        self._shared.wake_sender()
        return queued

    async def _set_paused(self, is_paused: bool) -> None:
        if self._send is not None:
            await self._send.sender.set_paused(is_paused)
            return
        services = self._shared.services
        async with services.database.write() as connection:
            if is_paused:
                await stop_sending(connection, now=services.clock.now())
            else:
                await resume_sending(connection)

    async def _is_paused(self) -> bool:
        async with self._shared.services.database.read() as connection:
            return await find_stop(connection) is not None

    async def _call_off(self, chat_id: int) -> None:
        if self._send is not None:
            await self._send.sender.call_off(chat_id)
        await self._signal(Signal.CALLED_OFF, str(chat_id))

    async def look_at_gates(self) -> None:
        """Do and show what an answer at a gate changed, here or in the process that makes slots."""
        if self._schedule is not None and self._schedule.is_active:
            await self._schedule.look_at_gates()
        else:
            await self._signal(Signal.GATES)

    async def _signal(self, signal: Signal, detail: str = "") -> None:
        if self._shared.is_fleet:
            async with self._shared.services.database.write() as connection:
                await send_signal(connection, signal, detail)
