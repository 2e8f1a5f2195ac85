"""Make large inputs for the measures of docs/scale.md out of some hundred articles.

    python benchmarks/scale.py rows ARTICLES.jsonl COUNT > rows.jsonl    # for diemtin ingest
    python benchmarks/scale.py store ARTICLES.jsonl COUNT store.sqlite3  # for diemtin db copy

ARTICLES has rows of `diemtin ingest`. A copy takes most sentences of its body from other articles, and a
number of its own in the title, so no two are the same. The store is filled row by row, not processed: its
stories have three articles each, and its ledger has as many deliveries as there are articles.
"""

import argparse
import asyncio
import datetime as dt
import json
import random
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from common import read_rows
from sqlalchemy import Table, insert

from storage import tables as t
from storage.engine import Database
from storage.upkeep.upgrade import upgrade

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
EXCHANGED = 0.7  # of the sentences of a copy
READERS, BATCH = 2_000, 2_000


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("kind", choices=["rows", "store"])
    ask.add_argument("articles", type=Path)
    ask.add_argument("count", type=int)
    ask.add_argument("file", type=Path, nargs="?")
    args = ask.parse_args()
    given = list(read_rows(args.articles))
    if args.kind == "rows":
        for row in copies(given, args.count):
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    else:
        asyncio.run(fill(args.file, copies(given, args.count), args.count))


def copies(given: Sequence[dict[str, Any]], wanted: int) -> Iterator[dict[str, Any]]:
    """Yield `wanted` rows, the same at each call; their times go back a minute each."""
    chance = random.Random(1)
    bodies = [lines(row) for row in given]
    sentences = [line for body in bodies for line in body if len(line) > 40]
    for number in range(wanted):
        row, body = given[number % len(given)], bodies[number % len(given)]
        mixed = [chance.choice(sentences) if chance.random() < EXCHANGED else line for line in body]
        yield {
            "id": f"{number}",
            "url": f"https://bao{number % 40}.example/tin-{number}.html",
            "title": f"{row['title']} ({number})",
            "sapo": row.get("sapo") or mixed[0],
            "body": "\n".join(mixed),
            "published": (NOW - dt.timedelta(minutes=number)).isoformat(),
            "source": f"Báo {number % 40}",
        }


def lines(row: dict[str, Any]) -> list[str]:
    body = row["body"]
    return [line for line in (body.split("\n") if isinstance(body, str) else body) if line]


async def fill(file: Path, rows: Iterator[dict[str, Any]], wanted: int) -> None:
    """Make a store of these articles with all rows that depend on them."""
    database = Database(f"sqlite+aiosqlite:///{file}")
    await upgrade(database, now=NOW)
    await put(database, t.profiles, map(profile, range(1, READERS + 1)))
    await put(database, t.subscribers, map(subscriber, range(1, READERS + 1)))
    await put(database, t.stories, ({"id": n, "created_at": NOW} for n in range(1, wanted // 3 + 2)))
    chance = random.Random(2)
    waiting: dict[Table, list[dict[str, Any]]] = {}
    for number, row in zip(count(1), rows, strict=False):
        for table, made in about(number, row, chance):
            waiting.setdefault(table, []).append(made)
        if number % BATCH == 0 or number == wanted:
            for table in t.metadata.sorted_tables:
                await put(database, table, iter(waiting.pop(table, [])))
    await database.close()


async def put(database: Database, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    if found := list(rows):
        async with database.write() as connection:
            await connection.execute(insert(table), found)


def about(number: int, row: dict[str, Any], chance: random.Random) -> Iterator[tuple[Table, dict[str, Any]]]:
    """Yield an article's row and the rows that depend on it."""
    at = dt.datetime.fromisoformat(row["published"])
    text = {"title": row["title"], "sapo": row["sapo"], "body": row["body"]}
    yield t.articles, text | {
        "id": number, "key": f"url:{row['url']}", "external_id": row["id"], "url": row["url"],
        "source": row["source"], "category": None, "topic": "thoi-su", "topic_by_words": "thoi-su",
        "published_at": at, "published_precision": "minute", "stored_at": at, "updated_at": at,
        "text_hash": f"{chance.getrandbits(128):032x}", "version": 1, "advertorial": False,
        "story_id": number // 3 + 1, "processed_at": at, "ready_at": at, "speaker": "", "standing": "files",
    }  # fmt: skip
    yield t.packed_articles, {"article_id": number, "fingerprint": "x", "packed": chance.randbytes(900)}
    for position in range(3):
        yield t.summary_places, {
            "article_id": number, "position": position, "field": "body", "start": position * 90,
            "end": position * 90 + 80,
        }  # fmt: skip
    if number % 20 == 0:
        yield t.article_versions, text | {"article_id": number, "version": 0, "replaced_at": at}
    yield t.deliveries, {
        "message_id": (number - 1) // READERS + 1, "subscriber_id": (number - 1) % READERS + 1,
        "status": "sent", "not_before": at, "tries": 1, "telegram_id": number, "changed_at": at,
    }  # fmt: skip
    if (number - 1) % READERS == 0:
        yield t.messages, {
            "id": number // READERS + 1, "kind": "announcement", "html": row["body"], "buttons": [],
            "part": 0, "made_at": at,
        }  # fmt: skip


def profile(number: int) -> dict[str, Any]:
    return {
        "id": number, "key": f"{number}", "edition": "sang", "topics": ["thoi-su"], "times": [],
        "days": [], "created_at": NOW,
    }  # fmt: skip


def subscriber(number: int) -> dict[str, Any]:
    return {
        "id": number, "chat_id": number, "kind": "private", "status": "active", "profile_id": number,
        "quiet_start": 0, "quiet_end": 0, "created_at": NOW, "changed_at": NOW,
    }  # fmt: skip


if __name__ == "__main__":
    main()
