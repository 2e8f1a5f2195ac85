"""Claims look at the articles in work, not at all those that wait."""

from typing import Any

from sqlalchemy import event

from storage.articles import store_articles
from storage.engine import Database
from storage.processing.article_turns import claim_articles, claim_suspect, end_claims, give_back
from tests.storage.conftest import NOW, incoming

OWNER = "worker"


async def test_claimed_again_are_those_given_back_or_left_in_their_order(database: Database) -> None:
    async with database.write() as connection:
        await store_articles(connection, [incoming(f"bài {number}") for number in range(5)], now=NOW)
        first = await claim_articles(connection, OWNER, 3, as_stored=True)
        await give_back(connection, OWNER, first[:2])
        assert await claim_articles(connection, OWNER, 1, as_stored=True) == first[:1]
        assert await claim_suspect(connection, OWNER) is None
        await end_claims(connection, [OWNER])
        suspect = await claim_suspect(connection, OWNER)
    assert suspect == first[0]


async def test_a_claim_on_sqlite_begins_with_what_is_in_work(sqlite_database: Database) -> None:
    asked = list[tuple[str, Any]]()

    @event.listens_for(sqlite_database.engine.sync_engine, "before_cursor_execute")
    def _note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if "FROM article_turns JOIN articles" in statement:
            asked.append((statement, parameters))

    async with sqlite_database.write() as connection:
        await claim_articles(connection, OWNER, 3, as_stored=True)
        await claim_suspect(connection, OWNER)
        plans = [
            (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
            for statement, parameters in asked[:2]
        ]
    assert len(plans) == 2
    assert all("article_turns" in plan[0].detail for plan in plans), plans
