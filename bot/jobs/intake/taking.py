"""Turn drafts into articles in the text process; set drafts aside that end it, and notify the admins."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from itertools import groupby

import structlog

from bot.news.services import NotifyAdmins, Services
from bot.operators import notices
from bot.text_work.tasks import READ, TAKE, Read, Taking
from bot.text_work.worker import Failure, Texts
from storage.engine import Database
from storage.intake.drafts import Draft, Incoming, Origin, Refusal, Taken, draft_hash
from storage.intake.parts import FileEntry, Part, read_part
from storage.off_loop import INTAKE
from storage.sources import find_set_aside, set_drafts_aside

_BETWEEN_NOTICES = dt.timedelta(hours=1)
_MOST_KEPT = 1_000
BOT_DIED = "bot dừng đột ngột mỗi lần xử lý bài này"
_REASONS = {
    "time": "xử lý quá lâu, đã dừng",
    "memory": "cần quá nhiều bộ nhớ để xử lý",
    "crash": "làm bộ xử lý văn bản dừng đột ngột",
    "killed": "bộ xử lý văn bản bị hệ thống dừng hai lần khi đang xử lý bài này",
    "error": "gặp lỗi không lường trước khi xử lý; hãy xem nhật ký",
}
NameSetAside = Callable[[str, str, str], None]  # source, title, reason
_log = structlog.get_logger(__name__)


def reason_of(failure: Failure) -> str:
    """Say in Vietnamese why a text has no result."""
    return _REASONS[failure.reason]


def name_nobody(source: str, title: str, reason: str) -> None:
    """Notify nobody of a text that was set aside."""


class SetAside:
    """Names each text set aside to the admins once, at most one message an hour."""

    def __init__(self, services: Services, notify_admins: NotifyAdmins) -> None:
        self._services = services
        self._notify_admins = notify_admins
        self._unreported: list[tuple[str, str, str]] = []
        self._notified_at: dt.datetime | None = None

    def add(self, source: str, title: str, reason: str) -> None:
        """Note a text of the source named `source`; `title` says which, in one line."""
        _log.error("text set aside", source=source, title=title, reason=reason)
        if len(self._unreported) < _MOST_KEPT:
            self._unreported.append((source, title, reason))

    async def report(self) -> None:
        """Send the admins the texts set aside since the last message, at most once an hour."""
        now = self._services.clock.now()
        if not self._unreported or (self._notified_at and now - self._notified_at < _BETWEEN_NOTICES):
            return
        unreported, self._unreported, self._notified_at = self._unreported, [], now
        named = [
            (notices.say_origin(s, self._services.newsroom), title, reason) for s, title, reason in unreported
        ]
        await self._notify_admins(notices.texts_set_aside(named))


_SET_ASIDE = "đã để riêng vì từng làm hỏng bộ xử lý văn bản"


class Taker:
    """Takes drafts with the text process; calls `name_set_aside` for each that ended it."""

    def __init__(self, database: Database, texts: Texts, name_set_aside: NameSetAside) -> None:
        self._database = database
        self._texts = texts
        self._name_set_aside = name_set_aside

    async def take(self, entries: Sequence[Draft | Refusal], origin: Origin, now: dt.datetime) -> list[Taken]:
        """Return the article of each draft, or why there is none, in order; refusals stay as they are."""
        drafts = [one for one in entries if isinstance(one, Draft)]
        hashes = await INTAKE.run(lambda: [draft_hash(draft) for draft in drafts])
        async with self._database.read() as connection:
            known = await find_set_aside(connection, hashes)
        tried = [draft for draft, each in zip(drafts, hashes, strict=True) if each not in known]
        answers = iter(await self._taken(tried, origin, now))
        of_draft = iter(hashes)
        return [
            one if isinstance(one, Refusal)
            else Refusal(one.place, _SET_ASIDE) if next(of_draft) in known
            else next(answers)
            for one in entries
        ]  # fmt: skip

    async def read(self, entries: Sequence[FileEntry], origin: Origin, now: dt.datetime) -> list[Taken]:
        """Return the articles and refusals of all parts and drafts, in order.

        A part at which the text process ended is read in a thread, and taken draft by draft.
        """
        taken = list[Taken]()
        for is_part, group in groupby(entries, lambda one: isinstance(one, Part)):
            some = list(group)
            if is_part:
                taken += await self._read([one for one in some if isinstance(one, Part)], origin, now)
            else:
                taken += await self.take([one for one in some if not isinstance(one, Part)], origin, now)
        return taken

    async def _read(self, parts: Sequence[Part], origin: Origin, now: dt.datetime) -> list[Taken]:
        answers = await self._texts.run(READ, Taking(origin, now), parts)
        hashes = [one.hash for answer in answers if not isinstance(answer, Failure) for one in answer]
        async with self._database.read() as connection:
            known = await find_set_aside(connection, [each for each in hashes if each])
        taken = list[Taken]()
        for part, answer in zip(parts, answers, strict=True):
            if isinstance(answer, Failure):
                drafts = await INTAKE.run(read_part, part, origin, now)
                taken += await self.take(drafts, origin, now)
            else:
                taken += [_unless_set_aside(one, known) for one in answer]
        return taken

    async def _taken(self, drafts: Sequence[Draft], origin: Origin, now: dt.datetime) -> list[Taken]:
        answers = await self._texts.run(TAKE, Taking(origin, now), drafts)
        done = list(zip(drafts, answers, strict=True))
        failed = [(draft, answer) for draft, answer in done if isinstance(answer, Failure)]
        fatal = [(draft, failure) for draft, failure in failed if failure.is_fatal]
        if fatal:
            async with self._database.write() as connection:
                await set_drafts_aside(connection, [draft_hash(draft) for draft, _ in fatal], now=now)
        for draft, failure in fatal:
            self._name_set_aside(origin.source, draft.title or draft.place, reason_of(failure))
        for draft, failure in failed:
            _log.error("draft not taken", place=draft.place, reason=failure.reason, trace=failure.trace)
        return [
            Refusal(draft.place, reason_of(answer)) if isinstance(answer, Failure) else answer
            for draft, answer in done
        ]


def _unless_set_aside(one: Read, known: Collection[str]) -> Taken:
    if one.hash in known and isinstance(one.taken, Incoming):
        return Refusal(one.taken.place, _SET_ASIDE)
    return one.taken
