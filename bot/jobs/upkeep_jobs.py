"""Upkeep of the stored data: the nightly clean-up, the months of the ledger, and the search index."""

import datetime as dt
from collections.abc import Awaitable, Callable
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.intake.window import GROUPED_FOR
from bot.news.services import NotifyAdmins, Services
from bot.operators import notices
from bot.process.metrics import INDEX_LAG, log_errors
from storage.alerts.breaking import prune_breaking
from storage.alerts.follows import prune_follows
from storage.alerts.watch_hits import prune_hits
from storage.alerts.watches import prune_watches
from storage.conversations import forget_handled, prune_conversations
from storage.delivery.deliveries import begin_month as begin_ledger_month
from storage.delivery.deliveries import drop_month
from storage.engine import Database
from storage.notes import find_note, forget_note, write_note
from storage.processing.processed import forget_packed
from storage.reactions import prune_saved
from storage.search.index import examine_index
from storage.search.rebuild import keep_up
from storage.shown_stories import prune_shown
from storage.upkeep.prune import end_impossible_waits as end_waits
from storage.upkeep.prune import measure_prune, prune_articles, prune_issues, prune_profiles, prune_rest

ALLOWED = "prune allowed"  # notes
_ASKED = "prune asked"
_QUIET_HOUR = 3  # local; the fewest readers
_MOST_BATCHES = 500
_PACKED_AT_ONCE = 1_000
_HITS_REMEMBERED = dt.timedelta(days=30)  # longer than papers report on a story
_WATCHES_REMEMBERED = dt.timedelta(days=1)  # a removed watch can be restored so long
_SHOWN_REMEMBERED = dt.timedelta(days=30)  # longer than any story stays eligible
_READ_REMEMBERED = dt.timedelta(days=1)  # a story that was read can be saved again so long
_PROFILES_REMEMBERED = dt.timedelta(days=1)  # without subscribers
_UPDATES_REMEMBERED = dt.timedelta(days=2)  # Telegram offers an update for one day
_LOOKED_EACH = 5  # ticks of the index: counting the changes needs one more statement
_log = structlog.get_logger(__name__)


async def prune_if_night(services: Services, notify_admins: NotifyAdmins | None = None) -> bool:
    """Prune at the first tick after 3:00 of a local day; return whether it was done now.

    A prune that would delete more than the usual share waits until an operator allows it.
    """
    now = services.clock.now()
    local = now.astimezone(ZoneInfo(services.newsroom.zone))
    async with services.database.read() as connection:
        last = await find_note(connection, "pruned")
    today = local.date().isoformat()
    if local.hour < _QUIET_HOUR or last == today:
        return False
    if not await _may_prune(services, today, notify_admins):
        return False
    await prune(services)
    async with services.database.write() as connection:
        await forget_note(connection, ALLOWED)
        await forget_note(connection, _ASKED)
        await write_note(connection, "pruned", today, now=now)
    return True


async def begin_month(services: Services) -> None:
    """Begin a new month of the ledger, if there is one. The clock must be right now."""
    async with services.database.write() as connection:
        if await begin_ledger_month(connection, now=services.clock.now()):
            _log.info("the ledger begins a month")


async def end_impossible_waits(services: Services) -> None:
    """End the waits that a wrong clock has dated far ahead. The clock must be right now."""
    now = services.clock.now()
    async with services.database.write() as connection:
        ended = await end_waits(connection, now=now)
    if ended:
        _log.warning("waits dated far ahead by a wrong clock are ended", count=ended)


async def _may_prune(services: Services, today: str, notify_admins: NotifyAdmins | None) -> bool:
    """Tell whether the prune is usual or allowed; if not, ask the admins once a day."""
    now = services.clock.now()
    async with services.database.read() as connection:
        extent = await measure_prune(connection, before=now - dt.timedelta(days=services.newsroom.keep_days))
        is_allowed = await find_note(connection, ALLOWED) is not None
        was_asked = await find_note(connection, _ASKED) == today
    if extent.is_usual or is_allowed:
        return True
    if not was_asked:
        async with services.database.write() as connection:
            await write_note(connection, _ASKED, today, now=now)
        _log.error("prune held, it would take too much", articles=extent.articles, of=extent.all_articles)
        if notify_admins is not None:
            await notify_admins(notices.prune_held(extent))
    return False


async def prune(services: Services) -> None:
    """Delete what is older than `keep_days`, in small transactions."""
    now = services.clock.now()
    before = now - dt.timedelta(days=services.newsroom.keep_days)
    gone = 0
    with log_errors("months"):
        async with services.database.write() as connection:
            if await drop_month(connection, before=before):
                _log.info("a month of the ledger dropped")
    for _ in range(_MOST_BATCHES):
        async with services.database.write() as connection:
            articles = await prune_articles(connection, before=before)
            issues = await prune_issues(connection, before=before)
            await prune_rest(connection, before=before)
        gone += articles
        if not articles and not issues:
            break
    await _in_batches(services, partial(forget_packed, before=now - GROUPED_FOR, limit=_PACKED_AT_ONCE))
    await _in_batches(services, partial(prune_profiles, before=now - _PROFILES_REMEMBERED))
    async with services.database.write() as connection:
        await forget_handled(connection, before=now - _UPDATES_REMEMBERED)
        await prune_watches(connection, before=now - _WATCHES_REMEMBERED)
        await prune_follows(connection, now=now, removed_before=now - _WATCHES_REMEMBERED)
        await prune_saved(connection, before=before, read_before=now - _READ_REMEMBERED)
        await prune_conversations(connection, before=now - _UPDATES_REMEMBERED)
        await prune_hits(connection, before=now - _HITS_REMEMBERED)
        await prune_breaking(connection, before=before)
        await prune_shown(connection, before=max(before, now - _SHOWN_REMEMBERED))
    _log.info("pruned", articles=gone, before=before.isoformat())


async def _in_batches(services: Services, delete: Callable[[AsyncConnection], Awaitable[int]]) -> None:
    """Call `delete`, each time in a transaction of its own, until it has deleted nothing."""
    for _ in range(_MOST_BATCHES):
        async with services.database.write() as connection:
            if not await delete(connection):
                break


class IndexFollowing:
    """Keeps this machine's search index up to date, unless another process of the machine does."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ticks = 0

    async def run(self) -> None:
        """Follow the changes of articles since the last tick, and measure how far behind the index is."""
        await keep_up(self._database)
        self._ticks += 1
        if self._ticks % _LOOKED_EACH == 1:
            async with self._database.read() as connection:
                INDEX_LAG.set((await examine_index(connection)).lag)
