"""`diemtin issues`: what went when to how many, and what was late or waits, with the reason."""

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.commands.preparing import open_services, run, settings_or_exit
from bot.commands.terminal import Json, put, put_json
from bot.operators.looking_up import ComingIssue, look_at_issues
from bot.operators.reasons import Reason, say_at
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
