"""A newsroom with the usual limits and at most one edition, for benchmarks of slots and deliveries."""

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.news.newsroom import Edition, Newsroom
from bot.times.schedule import Schedule
from storage.articles import store_articles
from storage.intake.drafts import Incoming
from storage.processing.article_turns import find_next
from storage.processing.processed import Findings, make_stories, save_work
from summarizer.extraction.summaries import summarize

MORNING = Edition("sang", "Bản tin sáng", Schedule((dt.time(6, 30),)), (), 3, dt.timedelta(hours=48))


def newsroom(*editions: Edition, topics: dict[str, str] | None = None) -> Newsroom:
    """Return a newsroom without sources."""
    return Newsroom(
        zone="Asia/Ho_Chi_Minh", editions=editions, sources=(), topics=topics or {}, topic_aliases={},
        keep_days=90, late_window=dt.timedelta(hours=2), questions_per_10_seconds=5, questions_per_hour=60,
    )  # fmt: skip


async def store_story(connection: AsyncConnection, article: Incoming, *, now: dt.datetime) -> None:
    """Store an article as it is once it is processed: with its summary, in a story of its own."""
    await store_articles(connection, [article], now=now)
    [stored] = await find_next(connection, 1)
    [story] = await make_stories(connection, 1, now=now)
    places = tuple(one.place for one in summarize([stored.document]))
    await save_work(connection, [Findings(stored, places, story, article.topic)], now=now)


async def tell_nobody(_text: str) -> None:
    """Drop what operators would be told."""
