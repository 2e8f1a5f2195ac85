"""Take an archive in: articles are stored in their order and processed meanwhile (`diemtin ingest`)."""

import asyncio
import datetime as dt
import sys
from collections.abc import Callable, Sequence

from bot.jobs.intake.intake import Intake, keep_taken
from bot.jobs.intake.processing import Processor
from bot.news.services import Services
from bot.operators.notices import INGEST
from bot.text_work.worker import Texts
from storage.articles import is_any_changed
from storage.intake.drafts import Incoming, Refusal, Taken

_PROCESSED_FROM = 2_000  # stored articles; processing ends when none waits, which costs some moments


class ArchiveStore:
    """Stores articles, and processes them meanwhile in the order of their ids.

    An updated article keeps its id. So a batch with an update is stored only when nothing waits; otherwise
    the order would depend on the speed of the processes. `on_stored` and `on_processed` are called with the
    number of articles since their last call.
    """

    def __init__(
        self,
        services: Services,
        texts: Texts,
        on_stored: Callable[[int], object],
        on_processed: Callable[[int], object],
    ) -> None:
        self._services = services
        self._results: dict[str, Intake] = {}
        self._waiting = 0  # articles stored since processing began the last time
        self._processing: asyncio.Task[int] | None = None
        self._on_stored = on_stored
        self._processor = Processor(
            services.database, services.clock, texts, self._note_set_aside,
            as_stored=True, on_progress=on_processed,
        )  # fmt: skip

    async def add(self, name: str, taken: Sequence[Taken], now: dt.datetime) -> None:
        """Store what the file or path `name` gave."""
        result = Intake()
        if taken:
            async with self._services.database.read() as connection:
                articles = [one for one in taken if isinstance(one, Incoming)]
                is_changed = await is_any_changed(connection, articles)
            if is_changed:
                await self._process_all()
            result = await keep_taken(self._services.database, taken, INGEST, now)
        self._note(name, result)
        self._on_stored(len(taken))
        self._waiting += result.tally.new + result.tally.updated
        if self._waiting >= _PROCESSED_FROM and (self._processing is None or self._processing.done()):
            await self._begin_processing()

    async def finish(self) -> dict[str, Intake]:
        """Process the rest; return the result of each file or path."""
        await self._process_all()
        return self._results

    async def aclose(self) -> None:
        """Stop processing; claimed articles are given back."""
        if self._processing is not None:
            self._processing.cancel()
            await asyncio.wait([self._processing])

    async def _process_all(self) -> None:
        await self._begin_processing()
        await self._end_processing()

    async def _begin_processing(self) -> None:
        """Begin to process articles until none waits."""
        await self._end_processing()
        self._waiting, newsroom = 0, self._services.newsroom
        until_done = self._processor.run(most=sys.maxsize, ranker=newsroom.ranker, rules=newsroom.topic_rules)
        self._processing = asyncio.create_task(until_done, name="processing")

    async def _end_processing(self) -> None:
        """Wait until processing ends, and raise what it raised."""
        if self._processing is not None:
            await self._processing

    def _note_set_aside(self, source: str, title: str, reason: str) -> None:
        place = f"{source}: {title}"
        self._note(place, Intake(refused=(Refusal(place, reason),)))

    def _note(self, name: str, result: Intake) -> None:
        self._results[name] = self._results.get(name, Intake()) + result
