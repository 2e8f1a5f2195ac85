"""Processes beside each other on one database: an upgrade waits for the old ones, which end after it."""

import asyncio
import datetime as dt
from dataclasses import replace
from functools import partial

import asyncpg
import pytest
import structlog
from sqlalchemy import make_url, text

from bot.startup.fleet import Presence, find_blockers, until_upgrade_is_safe
from bot.telegram.lease import this_process
from storage.engine import Database
from storage.processes.registry import (
    ProcessRow,
    end_frozen_statements,
    find_processes,
    forget_process,
    register_process,
)
from storage.upkeep.upgrade import head_revision

ELSEWHERE = ProcessRow("may-khac 1|2|4711|5|6", "bot", "send", "", "1.0", "0260", "")


async def set_revision(database: Database, revision: str) -> None:
    """Make the database one of another schema, as far as it says."""
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


async def test_an_upgrade_waits_for_processes_of_an_older_schema(postgres_database: Database) -> None:
    assert await find_blockers(postgres_database) == [], "none is due"
    async with postgres_database.write() as connection:
        await register_process(connection, ELSEWHERE)
    await set_revision(postgres_database, "0260")
    stop, told = asyncio.Event(), asyncio.Queue[str]()
    waiting = asyncio.create_task(until_upgrade_is_safe(postgres_database, stop, told.put_nowait))
    assert "tiến trình 4711 trên máy may-khac còn chạy với lược đồ cũ" in await told.get()
    async with postgres_database.write() as connection:
        await forget_process(connection, ELSEWHERE.name)
    assert await waiting
    await set_revision(postgres_database, head_revision())


async def test_who_waits_for_an_upgrade_ends_when_asked(postgres_database: Database) -> None:
    async with postgres_database.write() as connection:
        await register_process(connection, ELSEWHERE)
    await set_revision(postgres_database, "0260")
    stop = asyncio.Event()
    assert not await until_upgrade_is_safe(postgres_database, stop, lambda _: stop.set())
    await set_revision(postgres_database, head_revision())


async def test_a_process_is_there_until_it_ends_and_says_what_it_does(postgres_database: Database) -> None:
    row = replace(ELSEWHERE, name=this_process(), revision=head_revision())
    presence = Presence(postgres_database, row, lambda: "tep")
    async with presence.kept(asyncio.Event()):
        presence.note_active(["send"])
        while True:
            async with postgres_database.read() as connection:
                [found] = await find_processes(connection)
            if found.row.active:
                break
            await asyncio.sleep(0.01)
        assert found.row == replace(row, active="send", newsroom="tep")
    async with postgres_database.read() as connection:
        assert await find_processes(connection) == []


async def test_a_process_of_another_version_is_told_and_one_of_another_schema_ends(
    postgres_database: Database,
) -> None:
    async with postgres_database.write() as connection:
        await register_process(connection, replace(ELSEWHERE, version="0.9"))
    row = replace(ELSEWHERE, name=this_process(), revision=head_revision())
    presence = Presence(postgres_database, row, lambda: "")
    with structlog.testing.capture_logs() as logs:
        async with presence.kept(asyncio.Event()):
            await set_revision(postgres_database, "9999")
            presence.note_active(["send"])
            await asyncio.wait_for(presence.outdated.wait(), 20)
    await set_revision(postgres_database, head_revision())
    told = " ".join(str(log.get("problem")) for log in logs)
    assert "phiên bản khác nhau: 0.9, 1.0" in told
    assert "lược đồ khác nhau" in told


async def test_a_process_ends_the_connection_of_one_that_froze_in_the_middle_of_a_statement(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = partial(end_frozen_statements, frozen=dt.timedelta())
    monkeypatch.setattr("bot.startup.fleet.end_frozen_statements", at_once)
    url = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    database, frozen = Database(postgres_url), await asyncpg.connect(url)
    row = replace(ELSEWHERE, name=this_process(), revision=head_revision())
    presence = Presence(database, row, lambda: "")
    ended = asyncio.Event()
    frozen.add_termination_listener(lambda _: ended.set())
    try:
        await frozen.execute("BEGIN")
        await frozen.prepare("SELECT $1::int")
        async with presence.kept(asyncio.Event()), asyncio.timeout(20):
            presence.note_active(["send"])
            await ended.wait()
    finally:
        frozen.terminate()
        await database.close()
