"""Poll web sources, each at its own interval and in a task of its own, so that none waits for another.

A tick only finds the due sources and claims them: processes on one database share the sources.
`source_health` decides what a poll says about its source, `source_reading` parses the answer.
"""

import asyncio
import datetime as dt
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import structlog

from bot.fetching.fetcher import Fetched, Fetcher
from bot.fetching.responses import FetchError, Validators
from bot.fetching.source_health import Failed, Polled, judge
from bot.jobs.intake.intake import Intake, count_articles, keep_figures, keep_taken
from bot.jobs.intake.sharing import Claims
from bot.jobs.sources.source_reading import (
    Answer,
    Item,
    Reader,
    dating_of,
    private_url,
    proven_order,
    split_for_pages,
)
from bot.news.newsroom import WebSource
from bot.news.services import NotifyAdmins, Services
from bot.operators.source_notices import notices_of, together
from bot.process.metrics import POLLS, log_errors
from bot.times.clock import Clock
from storage.engine import chunks
from storage.errors import StorageError
from storage.figures import read_figures
from storage.intake.drafts import Incoming, Taken, UnreadableError
from storage.off_loop import INTAKE
from storage.sources import SourceState, find_lead_hashes, find_source_states, save_source_state

_BETWEEN_NOTICES = dt.timedelta(minutes=1)  # faults of this time come in one message
_ITEMS_A_BATCH, _PAGES_A_BATCH = 200, 10  # stored in one transaction; pages as they come
_log = structlog.get_logger(__name__)


class WebPolling:
    """Polls the declared web sources. `make_fetcher` takes clock and contact; `chance` returns 0 to 1."""

    def __init__(
        self,
        services: Services,
        notify_admins: NotifyAdmins,
        *,
        owner: str | None = None,
        make_fetcher: Callable[[Clock, str | None], Fetcher] = Fetcher,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._services = services
        self._notify_admins = notify_admins
        self._make_fetcher = make_fetcher
        self._chance = chance
        self.claims = Claims(services.database, owner)
        self._keeping: asyncio.Task[None] | None = None
        self._states: dict[str, SourceState] | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._fetcher: Fetcher | None = None
        self._reader: Reader | None = None
        self._notices: list[str] = []
        self._noticed_at: dt.datetime | None = None

    async def poll_due(self) -> None:
        """Begin to poll every due source that no other process has, and notify the admins of new faults."""
        await self._send_notices()
        if not (due := await self._find_due()):
            return
        claimed = await self.claims.take([source.name for source, _ in due])
        if self._services.database.is_postgres:  # another process may have polled one before it was claimed
            due = await self._find_due()
        for source, state in due:
            if source.name in claimed:
                claimed.remove(source.name)
                self._begin(source, state)
        for name in claimed:
            await self._put_back(name)

    async def _find_due(self) -> list[tuple[WebSource, SourceState]]:
        """Return the sources to be polled now with what is known of each."""
        sources = self._services.newsroom.web_sources
        if not sources:
            return []
        states = await self._known_states()
        now = self._services.clock.now()
        found = []
        for source in sources:
            state = states.get(source.name)
            if state is None or state.url != source.url:
                state = SourceState(source.name, source.url, next_at=now)
            if _is_due(state, now) and source.name not in self._running:
                found.append((source, state))
        return found

    async def until_idle(self) -> None:
        while self._running:
            await asyncio.wait(self._running.values())

    async def close(self) -> None:
        """Cancel the polls under way, and release the sources for other processes."""
        tasks = [*self._running.values(), *filter(None, [self._keeping])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(StorageError):
            await self.claims.end_all()
        if self._reader is not None:
            self._reader.close()
        if self._fetcher is not None:
            await self._fetcher.aclose()

    async def _known_states(self) -> dict[str, SourceState]:
        """Return the state of each source: the stored one, or that of a later try of this process."""
        database = self._services.database
        if self._states is None or database.is_postgres:
            async with database.read() as connection:
                stored = await find_source_states(connection)
            tried = self._states or {}
            later = {name: own for name, own in tried.items() if _is_later(own, stored.get(name))}
            self._states = stored | later
        return self._states

    def _begin(self, source: WebSource, state: SourceState) -> None:
        now = self._services.clock.now()
        # if the poll fails with an unexpected error, it is not due again at once
        tried = replace(state, next_at=now + source.every, tried_at=now)
        self._states = (self._states or {}) | {source.name: tried}
        if self._keeping is None:
            self._keeping = asyncio.create_task(self.claims.renew(lambda: self._running, self._stop_polling))
        task = asyncio.create_task(self._poll(source, state), name=f"poll {source.name}")
        self._running[source.name] = task
        task.add_done_callback(lambda _: self._running.pop(source.name))

    def _stop_polling(self, name: str) -> None:
        """Cancel a poll whose source another process has claimed because it took this one for dead."""
        if name in self._running:
            _log.warning("source taken over by another process", source=name)
            self._running[name].cancel()

    async def _put_back(self, name: str) -> None:
        with suppress(StorageError):
            async with self._services.database.write() as connection:
                await self.claims.end(connection, name)

    async def _poll(self, source: WebSource, before: SourceState) -> None:
        try:
            await self._poll_claimed(source, before)
        finally:
            if self._services.database.is_postgres:
                await self._put_back(source.name)

    async def _poll_claimed(self, source: WebSource, before: SourceState) -> None:
        with log_errors("polling", source=source.name):
            outcome = await self._outcome(source, before)
            now = self._services.clock.now()
            verdict = judge(
                before, outcome, every=source.every, now=now, chance=self._chance(),
                may_be_silent=source.kind != "feed",
            )  # fmt: skip
            async with self._services.database.write() as connection:
                if not await self.claims.end(connection, source.name):
                    return
                await save_source_state(connection, verdict.state)
            (await self._known_states())[source.name] = verdict.state
            self._notices += notices_of(source, verdict)
            _report(source, outcome)

    async def _outcome(self, source: WebSource, before: SourceState) -> Polled | Failed:
        fetcher, reader = self._tools()
        known = Validators(before.etag, before.last_modified)
        try:
            fetched = await fetcher.fetch(source.url, known=known, private_url=private_url(source))
            if fetched.body is None:
                return _unchanged(fetched, before.body_hash)
            body_hash = await reader.hash_of(fetched.body)
            if body_hash == before.body_hash:
                return _unchanged(fetched, body_hash)
            now = self._services.clock.now()
            if source.kind == "figures":
                return await self._store_figures(source, fetched, body_hash, now)
            answer = await reader.read(source, fetched, now, before.date_order)
            return await self._store(source, fetched, body_hash, answer)
        except FetchError as error:
            return Failed(error.code, error.detail, error.wait_seconds)
        except UnreadableError as error:
            return Failed("unreadable", str(error))

    def _tools(self) -> tuple[Fetcher, Reader]:
        """Return fetcher and reader; they are made when the first source is due."""
        if self._fetcher is None or self._reader is None:
            self._fetcher = self._make_fetcher(self._services.clock, self._services.newsroom.contact)
            self._reader = Reader(self._fetcher, self._services.take)
        return self._fetcher, self._reader

    async def _store(self, source: WebSource, fetched: Fetched, body_hash: str, answer: Answer) -> Polled:
        items = answer.items
        published = tuple(
            item.taken.published.at
            for item in items
            if isinstance(item.taken, Incoming) and item.taken.published is not None
        )
        now, is_whole = self._services.clock.now(), True
        wanted: Sequence[Item] = items
        if source.full_text:
            wanted, has_more = split_for_pages(await self._unknown(items))
            is_whole = not has_more
        result = await self._take_in(source, wanted)
        return Polled(
            validators=fetched.validators if is_whole else Validators(),
            body_hash=body_hash if is_whole else None,
            fresh_seconds=fetched.fresh_seconds,
            moved_to=fetched.moved_to,
            new=result.tally.new + result.tally.updated,
            published=published,
            dating=dating_of(items, now),
            date_order=proven_order(items),
            elsewhere=answer.elsewhere,
            left_out=answer.left_out,
        )

    async def _store_figures(
        self, source: WebSource, fetched: Fetched, body_hash: str, now: dt.datetime
    ) -> Polled:
        given = await INTAKE.run(read_figures, fetched.body or b"", source.url, source.zone, now)
        _, changed = await keep_figures(self._services.database, source.name, given, now=now)
        return Polled(fetched.validators, body_hash, fetched.fresh_seconds, fetched.moved_to, new=changed)

    async def _unknown(self, items: Sequence[Item]) -> list[Item]:
        """Return the items that are not stored with this title and lead; stored ones have their pages."""
        keys = [item.taken.key for item in items if isinstance(item.taken, Incoming)]
        async with self._services.database.read() as connection:
            stored = await find_lead_hashes(connection, keys)
        return [
            item
            for item in items
            if not isinstance(item.taken, Incoming) or stored.get(item.taken.key) != item.lead_hash
        ]

    async def _take_in(self, source: WebSource, items: Sequence[Item]) -> Intake:
        total, batch = Intake(), list[Taken]()
        if not source.full_text:
            for some in chunks([item.taken for item in items], _ITEMS_A_BATCH):
                total += await self._keep(source, some)
            return total
        _, reader = self._tools()
        async for taken in reader.with_pages(source, items, self._services.clock.now()):
            batch.append(taken)
            if len(batch) == _PAGES_A_BATCH:
                total, batch = total + await self._keep(source, batch), []
        return total + await self._keep(source, batch) if batch else total

    async def _keep(self, source: WebSource, taken: Sequence[Taken]) -> Intake:
        kept = await keep_taken(self._services.database, taken, source.name, self._services.clock.now())
        count_articles(kept)
        return kept

    async def _send_notices(self) -> None:
        now = self._services.clock.now()
        if self._notices and (self._noticed_at is None or now - self._noticed_at >= _BETWEEN_NOTICES):
            notices, self._notices, self._noticed_at = self._notices, [], now
            await self._notify_admins(together(notices))


def _is_later(own: SourceState, stored: SourceState | None) -> bool:
    """Tell whether this process tried a source after the stored try."""
    if stored is None or stored.tried_at is None:
        return True
    return own.url == stored.url and own.tried_at is not None and own.tried_at > stored.tried_at


def _is_due(state: SourceState, now: dt.datetime) -> bool:
    """Tell whether a source is to be polled; a try in the future shows that the clock was set back since."""
    return state.next_at <= now or (state.tried_at is not None and state.tried_at > now)


def _report(source: WebSource, outcome: Polled | Failed) -> None:
    if isinstance(outcome, Failed):
        POLLS.labels(outcome.code).inc()
        _log.warning("source not read", source=source.name, code=outcome.code, detail=outcome.detail)
        return
    POLLS.labels("new" if outcome.new else "unchanged").inc()
    if outcome.new:
        _log.info("source polled", source=source.name, new=outcome.new)


def _unchanged(fetched: Fetched, body_hash: str | None) -> Polled:
    return Polled(fetched.validators, body_hash, fetched.fresh_seconds, fetched.moved_to)
