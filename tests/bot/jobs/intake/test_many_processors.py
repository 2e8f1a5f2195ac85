"""Several processes share the work on articles; stories, summaries and topics are those of one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.jobs.intake import keeping, processing
from bot.jobs.intake.processing import Processor
from bot.news.services import Services
from bot.text_work.tasks import Task
from bot.text_work.worker import Failure
from storage.engine import Database
from storage.processes.leases import LeaseKey, take_lease
from storage.processing.article_turns import claim_articles, end_claims
from storage.tables import article_turns, articles, leases, stories
from tests.bot.jobs.intake.test_many_hands import Many, archive, take_all
from tests.texts_here import TextsHere

__all__ = ["archive"]  # a fixture


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processing, "_BATCH", 7)


@pytest.fixture
async def others(database_url: str) -> AsyncIterator[Callable[[], Database]]:
    """Return a function that opens the test's database once more, as another process would."""
    opened = []

    def open_again() -> Database:
        opened.append(Database(database_url))
        return opened[-1]

    yield open_again
    for database in opened:
        await database.close()


def processor_of(services: Services, database: Database, name: str, texts: TextsHere) -> Processor:
    """Return what another process would have."""
    return Processor(database, services.clock, texts, owner=name)


async def canonical(database: Database) -> list[tuple[Any, ...]]:
    """Return what was found for each article, stories named by their first article."""
    a = articles.c
    async with database.read() as connection:
        first = select(a.story_id, func.min(a.id).label("first")).group_by(a.story_id).subquery()
        query = select(a.id, first.c.first, a.topic, a.topic_by_words, a.turn, a.processed_at.is_not(None))
        query = query.outerjoin(first, first.c.story_id == a.story_id).order_by(a.id)
        found = [tuple(row) for row in await connection.execute(query)]
        places = articles.metadata.tables["summary_places"]
        summaries = await connection.execute(select(places).order_by(places.c.article_id, places.c.position))
        packed = articles.metadata.tables["packed_articles"]
        kept = await connection.execute(select(packed).order_by(packed.c.article_id))
        return found + [tuple(row) for row in summaries] + [tuple(row) for row in kept]


@pytest.mark.parametrize("count", [2, 4])
async def test_the_rows_do_not_depend_on_how_many_processes_share_the_work(
    count: int, services: Services, archive: Path, others: Callable[[], Database]
) -> None:
    alone = await one_after_the_other(services, archive)
    hands = [Many(1) for _ in range(count)]
    processors = [
        processor_of(services, others(), f"tiến trình {number}", texts) for number, texts in enumerate(hands)
    ]
    done = await asyncio.gather(*(one.run() for one in processors))
    assert sum(done) == 60
    assert sum(texts.calls > 0 for texts in hands) >= 2, "one had not all"
    assert await canonical(services.database) == alone
    async with services.database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(article_turns))).scalar_one() == 0
        assert (await connection.execute(select(func.count()).select_from(leases))).scalar_one() == 0


async def one_after_the_other(services: Services, file: Path) -> list[tuple[Any, ...]]:
    """Return what one process finds, and let the articles wait again."""
    await take_all(services, file, None)
    assert await Processor(services.database, services.clock, TextsHere()).run() >= 60
    found = await canonical(services.database)
    async with services.database.write() as connection:
        blank = dict.fromkeys(("processed_at", "story_id", "turn", "ready_at", "topic", "topic_by_words"))
        await connection.execute(update(articles).values(blank | {"tries": 0}))
        for name in ("stories", "packed_articles", "summary_places", "grouping_state"):
            await connection.execute(articles.metadata.tables[name].delete())
    return found


async def test_what_a_dead_process_had_in_work_is_done_by_another_in_its_turn(
    services: Services, archive: Path, others: Callable[[], Database]
) -> None:
    """It claimed two batches, and was the keeper."""
    alone = await one_after_the_other(services, archive)
    async with services.database.write() as connection:
        for _ in range(2):
            assert await claim_articles(connection, "chết", 7, as_stored=False)
        assert await take_lease(connection, LeaseKey("grouping", "chết"))
    living = processor_of(services, others(), "sống", TextsHere())
    assert await living.run() == 50, "what the dead one had is not claimed while its claim lasts"
    async with services.database.read() as connection:
        ready = (await connection.execute(select(func.count(articles.c.processed_at)))).scalar_one()
    assert ready == 0, "what comes after it waits"
    async with services.database.write() as connection:
        await end_claims(connection, ["chết"])
        await connection.execute(leases.delete())
    assert await living.run() == 10
    assert await canonical(services.database) == alone


class Frozen(TextsHere):
    """Hands that stand still in a call until they are let go."""

    def __init__(self) -> None:
        self.is_called, self.may_go = asyncio.Event(), asyncio.Event()

    async def run(self, task: Task[Any, Any, Any], about: Any, items: Sequence[Any]) -> list[Any | Failure]:
        """Stand still, and answer."""
        self.is_called.set()
        await self.may_go.wait()
        return await super().run(task, about, items)


async def test_a_process_that_wakes_after_its_claims_ran_out_changes_nothing(
    services: Services, archive: Path, others: Callable[[], Database]
) -> None:
    alone = await one_after_the_other(services, archive)
    hands = Frozen()
    frozen = asyncio.create_task(processor_of(services, others(), "đứng", hands).run(most=7))
    await hands.is_called.wait()
    async with services.database.write() as connection:
        await end_claims(connection, ["đứng"])
    assert await processor_of(services, others(), "sống", TextsHere()).run() == 60
    hands.may_go.set()
    assert await frozen == 5
    assert await canonical(services.database) == alone


async def test_a_keeper_that_lost_its_lease_saves_nothing_and_learns_anew(
    services: Services, archive: Path, others: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = await one_after_the_other(services, archive)
    stolen = []
    place = keeping.Window.place

    async def placed(self: keeping.Window, batch: Any) -> Any:
        """Let another process take the lease between placing and saving, once."""
        if not stolen:
            async with services.database.write() as connection:
                stolen.append(await connection.execute(update(leases).values(owner="kẻ khác")))
        return await place(self, batch)

    monkeypatch.setattr(keeping.Window, "place", placed)
    first = processor_of(services, others(), "một", TextsHere())
    await first.run()
    async with services.database.write() as connection:
        assert (await connection.execute(select(func.count()).select_from(stories))).scalar_one() == 0
        await connection.execute(leases.delete())
    await first.run()
    assert await canonical(services.database) == alone


async def test_a_text_that_changes_while_it_is_in_work_gets_another_turn(
    services: Services, archive: Path, others: Callable[[], Database]
) -> None:
    await take_all(services, archive, None)
    hands = Frozen()
    working = asyncio.create_task(processor_of(services, others(), "một", hands).run(most=7))
    await hands.is_called.wait()
    async with services.database.write() as connection:
        in_work = select(func.max(article_turns.c.article_id)).scalar_subquery()
        changed = update(articles).where(articles.c.id == in_work)
        await connection.execute(changed.values(version=2, tries=0, title="Một tin đã đổi hẳn"))
    hands.may_go.set()
    await working
    await processor_of(services, others(), "hai", TextsHere()).run()
    async with services.database.read() as connection:
        rows = await connection.execute(select(articles.c.turn, articles.c.processed_at))
        turns = [row.turn for row in rows if row.processed_at]
    assert len(set(turns)) == 60
    assert max(turns) > 60
