"""Drafts into articles in the text process; a draft that ends it is set aside, here and at the next start."""

import datetime as dt
from collections.abc import Sequence

import structlog

from bot.jobs.set_aside import NameSetAside, reason_of
from bot.text_work.tasks import TAKE, Taking
from bot.text_work.worker import Failure, Texts
from bot.threads import INTAKE
from storage.engine import Database
from storage.intake import Draft, Origin, Refusal, Taken
from storage.set_aside import draft_hash, find_set_aside, set_drafts_aside

_SET_ASIDE = "đã để riêng vì từng làm hỏng bộ xử lý văn bản"
_log = structlog.get_logger(__name__)


class Taker:
    """Takes drafts with the text process. `name_set_aside` hears of each that ended it."""

    def __init__(self, database: Database, texts: Texts, name_set_aside: NameSetAside) -> None:
        self._database = database
        self._texts = texts
        self._name_set_aside = name_set_aside

    async def take(self, found: Sequence[Draft | Refusal], origin: Origin, now: dt.datetime) -> list[Taken]:
        """Return the article of each draft, or why there is none, in order; refusals stay what they are."""
        drafts = [one for one in found if isinstance(one, Draft)]
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
            for one in found
        ]  # fmt: skip

    async def _taken(self, drafts: Sequence[Draft], origin: Origin, now: dt.datetime) -> list[Taken]:
        answers = await self._texts.run(TAKE, Taking(origin, now), drafts)
        done = list(zip(drafts, answers, strict=True))
        failed = [(draft, answer) for draft, answer in done if isinstance(answer, Failure)]
        deadly = [(draft, failure) for draft, failure in failed if failure.is_deadly]
        if deadly:
            async with self._database.write() as connection:
                await set_drafts_aside(connection, [draft_hash(draft) for draft, _ in deadly], now=now)
        for draft, failure in deadly:
            self._name_set_aside(origin.source, draft.title or draft.place, reason_of(failure))
        for draft, failure in failed:
            _log.error("draft not taken", place=draft.place, reason=failure.reason, trace=failure.trace)
        return [
            Refusal(draft.place, reason_of(answer)) if isinstance(answer, Failure) else answer
            for draft, answer in done
        ]
