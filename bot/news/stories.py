"""From stored articles to a story that may be shown now: for cards, lists and alerts.

The rules of quoting apply as they are at this moment, whatever was shown before.
"""

from collections.abc import Sequence

from bot.news.digests import piece_of
from bot.news.services import Services
from storage.articles import find_origins
from storage.candidates import find_articles_of
from storage.processed import find_summaries
from summarizer.digest import Candidate


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
