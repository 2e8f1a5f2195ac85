"""What a slot waits for where other processes take in and process: that they have caught up."""

import asyncio
import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, select

from bot.news.services import Services
from bot.startup.fleet import find_live
from bot.startup.roles import Role
from storage.notes import find_note
from storage.processes import find_processes
from storage.tables import articles
from storage.waiting import is_any_waiting

TAKEN_IN = "arrivals taken in"  # a note: when a process began to take everything in, the last time
_FRESH = dt.timedelta(minutes=10)
_LOOK_SECONDS = 0.5


async def until_caught_up(services: Services, roles: Collection[Role]) -> None:
    """Wait, after a downtime, until what came is taken in and processed by the processes with `roles`.

    Where both were done within ten minutes nothing is waited for, however many articles are to be processed.
    """
    if await _has_been_at_work(services, roles):
        return
    while True:
        if await _has_caught_up(services, roles):
            return
        await asyncio.sleep(_LOOK_SECONDS)


async def _has_been_at_work(services: Services, roles: Collection[Role]) -> bool:
    now = services.clock.now()
    async with services.database.read() as connection:
        note = await find_note(connection, TAKEN_IN)
        processed = (await connection.execute(select(func.max(articles.c.processed_at)))).scalar_one()
    taken_in = dt.datetime.fromisoformat(note) if note is not None else None
    seen = [(Role.INTAKE, taken_in), (Role.PROCESS, processed)]
    return all(role not in roles or (at is not None and abs(now - at) <= _FRESH) for role, at in seen)


async def _has_caught_up(services: Services, roles: Collection[Role]) -> bool:
    async with services.database.read() as connection:
        note = await find_note(connection, TAKEN_IN)
        is_waiting = await is_any_waiting(connection)
        found = await find_processes(connection)
    at_work = {role for one in find_live(found) for role in one.row.roles.split(",")}
    is_taken_in = note is not None and abs(services.clock.now() - dt.datetime.fromisoformat(note)) <= _FRESH
    must_take_in = Role.INTAKE in roles and Role.INTAKE in at_work
    must_process = Role.PROCESS in roles and Role.PROCESS in at_work
    return (is_taken_in or not must_take_in) and not (must_process and is_waiting)
