"""`diemtin issues` and `correct`: what went out when and to how many, and a correction of it."""

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.commands.preparing import open_services, run, settings_or_exit
from bot.commands.terminal import Json, fail, put, put_json
from bot.messages.markup import visible_text
from bot.messages.rendering import LONGEST_CORRECTION
from bot.news.corrections import find_reach, preview_notice, readable_text, send_correction
from bot.operators.looking_up import ComingIssue, look_at_issues
from bot.operators.reasons import Reason, say_at
from config.settings import Settings
from storage.delivery.corrections import draft_correction
from storage.delivery.history import SentIssue
from storage.times import to_rfc3339

# `diemtin issues`: what went when to how many, and what was late or waits, with the reason.

_MOST = 60
_COUNTED = ("sent", "waiting", "quiet", "held", "gone", "unknown")
_WORDS = {"sent": "đã gửi", "waiting": "đang đợi", "gone": "không gửi nữa", "unknown": "chưa rõ"}


def issues(
    days: Annotated[
        int, typer.Option(metavar="N", min=1, max=30, help="Số ngày nhìn lại, 1 đến 30; bỏ trống là 2.")
    ] = 2,
    json: Json = False,
) -> None:
    """List the issues: when due, when sent, and why not or late."""
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
        coming, past = await look_at_issues(services, days=days, limit=_MOST)
        zone = services.newsroom.zone
        rows = [_coming_row(one) for one in coming]
        return [*rows, *(_row(one, reason, zone) for one, reason in past)], zone, services.clock.now()


def _coming_row(one: ComingIssue) -> dict[str, Any]:
    return {
        "id": None, "edition": one.edition, "slot": to_rfc3339(one.slot_at, one.zone), "status": "coming",
        "readers": one.readers, "first_sent": None, "last_sent": None, "reason": None,
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
        return f"{head}  sắp phát, {row['readers']} người nhận"
    counts = [f"{row[name]} {words}" for name, words in _WORDS.items() if row[name]]
    sent = f"gửi {at(row['first_sent'])}–{at(row['last_sent'])}" if row["first_sent"] else ""
    return "  ".join(filter(None, (head, sent, ", ".join(counts), row["reason"]["words"])))


# `diemtin correct`: correct a story that was sent; the running bot does the rest.


def correct(
    story: Annotated[int, typer.Argument(metavar="STORY", help="Mã của tin; /quantri cho biết.", min=1)],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Nội dung đính chính.")],
    send: Annotated[bool, typer.Option("--send", help="Gửi thật; không có thì chỉ xem trước.")] = False,
) -> None:
    """Correct a story that was sent."""
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
