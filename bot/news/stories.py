"""Stored stories for cards, lists and alerts: find the ones with new articles, and prepare them for readers.

The rules of quoting apply as they are at this moment, whatever was shown before.
"""

import datetime as dt
from collections.abc import AsyncIterator, Sequence

from bot.news.digests import piece_of
from bot.news.services import Services
from storage.alerts.follows import find_processed_since
from storage.articles import find_origins
from storage.candidates import find_articles_of
from storage.notes import find_note, write_note
from storage.processing.processed import find_summaries
from summarizer.model import Candidate

_BATCH = 200
COMMIT_LAG = dt.timedelta(minutes=2)  # a row has the time when its transaction began, and is visible later


async def find_candidates(services: Services, story_ids: Sequence[int]) -> list[Candidate]:
    """Return the stories with their newest articles, in the order given; deleted ones are left out."""
    async with services.database.read() as connection:
        stories = await find_articles_of(connection, story_ids)
        summaries = await find_summaries(connection, [one for own in stories.values() for one in own])
    return [
        Candidate(
            story,
            tuple(piece_of(services.newsroom, article, summaries[article.id]) for article in stories[story]),
        )
        for story in story_ids
        if story in stories
    ]


async def find_candidate(services: Services, article_id: int) -> Candidate | None:
    """Return the story to which the article belongs now; None if it is deleted or has no story."""
    async with services.database.read() as connection:
        origin = (await find_origins(connection, [article_id])).get(article_id)
    if origin is None or origin.story_id is None:
        return None
    return next(iter(await find_candidates(services, [origin.story_id])), None)


async def stories_with_new_articles(services: Services, note_name: str) -> AsyncIterator[list[int]]:
    """Yield, in batches, the stories that got articles since the last call; at the very first call none.

    The note `note_name` has the moment up to which articles were checked. It is written after the last batch,
    so that a batch whose handling failed comes again. Some stories come twice.
    """
    now = services.clock.now()
    async with services.database.read() as connection:
        note = await find_note(connection, note_name)
    until = min(dt.datetime.fromisoformat(note), now) if note else now
    after = (until - COMMIT_LAG, 0)
    while note:
        async with services.database.read() as connection:
            touched = await find_processed_since(connection, after=after, limit=_BATCH)
        if not touched:
            break
        yield sorted({story for _, story, _ in touched})
        after = (touched[-1][2], touched[-1][0])
    latest = max(until, min(after[0], now))
    if note is None or latest > until:  # an idle run writes nothing
        async with services.database.write() as connection:
            await write_note(connection, note_name, latest.isoformat(), now=now)
