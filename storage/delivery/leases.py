"""The lease: which process may speak for a bot. One row for each token, under a hash of it.

Times are the machine's on SQLite, which all its processes share, and the server's on PostgreSQL: never the
program's clock, which a simulation may run faster, nor the clocks of two machines beside each other.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import insert_into, is_postgres
from storage.tables import leases

LEASE_SECONDS = 10.0
_HELD = (
    select(leases.c.name)
    .where(leases.c.name == bindparam("held"), leases.c.owner == bindparam("holder"))
    .with_for_update(read=True)
)
_LEASE = dt.timedelta(seconds=LEASE_SECONDS)


@dataclass(frozen=True, slots=True)
class LeaseKey:
    """A lease, and the process that owns it."""

    name: str
    owner: str


def lease_name(token: str) -> str:
    """Return the name of a token's lease; the token cannot be read from it."""
    return hashlib.sha256(f"diemtin lease {token}".encode()).hexdigest()


async def take_lease(connection: AsyncConnection, key: LeaseKey, *, instead_of: str | None = None) -> bool:
    """Take or extend the lease if it is free, expired, ours, or owned by `instead_of`, which is gone.

    One that claims to last longer than any does was written before the clock was set back: it counts as run
    out.
    """
    now = await _now(connection)
    held = leases.c
    statement = insert_into(connection, leases).values(
        name=key.name, owner=key.owner, expires_at=now + _LEASE
    )
    statement = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"owner": key.owner, "expires_at": now + _LEASE},
        where=or_(
            held.owner.in_([key.owner, instead_of or key.owner]),
            held.expires_at < now,
            held.expires_at > now + 2 * _LEASE,
        ),
    )
    return (await connection.execute(statement.returning(held.name))).first() is not None


async def renew_lease(connection: AsyncConnection, key: LeaseKey) -> bool:
    """Extend the lease; return False if another process owns it."""
    row = (leases.c.name == key.name) & (leases.c.owner == key.owner)
    values = {"expires_at": await _now(connection) + _LEASE}
    return (await connection.execute(update(leases).where(row).values(values))).rowcount == 1


async def free_lease(connection: AsyncConnection, key: LeaseKey) -> None:
    """Release the lease."""
    row = (leases.c.name == key.name) & (leases.c.owner == key.owner)
    await connection.execute(delete(leases).where(row))


async def find_owner(connection: AsyncConnection, name: str) -> str | None:
    """Return the owner of the lease called `name`, or its last owner if it expired without a release."""
    query = select(leases.c.owner).where(leases.c.name == name)
    return (await connection.execute(query)).scalar_one_or_none()


async def find_live_owners(connection: AsyncConnection) -> list[str]:
    """Return the owners of all leases that have not run out, of whatever token."""
    now = await _now(connection)
    live = leases.c.expires_at.between(now, now + 2 * _LEASE)
    return list((await connection.execute(select(leases.c.owner).where(live).limit(100))).scalars())


async def holds_lease(connection: AsyncConnection, key: LeaseKey) -> bool:
    """Tell whether the owner still holds the lease, and lock the lease until this transaction ends."""
    asked = {"held": key.name, "holder": key.owner}
    return (await connection.execute(_HELD, asked)).first() is not None


async def _now(connection: AsyncConnection) -> dt.datetime:
    if not is_postgres(connection):
        return dt.datetime.now(dt.UTC)
    moment: dt.datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    return moment.astimezone(dt.UTC)
