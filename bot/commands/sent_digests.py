"""`diemtin reader`, `issues` and `correct`: what was sent to whom and why, and corrections."""

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.commands.preparing import open_services, run, settings_or_exit
from bot.commands.terminal import Json, fail, put, put_json
from bot.messages import spoken
from bot.messages.markup import visible_text
from bot.messages.rendering import LONGEST_CORRECTION
from bot.messages.spoken import say_at
from bot.messages.subscription_texts import STATUSES
from bot.news.newsroom import Newsroom
from bot.news.reader_notices import find_reach, preview_notice, readable_text, send_correction
from bot.operators.reader_lookup import KINDS, ReaderView, find_reader_view, why_article
from bot.operators.reasons import Reason
from bot.operators.schedule_control import ComingIssue, list_issues
from bot.times.schedule import QuietHours
from config.settings import Settings
from storage.delivery.corrections import draft_correction
from storage.delivery.history import SentIssue
from storage.times import to_rfc3339

_MOST = 60
_COUNTED = ("sent", "waiting", "quiet", "held", "gone", "unknown")
_WORDS = {"sent": "đã gửi", "waiting": "đang đợi", "gone": "không gửi nữa", "unknown": "chưa rõ"}


def issues(
    days: Annotated[
        int, typer.Option(metavar="N", min=1, max=30, help="Số ngày nhìn lại, 1 đến 30; bỏ trống là 2.")
    ] = 2,
    json: Json = False,
) -> None:
    """List what was sent when to how many readers, and why an issue was late or waits."""
    rows, zone, now = run(_issues(days))
    if json:
        put_json(rows)
        return
    for row in rows:
        put(_line(row, zone, now))
    if not rows:
        put("Chưa có số nào, và chưa ai đăng ký bản tin nào.")


async def _issues(days: int) -> tuple[list[dict[str, Any]], str, dt.datetime]:
    async with open_services(settings_or_exit()) as services:
        coming, past = await list_issues(services, days=days, limit=_MOST)
        zone = services.newsroom.zone
        rows = [_coming_row(one) for one in coming]
        return [*rows, *(_row(one, reason, zone) for one, reason in past)], zone, services.clock.now()


def _coming_row(one: ComingIssue) -> dict[str, Any]:
    return {
        "id": None, "edition": one.edition, "slot": to_rfc3339(one.slot_at, one.zone), "status": "coming",
        "readers": one.readers, "first_sent": None, "last_sent": None,
        "reason": asdict(one.gate) if one.gate else None,
    }  # fmt: skip


def _row(one: SentIssue, reason: Reason, zone: str) -> dict[str, Any]:
    moments = {"made": one.made_at, "first_sent": one.first_sent_at, "last_sent": one.last_sent_at}
    return {
        "id": one.id,
        "edition": one.edition,
        "slot": to_rfc3339(one.slot_at, zone),
        "status": str(one.status),
        **{name: to_rfc3339(at, zone) if at else None for name, at in moments.items()},
        **{name: getattr(one, name) for name in _COUNTED},
        "reason": asdict(reason),
    }


def _line(row: dict[str, Any], zone: str, now: dt.datetime) -> str:
    def at(text: str) -> str:
        return say_at(dt.datetime.fromisoformat(text), zone, now)

    head = f"{at(row['slot'])}  {row['edition']}"
    if row["status"] == "coming":
        gate = f"  {row['reason']['words']}" if row["reason"] else ""
        return f"{head}  sắp phát, {row['readers']} người nhận{gate}"
    counts = [f"{row[name]} {words}" for name, words in _WORDS.items() if row[name]]
    sent = f"gửi {at(row['first_sent'])}–{at(row['last_sent'])}" if row["first_sent"] else ""
    return "  ".join(filter(None, (head, sent, ", ".join(counts), row["reason"]["words"])))


def correct(
    story: Annotated[int, typer.Argument(metavar="STORY", help="Mã của tin; /quantri cho biết.", min=1)],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Nội dung đính chính.")],
    send: Annotated[bool, typer.Option("--send", help="Gửi thật; không có thì chỉ xem trước.")] = False,
) -> None:
    """Correct a story that was sent; the running bot sends the correction."""
    words = readable_text(text)
    if words is None:
        fail(f"✗ Nội dung đính chính phải có chữ và dài nhất {LONGEST_CORRECTION} ký tự.", 2)
    run(_correct(settings_or_exit(), story, words, send=send))


async def _correct(settings: Settings, story: int, text: str, *, send: bool) -> None:
    async with open_services(settings) as services:
        reach = await find_reach(services, story) if story < 2**63 else None
        if reach is None:
            fail(f"✗ Trong bảy ngày qua không số nào có tin mang mã {story}.")
        put(visible_text(preview_notice(services, reach, text)))
        if not send:
            put(f"Xem trước: {reach.readers} người sẽ nhận. Gửi thật: thêm --send")
            return
        async with services.database.write() as connection:
            draft = await draft_correction(connection, story, text, now=services.clock.now())
        queued = await send_correction(services, draft.id)
        if queued is not None:
            put(
                f"✓ Đã xếp gửi: sửa {queued.edits} tin nhắn, báo cho {queued.notices} người nhận; "
                "bot đang chạy sẽ gửi."
            )


def reader(
    chat: Annotated[int, typer.Argument(metavar="CHAT", help="Số của cuộc trò chuyện; của nhóm là số âm.")],
    article: Annotated[
        str | None,
        typer.Option(metavar="BÀI", help="Vì sao người này không nhận bài này: số, id hoặc địa chỉ của bài."),
    ] = None,
    json: Json = False,
) -> None:
    """Show one reader's choices, next digest and last messages, with reasons."""
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
        view = await find_reader_view(services, chat)
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
    editions = ", ".join(f"«{name}»" for name in (row["edition"], *row["more_editions"]))
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
        lines.append(f"  • {KINDS[past['kind']]}{slot}{part}: {past['reason']['words']}")
    blank = [f"  ∅ số {at(one['slot'])}: {one['reason']['words']}" for one in row["not_sent"]]
    return lines + blank
