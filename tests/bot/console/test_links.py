"""Links to a console that another process serves: used once, in time, and only an operator's last one."""

import datetime as dt

from sqlalchemy import update

from bot.console.guard import make_link, use_link
from storage.engine import Database
from storage.tables import notes
from tests.bot.conftest import ADMIN


async def code_of(database: Database) -> str:
    """Make a link and return its code."""
    link = await make_link(database, "https://tin.example.vn/", ADMIN)
    address, _, code = link.partition("?ma=")
    assert address == "https://tin.example.vn/bang/vao"
    return code


async def test_a_link_of_another_process_lets_its_operator_in_once(database: Database) -> None:
    code = await code_of(database)
    async with database.read() as connection:
        [kept] = (await connection.execute(notes.select())).all()
    assert code not in kept.value
    assert await use_link(database, "x" * 43) is None
    assert await use_link(database, code) == ADMIN
    assert await use_link(database, code) is None


async def test_an_older_link_and_one_that_ran_out_let_nobody_in(database: Database) -> None:
    older, code = await code_of(database), await code_of(database)
    assert await use_link(database, older) is None
    async with database.write() as connection:
        value = (await connection.execute(notes.select())).one().value
        known, _, until = value.partition(" ")
        passed = dt.datetime.fromisoformat(until) - dt.timedelta(hours=1)
        await connection.execute(update(notes).values(value=f"{known} {passed.isoformat()}"))
    assert await use_link(database, code) is None
