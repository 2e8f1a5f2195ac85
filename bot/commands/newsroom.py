"""`diemtin init`, `check` and `schedule`: writing, validating and reading ahead in the newsroom file."""

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.assembly import assemble, find_newsroom
from bot.commands.opening import clock_of, fail, open_desk, put, put_json, run, settings_or_exit
from bot.newsroom import Newsroom
from bot.rfc3339 import to_rfc3339
from config.problems import ConfigError, check_report
from config.reading import TEMPLATE
from storage.profiles import Profile, count_listeners, find_profiles

_MOST_DAYS = 366

Json = Annotated[bool, typer.Option("--json", help="In một giá trị JSON.")]


def init(path: Annotated[Path | None, typer.Argument(help="Nơi ghi tệp.")] = None) -> None:
    """Ghi một tệp cấu hình mẫu có chú thích."""
    target = path or settings_or_exit().config
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError:
        fail(f"✗ {target} đã có; hãy chọn tên khác hoặc chuyển tệp cũ đi.")
    except OSError as error:
        fail(f"✗ Không ghi được {target}: {error.strerror}")
    put(f"✓ Đã ghi {target}. Sửa nguồn tin và giờ phát, rồi chạy: diemtin check")


def check(json: Json = False) -> None:
    """Xem tệp cấu hình có chỗ nào sai, và bản tin nào sẽ phát khi nào."""
    settings = settings_or_exit()
    try:
        newsroom = assemble(find_newsroom(settings))
    except ConfigError as error:
        if json:
            put_json(check_report(error.problems))
        else:
            put(f"✗ {settings.config}: {len(error.problems)} chỗ phải sửa")
            for problem in error.problems:
                put(f"  {problem}")
        raise typer.Exit(1) from None
    if json:
        put_json(check_report([]))
        return
    name = settings.config if settings.config.exists() else f"chưa có {settings.config}, dùng cấu hình mẫu"
    put(f"✓ {name}: {len(newsroom.editions)} bản tin, {len(newsroom.sources)} nguồn")
    now = clock_of(settings).now()
    for edition in newsroom.editions:
        upcoming = edition.schedule.next_after(now).astimezone(ZoneInfo(edition.schedule.zone))
        put(f"  {edition.title}: số tới {upcoming:%H:%M %d/%m/%Y} ({edition.schedule.zone})")
    for source in newsroom.sources:
        if not source.path.exists():
            put(f"  ! {source.title}: chưa có {source.path}")


def schedule(
    days: Annotated[int, typer.Option(min=1, max=_MOST_DAYS, help="Số ngày tới.")] = 7, json: Json = False
) -> None:
    """Liệt kê các số sắp phát và số người nhận."""
    rows = run(_coming_slots(days))
    if json:
        put_json(rows)
        return
    for row in rows:
        put(f"{row['local']}  {row['edition']}  {row['subscribers']} người nhận")


async def _coming_slots(days: int) -> list[dict[str, object]]:
    async with open_desk() as desk:
        now = desk.clock.now()
        async with desk.database.read() as connection:
            profiles = await find_profiles(connection)
            listeners = await count_listeners(connection)
        counts = _count_slots(desk.newsroom, profiles, listeners, now, now + dt.timedelta(days=days))
    return [
        {"edition": name, "slot": to_rfc3339(slot, zone), "local": _local(slot, zone), "subscribers": count}
        for (slot, name, zone), count in sorted(counts.items())
    ]


def _count_slots(
    newsroom: Newsroom,
    profiles: list[Profile],
    listeners: dict[int, int],
    now: dt.datetime,
    until: dt.datetime,
) -> Counter[tuple[dt.datetime, str, str]]:
    """Count subscribers per (slot, edition, zone): the declared slots, and those of personal times."""
    counts: Counter[tuple[dt.datetime, str, str]] = Counter()
    for edition in newsroom.editions:
        for slot in edition.schedule.slots_between(now, until):
            counts[slot, edition.name, edition.schedule.zone] += 0
    for profile in profiles:
        edition = newsroom.edition_for(profile.choices)
        for slot in edition.schedule.slots_between(now, until):
            counts[slot, edition.name, edition.schedule.zone] += listeners.get(profile.id, 0)
    return counts


def _local(slot: dt.datetime, zone: str) -> str:
    return f"{slot.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
