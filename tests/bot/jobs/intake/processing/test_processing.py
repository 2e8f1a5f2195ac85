"""Processing articles: stories are read from the database, and memory stays bounded."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import Executable, func, select

from bot.jobs.intake import window
from bot.jobs.intake.processing import Processor
from bot.text_work import tasks
from storage.articles import get_article
from storage.engine import Database
from storage.errors import StorageError
from storage.processing.processed import find_summaries
from storage.tables import packed_articles, stories
from storage.upkeep.prune import prune_articles, prune_rest
from summarizer.stories.neighbours import Arrival
from tests.bot.jobs.intake.processing.reports import (
    DAY,
    FLOOD,
    FLOOD_AGAIN,
    MATCH,
    NOW,
    grouped,
    store,
    stored,
)
from tests.manual_clock import ManualClock
from tests.texts_here import TextsHere


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


async def test_a_month_is_no_moment_to_group_by(
    workshop: Processor, database: Database, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    """What is known to the month only stands at its first moment: that says nothing about days apart."""
    seen: list[dt.datetime | None] = []

    def see(*fields: Any) -> Arrival:
        seen.append(Arrival(*fields).published)
        return Arrival(*fields)

    monkeypatch.setattr(window, "Arrival", see)
    monkeypatch.setattr(tasks, "Arrival", see)
    await store(database, FLOOD, precision="month")
    await workshop.run()
    async with database.write() as connection:
        await connection.execute(packed_articles.delete())
    await store(database, MATCH)
    await Processor(database, clock, TextsHere()).run()
    assert seen == [None, NOW, None], "processed, one known to the minute, and learned by another process"


async def test_another_process_learns_without_reading_texts_again(
    workshop: Processor, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(database, FLOOD, MATCH)
    await workshop.run()
    monkeypatch.setattr(window, "features_of", lambda _arrival: pytest.fail("computed again"))
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


async def test_articles_are_compared_for_a_week_whichever_process_groups(
    workshop: Processor, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that has grouped all the time, and one that starts, know the same articles."""
    monkeypatch.setattr(window, "_EACH", 1)
    for number in range(6):
        await store(database, (f"Chuyện số {number} ở xóm {number}", FLOOD[1]), at=clock.now())
        await workshop.run()
        await clock.advance(2 * DAY.total_seconds())
    started = window.Window(database)
    await started.learn()
    kept = workshop._keeper._window._entries
    assert [entry.turn for entry in kept.values()] == [3, 4, 5, 6]
    assert started._entries == kept
    assert started.horizon == workshop._keeper._window.horizon


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
