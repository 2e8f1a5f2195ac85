"""From stored stories to a digest: gather the eligible ones, let the pure code choose, render the parts.

Used for slots, for `/tin` and the first digest, for the operator's preview and for `diemtin digest`. Readers
with the same window share the gathered stories, their texts and their layout. Composing is CPU work, so this
module runs it outside the event loop.
"""

import asyncio
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from bot.messages.markup import safe_link
from bot.messages.rendering import RenderedPart, Renderer
from bot.news.daily_figures import PrintedFigure, box_of, find_printed
from bot.news.narrowing import topic_names
from bot.news.newsroom import Edition, Newsroom
from storage.articles import Newest, StoredArticle, find_newest
from storage.candidates import Window, find_eligible, find_most_reported
from storage.engine import Database
from storage.off_loop import DIGESTS
from storage.processing.processed import find_summaries
from summarizer.digest import Digest, Preferences, compose
from summarizer.model import Candidate, Piece, Summary
from summarizer.stories.prepared import FRESH, Prepared

FIRST_WINDOW = dt.timedelta(hours=24)  # of a profile's first digest


@dataclass(frozen=True, slots=True)
class Gathered:
    """The stories for all digests of the slot `window.until` with this window.

    Stories are laid out when the first digest shows them, so only one thread may compose at a time.
    """

    window: Window
    prepared: Prepared
    topic_titles: Mapping[str, str]
    renderers: dict[str, Renderer] = field(default_factory=dict)  # by zone
    figures: Sequence[PrintedFigure] = ()

    def renderer(self, zone: str) -> Renderer:
        """Return the renderer for readers in `zone`."""
        if zone not in self.renderers:
            slot = self.window.until
            self.renderers[zone] = Renderer(slot=slot, zone=zone, topic_titles=self.topic_titles)
        return self.renderers[zone]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Stories that no digest may contain: by id, and by their articles in case they joined another story."""

    stories: frozenset[int] = frozenset()
    articles: frozenset[int] = frozenset()

    def holds(self, story: int, articles: Iterable[StoredArticle]) -> bool:
        """Tell whether a story is left out."""
        return story in self.stories or any(one.id in self.articles for one in articles)


NOTHING = LeftOut()


@dataclass(frozen=True, slots=True)
class Composed:
    """A digest and its Telegram messages; without stories there are none. It chose from `eligible` stories.

    Its articles were ready by `as_of`.
    """

    digest: Digest
    rendered: tuple[RenderedPart, ...]
    eligible: int
    as_of: dt.datetime

    @property
    def picture(self) -> str | None:
        """Return the page whose picture opens the digest: that of the first story, if it has one."""
        return safe_link(self.digest.stories[0].picture) if self.digest.stories else None

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the HTML of each message."""
        return tuple(part.html for part in self.rendered)


def window_for(
    edition: Edition,
    slot: dt.datetime,
    *,
    covered_until: dt.datetime | None = None,
    came_by: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    by_publication: bool = False,
) -> Window:
    """Return the window of `slot`: since `covered_until`, or the last 24 hours if that is None.

    `came_by`: the moment at which the issue is made, if later than its slot; `ends_at`: if earlier.
    """
    after = covered_until if covered_until is not None else slot - FIRST_WINDOW
    return Window(after, slot, slot - edition.max_age, by_publication, came_by, ends_at)


async def compose_digest(
    database: Database, newsroom: Newsroom, edition: Edition, window: Window
) -> Composed:
    """Compose the digest of `edition` for the slot `window.until`."""
    return await compose_gathered(edition, await gather(database, newsroom, window))


async def gather(
    database: Database, newsroom: Newsroom, window: Window, without: LeftOut = NOTHING
) -> Gathered:
    """Gather the stories that are eligible in `window`, of any topic, except those `without`."""
    async with database.read() as connection:
        stories = await find_eligible(connection, window)
        stories = {story: own for story, own in stories.items() if not without.holds(story, own)}
        summaries = await find_summaries(connection, chain.from_iterable(stories.values()))
        figures = await find_printed(connection, newsroom, now=window.end)
    return await DIGESTS.run(_gathered, newsroom, window, stories, summaries, figures)


async def gather_most_reported(
    database: Database, newsroom: Newsroom, *, after: dt.datetime, until: dt.datetime
) -> Gathered:
    """Gather the most reported stories of a longer time; a story of its beginning counts half."""
    async with database.read() as connection:
        stories = await find_most_reported(connection, after=after, until=until)
        summaries = await find_summaries(connection, chain.from_iterable(stories.values()))
    window = Window(after, until, after)
    return await DIGESTS.run(_gathered, newsroom, window, stories, summaries, fresh=until - after)


async def compose_gathered(
    edition: Edition, gathered: Gathered, known: Mapping[int, dt.datetime] | None = None
) -> Composed:
    """Compose the digest of `edition` from gathered stories. `known`: known stories, and since when."""
    return await DIGESTS.run(compose_one, edition, gathered, known or {})


def _gathered(
    newsroom: Newsroom,
    window: Window,
    stories: Mapping[int, Sequence[StoredArticle]],
    summaries: Mapping[int, Summary],
    figures: Sequence[PrintedFigure] = (),
    fresh: dt.timedelta = FRESH,
) -> Gathered:
    candidates = (
        Candidate(story, tuple(piece_of(newsroom, article, summaries[article.id]) for article in articles))
        for story, articles in stories.items()
    )
    prepared = prepare(candidates, newsroom, slot=window.until, fresh=fresh)
    return Gathered(window, prepared, newsroom.topics, figures=figures)


def prepare(
    candidates: Iterable[Candidate], newsroom: Newsroom, *, slot: dt.datetime, fresh: dt.timedelta = FRESH
) -> Prepared:
    """Weigh stories by the newsroom's rules; see `Prepared`."""
    order, names = tuple(newsroom.topics), topic_names(newsroom)
    return Prepared(candidates, slot=slot, topic_order=order, topic_names=names, fresh=fresh)


def compose_one(
    edition: Edition, gathered: Gathered, known: Mapping[int, dt.datetime], *, title: str | None = None
) -> Composed:
    """Compose the digest of `edition` from gathered stories; to be called in a thread for digests.

    `title`: another title than the edition's; `{count}` in it is the number of stories.
    """
    preferences = preferences_of(edition)
    digest = compose(gathered.prepared, preferences, edition=edition.name, title=edition.title, seen=known)
    if title is not None:
        digest = replace(digest, title=title.format(count=len(digest.stories)))
    zone, as_of = edition.schedule.zone, gathered.window.end
    box = box_of(edition.figures, gathered.figures, now=as_of, zone=zone) if title is None else ""
    rendered = gathered.renderer(zone).render(digest, box=box)
    return Composed(digest, tuple(rendered), len(gathered.prepared.versions), as_of)


def preferences_of(edition: Edition) -> Preferences:
    """Return a reader's own edition in the form for composing."""
    return Preferences(
        edition.topics, edition.reading_minutes, edition.length,
        edition.words_out, edition.words_in, edition.papers_out, edition.papers_in,
        edition.tastes,
    )  # fmt: skip


def piece_of(newsroom: Newsroom, article: StoredArticle, summary: Summary) -> Piece:
    """Return the article in the form for composing, with its source's rule for quoting."""
    source = newsroom.find_source(article.source)
    return Piece(
        article_id=article.id,
        document=article.document,
        summary=summary,
        source=article.source,
        source_title=newsroom.title_of(article.source),
        url=article.url,
        topic=article.topic,
        published_at=article.published.at if article.published else None,
        precision=article.published.precision if article.published else "minute",
        stored_at=article.stored_at,
        quote=newsroom.quote_policy(article.source),
        advertorial=article.advertorial,
        ready_at=article.ready_at,
        preview=source.preview if source else False,
    )


# Many chats may ask for `/tin` and first digests at once (after a shared link, say), and gathering a day's
# articles takes most of a second. A composed digest is used until another article is processed, a minute at
# most.

_USED_FOR = dt.timedelta(minutes=1)


@dataclass(slots=True)
class _Cache:
    """Digests made from the articles up to `newest`, under `newsroom`, at `made_at`."""

    newest: Newest | None
    newsroom: Newsroom
    made_at: dt.datetime
    gathered: dict[dt.timedelta, Gathered] = field(default_factory=dict)  # by the greatest age of articles
    composed: dict[Edition, Composed] = field(default_factory=dict)


class LastDay:
    """Composes digests of the last 24 hours, one at a time."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._cache: _Cache | None = None

    async def compose(
        self, database: Database, newsroom: Newsroom, edition: Edition, *, now: dt.datetime
    ) -> Composed:
        """Return the digest of `edition` as of `now`, or of up to a minute before if nothing came since."""
        async with database.read() as connection:
            newest = await find_newest(connection)
        async with self._lock:
            cache, age = self._cache, edition.max_age
            if (
                cache is None
                or cache.newest != newest
                or cache.newsroom is not newsroom
                or (not cache.made_at <= now < cache.made_at + _USED_FOR)
            ):
                cache = self._cache = _Cache(newest, newsroom, now)
            if age not in cache.gathered:
                cache.gathered[age] = await gather(database, newsroom, window_for(edition, cache.made_at))
            if edition not in cache.composed:
                cache.composed[edition] = await compose_gathered(edition, cache.gathered[age])
            return cache.composed[edition]
