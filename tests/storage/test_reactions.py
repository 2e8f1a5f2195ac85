"""Saved stories, and tastes learnt from reactions to stories."""

import datetime as dt
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.reactions import (
    MOST_SAVED,
    MOST_TAUGHT,
    drop_saved,
    find_liking,
    find_saved,
    find_tastes,
    find_taught,
    forget_taste,
    is_saved,
    mark_read,
    prune_saved,
    save_story,
    teach,
    unteach,
)
from storage.reader_data import export_subscriber
from storage.subscribers import delete_subscriber, find_subscriber, move_chat
from summarizer.reader_tastes import STRONGEST, Taste

AN, BINH = 1, 2
GOLD: Sequence[tuple[str, str]] = (("topic", "kinh-te"), ("word", "giá vàng"))
STARS: Sequence[tuple[str, str]] = (("topic", "giai-tri"), ("word", "hậu trường"))


@pytest.fixture
async def an(database: Database, listener: Callable[..., object]) -> int:
    """Subscribe An and Bình; return An's number as a subscriber."""
    await listener(AN)  # type: ignore[misc]  # an awaitable
    await listener(BINH)  # type: ignore[misc]  # an awaitable
    async with database.read() as connection:
        subscriber = await find_subscriber(connection, AN)
    assert subscriber is not None
    return subscriber.id


async def keep(connection: AsyncConnection, who: int, article: int, now: dt.datetime) -> bool:
    return await save_story(connection, who, article, f"Tin {article}", "https://bao.example/1", now=now)


async def test_a_story_is_kept_once_and_leaves_the_list_when_read(
    database: Database, an: int, now: dt.datetime
) -> None:
    async with database.write() as connection:
        for article in (7, 8, 7):
            assert await keep(connection, an, article, now)
        kept = await find_saved(connection, AN)
        assert sorted(one.article_id for one in kept) == [7, 8]
        assert await is_saved(connection, AN, [99, 7])
        read = await mark_read(connection, kept[0].id, AN, is_read=True, now=now)
        assert read is not None
        assert [one.id for one in await find_saved(connection, AN)] == [kept[1].id]
        assert await mark_read(connection, kept[0].id, BINH, is_read=False, now=now) is None
        await mark_read(connection, kept[0].id, AN, is_read=False, now=now)
        await drop_saved(connection, an, [8])
        assert [one.article_id for one in await find_saved(connection, AN)] == [7]


async def test_a_chat_keeps_so_many_stories_and_no_more(
    database: Database, an: int, now: dt.datetime
) -> None:
    async with database.write() as connection:
        for article in range(1, MOST_SAVED + 1):
            assert await keep(connection, an, article, now)
        assert not await keep(connection, an, 1_000, now)
        assert await keep(connection, an, 1, now), "one that is kept already takes no more room"
        assert len(await find_saved(connection, AN)) == MOST_SAVED


async def test_what_was_read_is_forgotten_after_a_day_and_what_is_old_too(
    database: Database, an: int, now: dt.datetime
) -> None:
    day = dt.timedelta(days=1)
    async with database.write() as connection:
        await keep(connection, an, 1, now - 90 * day)
        await keep(connection, an, 2, now)
        await keep(connection, an, 3, now)
        kept = {one.article_id: one.id for one in await find_saved(connection, AN)}
        await mark_read(connection, kept[2], AN, is_read=True, now=now)
        await prune_saved(connection, before=now - 80 * day, read_before=now - day)
        assert (await export_subscriber(connection, AN)).answers.saved[0].title in ("Tin 2", "Tin 3")
        await prune_saved(connection, before=now - 80 * day, read_before=now + day)
        assert [one.title for one in (await export_subscriber(connection, AN)).answers.saved] == ["Tin 3"]


async def test_a_taste_is_the_sum_of_what_was_said_and_taking_back_leaves_no_trace(
    database: Database, an: int, now: dt.datetime
) -> None:
    async with database.write() as connection:
        await teach(connection, an, 1, STARS, liking=-1, now=now)
        await teach(connection, an, 1, STARS, liking=-1, now=now)  # the same said twice counts once
        await teach(connection, an, 2, (("topic", "giai-tri"),), liking=-1, now=now)
        await teach(connection, an, 3, GOLD, liking=1, now=now)
        assert await find_tastes(connection, an) == [
            Taste("topic", "giai-tri", -2),
            Taste("topic", "kinh-te", 1),
            Taste("word", "giá vàng", 1),
            Taste("word", "hậu trường", -1),
        ]
        assert await find_liking(connection, AN, [50, 1]) == -1
        assert await find_liking(connection, BINH, [1]) == 0
        await unteach(connection, an, [1, 2])
        assert await find_tastes(connection, an) == [
            Taste("topic", "kinh-te", 1),
            Taste("word", "giá vàng", 1),
        ]
        await forget_taste(connection, an, "topic", "kinh-te")
        await teach(connection, an, 4, STARS, liking=1, now=now)
        assert Taste("topic", "kinh-te", 1) not in await find_tastes(connection, an)


async def test_tastes_are_bounded(database: Database, an: int, now: dt.datetime) -> None:
    async with database.write() as connection:
        for article in range(1, MOST_TAUGHT + 20):
            at = now + dt.timedelta(seconds=article)
            await teach(connection, an, article, (("topic", "kinh-te"),), liking=1, now=at)
        assert await find_tastes(connection, an) == [Taste("topic", "kinh-te", STRONGEST)]
        assert len(await find_taught(connection, AN)) == MOST_TAUGHT


async def test_everything_is_exported_and_goes_with_the_chat(
    database: Database, an: int, now: dt.datetime
) -> None:
    async with database.write() as connection:
        await keep(connection, an, 1, now)
        await teach(connection, an, 1, GOLD, liking=1, now=now)
        answers = (await export_subscriber(connection, AN)).answers
        assert [one.title for one in answers.saved] == ["Tin 1"]
        assert answers.taught == ((1, 1, now),)
        assert len(answers.tastes) == 2
        await delete_subscriber(connection, AN)
        gone = (await export_subscriber(connection, AN)).answers
        assert (gone.saved, gone.taught, gone.tastes) == ((), (), ())


async def test_a_group_that_moves_takes_along_what_it_answered(
    database: Database, an: int, now: dt.datetime
) -> None:
    async with database.write() as connection:
        await keep(connection, an, 1, now)
        await teach(connection, an, 1, GOLD, liking=1, now=now)
        await move_chat(connection, AN, BINH, now=now)
        answers = (await export_subscriber(connection, BINH)).answers
        assert [one.title for one in answers.saved] == ["Tin 1"]
        assert len(answers.tastes) == 2
