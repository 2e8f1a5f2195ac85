"""Articles are processed completely, also after failures, waits and kills."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from bot.jobs.intake import processing
from bot.jobs.intake.processing import Processor
from bot.operators import notices
from bot.text_work import tasks
from bot.text_work.worker import TextWorkError
from storage.engine import Database
from storage.errors import StorageError
from storage.processing.processed import find_summaries
from storage.tables import articles, packed_articles, stories
from summarizer.model import Summary
from tests.bot.jobs.intake.processing.reports import DAY, FLOOD, FLOOD_AGAIN, MATCH, grouped, store, stored
from tests.manual_clock import ManualClock
from tests.texts_here import TextsHere
from tests.waiting import find_waiting


async def test_a_transaction_that_failed_leaves_no_story_that_is_not_there(
    workshop: Processor, database: Database
) -> None:
    await store(database, FLOOD)
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE summary_places RENAME TO away"))
    with pytest.raises(StorageError):
        await workshop.run()
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO summary_places"))
    await store(database, MATCH, FLOOD_AGAIN)
    assert await workshop.run() == 3
    flood, _, again = await grouped(database)
    assert flood == again
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(stories))).scalar_one() == 2


async def test_an_article_that_breaks_its_summary_holds_no_other_up(
    workshop: Processor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    summarize = tasks.summarize

    def fail(documents: Any, **options: Any) -> Summary:
        if documents[0].title == MATCH[0]:
            raise ZeroDivisionError
        return summarize(documents, **options)

    monkeypatch.setattr(tasks, "summarize", fail)
    await store(database, MATCH, FLOOD)
    assert await workshop.run() == 2
    async with database.read() as connection:
        assert await find_waiting(connection, 10) == []
        summaries = await find_summaries(connection, await stored(database))
    assert [bool(summary) for summary in summaries.values()] == [False, True]


async def test_only_as_much_as_asked_is_worked_up(
    workshop: Processor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "_BATCH", 2)
    await store(database, *((f"Chuyện số {number}", FLOOD[1]) for number in range(7)))
    assert await workshop.run(most=4) == 4
    assert await workshop.run() == 3


async def test_who_writes_meanwhile_gets_a_turn_within_a_batch(
    workshop: Processor, database: Database
) -> None:
    await store(database, *((f"Tin số {n}", f"Chuyện số {n} của xã {n}.") for n in range(50)))
    seen = set()
    working = asyncio.create_task(workshop.run())
    while not working.done():
        async with database.write() as connection:  # waits behind the work, as a reply would
            query = select(func.count()).where(articles.c.processed_at.is_not(None))
            seen.add((await connection.execute(query)).scalar_one())
    assert await working == 50
    assert len(seen - {0, 50}) > 1


async def test_what_one_source_brought_by_the_thousand_makes_no_other_wait(
    workshop: Processor, database: Database
) -> None:
    await store(database, *((f"Tin số {n}", "Mưa.") for n in range(300)))
    await store(database, FLOOD, source="bao-doi")
    await store(database, MATCH, source="")
    assert await workshop.run(most=25) >= 25
    done = [one.title for one in await stored(database) if one.processed_at]
    assert {FLOOD[0], MATCH[0], "Tin số 0"} <= set(done)
    assert len(done) < 200
    assert await workshop.run() + len(done) == 302


class Unstartable(TextsHere):
    """A text process that does not start until it is mended."""

    is_mended = False

    async def start(self) -> None:
        """Fail."""
        if not self.is_mended:
            raise TextWorkError("the text process does not start")


async def test_articles_that_wait_while_none_is_processed_are_noticed(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = Unstartable()
    workshop = Processor(database, clock, texts)
    seconds = [1_000.0]
    monkeypatch.setattr(processing, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    await workshop.run()
    assert workshop.find_problem() is None, "none waits"
    await store(database, ("Cầu mới thông xe", "Xe chạy từ sáng nay."))
    for problem in (None, None, notices.ARTICLES_STUCK):
        with pytest.raises(TextWorkError):
            await workshop.run()
        seconds[0] += 250
        assert workshop.find_problem() == problem
    texts.is_mended = True
    assert await workshop.run() == 1
    assert workshop.find_problem() is None


class KilledError(BaseException):
    """The process ends here."""


@contextmanager
def killed_from_write(database: Database, number: int) -> Iterator[None]:
    """Let the write number `number` (from 0) of the block never happen, nor any after it."""
    writes = itertools.count()

    def on_execute(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split()[0] in ("INSERT", "UPDATE", "DELETE") and next(writes) >= number:
            raise KilledError

    event.listen(database.engine.sync_engine, "before_cursor_execute", on_execute)
    try:
        yield
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", on_execute)


async def test_a_kill_between_any_two_writes_of_a_batch_costs_no_article_and_no_story(
    database: Database, clock: ManualClock
) -> None:
    """Twelve articles are saved in two transactions; the last one reports the event of the first."""
    kills = 0
    while True:
        place = f"Bình An {chr(ord('a') + kills)}{kills * 7919}"
        others = [(f"Chuyện riêng{kills}x{n} của làng lạ{kills}x{n}", f"Việc lạ{n}.") for n in range(10)]
        told = [(title.replace("Bình An", place), body) for title, body in (FLOOD, *others, FLOOD_AGAIN)]
        await store(database, *told, at=clock.now())
        try:
            with killed_from_write(database, kills):
                await Processor(database, clock, TextsHere()).run()
            break
        except KilledError:
            kills += 1
        await Processor(database, clock, TextsHere()).run()
        last = (await stored(database))[-12:]
        assert [article.title for article in last if article.story_id is None] == []
        assert last[0].story_id == last[-1].story_id
        async with database.read() as connection:
            kept = (await connection.execute(select(stories.c.id))).scalars()
            packed = (await connection.execute(select(packed_articles.c.article_id))).scalars()
            assert set(kept) == set(await grouped(database)), "no story without an article"
            assert set(packed) == {article.id for article in await stored(database)}
        await clock.advance(5 * DAY.total_seconds())
    assert kills >= 8, "tries, and in each transaction stories, summaries, articles, what grouping keeps"
