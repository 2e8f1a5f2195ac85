"""Working articles up: stories are the database's, whoever grouped what; memory does not grow for ever."""

import asyncio
import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Executable, event, func, select, text

from bot.jobs.intake import processing, window
from bot.jobs.intake.processing import Processor
from bot.operators import notices
from bot.text_work import tasks
from bot.text_work.worker import TextWorkError
from bot.times.clock import ManualClock
from storage.articles import StoredArticle, find_articles, get_article, store_articles
from storage.engine import Database
from storage.errors import StorageError
from storage.intake import Incoming
from storage.processed import find_summaries
from storage.tables import articles, packed_articles, stories
from storage.times import Precision, Published
from storage.upkeep.prune import prune_articles, prune_rest
from summarizer.model import Summary
from summarizer.stories.grouping import Arrival
from tests.texts_here import TextsHere
from tests.waiting import find_waiting

NOW = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FLOOD = (
    "Mưa lớn làm ngập xã Bình An, ba trăm hộ phải sơ tán",
    "Nước lũ tràn qua đê bao xã Bình An lúc rạng sáng. Ba trăm hộ dân phải sơ tán đến trường tiểu học.",
)
FLOOD_AGAIN = (
    "Lũ tràn đê bao ở xã Bình An: ba trăm hộ dân sơ tán trong đêm",
    "Ba trăm hộ dân xã Bình An sơ tán đến trường tiểu học sau khi nước lũ tràn qua đê bao lúc rạng sáng.",
)
MATCH = (
    "Đội bóng huyện Tân Lập giành cúp sau loạt luân lưu",
    "Thủ môn đội Tân Lập cản hai quả luân lưu. Cổ động viên ăn mừng suốt đêm trên phố.",
)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still."""
    return ManualClock(NOW)


@pytest.fixture
def workshop(database: Database, clock: ManualClock) -> Processor:
    """What works articles up in this process."""
    return Processor(database, clock, TextsHere())


async def store(
    database: Database,
    *told: tuple[str, str],
    key: str = "",
    at: dt.datetime = NOW,
    precision: Precision = "minute",
    source: str = "bao",
) -> None:
    """Store articles of (title, body)."""
    rows = [
        Incoming(
            key=key or title, external_id=title, url=None, source=source, topic=None, title=title, sapo="",
            body=body, published=Published(at, precision), text_hash=title + body, advertorial=False,
            place="thu",
        )
        for title, body in told
    ]  # fmt: skip
    async with database.write() as connection:
        await store_articles(connection, rows, now=at)


async def stored(database: Database) -> list[StoredArticle]:
    """Return every article, oldest first."""
    async with database.read() as connection:
        ids = list((await connection.execute(select(articles.c.id).order_by(articles.c.id))).scalars())
        return list((await find_articles(connection, ids)).values())


async def grouped(database: Database) -> list[int | None]:
    """Return each article's story."""
    return [article.story_id for article in await stored(database)]


async def test_reports_of_one_event_share_a_story_and_others_do_not(
    workshop: Processor, database: Database
) -> None:
    await store(database, FLOOD, MATCH, FLOOD_AGAIN)
    assert await workshop.run() == 3
    flood, match, again = await grouped(database)
    assert flood == again != match
    assert await workshop.run() == 0


async def test_a_round_up_joins_no_story_and_opens_none(workshop: Processor, database: Database) -> None:
    await store(database, FLOOD, (f"Điểm tin 6h: {FLOOD[0]} | {MATCH[0]}", FLOOD[1]))
    assert await workshop.run() == 2
    flood, roundup = await grouped(database)
    assert flood is not None
    assert roundup is None
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(stories))).scalar_one() == 1


async def test_each_article_gets_a_summary_cut_from_its_text(workshop: Processor, database: Database) -> None:
    await store(database, FLOOD)
    await workshop.run()
    [article] = await stored(database)
    async with database.read() as connection:
        [summary] = (await find_summaries(connection, [article])).values()
    assert summary
    assert all(sentence.text in article.body for sentence in summary)


async def test_another_process_goes_on_with_the_stories_of_the_first(
    workshop: Processor, database: Database, clock: ManualClock
) -> None:
    await store(database, FLOOD)
    await workshop.run()
    await clock.advance(60)
    await store(database, FLOOD_AGAIN)
    await Processor(database, clock, TextsHere()).run()
    assert len(set(await grouped(database))) == 1


async def test_what_another_process_grouped_meanwhile_is_learned(
    workshop: Processor, database: Database, clock: ManualClock
) -> None:
    """Even when it began before, and committed after, what is known here."""
    late = ManualClock(NOW - dt.timedelta(seconds=30))
    await store(database, MATCH)
    await workshop.run()
    await store(database, FLOOD)
    await Processor(database, late, TextsHere()).run()
    await store(database, FLOOD_AGAIN)
    await workshop.run()
    _, flood, again = await grouped(database)
    assert flood == again


async def test_an_updated_article_keeps_its_story_and_gets_a_new_summary(
    workshop: Processor, database: Database
) -> None:
    await store(database, FLOOD, key="một")
    await workshop.run()
    [before] = await grouped(database)
    await store(database, (FLOOD[0], f"Nước đang rút dần. {FLOOD[1]}"), key="một")
    assert await workshop.run() == 1
    assert await grouped(database) == [before]
    [article] = await stored(database)
    assert article.version == 2


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


async def test_a_story_that_was_pruned_is_not_joined_again(workshop: Processor, database: Database) -> None:
    await store(database, FLOOD)
    await workshop.run()
    async with database.write() as connection:
        await prune_articles(connection, before=NOW + DAY)
        await prune_rest(connection, before=NOW + DAY)
    await store(database, FLOOD_AGAIN)
    with pytest.raises(StorageError):
        await workshop.run()
    assert await workshop.run() == 1


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


async def test_a_month_is_no_moment_to_group_by(
    workshop: Processor, database: Database, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    """What is known to the month only stands at its first moment: that says nothing about days apart."""
    seen: list[dt.datetime | None] = []

    def see(*fields: Any) -> Arrival:
        seen.append(Arrival(*fields).published)
        return Arrival(*fields)

    monkeypatch.setattr(window, "Arrival", see)
    await store(database, FLOOD, precision="month")
    await workshop.run()
    async with database.write() as connection:
        await connection.execute(packed_articles.delete())
    await store(database, MATCH)
    await Processor(database, clock, TextsHere()).run()
    assert seen == [None, None, NOW], "worked up, learned by another process, and one known to the minute"


async def test_another_process_learns_without_reading_texts_again(
    workshop: Processor, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(database, FLOOD, MATCH)
    await workshop.run()
    monkeypatch.setattr(window, "weigh", lambda _arrival: pytest.fail("weighed again"))
    await clock.advance(60)
    await store(database, FLOOD_AGAIN)
    await Processor(database, clock, TextsHere()).run()
    flood, match, again = await grouped(database)
    assert flood == again != match


@pytest.mark.parametrize("lost", [packed_articles.delete(), packed_articles.update().values(fingerprint="")])
async def test_what_was_packed_otherwise_or_not_at_all_is_read_again(
    workshop: Processor, database: Database, clock: ManualClock, lost: Executable
) -> None:
    await store(database, FLOOD, MATCH)
    await workshop.run()
    async with database.write() as connection:
        await connection.execute(lost)
    await clock.advance(60)
    await store(database, FLOOD_AGAIN)
    await Processor(database, clock, TextsHere()).run()
    flood, match, again = await grouped(database)
    assert flood == again != match


async def test_only_as_much_as_asked_is_worked_up(
    workshop: Processor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "_BATCH", 2)
    await store(database, *((f"Chuyện số {number}", FLOOD[1]) for number in range(7)))
    assert await workshop.run(most=4) == 4
    assert await workshop.run() == 3


async def test_memory_of_single_articles_is_kept_for_minutes_only(
    workshop: Processor, database: Database, clock: ManualClock, size: Callable[[Processor], int]
) -> None:
    for number in range(5):
        await store(database, (f"Chuyện số {number} ở xóm", FLOOD[1]), at=clock.now())
        await workshop.run()
        await clock.advance(3_600)
    assert size(workshop) <= 2


@pytest.fixture
def size() -> Callable[[Processor], int]:
    """Return a function that counts the single articles a workshop remembers."""
    return lambda workshop: len(workshop._window._recent)


async def test_the_declared_ranker_chooses_the_sentences(database: Database, clock: ManualClock) -> None:
    lines = [
        f"Xã Bến Lở thứ {n} có {n}0 hộ dân được đưa đến trường học ở vùng cao sáng nay." for n in range(2, 9)
    ]
    chosen = {}
    for ranker in ("diemtin", "lsa"):
        await store(
            database, (f"Mưa lũ ở Bến Lở ({ranker})", "\n".join([*lines, "Nước đã rút."])), key=ranker
        )
        await Processor(database, clock, TextsHere()).run(ranker=ranker)
        async with database.read() as connection:
            article = await get_article(connection, f"Mưa lũ ở Bến Lở ({ranker})")
            summaries = await find_summaries(connection, [article])
        chosen[ranker] = [sentence.text for sentence in summaries[article.id]]
    assert chosen["diemtin"] != chosen["lsa"]
    assert chosen["lsa"]


async def test_who_writes_meanwhile_gets_a_turn_within_a_batch(
    workshop: Processor, database: Database
) -> None:
    await store(database, *((f"Tin số {n}", f"Chuyện số {n} của xã {n}.") for n in range(50)))
    seen = set()
    working = asyncio.create_task(workshop.run())
    while not working.done():
        async with database.write() as connection:  # waits behind the work, as a reply would
            query = select(func.count()).where(articles.c.worked_at.is_not(None))
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
    done = [one.title for one in await stored(database) if one.worked_at]
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
