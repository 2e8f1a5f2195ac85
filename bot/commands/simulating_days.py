"""`diemtin simulate`: what each edition would have sent on a day, with these settings or others."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.commands.preparing import open_services, run, settings_or_exit
from bot.commands.terminal import Json, fail, hidden, put, put_json
from bot.news.newsroom import Newsroom
from bot.news.simulating import SimulatedIssue, simulate
from bot.startup.assembly import assemble
from config.problems import ConfigError
from config.reading import load_newsroom
from storage.times import to_rfc3339


def simulate_days(
    day: Annotated[str, typer.Argument(metavar="NGÀY", help="Ngày đầu, dạng YYYY-MM-DD.")],
    days: Annotated[int, typer.Option(metavar="N", min=1, max=366, help="Số ngày, 1 đến 366.")] = 1,
    config: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Tệp cấu hình khác để thử; bỏ trống là tệp đang dùng."),
    ] = None,
    json: Json = False,
) -> None:
    """Compose the issues of past days again and print them; nobody is sent anything."""
    try:
        first = dt.date.fromisoformat(day)
    except ValueError:
        fail(f"✗ «{hidden(day)}» không phải một ngày; ví dụ 2026-11-14", 2)
    other = _read(config) if config is not None else None
    if run(_print_all(first, days, other, json)) == 0 and not json:
        put("Không có giờ phát nào trong những ngày ấy.")


def _read(path: Path) -> Newsroom:
    try:
        return assemble(load_newsroom(path))
    except ConfigError as error:
        fail("\n".join(f"✗ {path}: {hidden(str(problem))}" for problem in error.problems))


async def _print_all(first: dt.date, days: int, other: Newsroom | None, json: bool) -> int:
    count = 0
    async with open_services(settings_or_exit()) as services:
        newsroom, now = other or services.newsroom, services.clock.now()
        async for one in simulate(services.database, newsroom, first, days, until=now):
            count += 1
            if json:
                put_json(_row(one))
            else:
                for line in _lines(one):
                    put(line)
    return count


def _lines(one: SimulatedIssue) -> list[str]:
    local = one.slot_at.astimezone(ZoneInfo(one.edition.schedule.zone))
    digest = one.composed.digest
    left = f", {digest.left_out} tin khác không đủ chỗ" if digest.left_out else ""
    told = f"{len(digest.stories)} tin, {len(one.composed.parts)} tin nhắn{left}"
    head = f"{local:%H:%M %d/%m/%Y}  {one.edition.title}: {told if digest.stories else 'không có tin nào'}"
    return [head, *(f"  • {hidden(story.title)}" for story in digest.stories)]


def _row(one: SimulatedIssue) -> dict[str, Any]:
    digest = one.composed.digest
    return {
        "edition": one.edition.name,
        "slot": to_rfc3339(one.slot_at, one.edition.schedule.zone),
        "stories": [story.title for story in digest.stories],
        "messages": len(one.composed.parts),
        "left_out": digest.left_out,
    }
