"""Claims: which process has a source in hand. Rows of the table of leases, taken and extended many at once.

Moments are those of `storage.delivery.leases`: the server's clock, or the machine's on SQLite.
"""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.leases import server_now
from storage.engine import insert_into
from storage.tables import leases

_PAST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_l = leases.c


async def take_claims(
    connection: AsyncConnection, owner: str, names: Collection[str], *, seconds: float,
    gone: Collection[str] = (),
) -> set[str]:  # fmt: skip
    """Claim those of `names` that are free, for so many seconds; return them and those that `owner` had.

    The claims of processes that are `gone` do not count. What another process is claiming at this moment is
    passed over.
    """
    if not names:
        return set()
    now, lasting = await server_now(connection), dt.timedelta(seconds=seconds)
    known = set((await connection.execute(select(_l.name).where(_l.name.in_(names)))).scalars())
    if new := sorted(set(names) - known):  # of a row that is locked an INSERT would wait for the end
        rows = [{"name": name, "owner": owner, "expires_at": _PAST} for name in new]
        await connection.execute(insert_into(connection, leases).on_conflict_do_nothing(), rows)
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
    """Extend what `owner` still has of `names`; return that."""
    until = await server_now(connection) + dt.timedelta(seconds=seconds)
    own = update(leases).where(_l.name.in_(names), _l.owner == owner).values(expires_at=until)
    return set((await connection.execute(own.returning(_l.name))).scalars())


async def end_claims_on(connection: AsyncConnection, owner: str, names: Collection[str]) -> set[str]:
    """Let others claim `names`; return those that `owner` had until now. The rows stay locked meanwhile."""
    own = update(leases).where(_l.name.in_(names), _l.owner == owner, _l.expires_at > _PAST)
    return set((await connection.execute(own.values(expires_at=_PAST).returning(_l.name))).scalars())


async def find_claimants(connection: AsyncConnection, names: Collection[str]) -> set[str]:
    """Return who has, or had last, any of `names`."""
    return set((await connection.execute(select(_l.owner).where(_l.name.in_(names)))).scalars())


async def find_claims_of(connection: AsyncConnection, owner: str) -> set[str]:
    """Return what `owner` has, or had last, in hand."""
    return set((await connection.execute(select(_l.name).where(_l.owner == owner))).scalars())


async def find_claimed(connection: AsyncConnection, names: Collection[str], *, but: str) -> set[str]:
    """Return those of `names` that another process than `but` has in hand."""
    others = and_(_l.name.in_(names), _l.owner != but, _l.expires_at >= await server_now(connection))
    return set((await connection.execute(select(_l.name).where(others))).scalars())
