"""Leases: which process may act for a bot, in one of its roles, or on a source. One row each.

Times are the machine's on SQLite, which all its processes share, and the server's on PostgreSQL: never the
program's clock, which a simulation may run faster, nor the clocks of two machines beside each other.
"""

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import insert_into, insert_new, is_postgres
from storage.tables import leases

LEASE_SECONDS = 10.0
_HELD = (
    select(leases.c.name)
    .where(leases.c.name == bindparam("held"), leases.c.owner == bindparam("holder"))
    .with_for_update(read=True)
)
_LEASE = dt.timedelta(seconds=LEASE_SECONDS)
_PAST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_l = leases.c


@dataclass(frozen=True, slots=True)
class LeaseKey:
    """A lease, and the process that owns it."""

    name: str
    owner: str


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that owns a lease. `is_live`: the lease has not expired."""

    owner: str
    is_live: bool


def lease_name(token: str, role: str = "") -> str:
    """Return the name of the lease of a token, or of one of its roles; it does not reveal the token."""
    return hashlib.sha256(f"diemtin lease {token} {role}".rstrip().encode()).hexdigest()


async def take_lease(connection: AsyncConnection, key: LeaseKey, *, instead_of: str | None = None) -> bool:
    """Take or extend the lease if it is free, expired, ours, or owned by `instead_of`, which is gone.

    A lease that lasts longer than any can was written before the clock was set back; it counts as expired.
    """
    now = await server_now(connection)
    values = {"owner": key.owner, "expires_at": now + _LEASE}
    is_over = or_(_l.expires_at < now, _l.expires_at > now + 2 * _LEASE)
    may_be_taken = or_(_l.owner.in_([key.owner, instead_of or key.owner]), is_over)
    statement = insert_into(connection, leases).values(name=key.name, **values)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_=values, where=may_be_taken)
    return (await connection.execute(statement.returning(_l.name))).first() is not None


async def renew_lease(connection: AsyncConnection, key: LeaseKey) -> bool:
    """Extend the lease; return False if another process owns it."""
    extended = update(leases).values(expires_at=await server_now(connection) + _LEASE)
    return (await connection.execute(extended.where(_is(key)))).rowcount == 1


async def free_lease(connection: AsyncConnection, key: LeaseKey) -> None:
    await connection.execute(delete(leases).where(_is(key)))


def _is(key: LeaseKey) -> ColumnElement[bool]:
    return and_(_l.name == key.name, _l.owner == key.owner)


async def find_holder(connection: AsyncConnection, name: str) -> Holder | None:
    """Return the owner of the lease called `name`, or its last owner if it expired without a release."""
    now = await server_now(connection)
    row = (await connection.execute(select(leases).where(leases.c.name == name))).one_or_none()
    return Holder(row.owner, now <= row.expires_at <= now + 2 * _LEASE) if row is not None else None


async def find_live_owners(connection: AsyncConnection) -> list[str]:
    """Return the owners of all leases of all tokens that have not expired."""
    now = await server_now(connection)
    live = leases.c.expires_at.between(now, now + 2 * _LEASE)
    return list((await connection.execute(select(leases.c.owner).where(live).limit(100))).scalars())


async def holds_lease(connection: AsyncConnection, key: LeaseKey) -> bool:
    """Tell whether the owner still holds the lease, and lock the lease until this transaction ends."""
    asked = {"held": key.name, "holder": key.owner}
    return (await connection.execute(_HELD, asked)).first() is not None


async def server_now(connection: AsyncConnection) -> dt.datetime:
    """Return the moment by the clock that all processes of a database share, in UTC."""
    if not is_postgres(connection):
        return dt.datetime.now(dt.UTC)
    moment: dt.datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    return moment.astimezone(dt.UTC)


# Claims of sources: which process works on a source. They are leases, taken and extended many at once.


async def take_claims(
    connection: AsyncConnection, owner: str, names: Collection[str], *, seconds: float,
    gone: Collection[str] = (),
) -> set[str]:  # fmt: skip
    """Claim the free ones of `names` for `seconds`; return them and those that `owner` had already.

    Claims of processes that are `gone` count as free. Names that another process is claiming now are skipped.
    """
    if not names:
        return set()
    now, lasting = await server_now(connection), dt.timedelta(seconds=seconds)
    known = set((await connection.execute(select(_l.name).where(_l.name.in_(names)))).scalars())
    if new := sorted(set(names) - known):  # an INSERT of a known name would wait for a lock on its row
        rows = [{"name": name, "owner": owner, "expires_at": _PAST} for name in new]
        await connection.execute(insert_new(connection, leases), rows)
    is_free = or_(_l.owner.in_([owner, *gone]), _l.expires_at < now, _l.expires_at > now + 2 * lasting)
    query = select(_l.name).where(_l.name.in_(names), is_free).order_by(_l.name)
    found = set((await connection.execute(query.with_for_update(skip_locked=True))).scalars())
    if found:
        values = {"owner": owner, "expires_at": now + lasting}
        await connection.execute(update(leases).where(_l.name.in_(found)).values(values))
    return found


async def extend_claims(
    connection: AsyncConnection, owner: str, names: Collection[str], *, seconds: float
) -> set[str]:
    """Extend the claims on `names` that `owner` still has; return those names."""
    until = await server_now(connection) + dt.timedelta(seconds=seconds)
    own = update(leases).where(_l.name.in_(names), _l.owner == owner).values(expires_at=until)
    return set((await connection.execute(own.returning(_l.name))).scalars())


async def end_claims_on(connection: AsyncConnection, owner: str, names: Collection[str]) -> set[str]:
    """End the claims of `owner` on `names`; return those it had. The rows are locked until the commit."""
    own = update(leases).where(_l.name.in_(names), _l.owner == owner, _l.expires_at > _PAST)
    return set((await connection.execute(own.values(expires_at=_PAST).returning(_l.name))).scalars())


async def find_claimants(connection: AsyncConnection, names: Collection[str]) -> set[str]:
    """Return the processes that have, or had last, claims on any of `names`."""
    return set((await connection.execute(select(_l.owner).where(_l.name.in_(names)))).scalars())


async def find_claims_of(connection: AsyncConnection, owner: str) -> set[str]:
    """Return the names that `owner` has, or had last, claimed."""
    return set((await connection.execute(select(_l.name).where(_l.owner == owner))).scalars())


async def find_claimed(connection: AsyncConnection, names: Collection[str], *, but: str) -> set[str]:
    """Return those of `names` that a process other than `but` has claimed."""
    others = and_(_l.name.in_(names), _l.owner != but, _l.expires_at >= await server_now(connection))
    return set((await connection.execute(select(_l.name).where(others))).scalars())
