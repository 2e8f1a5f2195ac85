"""Claims on sources: one process has a source; another takes it over when the claim expires."""

import datetime as dt

from sqlalchemy import update

from storage.engine import Database
from storage.processes.leases import end_claims_on, extend_claims, find_claimed, take_claims
from storage.tables import leases

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


async def taken(database: Database, owner: str, *names: str, seconds: float = 60) -> set[str]:
    """Claim in a transaction of its own."""
    async with database.write() as connection:
        return await take_claims(connection, owner, names, seconds=seconds)


async def test_a_name_is_in_one_hand_at_a_time(database: Database) -> None:
    assert await taken(database, "một", "a", "b") == {"a", "b"}
    assert await taken(database, "hai", "a", "b", "c") == {"c"}
    assert await taken(database, "một", "a", "c") == {"a"}
    assert await taken(database, "một") == set()
    async with database.write() as connection:
        assert await find_claimed(connection, ["a", "c", "d"], but="một") == {"c"}
        assert await extend_claims(connection, "hai", ["a", "c"], seconds=60) == {"c"}


async def test_what_is_put_back_or_has_run_out_is_claimed_by_another(database: Database) -> None:
    await taken(database, "một", "a", "b", "c")
    async with database.write() as connection:
        assert await end_claims_on(connection, "một", ["a", "d"]) == {"a"}
        assert await end_claims_on(connection, "một", ["a"]) == set()
        assert await end_claims_on(connection, "hai", ["b"]) == set()
        await connection.execute(update(leases).where(leases.c.name == "b").values(expires_at=LONG_AGO))
    assert await taken(database, "hai", "a", "b", "c") == {"a", "b"}
    async with database.write() as connection:
        assert await extend_claims(connection, "một", ["a", "b", "c"], seconds=60) == {"c"}


async def test_a_claim_that_another_process_takes_at_this_moment_is_passed_over(
    postgres_database: Database,
) -> None:
    await taken(postgres_database, "một", "a", "b")
    async with postgres_database.write() as connection:
        await connection.execute(update(leases).values(expires_at=LONG_AGO))
    async with postgres_database.write() as connection:
        await take_claims(connection, "hai", ["a"], seconds=60)
        assert await taken(postgres_database, "ba", "a", "b") == {"b"}
