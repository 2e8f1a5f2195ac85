"""Login links to a console that another process serves: hashes in the database, each used once."""

import datetime as dt
import hashlib
import secrets

from bot.console.guard import BASE, LINK_SECONDS
from storage.delivery.leases import server_now
from storage.engine import Database
from storage.notes import find_notes, forget_note, write_note

_NOTE = "console link "  # and the operator's number, so that a new link replaces the earlier one


async def make_link(database: Database, url: str, admin: int) -> str:
    """Return a link to the console at `url` that logs an operator in once, within five minutes."""
    code = secrets.token_urlsafe(32)
    async with database.write() as connection:
        now = await server_now(connection)
        until = now + dt.timedelta(seconds=LINK_SECONDS)
        await write_note(connection, f"{_NOTE}{admin}", f"{_hash(code)} {until.isoformat()}", now=now)
    return f"{url.rstrip('/')}{BASE}/vao?ma={code}"


async def use_link(database: Database, code: str) -> int | None:
    """Use up the code of a link; return its operator, None if the code is not valid."""
    given = _hash(code)
    async with database.write() as connection:
        now = await server_now(connection)
        for name, value in await find_notes(connection, _NOTE):
            known, _, until = value.partition(" ")
            if secrets.compare_digest(known, given) and await forget_note(connection, name):
                return int(name.removeprefix(_NOTE)) if now < dt.datetime.fromisoformat(until) else None
    return None


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode(errors="replace")).hexdigest()
