"""Take an archive in: articles are stored in their order and processed meanwhile (`diemtin ingest`)."""

import asyncio
import datetime as dt
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from bot.jobs.intake.intake import Intake, keep_taken
from bot.jobs.intake.processing import Processor
from bot.news.services import Services
from bot.operators.notices import INGEST
from bot.text_work.worker import Texts
from storage.articles import is_any_changed
from storage.intake.drafts import Incoming, Refusal, Taken

_PROCESSED_FROM = 2_000  # stored articles; processing ends when none waits, which costs some moments


class Progress(NamedTuple):
    """Both are called with the number of articles since the last call."""

    on_stored: Callable[[int], object]
    on_processed: Callable[[int], object]


class ArchiveStore:
    """Stores articles, and processes them meanwhile in the order of their ids.

    An updated article keeps its id. So a batch with an update is stored only when nothing waits; otherwise
    the order would depend on the speed of the processes.
    """

    def __init__(self, services: Services, texts: Texts, progress: Progress) -> None:
        self._services = services
        self._results: dict[str, Intake] = {}
        self._waiting = 0  # articles stored since processing began the last time
        self._processing: asyncio.Task[None] | None = None
        self._on_stored = progress.on_stored
        self._processor = Processor(
            services.database, services.clock, texts, self._note_set_aside,
            as_stored=True, on_progress=progress.on_processed,
        )  # fmt: skip

    async def add(self, name: str, taken: Sequence[Taken], now: dt.datetime) -> None:
        """Store what the file or path `name` gave."""
        brought = Intake()
        if taken:
            if await self._is_any_changed(taken):
                await self._process_all()
            brought = await keep_taken(self._services.database, taken, INGEST, now)
        self._note(name, brought)
        self._on_stored(len(taken))
        self._waiting += brought.tally.new + brought.tally.updated
        if self._waiting >= _PROCESSED_FROM and (self._processing is None or self._processing.done()):
            await self._begin_processing()

    async def finish(self) -> dict[str, Intake]:
        """Process the rest; return the result of each file or path."""
        await self._process_all()
        return self._results

    async def close(self) -> None:
        """Stop processing; claimed articles are given back."""
        if self._processing is not None:
            self._processing.cancel()
            await asyncio.wait([self._processing])

    async def _is_any_changed(self, taken: Sequence[Taken]) -> bool:
        async with self._services.database.read() as connection:
            return await is_any_changed(connection, [one for one in taken if isinstance(one, Incoming)])

    async def _process_all(self) -> None:
        await self._begin_processing()
        await self._end_processing()

    async def _begin_processing(self) -> None:
        await self._end_processing()
        self._waiting = 0
        self._processing = asyncio.create_task(self._process(), name="processing")

    async def _end_processing(self) -> None:
        """Wait until processing ends, and raise what it raised."""
        if self._processing is not None:
            await self._processing

    async def _process(self) -> None:
        """Process articles until none waits."""
        newsroom = self._services.newsroom
        await self._processor.run(most=sys.maxsize, ranker=newsroom.ranker, rules=newsroom.topic_rules)

    def _note_set_aside(self, source: str, title: str, reason: str) -> None:
        place = f"{source}: {title}"
        self._note(place, Intake(refused=(Refusal(place, reason),)))

    def _note(self, name: str, brought: Intake) -> None:
        self._results[name] = self._results.get(name, Intake()) + brought


@asynccontextmanager
async def archive_store(services: Services, texts: Texts, progress: Progress) -> AsyncIterator[ArchiveStore]:
    """Provide a store until the end of the block."""
    store = ArchiveStore(services, texts, progress)
    try:
        yield store
    finally:
        await store.close()
