"""`diemtin reader`: one reader's choices, next digest and last messages, each with the reason."""

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.commands.preparing import open_services, run, settings_or_exit
from bot.commands.terminal import Json, fail, put, put_json
from bot.messages import spoken
from bot.messages.texts import STATUSES
from bot.news.newsroom import Newsroom
from bot.operators.looking_up import ReaderView, look_at_reader, why_article
from bot.operators.reasons import say_at
from bot.times.schedule import QuietHours
from storage.delivery.states import MessageKind
from storage.times import to_rfc3339

_KINDS = {
    MessageKind.DIGEST: "số",
    MessageKind.RECAP: "bản tổng kết",
    MessageKind.BREAKING: "tin nóng",
    MessageKind.ALERT: "tin báo",
    MessageKind.CORRECTION_EDIT: "sửa đính chính",
    MessageKind.CORRECTION_NOTICE: "tin đính chính",
    MessageKind.ANNOUNCEMENT: "thông báo",
}


def reader(
    chat: Annotated[int, typer.Argument(metavar="CHAT", help="Số của cuộc trò chuyện; của nhóm là số âm.")],
    article: Annotated[
        str | None,
        typer.Option(metavar="BÀI", help="Vì sao người này không nhận bài này: số, id hoặc địa chỉ của bài."),
    ] = None,
    json: Json = False,
) -> None:
    """Show what a reader chose and gets, and why."""
    row = run(_reader(chat, article))
    if row is None:
        fail(f"✗ Không có ai đăng ký với số {chat}; số đúng có trong /dulieucuatoi của người ấy.")
    if json:
        put_json(row)
        return
    for line in _lines(row):
        put(line)


async def _reader(chat: int, wanted: str | None) -> dict[str, Any] | None:
    async with open_services(settings_or_exit()) as services:
        view = await look_at_reader(services, chat)
        if view is None:
            return None
        row = _facts(view, services.newsroom)
        if wanted is not None:
            found = await why_article(services, chat, wanted)
            stored, reason = found if found else (None, None)
            named = {"wanted": wanted, "title": stored.title if stored else None}
            row["article"] = named | (asdict(reason) if reason else {})
        return row | {"now": to_rfc3339(services.clock.now(), row["zone"])}


def _facts(view: ReaderView, newsroom: Newsroom) -> dict[str, Any]:
    one, schedule = view.subscriber, view.edition.schedule
    zone = schedule.zone
    return {
        "chat": one.chat_id,
        "kind": one.kind,
        "status": one.status,
        "edition": view.edition.name,
        "more_editions": one.choices.more_editions,
        "times": [f"{time:%H:%M}" for time in schedule.times],
        "days": sorted(schedule.days),
        "zone": zone,
        "quiet": spoken.say_quiet(QuietHours(one.quiet_start, one.quiet_end)),
        "topics": [newsroom.topics.get(name, name) for name in view.edition.topics],
        "since": to_rfc3339(one.created_at, zone),
        "watches": view.watches,
        "next": {
            "slot": _at(view.next.slot_at, zone),
            "arrives": _at(view.next.arrives_at, zone),
            "reasons": [asdict(reason) for reason in view.next.reasons],
        },
        "last": [
            {
                "kind": past.kind, "edition": past.edition, "slot": _at(past.slot_at, zone),
                "part": past.part + 1, "status": past.status, "reason": asdict(reason),
            }
            for past, reason in view.past
        ],
        "not_sent": [
            {"edition": blank.edition, "slot": _at(blank.slot_at, zone), "reason": asdict(reason)}
            for blank, reason in view.blank
        ],
    }  # fmt: skip


def _at(moment: dt.datetime | None, zone: str) -> str | None:
    return to_rfc3339(moment, zone) if moment else None


def _lines(row: dict[str, Any]) -> list[str]:
    zone, now = row["zone"], dt.datetime.fromisoformat(row["now"])

    def at(text: str) -> str:
        return say_at(dt.datetime.fromisoformat(text), zone, now)

    chosen = ", ".join(row["topics"]) or "mọi chủ đề"
    days = spoken.say_days(row["days"])
    editions = ", ".join((row["edition"], *row["more_editions"]))
    lines = [
        f"{row['chat']} ({row['kind']}) · {STATUSES[row['status']]} · từ {at(row['since'])}",
        f"  Bản tin {editions}: {', '.join(row['times'])}, {days}, {spoken.say_zone(zone)}",
        f"  {chosen} · giờ yên tĩnh {row['quiet']} · theo dõi {row['watches']} mục",
    ]
    coming, reasons = row["next"], "; ".join(reason["words"] for reason in row["next"]["reasons"])
    arrives = f"{at(coming['arrives'])} (số {at(coming['slot'])})" if coming["arrives"] else "không có"
    lines.append(f"  Số tới: {arrives}" + (f" · {reasons}" if reasons else ""))
    if found := row.get("article"):
        lines.append(f"  Bài {found['title'] or found['wanted']}: {found['words']}")
    for past in row["last"]:
        slot = f" {at(past['slot'])}" if past["slot"] else ""
        part = f" phần {past['part']}" if past["part"] > 1 else ""
        lines.append(f"  • {_KINDS[past['kind']]}{slot}{part}: {past['reason']['words']}")
    blank = [f"  ∅ số {at(one['slot'])}: {one['reason']['words']}" for one in row["not_sent"]]
    return lines + blank
