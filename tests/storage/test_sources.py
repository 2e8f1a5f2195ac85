"""The state of polled sources, on both engines."""

import datetime as dt
from dataclasses import replace
from typing import Any

from storage.articles import store_articles
from storage.engine import Database
from storage.identity import text_hash
from storage.intake.drafts import Incoming
from storage.sources import SourceState, find_lead_hashes, find_source_states, save_source_state


async def test_a_state_comes_back_as_it_was_written_last(database: Database, now: dt.datetime) -> None:
    first = SourceState("bao", "https://bao.example/rss", now)
    last = replace(
        first, etag='"1"', last_modified="x", body_hash="a", tried_at=now, fetched_at=now, new_at=now,
        gap_seconds=3600, items=3_000_000_000, failures=2, trouble="server", detail="HTTP 500",
        moved_to="https://moi.example/", told=("broken", "quiet"),
    )  # fmt: skip
    other = replace(first, source="khac")
    for state in (first, other, last):
        async with database.write() as connection:
            await save_source_state(connection, state)
    async with database.read() as connection:
        assert await find_source_states(connection) == {"bao": last, "khac": other}


async def test_a_stored_lead_is_known_by_its_key(database: Database, now: dt.datetime) -> None:
    values: dict[str, Any] = {"external_id": "1", "url": None, "source": "bao", "topic": None, "body": "Dài."}
    article = Incoming(
        key="k", title="Bến phà", sapo="Mở lại.", published=None, text_hash="h", advertorial=False, place="p",
        **values,
    )  # fmt: skip
    async with database.write() as connection:
        await store_articles(connection, [article], now=now)
    async with database.read() as connection:
        assert await find_lead_hashes(connection, ["k", "khác"]) == {"k": text_hash("Bến phà", "Mở lại.", "")}
