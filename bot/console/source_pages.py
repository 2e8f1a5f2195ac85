"""The console's page of sources: the state of each, and a trial of a source or an address."""

import asyncio
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from bot.console.page_templates import Pages
from bot.fetching.responses import FetchError, advice, describe_failure
from bot.jobs.sources.source_probe import probe, probe_figures, source_at
from bot.jobs.sources.source_report import facts_of, facts_of_figures, figure_lines, head_lines, tail_lines
from bot.news.newsroom import Source, WebSource
from bot.news.services import Services
from bot.operators.source_notices import status_of
from bot.text_work.worker import TextWorkError
from storage.intake.drafts import UnreadableError
from storage.sources import (
    SourceDays,
    SourceState,
    StoredRefusal,
    count_by_day,
    find_refusals,
    find_source_states,
)

TRIAL_SECONDS = 60.0
_LONGEST_TARGET = 2_000
_DAY = dt.timedelta(days=1)
_DAYS = 14
_MOST_REFUSED = 200
_SHOWN_REFUSED = 3
_MARKS = {"ok": "tốt", "waiting": "chưa hỏi", "broken": "hỏng", "quiet": "im"}
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source on the page. `bars`: its articles of each day, as heights from 0 to 40."""

    name: str
    title: str
    place: str
    status: str
    words: str
    state: SourceState | None
    days: SourceDays
    bars: tuple[int, ...]


class SourcePages(Pages):
    def routes(self) -> list[web.RouteDef]:
        return [web.get("/nguon", self._overview), web.post("/nguon/thu", self._try)]

    async def _overview(self, request: web.Request) -> web.Response:
        return await self._page(request, "sources", await _overview(self._services))

    async def _try(self, request: web.Request) -> web.Response:
        """Read a source once, as `diemtin sources try` does; `Guard` allows one such request at a time."""
        typed = str((await request.post()).get("dia-chi", ""))[:_LONGEST_TARGET].strip()
        values: dict[str, Any] = {
            "typed": typed,
            "topics": self._services.newsroom.topics,
            "facts": None,
            "can_add": False,
            "problem": "",
            "advice": "",
        }
        try:
            async with asyncio.timeout(TRIAL_SECONDS):
                values |= await _trial(self._services, typed)
        except FetchError as error:
            values |= {"problem": describe_failure(error.code, error.detail), "advice": advice(error.code)}
        except UnreadableError as error:
            values |= {"problem": describe_failure("unreadable", str(error)), "advice": advice("unreadable")}
        except TimeoutError:
            values |= {"problem": f"quá {TRIAL_SECONDS:.0f} giây chưa đọc xong nên thôi"}
        except TextWorkError as error:
            _log.error("source not tried", reason=str(error))
            values |= {"problem": "bot chưa xử lý được văn bản lúc này, hãy thử lại sau ít phút"}
        return await self._page(request, "source_trial", values)


async def _trial(services: Services, typed: str) -> dict[str, Any]:
    newsroom = services.newsroom
    source = source_at(typed, newsroom)
    if source is None:
        return {"problem": "không có nguồn nào tên như vậy, và đó cũng không phải một địa chỉ"}
    if source.kind == "figures":
        given = await probe_figures(source, newsroom, services.clock)
        place = source.url if isinstance(source, WebSource) else str(source.path)
        facts = facts_of_figures(source.name, place, given, source.zone)
        return {"facts": facts | {"first": []}, "head": _nested(list(figure_lines(facts))[1:]), "tail": []}
    async with services.database.read() as connection:
        state = (await find_source_states(connection)).get(source.name)
    is_same = state is not None and isinstance(source, WebSource) and state.url == source.url
    order = state.date_order if state is not None and is_same else None
    facts = facts_of(await probe(source, newsroom, services.clock, date_order=order), newsroom)
    is_new = newsroom.find_source(typed) is None and services.file is not None
    return {
        "facts": facts,
        "can_add": is_new,
        "head": _nested(head_lines(facts)),
        "tail": _nested(tail_lines(facts)),
    }


def _nested(lines: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return each line with the lines indented under it."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith(" ") and found:
            found[-1][1].append(line.strip())
        else:
            found.append((line.removeprefix("! "), []))
    return found


async def _overview(services: Services) -> dict[str, Any]:
    """Return the values of the overview: the state of each source, with its bars."""
    now, zone = services.clock.now(), ZoneInfo(services.newsroom.zone)
    first = now.astimezone(zone).date() - dt.timedelta(days=_DAYS - 1)
    midnights = [dt.datetime.combine(first + n * _DAY, dt.time(), zone) for n in range(_DAYS + 1)]
    moments = [each.astimezone(dt.UTC) for each in midnights]
    async with services.database.read() as connection:
        states = await find_source_states(connection)
        counts = await count_by_day(connection, moments, week=now - 7 * _DAY)
        refusals = await find_refusals(connection, limit=_MOST_REFUSED)
    none = SourceDays((0,) * _DAYS, 0, 0)
    most = max((max(one.days) for one in counts.values()), default=0) or 1
    refused: dict[str, list[StoredRefusal]] = {}
    for one in refusals:
        refused.setdefault(one.source, []).append(one)
    rows = [
        _row(one, states.get(one.name), counts.get(one.name, none), most) for one in services.newsroom.sources
    ]
    shown = {name: found[:_SHOWN_REFUSED] for name, found in refused.items()}
    return {"rows": rows, "refused": shown, "marks": _MARKS, "can_change": services.file is not None}


def _row(source: Source | WebSource, state: SourceState | None, days: SourceDays, most: int) -> SourceRow:
    bars = tuple(round(40 * count / most) for count in days.days)
    if isinstance(source, Source):
        return SourceRow(source.name, source.title, str(source.path), "ok", "", None, days, bars)
    if state is None or state.url != source.url:
        return SourceRow(source.name, source.title, source.url, "waiting", "", None, days, bars)
    words = (
        f"{describe_failure(state.trouble, state.detail)}; {advice(state.trouble)}" if state.trouble else ""
    )
    return SourceRow(source.name, source.title, source.url, status_of(state), words, state, days, bars)
