"""An archive taken in by many hands is the same, row by row, as by one: also after a kill of anything."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.jobs.intake import processing
from bot.jobs.intake.intake import keep_taken
from bot.jobs.intake.processing import Processor
from bot.jobs.intake.renewing import reprocess
from bot.jobs.intake.taking import Taker, name_nobody
from bot.news.services import Services, take_in_thread
from bot.text_work.tasks import Task
from bot.text_work.text_pool import TextPool, in_order
from bot.text_work.worker import Failure, Texts
from storage.articles import count_waiting
from storage.engine import Database
from storage.intake.drafts import Draft, Origin, Refusal
from storage.intake.files import path_drafts
from storage.tables import UtcTime, articles, stories, summary_places
from tests.texts_here import TextsHere

SAMPLES = Path(__file__).parents[4] / "bot" / "samples" / "articles.jsonl"
ORIGIN = Origin()


class Many(TextsHere):
    """Several hands that end their calls in any order."""

    def __init__(self, count: int) -> None:
        self.width = 2 * count
        self.calls = 0
        self._chance = random.Random(count)

    async def run(self, task: Task[Any, Any, Any], about: Any, items: Sequence[Any]) -> list[Any | Failure]:
        """Let others end first now and then."""
        self.calls += 1
        for _ in range(self._chance.randrange(30)):
            await asyncio.sleep(0)
        return await super().run(task, about, items)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processing, "_BATCH", 7)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of the sample articles, each told by two papers, with a row that is refused."""
    rows = [json.loads(line) for line in SAMPLES.read_text("utf-8").splitlines()][:30]
    again = [
        row | {"id": f"{row['id']}-b", "url": f"https://khac.example/{row['id']}.html", "source": "Báo Khác"}
        for row in rows
    ]
    file = tmp_path_factory.mktemp("archive") / "kho.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) for row in [*rows, {"title": ""}, *again]]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


async def batches(file: Path, services: Services) -> AsyncIterator[list[Draft | Refusal]]:
    """Yield the file's drafts, nine at a time."""
    found = list(path_drafts(file, ORIGIN, now=services.clock.now()))
    for begin in range(0, len(found), 9):
        yield found[begin : begin + 9]


async def take_all(services: Services, file: Path, texts: Texts | None) -> list[str]:
    """Store what the file holds; return what was refused."""
    now = services.clock.now()
    take = Taker(services.database, texts, name_nobody).take if texts else take_in_thread
    refused = []
    width = texts.width if texts else 1
    async with aclosing(
        in_order(width, lambda found: take(found, ORIGIN, now), batches(file, services))
    ) as taken_batches:
        async for _, taken in taken_batches:
            brought = await keep_taken(services.database, taken, "", now)
            refused += [refusal.path for refusal in brought.refused]
    return refused


async def process_all(services: Services, texts: Texts) -> None:
    """Process what waits, in the order it was stored."""
    await Processor(services.database, services.clock, texts, as_stored=True).run(
        most=10_000, rules=services.newsroom.topic_rules
    )


async def dump(database: Database) -> list[str]:
    """Return what was stored and found, without moments and without how often it was tried."""
    rows = list[str]()
    async with database.read() as connection:
        for table in (articles, stories, summary_places):
            kept = [c for c in table.c if not isinstance(c.type, UtcTime) and c is not articles.c.tries]
            found = await connection.execute(select(*kept).order_by(*table.primary_key))
            rows += [repr(tuple(row)) for row in found]
    return rows


@pytest.fixture
async def alone(fresh: Callable[[str], Services], archive: Path) -> list[str]:
    """Return the rows that one process makes of the archive."""
    services = fresh("alone")
    assert len(await take_all(services, archive, None)) == 1
    await process_all(services, TextsHere())
    rows = await dump(services.database)
    await services.database.close()
    assert len(rows) > 150
    return rows


@pytest.mark.parametrize("count", [1, 2, 4])
async def test_stories_summaries_and_topics_do_not_depend_on_how_many_process(
    count: int, fresh: Callable[[str], Services], archive: Path, alone: list[str]
) -> None:
    services, texts = fresh("many"), Many(count)
    await take_all(services, archive, texts)
    await process_all(services, texts)
    assert await dump(services.database) == alone
    assert texts.calls >= 60 // 7
    await services.database.close()


async def test_real_processes_make_the_same_rows_on_each_engine(
    services: Services, archive: Path, alone: list[str]
) -> None:
    async with aclosing(TextPool(2)) as pool:
        assert len(await take_all(services, archive, pool)) == 1
        await process_all(services, pool)
    assert await dump(services.database) == alone


class KilledError(BaseException):
    """The command ends here."""


async def test_a_command_that_is_killed_again_and_again_makes_the_same_rows(
    fresh: Callable[[str], Services], archive: Path, alone: list[str]
) -> None:
    services, kills = fresh("killed"), 0
    await take_all(services, archive, Many(2))
    while True:
        texts = Killed(2)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(processing, "give_back", _nothing)  # a kill gives nothing back
            try:
                await process_all(services, texts)
                break
            except KilledError:
                kills += 1
                await take_all(services, archive, Many(2))
    assert kills >= 2
    assert await dump(services.database) == alone
    async with services.database.read() as connection:
        assert await count_waiting(connection) == 0
    await services.database.close()


class Killed(Many):
    """Hands that do six calls before everything ends."""

    async def run(self, task: Task[Any, Any, Any], about: Any, items: Sequence[Any]) -> list[Any | Failure]:
        """Do it, or end."""
        if self.calls >= 6:
            raise KilledError
        return await super().run(task, about, items)


async def _nothing(*_given: object) -> None:
    """Do nothing."""


async def test_reprocessing_goes_on_where_it_was_stopped_and_finds_the_same(
    services: Services, archive: Path
) -> None:
    await take_all(services, archive, None)
    await process_all(services, TextsHere())
    before = await dump(services.database)
    seen = []

    def stop(more: int) -> None:
        seen.append(more)
        if len(seen) == 2:
            raise KilledError

    given = services.database, services.clock, Many(2), "diemtin", services.newsroom.topic_rules
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.jobs.intake.renewing._REPROCESSED_AT_ONCE", 20)
        with pytest.raises(KilledError):
            await reprocess(*given, stop)
        assert await reprocess(*given, seen.append) == 60 - 40
    assert await dump(services.database) == before
    assert sum(seen) == 60
    assert await reprocess(*given, seen.append) == 60, "the next run begins anew"
