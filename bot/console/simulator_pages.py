"""The console's simulator: the issues of past days, composed again with the present or other settings."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.console.page_templates import Pages
from bot.console.schedule_forms import Form, read_fields, read_form, refilled, value_of
from bot.news.newsroom import Newsroom
from bot.news.newsroom_changes import NotEditableError
from bot.news.simulating import SimulatedIssue, first_ready, simulate
from bot.operators.schedule_control import draft, read_declared

MOST_DAYS = 3
REPLAY_SECONDS = 30.0
_MOST_ISSUES = 16  # of each side
_MOST_TITLES = 40  # of an issue
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReplayedSlot:
    """A slot under the present and the tried settings; None: these settings do not have it."""

    title: str
    slot_at: dt.datetime
    now: SimulatedIssue | None
    tried: SimulatedIssue | None

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Return each headline with "+", "-" or "": the tried settings add, drop or keep it."""
        old, new = (_titles(issue) for issue in (self.now, self.tried))
        kept = [("" if story in old else "+", title) for story, title in new.items()]
        return [*kept, *(("-", title) for story, title in old.items() if story not in new)]


class SimulatorPages(Pages):
    def routes(self) -> list[web.RouteDef]:
        return [web.get("/lich/thu", partial(self._show, form={})), web.post("/lich/thu/xem", self._replay)]

    async def _show(self, request: web.Request, form: Form, **shown: Any) -> web.Response:
        today = self._today()
        values: dict[str, Any] = {
            "day": value_of(form, "ngay") or (today - _DAY).isoformat(),
            "count": value_of(form, "so-ngay") or "1",
            "most_days": MOST_DAYS,
            "last_day": today.isoformat(),
            "edition": value_of(form, "ban"),
            "editions": self._services.newsroom.editions,
            "form": refilled(form) if value_of(form, "viec") else None,
            "carried": [
                (name, each)
                for name, found in form.items()
                for each in found
                if name not in ("csrf", "ngay", "so-ngay", "ban")
            ],
        }
        values |= {"slots": None, "problems": [], "is_cut": False, "is_compared": False, "begins_at": None}
        return await self._page(request, "simulator", values | shown)

    async def _replay(self, request: web.Request) -> web.Response:
        """Compose the days again; `Guard` allows one such request at a time."""
        form = await read_fields(request)
        try:
            first, days = self._days(form)
            tried = await self._tried(form)
        except ValueError as error:
            return await self._show(request, form, problems=[str(error)])
        except NotEditableError as error:
            return await self._show(request, form, problems=str(error).splitlines())
        until, is_cut = self._services.clock.now(), False
        old, new = list[SimulatedIssue](), list[SimulatedIssue]()
        try:
            async with asyncio.timeout(REPLAY_SECONDS):
                for issues, newsroom in ((old, self._services.newsroom), (new, tried)):
                    if newsroom is None:
                        continue
                    only = _narrowed(newsroom, value_of(form, "ban") or value_of(form, "name"))
                    async for one in simulate(self._services.database, only, first, days, until=until):
                        issues.append(one)
                        if len(issues) >= _MOST_ISSUES:
                            is_cut = True
                            break
        except TimeoutError:
            is_cut = True
        slots = _compared(old, new if tried else old)
        shown = {"slots": slots, "is_cut": is_cut, "is_compared": tried is not None}
        ready = await first_ready(self._services.database)
        if ready is not None and any(one.slot_at < ready for one in slots):
            shown["begins_at"] = ready
        return await self._show(request, form, **shown)

    def _today(self) -> dt.date:
        return self._services.clock.now().astimezone(ZoneInfo(self._services.newsroom.zone)).date()

    def _days(self, form: Form) -> tuple[dt.date, int]:
        """Return the first day and how many. Raises ValueError, in Vietnamese."""
        today = self._today()
        typed = value_of(form, "ngay") or (today - _DAY).isoformat()
        try:
            first, days = dt.date.fromisoformat(typed), int(value_of(form, "so-ngay")[:9] or "1")
        except ValueError:
            raise ValueError("Hãy chọn một ngày, ví dụ 2026-11-14, và số ngày.") from None
        if not 1 <= days <= MOST_DAYS:
            raise ValueError(
                f"Ở đây thử được 1 đến {MOST_DAYS} ngày một lần; dài hơn thì dùng lệnh diemtin simulate."
            )
        if not dt.date(2000, 1, 1) <= first <= today:
            raise ValueError("Hãy chọn một ngày đã qua, hoặc hôm nay.")
        return first, days

    async def _tried(self, form: Form) -> Newsroom | None:
        """Return the newsroom that a form declares, None if it changes nothing.

        Raises:
            NotEditableError: the newsroom is not valid; one line for each error.
        """
        file = self._services.file
        if file is None or not value_of(form, "viec"):
            return None
        wanted = await draft(file, read_form(form, await read_declared(file)))
        if wanted.newsroom is None:
            raise NotEditableError("\n".join(wanted.problems))
        return wanted.newsroom


def _narrowed(newsroom: Newsroom, edition: str) -> Newsroom:
    if not edition:
        return newsroom
    return replace(newsroom, editions=tuple(one for one in newsroom.editions if one.name == edition))


def _compared(now: Sequence[SimulatedIssue], tried: Sequence[SimulatedIssue]) -> list[ReplayedSlot]:
    """Return the slots of both in order, joined by moment and edition."""
    old, new = ({(one.slot_at, one.edition.name): one for one in issues} for issues in (now, tried))
    slots = []
    for key in sorted({*old, *new}):
        title = (new.get(key) or old[key]).edition.title
        slots.append(ReplayedSlot(title, key[0], old.get(key), new.get(key)))
    return slots


def _titles(issue: SimulatedIssue | None) -> dict[int, str]:
    stories = issue.composed.digest.stories if issue else ()
    return {story.story_id: story.title for story in stories[:_MOST_TITLES]}
