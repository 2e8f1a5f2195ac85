"""Take a changed newsroom file over while the bot runs; keep the old one when the new one is broken."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from bot.jobs.digests.slots import reschedule_profiles
from bot.news.newsroom import Newsroom
from bot.news.services import Services, Tell
from bot.operators import notices

_log = structlog.get_logger(__name__)


class NewsroomWatch:
    """Looks whether the file's content changed, and acts when two looks in a row find the same: editors
    write in several steps.

    `read` returns the new newsroom, or a list of what is wrong with the file, one problem a line.
    `fingerprint` returns what changes with the content, an empty text when the file cannot be read.
    """

    def __init__(
        self, path: Path, read: Callable[[Path], Newsroom | str], fingerprint: Callable[[Path], str]
    ) -> None:
        self._path = path
        self._read = read
        self._fingerprint = fingerprint
        self._settled = self._seen = fingerprint(path)

    async def adopt(self, services: Services, newsroom: Newsroom, fingerprint: str) -> None:
        """Put in place what we wrote into the file ourselves, whose fingerprint is this."""
        services.newsroom = newsroom
        await reschedule_profiles(services)
        self._settled = self._seen = fingerprint  # only now, as in `look`

    async def look(self, services: Services, tell_admins: Tell) -> bool:
        """Look once; return whether a new newsroom is in place."""
        found = await asyncio.to_thread(self._fingerprint, self._path)
        is_still_changing, self._seen = found != self._seen, found
        if found == self._settled or is_still_changing:
            return False
        newsroom = await asyncio.to_thread(self._read, self._path)
        if isinstance(newsroom, str):
            self._settled = found
            _log.error("newsroom file refused, the old one stays", problems=newsroom)
            await tell_admins(notices.newsroom_refused(newsroom))
            return False
        services.newsroom = newsroom
        moved = await reschedule_profiles(services)
        self._settled = found  # only now: when the database fails, the next look takes it over again
        _log.info("newsroom file taken over", profiles_moved=moved)
        await tell_admins(notices.newsroom_taken_over(len(newsroom.editions), len(newsroom.sources)))
        return True
