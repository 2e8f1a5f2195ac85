"""`diemtin init`, `check` and `schedule`: write a newsroom file, validate it, and list its coming slots."""

import datetime as dt
import math
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.commands.preparing import clock_of, open_services, run, settings_or_exit
from bot.commands.terminal import Json, fail, hidden, put, put_json
from bot.messages.spoken import say_list, say_quiet, say_times
from bot.news.newsroom import Newsroom
from bot.startup.assembly import assemble, find_newsroom
from bot.times.schedule import QuietHours, Schedule, held_times
from config.reading import TEMPLATE, load_newsroom
from config.settings import Settings, load_settings
from config.values import ConfigError, check_report
from storage.delivery.issues import count_parts
from storage.profiles import count_by_profile, find_profiles
from storage.subscribers import QUIET_END, QUIET_START
from storage.times import to_rfc3339

_MOST_DAYS = 366
_MESSAGES_A_STAR = 10  # Telegram's highest price of messages beyond the free pace
_USUAL_QUIET = QuietHours(QUIET_START, QUIET_END)
_USUAL_END = f"{QUIET_END // 60:02}:{QUIET_END % 60:02}"


def init(
    path: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="Nơi ghi; bỏ trống là nơi DIEMTIN_CONFIG nói.")
    ] = None,
) -> None:
    target = path or settings_or_exit().config
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError:
        fail(f"✗ {target} đã có; hãy chọn tên khác hoặc chuyển tệp cũ đi.")
    except OSError as error:
        fail(f"✗ Không ghi được {target} ({error.strerror}); hãy xem lại thư mục và quyền ghi.")
    _make_inboxes(target)
    put(f"✓ Đã ghi {target}. Sửa nguồn tin và giờ phát, rồi chạy: diemtin check")
    put("  Thêm nguồn RSS của báo Việt Nam: diemtin sources starter --append")


def _make_inboxes(target: Path) -> None:
    for source in assemble(load_newsroom(target)).file_sources:
        if source.kind == "inbox":
            with suppress(OSError):  # `check` names missing folders
                source.path.mkdir(parents=True, exist_ok=True)


def check(json: Json = False) -> None:
    where = "Biến môi trường"
    try:
        settings = load_settings(os.environ)
        where = str(settings.config)
        newsroom = assemble(find_newsroom(settings))
    except ConfigError as error:
        if json:
            put_json(check_report([replace(each, message=hidden(each.message)) for each in error.problems]))
        else:
            put(hidden(f"✗ {where}: {len(error.problems)} chỗ phải sửa"))
            for problem in error.problems:
                put(f"  {hidden(str(problem))}")
        raise typer.Exit(1) from None
    if json:
        put_json(check_report([]))
    else:
        _show_newsroom(settings, newsroom)


def _show_newsroom(settings: Settings, newsroom: Newsroom) -> None:
    name = settings.config if settings.config.exists() else f"chưa có {settings.config}, dùng cấu hình mẫu"
    put(f"✓ {name}: {len(newsroom.editions)} bản tin, {len(newsroom.sources)} nguồn")
    now = clock_of(settings).now()
    for edition in newsroom.editions:
        upcoming = edition.schedule.next_after(now).astimezone(ZoneInfo(edition.schedule.zone))
        paused = "; đang tạm ngừng, không phát" if edition.is_paused else ""
        if approval := edition.approval:
            asked = (upcoming - approval.lead).astimezone(upcoming.tzinfo)
            otherwise = "đợi" if approval.waits_for_answer else "vẫn gửi"
            paused += f"; duyệt từ {asked:%H:%M}, không ai trả lời thì {otherwise}"
        put(f"  {edition.title}: số tới lúc {upcoming:%H:%M %d/%m/%Y} ({edition.schedule.zone}){paused}")
        if edition.approval and not settings.admins:
            put(f"  ! {edition.title}: chưa có DIEMTIN_ADMINS nên không ai duyệt được")
        if held := held_times(edition.schedule, _USUAL_QUIET):
            put(
                f"  ! {edition.title}: {say_times(held)} nằm trong giờ yên tĩnh mặc định "
                f"({say_quiet(_USUAL_QUIET)}); ai giữ mặc định thì nhận lúc {_USUAL_END}"
            )
    _show_breaking(newsroom)
    if newsroom.is_paying:
        put(
            f"  ! Gửi tới {newsroom.messages_per_second} tin mỗi giây: Telegram tính nhiều nhất 0,1 Sao một "
            "tin, trừ vào số dư của bot; giá từng số: diemtin schedule"
        )
    for source in newsroom.file_sources:
        if not source.path.exists():
            put(f"  ! nguồn {source.title}: chưa có {source.path}; hãy tạo, hoặc sửa đường dẫn")
        elif source.moves_files and not os.access(source.path, os.W_OK):
            put(f"  ! nguồn {source.title}: không ghi được vào {source.path}; tệp đọc xong sẽ để nguyên chỗ")


def _show_breaking(newsroom: Newsroom) -> None:
    """Explain the rule for breaking news, and whether it can ever apply."""
    rule = newsroom.breaking
    if rule is None:
        put("  Tin nóng: không có (bảng [breaking] trong tệp cấu hình)")
        return
    topics = [newsroom.topics[name] for name in rule.topics if name in newsroom.topics]
    conditions = [f"{rule.papers} báo đăng trong {int(rule.span.total_seconds() // 60)} phút"]
    conditions += [f"chủ đề {say_list(topics, 'hoặc')}"] if topics else []
    conditions += ["có " + say_list([f"«{word}»" for word in rule.words], "hoặc")] if rule.words else []
    put(f"  Tin nóng: gửi ngay chuyện được {', '.join(conditions)}")
    put("    cho ai đã bật, nhiều nhất ba tin một ngày, cách nhau hai giờ, không trong giờ yên tĩnh")
    papers = len({source.title for source in newsroom.sources if source.name not in newsroom.hidden_sources})
    if papers < rule.papers:
        put(f"  ! mới khai báo {papers} báo: chỉ đủ {rule.papers} báo khi tệp tin tự ghi tên báo")


def schedule(
    days: Annotated[
        int, typer.Option(metavar="N", min=1, max=_MOST_DAYS, help="Số ngày tới, 1 đến 366; bỏ trống là 7.")
    ] = 7,
    json: Json = False,
) -> None:
    rows = run(_coming_slots(days))
    if json:
        put_json(rows)
        return
    for row in rows:
        held = f"; trong giờ yên tĩnh mặc định, đến lúc {_USUAL_END}" if row["held"] else ""
        asked = f"; duyệt từ {row['approve_from']}" if row["approve_from"] else ""
        price = f"; nhiều nhất {row['stars']} Sao" if "stars" in row else ""
        put(f"{row['local']}  {row['edition']}  {row['subscribers']} người nhận{held}{asked}{price}")
    if rows and "stars" in rows[0]:
        total = sum(row["stars"] for row in rows)
        put(f"Cả {days} ngày: nhiều nhất {total} Sao; trả lời bạn đọc và 30 tin đầu mỗi giây không mất tiền")


async def _coming_slots(days: int) -> list[dict[str, Any]]:
    async with open_services(settings_or_exit()) as services:
        now, newsroom = services.clock.now(), services.newsroom
        async with services.database.read() as connection:
            profiles = await find_profiles(connection)
            listeners = await count_by_profile(connection)
            parts = {one.name: await count_parts(connection, one.name) for one in newsroom.editions}
    chosen = Counter({(edition.name, edition.schedule): 0 for edition in services.newsroom.editions})
    for profile in profiles:
        if profile.id in listeners:  # a profile without listeners has no slots
            for edition in services.newsroom.editions_for(profile.choices):
                chosen[edition.name, edition.schedule] += listeners[profile.id]
    leads = {one.name: one.approval.lead for one in services.newsroom.editions if one.approval}
    rows = _slot_rows(chosen, leads, now, now + dt.timedelta(days=days))
    for row in rows if newsroom.is_paying else ():
        row["stars"] = math.ceil(row["subscribers"] * parts.get(row["edition"], 1) / _MESSAGES_A_STAR)
    return rows


def _slot_rows(
    chosen: Counter[tuple[str, Schedule]],
    leads: Mapping[str, dt.timedelta],
    now: dt.datetime,
    until: dt.datetime,
) -> list[dict[str, Any]]:
    """Return a row per slot, edition and zone, for declared and for personal times."""
    counts: Counter[tuple[dt.datetime, str, str]] = Counter()
    for (edition, schedule), subscribers in chosen.items():
        for slot in schedule.slots_between(now, until):
            counts[slot, edition, schedule.zone] += subscribers
    return [
        {
            "edition": name,
            "slot": to_rfc3339(slot, zone),
            "local": _local(slot, zone),
            "subscribers": count,
            "held": _USUAL_QUIET.covers(slot, zone),
            "approve_from": _local(slot - leads[name], zone) if name in leads else None,
        }
        for (slot, name, zone), count in sorted(counts.items())
    ]


def _local(slot: dt.datetime, zone: str) -> str:
    return f"{slot.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
