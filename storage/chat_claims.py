"""Which process handles the updates of a chat, where several answer. PostgreSQL only.

A process that has claimed a chat handles its updates one after the other, the lowest number first. The claim
is a row, so it needs neither a session nor an open transaction: a pooler may give every transaction another
connection. A process that stores an update of a claimed chat locks the claim until it commits. So the process
with the claim sees the update when it has handled the one before. A claim expires unless it is renewed; times
are the server's. Rows of claims are locked before those of updates, in the order of the chats.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.conversations import KeptUpdate

CLAIM_SECONDS = 10.0
LEFT_OVER = 1  # tries of an update: a process died that had claimed its chat
SUSPECT_TRIES = 2  # another process began it: if that one dies too, the update is tried alone
MOST_TRIES = 4  # it was tried alone twice: if the process dies again, the update is set aside
_WAITS = "payload IS NOT NULL AND failure IS NULL"
_UNTIL = f"clock_timestamp() + interval '{CLAIM_SECONDS} s'"
_IS_OVER = (  # one that claims to last longer than any does was written before the clock was set back
    "(c.expires_at < clock_timestamp()"
    f" OR c.expires_at > clock_timestamp() + interval '{2 * CLAIM_SECONDS} s')"
)


@dataclass(frozen=True, slots=True)
class WaitingUpdate:
    """The next update of a chat to handle; `count` updates of the chat wait, this one included."""

    chat_id: int
    update_id: int
    payload: str
    count: int
    tries: int


@dataclass(frozen=True, slots=True)
class WaitingCounts:
    """How many updates of a chat, and of the sender in it, wait after one more was stored.

    `first` is the next one to handle, if this process has claimed the chat.
    """

    of_chat: int
    of_person: int
    first: WaitingUpdate | None


@dataclass(frozen=True, slots=True)
class IdleChat:
    """A chat with waiting updates that no other process handles.

    `is_ours`: this process has its claim. `died`: the process with its claim is gone.
    """

    chat_id: int
    tries: int
    is_ours: bool
    died: bool


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """The claims that do not keep `owner` from a chat: its own, those of processes that are `gone`, and with
    `after_expiry` expired ones."""

    owner: str
    gone: tuple[str, ...]
    after_expiry: bool

    @property
    def values(self) -> dict[str, object]:
        instead = [self.owner, *self.gone]
        return {"owner": self.owner, "instead": instead, "after_expiry": self.after_expiry}


_OURS = (  # locked in the order of the chats
    "chat_id IN (SELECT chat_id FROM chat_claims"
    " WHERE owner = :owner AND chat_id = ANY(CAST(:chats AS bigint[])) ORDER BY chat_id FOR UPDATE)"
)
_KEEP = (
    "WITH kept AS (INSERT INTO updates (update_id, payload, received_at, chat_id, person_id)"
    " VALUES (:number, :payload, :now, :chat, :person)"
    " ON CONFLICT (update_id) DO NOTHING RETURNING chat_id)"
)
_KEEP_AND_CLAIM = text(
    f"{_KEEP}, claimed AS (INSERT INTO chat_claims (chat_id, owner, expires_at)"  # noqa: S608 - constants
    f" SELECT chat_id, :owner, {_UNTIL} FROM kept"
    " ON CONFLICT (chat_id) DO UPDATE SET owner = excluded.owner WHERE false"  # locks the row all the same
    " RETURNING chat_id)"
    " SELECT (SELECT count(*) FROM kept) AS is_new, (SELECT count(*) FROM claimed) AS is_ours"
)
_KEEP_ONLY = text(f"{_KEEP} SELECT count(*) AS is_new, 0 AS is_ours FROM kept")  # noqa: S608 - constants
_FIRST = text(
    "SELECT update_id, payload, tries, count(*) OVER () AS of_chat,"  # noqa: S608 - constants
    " count(*) FILTER (WHERE person_id = :person) OVER () AS of_person"
    f" FROM updates WHERE chat_id = :chat AND {_WAITS} ORDER BY update_id LIMIT 1"
)
_UNCLAIM = text(f"DELETE FROM chat_claims WHERE {_OURS} RETURNING chat_id")  # noqa: S608 - constants
_DONE = text(
    f"WITH ours AS (DELETE FROM chat_claims WHERE {_OURS} RETURNING chat_id),"  # noqa: S608 - constants
    " done AS (UPDATE updates SET payload = NULL, chat_id = NULL, person_id = NULL"
    " WHERE update_id = ANY(CAST(:numbers AS bigint[])) AND failure IS NULL)"
    " SELECT chat_id FROM ours"
)
_NEXT = text(
    "SELECT DISTINCT ON (chat_id) chat_id, update_id, payload, tries,"  # noqa: S608 - constants
    " count(*) OVER (PARTITION BY chat_id) AS of_chat"
    f" FROM updates WHERE chat_id = ANY(CAST(:chats AS bigint[])) AND {_WAITS} ORDER BY chat_id, update_id"
)
_TAKE = text(
    "INSERT INTO chat_claims AS c (chat_id, owner, expires_at)"  # noqa: S608 - constants
    f" SELECT chat, :owner, {_UNTIL} FROM unnest(CAST(:chats AS bigint[])) AS chat ORDER BY chat"
    " ON CONFLICT (chat_id) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at"
    f" WHERE c.owner = ANY(CAST(:instead AS text[])) OR (:after_expiry AND {_IS_OVER}) RETURNING chat_id"
)
_UNLOCKED = text(  # what another transaction holds is left alone
    "SELECT chat_id FROM chat_claims WHERE chat_id = ANY(CAST(:chats AS bigint[]))"
    " ORDER BY chat_id FOR UPDATE SKIP LOCKED"
)
_RENEW = text(
    f"UPDATE chat_claims SET expires_at = {_UNTIL} WHERE {_OURS} RETURNING chat_id"  # noqa: S608 - constants
)
_RELEASE = text("DELETE FROM chat_claims WHERE owner = :owner")
_OWNERS = text("SELECT DISTINCT owner FROM chat_claims")
_TRIED = text(
    f"UPDATE updates SET tries = greatest(tries, {LEFT_OVER}) WHERE update_id IN ("  # noqa: S608 - constants
    " SELECT DISTINCT ON (chat_id) update_id FROM updates"
    f" WHERE chat_id = ANY(CAST(:chats AS bigint[])) AND {_WAITS} ORDER BY chat_id, update_id)"
    " RETURNING chat_id, update_id, tries"
)
_BEGUN = text("UPDATE updates SET tries = tries + 1 WHERE update_id = :number")
_EXCUSED = text(
    "UPDATE updates SET tries = 0 WHERE tries > 0"
    " AND chat_id IN (SELECT chat_id FROM chat_claims WHERE owner = :owner)"
)
_COUNT = text(f"SELECT count(*) FROM updates WHERE chat_id IS NOT NULL AND {_WAITS}")  # noqa: S608 - constants
_IDLE = text(
    "SELECT u.chat_id, u.tries, c.owner FROM ("  # noqa: S608 - constants
    "  SELECT DISTINCT ON (chat_id) chat_id, update_id, tries FROM updates"
    f" WHERE chat_id IS NOT NULL AND {_WAITS} ORDER BY chat_id, update_id"
    ") AS u LEFT JOIN chat_claims AS c USING (chat_id)"
    " WHERE c.owner IS NULL OR c.owner = ANY(CAST(:instead AS text[]))"
    f" OR (:after_expiry AND {_IS_OVER}) ORDER BY u.update_id LIMIT :most"
)


async def keep_and_claim(
    connection: AsyncConnection, one: KeptUpdate, owner: str, *, claims: bool, now: dt.datetime
) -> WaitingCounts | None:
    """Store an update, claim its chat if it is free, and return what waits; None if it was seen before.

    Without `claims` the chat is left to any process that looks for work.
    """
    whose = {"chat": one.chat_id, "person": one.person_id}
    values = whose | {"number": one.update_id, "payload": one.payload, "now": now}
    values |= {"owner": owner} if claims else {}
    kept = (await connection.execute(_KEEP_AND_CLAIM if claims else _KEEP_ONLY, values)).one()
    if not kept.is_new:
        return None
    row = (await connection.execute(_FIRST, whose)).one()  # a new statement sees what was committed meanwhile
    is_ours = bool(kept.is_ours)
    if is_ours and row.tries >= SUSPECT_TRIES:
        await connection.execute(_UNCLAIM, {"chats": [one.chat_id], "owner": owner})
        is_ours = False
    first = WaitingUpdate(one.chat_id or 0, row.update_id, row.payload, row.of_chat, row.tries)
    return WaitingCounts(row.of_chat, row.of_person, first if is_ours else None)


async def finish_updates(
    connection: AsyncConnection, done: Mapping[int, int], owner: str, *, goes_on: bool = True
) -> list[WaitingUpdate]:
    """Mark updates as handled, `done` by chat, and return the next of those chats.

    A chat without waiting updates is released. If the process ends (`goes_on` is False), all are released.
    """
    wanted = {"chats": list(done), "numbers": sorted(done.values()), "owner": owner}
    ours = list((await connection.execute(_DONE, wanted)).scalars())
    return await _claim_next(connection, ours, owner) if ours and goes_on else []


async def _claim_next(connection: AsyncConnection, chats: Sequence[int], owner: str) -> list[WaitingUpdate]:
    """Claim those of `chats` with waiting updates; no other process can claim them before the commit."""
    rows = (await connection.execute(_NEXT, {"chats": chats})).all()
    following = [_waiting(row) for row in rows if row.tries < SUSPECT_TRIES]
    if following:
        wanted = {"chats": [one.chat_id for one in following], "owner": owner}
        await connection.execute(_TAKE, wanted | {"instead": [owner], "after_expiry": False})
    return following


def _waiting(row: Row[tuple[int, int, str, int, int]]) -> WaitingUpdate:
    return WaitingUpdate(row.chat_id, row.update_id, row.payload, row.of_chat, row.tries)


async def note_try(connection: AsyncConnection, update_id: int) -> None:
    """Count an attempt at an update that a dead process left over."""
    await connection.execute(_BEGUN, {"number": update_id})


async def renew_claims(connection: AsyncConnection, chats: Collection[int], owner: str) -> set[int]:
    """Extend our claims of chats; return those that are still ours."""
    return set((await connection.execute(_RENEW, {"chats": list(chats), "owner": owner})).scalars())


async def release_claims(connection: AsyncConnection, owner: str) -> None:
    """Release all claims of a process and reset the tries of its waiting updates."""
    await connection.execute(_EXCUSED, {"owner": owner})
    await connection.execute(_RELEASE, {"owner": owner})


async def find_claimers(connection: AsyncConnection) -> list[str]:
    return list((await connection.execute(_OWNERS)).scalars())


async def count_shared(connection: AsyncConnection) -> int:
    """Return how many updates wait, of all chats."""
    return int((await connection.execute(_COUNT)).scalar_one())


async def find_idle_chats(connection: AsyncConnection, rules: ClaimRules, *, limit: int) -> list[IdleChat]:
    """Return chats with waiting updates that this process may claim or has claimed, oldest first."""
    rows = await connection.execute(_IDLE, {**rules.values, "most": limit})
    return [
        IdleChat(row.chat_id, row.tries, row.owner == rules.owner, row.owner not in (None, rules.owner))
        for row in rows
    ]


async def take_chats(
    connection: AsyncConnection, chats: Sequence[IdleChat], rules: ClaimRules
) -> tuple[list[WaitingUpdate], list[int]]:
    """Claim idle chats that no other process claimed meanwhile; return the next update of each.

    The next update of a chat whose process died counts as left over. A chat with a suspect update is released
    again. Also return the ids of the updates at which as many processes died as may (`MOST_TRIES`).
    """
    owner = rules.owner
    claimed = [one.chat_id for one in chats if one.died or one.is_ours]
    unlocked = set((await connection.execute(_UNLOCKED, {"chats": claimed})).scalars()) if claimed else set()
    free = [one.chat_id for one in chats if one.chat_id not in claimed or one.chat_id in unlocked]
    wanted = {**rules.values, "chats": free}
    taken = set((await connection.execute(_TAKE, wanted)).scalars())
    died = [one.chat_id for one in chats if one.died and one.chat_id in taken]
    tried = (await connection.execute(_TRIED, {"chats": died})).all() if died else []
    suspects = {row.chat_id for row in tried if row.tries >= SUSPECT_TRIES}
    rows = (await connection.execute(_NEXT, {"chats": list(taken - suspects)})).all()
    if unused := taken - {row.chat_id for row in rows}:  # suspect, or handled meanwhile
        await connection.execute(_UNCLAIM, {"chats": list(unused), "owner": owner})
    deadly = [row.update_id for row in tried if row.tries >= MOST_TRIES]
    return [_waiting(row) for row in rows], deadly
