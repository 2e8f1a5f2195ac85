"""Several processes that send for one bot, on PostgreSQL, and the share of the rate that each has.

Telegram's limit for any second is a number of places, which the processes share. A message holds a place
until one second after Telegram's answer (docs/delivery.md). A share is a lease too: a process that does not
renew it counts as ended, and the others take over what it was sending. Times are the database server's.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import is_postgres, replacing
from storage.processes.leases import LEASE_SECONDS, LeaseKey, server_now
from storage.tables import senders

_LEASE = dt.timedelta(seconds=LEASE_SECONDS)
_MOST_IDLE = "5s"  # less than a lease lasts
_LAST_MESSAGES = dt.timedelta(seconds=1.5)


@dataclass(frozen=True, slots=True)
class Share:
    """How many places a process has, and how many it could use now."""

    places: int
    wanted: int


def share_out(total: int, wanted: Mapping[str, int]) -> dict[str, int]:
    """Return how many of `total` places each process is to have; each that wants any has one at least while
    there are any.

    A process that wants less than an equal part gets what it wants. What nobody wants is shared out as well.
    Processes that want none leave all places to the others but one, which the first of them that has a
    message takes at once.

    >>> share_out(30, {"a": 30, "b": 30, "chat": 2})
    {'chat': 2, 'a': 14, 'b': 14}
    >>> share_out(30, {"a": 1, "b": 1})
    {'a': 15, 'b': 15}
    >>> share_out(30, {"a": 30, "chat": 0, "console": 0})
    {'a': 29, 'chat': 0, 'console': 0}
    """
    busy = [owner for owner in sorted(wanted, key=lambda one: (wanted[one], one)) if wanted[owner] > 0]
    kept = 1 if len(busy) < min(len(wanted), total) else 0
    left, parts = total - kept, dict[str, int]()
    for number, owner in enumerate(busy):
        parts[owner] = min(wanted[owner], left // (len(busy) - number))
        left -= parts[owner]
    more = (left + kept) // len(wanted)
    idle = sorted(wanted.keys() - parts.keys())
    return {owner: part + more for owner, part in (parts | dict.fromkeys(idle, 0)).items()}


async def take_turn(connection: AsyncConnection, name: str) -> None:
    """Make the senders of a bot claim and record deliveries one after the other, until the transaction ends.

    A frozen process would block all others in such a transaction; the server ends it after five seconds.
    """
    if is_postgres(connection):  # SQLite has one writer anyway
        digest = hashlib.blake2b(name.encode(), digest_size=8, person=b"senders").digest()
        number = int.from_bytes(digest, signed=True)
        patience = func.set_config("idle_in_transaction_session_timeout", _MOST_IDLE, True)
        await connection.execute(select(patience, func.pg_advisory_xact_lock(number)))


async def set_share(
    connection: AsyncConnection, key: LeaseKey, *, total: int, has: int, wanted: int, is_new: bool
) -> int | None:
    """Renew a process's share and return how many places it may use now.

    The process `has` so many places and could use `wanted`. It gets more only if others have given theirs
    back. If it gets fewer than it has, it must give places back. A process that joins `is_new`. Return None
    if the others took this process for dead.
    """
    await take_turn(connection, f"shares of {key.name}")
    s, now = senders.c, await server_now(connection)
    await connection.execute(delete(senders).where(s.name == key.name, s.expires_at < now))
    rows = await connection.execute(select(s.owner, s.places, s.wanted).where(s.name == key.name))
    shares = {row.owner: Share(row.places, row.wanted) for row in rows}
    if not is_new and key.owner not in shares:
        return None
    others = {owner: share for owner, share in shares.items() if owner != key.owner}
    fair = share_out(total, {key.owner: wanted, **{owner: one.wanted for owner, one in others.items()}})
    free = total - sum(share.places for share in others.values())
    places = max(0, min(fair[key.owner], free))
    values = {"places": max(has, places), "wanted": wanted, "expires_at": now + _LEASE}
    await connection.execute(replacing(connection, senders, **asdict(key), **values))
    return places


async def give_back(connection: AsyncConnection, key: LeaseKey, places: int) -> None:
    """Record that a process keeps only `places`."""
    row = (senders.c.name == key.name) & (senders.c.owner == key.owner)
    await connection.execute(update(senders).where(row).values(places=places))


async def find_owners(connection: AsyncConnection, name: str) -> list[str]:
    """Return the processes that have, or had last, a share of a bot's rate."""
    return list((await connection.execute(select(senders.c.owner).where(senders.c.name == name))).scalars())


async def expire(connection: AsyncConnection, name: str, owners: Collection[str]) -> None:
    """Record that processes have ended: their places are free when their last messages are a second old."""
    s, soon = senders.c, await server_now(connection) + _LAST_MESSAGES
    theirs = and_(s.name == name, s.owner.in_(owners), s.expires_at > soon)
    await connection.execute(update(senders).where(theirs).values(expires_at=soon))


async def is_sender(connection: AsyncConnection, key: LeaseKey) -> bool:
    """Tell whether a process still has its share; no other can end it before this transaction ends."""
    s = senders.c
    query = select(s.owner).where(s.name == key.name, s.owner == key.owner).with_for_update(read=True)
    return (await connection.execute(query)).first() is not None


async def find_senders(connection: AsyncConnection, name: str | None = None) -> dict[str, Share]:
    """Return the shares of the processes that send now, of one bot or of all, in the order of their names."""
    s, now = senders.c, await server_now(connection)
    query = select(s.owner, s.places, s.wanted).where(s.expires_at >= now).order_by(s.owner).limit(100)
    rows = await connection.execute(query if name is None else query.where(s.name == name))
    return {row.owner: Share(row.places, row.wanted) for row in rows}
