"""Run the roles of a process: each starts when its lease is taken, and ends before the lease is freed.

On SQLite one process does everything, under the lease of the token. On PostgreSQL each role that only one
process may have has its own lease, and each process registers itself.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from functools import partial
from importlib.metadata import version
from typing import Any

import structlog

from bot.chat.operators.admin import AdminActions
from bot.jobs.digests.slots import send_edition_now
from bot.startup.fleet import Presence, SchemaChangedError
from bot.startup.role_parts import (
    ChatParts,
    ConsoleParts,
    IntakeParts,
    ProcessParts,
    ScheduleParts,
    SendParts,
)
from bot.startup.roles import ALL, SINGLE, Role, in_order
from bot.startup.shared import RoleParts, Shared
from bot.telegram.lease import Lease, LeaseLostError, this_process
from bot.telegram.shares import PaceShare
from storage.delivery.refusals import find_stop, resume_sending, stop_sending
from storage.processes.leases import LeaseKey, lease_name
from storage.processes.registry import ProcessRow
from storage.processes.signals import Signal, SignalListener, send_signal
from storage.upkeep.upgrade import head_revision

_log = structlog.get_logger(__name__)


class RoleRunner:
    """Runs the `roles` of this process for the bot with `token`.

    `find_newsroom` returns a hash of the newsroom in use, which other processes compare with theirs.
    """

    def __init__(
        self, shared: Shared, roles: frozenset[Role], token: str, find_newsroom: Callable[[], str]
    ) -> None:
        self._shared = shared
        self._ending = asyncio.Event()
        self._make_leases(roles, token)
        self._share = self._make_share(roles, token) if shared.is_fleet else None
        key = self._share.key if self._share is not None else None
        lease = self.lease if self._is_one_sender else None
        self.send = SendParts(shared, lease, key) if Role.SEND in roles else None
        self.schedule = ScheduleParts(shared) if Role.SCHEDULE in roles else None
        self.chat = ChatParts(shared) if Role.CHAT in roles else None
        others = (IntakeParts, ProcessParts, ConsoleParts)
        made: list[RoleParts] = [make(shared) for make in others if make.role in roles]
        made += [one for one in (self.send, self.schedule, self.chat) if one is not None]
        self._parts = {role: one for role in (Role.SEND, *Role) for one in made if one.role is role}
        self.begun: list[RoleParts] = []
        self._presence: Presence | None = None
        if shared.is_fleet:
            names, made_for = ",".join(in_order(roles)), (version("diemtin"), head_revision())
            row = ProcessRow(self.lease.key.owner, lease_name(token), names, "", *made_for, "")
            self._presence = Presence(shared.services.database, row, find_newsroom)

    def _make_leases(self, roles: frozenset[Role], token: str) -> None:
        """Make the leases; the sender's is the token's. With a paid pace several processes send at once."""
        database, owner = self._shared.services.database, this_process()
        self._shared.owner = owner
        make = partial(Lease, database, token, owner=owner, lost=self._shared.lost)
        self.lease = make()
        self._leases: dict[Role, Lease] = {}
        if self._shared.is_fleet:
            together = {Role.CHAT} if self._shared.services.shares_chats else set()
            together |= set() if self._is_one_sender else {Role.SEND}
            single = in_order(roles & SINGLE - together)
            self._leases = {role: self.lease if role is Role.SEND else make(role.value) for role in single}

    @property
    def _is_one_sender(self) -> bool:
        return not (self._shared.is_fleet and self._shared.services.newsroom.is_paying)

    def _make_share(self, roles: frozenset[Role], token: str) -> PaceShare:
        """Make this process's share of the pace.

        One of several senders ends when the others take it for dead; a sender with the lease of the token
        ends only when it loses that lease.
        """
        services, pace = self._shared.services, self._shared.connection.pace
        key = LeaseKey(lease_name(token), self.lease.key.owner)
        lost = self._shared.lost if Role.SEND in roles and not self._is_one_sender else None
        return PaceShare(
            services.database, key, pace, lambda: services.newsroom.messages_per_second, lost=lost
        )

    @property
    def active(self) -> list[Role]:
        """Return the roles that this process does now."""
        return in_order(frozenset(one.role for one in self.begun))

    @property
    def standby(self) -> list[Role]:
        """Return the roles that wait for their lease."""
        return in_order(frozenset(self._parts) - frozenset(self.active))

    @property
    def missing_roles(self) -> str | None:
        """Say which roles no process has, if this process is to notify the admins."""
        return self._presence.missing_roles if self._presence is not None else None

    @property
    def elsewhere(self) -> frozenset[Role]:
        return ALL - {one.role for one in self.begun}

    @asynccontextmanager
    async def joined(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Keep the lease of everything; on PostgreSQL register this process and hear the others."""
        async with AsyncExitStack() as stack:
            if self._presence is None:
                await stack.enter_async_context(self.lease.kept())
            else:
                await stack.enter_async_context(self._presence.kept(stop))
                if self._share is not None:
                    await stack.enter_async_context(self._share.kept(stop))
                listener = SignalListener(self._shared.services.database, self._hear)
                await stack.enter_async_context(listener.listening())
            yield

    def ends(self) -> list[Coroutine[Any, Any, Any]]:
        """Return waits for events that end this process: a lost lease, a changed schema."""
        outdated = [self._presence.outdated.wait()] if self._presence is not None else []
        return [self._shared.lost.wait(), *outdated]

    def raise_if_ended(self) -> None:
        """Raise LeaseLostError or SchemaChangedError if this process must end for that reason."""
        if self._shared.lost.is_set():
            raise LeaseLostError
        if self._presence is not None and self._presence.outdated.is_set():
            raise SchemaChangedError

    @asynccontextmanager
    async def acting(self, stop: asyncio.Event) -> AsyncIterator[list[asyncio.Task[None]]]:
        """Start each role when it has its lease; at the end set `stop` and finish what is in flight."""
        shared = self._shared
        shared.scheduler.start()
        groups = [[role] for role in self._parts] if shared.is_fleet else [list(self._parts)]
        tasks = [asyncio.create_task(self._act(roles, stop), name=f"roles {roles}") for roles in groups]
        try:
            yield tasks
        finally:
            stop.set()
            self._ending.set()
            await shared.scheduler.stop()
            shared.ticks_ended.set()
            await asyncio.wait(tasks)
            for task in list(shared.background):
                task.cancel()
            await shared.texts.aclose()

    async def _act(self, roles: list[Role], stop: asyncio.Event) -> None:
        """Run roles that share a lease, or need none, until the end."""
        lease = self._leases.get(roles[0])
        if lease is not None and not await lease.until_taken(stop):
            return
        async with lease.kept() if lease is not None else nullcontext():
            for role in roles:
                await self._parts[role].begin(stop)
                self.begun.append(self._parts[role])
            if self._presence is not None:
                self._presence.note_active(self.active)
            _log.info("at work", roles=[role.value for role in roles])
            await self._ending.wait()
            await asyncio.gather(*(self._parts[role].end() for role in roles))
        if lease is not None:
            _log.info("lease freed", roles=[role.value for role in roles])
        await asyncio.gather(*(self._parts[role].finish() for role in roles))

    def _hear(self, heard: Signal, detail: str) -> None:
        if heard is Signal.LEASES:
            for lease in self._leases.values():
                lease.wake()
        for parts in self.begun:
            parts.hear(heard, detail)


class OperatorActions:
    """What operators can do; `send` and `schedule` are None if only other processes have these roles."""

    def __init__(self, shared: Shared, send: SendParts | None, schedule: ScheduleParts | None) -> None:
        self._shared = shared
        self._send = send
        self._schedule = schedule

    def for_chat(self, invite: Callable[[int], Awaitable[str]] | None) -> AdminActions:
        """Return the actions of the chat; `invite` makes links to the console, None if there is none."""
        return AdminActions(
            self._send_now,
            self._set_paused,
            self._is_paused,
            self._call_off,
            self._shared.clock_watch.find_problem,
            invite,
            self.act_on_gates,
        )

    async def _send_now(self, edition: str) -> int:
        queued = await send_edition_now(self._shared.services, edition)
        self._shared.wake_sender()
        return queued

    async def _set_paused(self, is_paused: bool) -> None:
        services = self._shared.services
        async with services.database.write() as connection:
            if is_paused:
                await stop_sending(connection, now=services.clock.now())
            else:
                await resume_sending(connection)
        if self._send is not None:
            self._send.sender.check_stop()

    async def _is_paused(self) -> bool:
        async with self._shared.services.database.read() as connection:
            return await find_stop(connection) is not None

    async def _call_off(self, chat_id: int) -> None:
        if self._send is not None:
            await self._send.sender.call_off(chat_id)
        await self._signal(Signal.CALLED_OFF, str(chat_id))

    async def act_on_gates(self) -> None:
        """Act on an answer at a gate and show its effect, here or in the process that makes slots."""
        if self._schedule is not None and self._schedule.is_active:
            await self._schedule.act_on_gates()
        else:
            await self._signal(Signal.GATES)

    async def _signal(self, signal: Signal, detail: str = "") -> None:
        if self._shared.is_fleet:
            async with self._shared.services.database.write() as connection:
                await send_signal(connection, signal, detail)
