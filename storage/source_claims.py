"""Claims of sources: which process works on a source. They are leases, taken and extended many at once.

Times are those of `storage.delivery.leases`: the server's clock, or the machine's on SQLite.
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
    """Claim the free ones of `names` for `seconds`; return them and those that `owner` had already.

    Claims of processes that are `gone` count as free. Names that another process is claiming now are skipped.
    """
    if not names:
        return set()
    now, lasting = await server_now(connection), dt.timedelta(seconds=seconds)
    known = set((await connection.execute(select(_l.name).where(_l.name.in_(names)))).scalars())
    if new := sorted(set(names) - known):  # an INSERT of a known name would wait for a lock on its row
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
