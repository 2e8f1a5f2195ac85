"""The values of the console's pages: a bounded number of rows, with reasons."""

import datetime as dt
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from bot.console.page_templates import readable
from bot.messages import spoken
from bot.messages.subscription_texts import LENGTHS, STATUSES
from bot.news.answers import describe, explain, look_up
from bot.news.newsroom import Source
from bot.news.services import Services
from bot.operators.approvals import list_open_gates
from bot.operators.article_reasons import say_rank
from bot.operators.fleet_notices import say_processes
from bot.operators.reader_lookup import KINDS, find_reader_view, find_sending_holds, why_article
from bot.operators.reasons import Why, why_held
from bot.operators.schedule_control import list_issues
from bot.telegram import lease
from bot.times.schedule import QuietHours
from storage.delivery.history import find_issue_messages
from storage.delivery.mailings import find_headlines, find_mailing
from storage.delivery.states import DeliveryStatus
from storage.intake.files import QUARANTINE, is_reason
from storage.notes import AuditKind, find_audit_entries
from storage.off_loop import INTAKE
from storage.processes.registry import find_processes
from storage.sources import find_refusals
from storage.upkeep.stats import gather_stats

_DAY = dt.timedelta(days=1)
_MOST_COMING, _MOST_PAST = 12, 20
_MOST_STORIES, _MOST_FOUND, _MOST_REFUSED, _MOST_FILES, _MOST_ENTRIES = 40, 20, 60, 60, 60
_LONGEST_REASON_FILE = 2_000
_ACTIONS: Mapping[AuditKind, str] = {
    AuditKind.SENT_NOW: "Gửi ngay",
    AuditKind.RETRACTED: "Thu hồi",
    AuditKind.CORRECTED: "Đính chính",
    AuditKind.STOPPED: "Dừng gửi",
    AuditKind.RESUMED: "Gửi tiếp",
    AuditKind.TAKEN_AGAIN: "Đưa tệp về hộp thư",
    AuditKind.LOGGED_IN: "Vào bảng điều khiển",
    AuditKind.ANNOUNCED: "Thông báo:",
    AuditKind.ANNOUNCEMENT_STOPPED: "Thu hồi thông báo:",
    AuditKind.CHANGED_FILE: "Sửa tệp cấu hình:",
    AuditKind.CHANGED_BACK: "Hoàn tác lần sửa tệp cấu hình trước",
    AuditKind.APPROVED: "Duyệt số:",
    AuditKind.HELD: "Giữ lại số:",
    AuditKind.DROPPED: "Bỏ tin lúc duyệt:",
    AuditKind.RESTORED: "Đưa tin trở lại lúc duyệt:",
}


async def today(services: Services, problems: list[str]) -> dict[str, Any]:
    """Return the values of the first page: counts of a day, coming slots, issues that are late or held."""
    now = services.clock.now()
    coming, past = await list_issues(services, days=1, limit=_MOST_PAST)
    async with services.database.read() as connection:
        stats = await gather_stats(connection, since=now - _DAY, now=now)
        sending = await find_sending_holds(connection)
        found = await find_processes(connection)
    fine = (Why.ON_TIME, Why.EMPTY)
    return {
        "problems": problems,
        "processes": say_processes(found, is_gone=lease.is_gone, name_of=lease.describe_process),
        "stats": stats,
        "gates": await list_open_gates(services),
        "held": why_held(None, sending, zone=services.newsroom.zone, now=now),
        "coming": [(one, title_of(services, one.edition)) for one in coming[:_MOST_COMING]],
        "attention": [
            (one, title_of(services, one.edition), why) for one, why in past if why.code not in fine
        ],
        "refusals": stats.refusals,
    }


def title_of(services: Services, edition: str) -> str:
    """Return the title of an edition, or its name if it is no longer declared."""
    found = services.newsroom.find_edition(edition)
    return found.title if found else edition


async def issues(services: Services) -> dict[str, Any]:
    """Return the coming slots and the issues of a week."""
    coming, past = await list_issues(services, days=7, limit=_MOST_PAST)
    return {
        "gates": await list_open_gates(services),
        "coming": [(one, title_of(services, one.edition)) for one in coming[:_MOST_COMING]],
        "past": [(one, title_of(services, one.edition), reason) for one, reason in past],
    }


async def issue(services: Services, issue_id: int) -> dict[str, Any] | None:
    """Return one issue with its text, None if there is no such issue."""
    async with services.database.read() as connection:
        batch = await find_mailing(connection, issue_id)
        if batch is None:
            return None
        stories = await find_headlines(connection, batch, limit=_MOST_STORIES)
        parts = await find_issue_messages(connection, issue_id)
    return {
        "batch": batch,
        "title": title_of(services, batch.edition),
        "stories": stories,
        "parts": [readable(html) for html in parts],
        "can_retract": batch.deliveries.get(DeliveryStatus.PENDING, 0) > 0,
    }


async def reader(services: Services, asked: str, wanted: str) -> dict[str, Any]:
    """Return the reader with the number `asked`, and why this reader did or did not get `wanted`."""
    asked, wanted = _typed(asked), _typed(wanted)
    blank = {"asked": asked, "wanted": wanted, "view": None, "article": None, "problem": ""}
    if not asked:
        return blank
    try:
        chat = int(asked)
    except ValueError:
        return blank | {"problem": "Hãy gõ số của cuộc trò chuyện, chỉ gồm chữ số."}
    if abs(chat) >= 2**63:
        return blank | {"problem": "Số này quá dài."}
    view = await find_reader_view(services, chat)
    if view is None:
        return blank | {"problem": "Không có ai đăng ký với số này."}
    one, newsroom = view.subscriber, services.newsroom
    article = await why_article(services, chat, wanted) if wanted else None
    return blank | {
        "view": view,
        "article": article,
        "status": STATUSES[one.status],
        "length": LENGTHS[one.choices.length],
        "muted_words": len(one.choices.words_out),
        "muted_papers": len(one.choices.sources_out),
        "quiet": spoken.say_quiet(QuietHours(one.quiet_start, one.quiet_end)),
        "topics": [newsroom.topics.get(name, name) for name in view.edition.topics],
        "kinds": {kind: words.capitalize() for kind, words in KINDS.items()},
    }


def _typed(text: str) -> str:
    """Return typed text on one line, without invisible characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


async def search(services: Services, asked: str) -> dict[str, Any]:
    """Return the results of a question, as readers get them, best first."""
    words = _typed(asked)[:200]
    if not words:
        return {"asked": "", "found": [], "titles": {}, "total": 0, "suggestion": None}
    reply = await look_up(services, words, zone=services.newsroom.zone)
    found = await describe(services, reply.query, reply.ids[:_MOST_FOUND])
    ranks = await explain(services, reply, [one.article.id for one in found])
    newest = reply.query.wants_newest
    why = [list(say_rank(place, ranks, wants_newest=newest)) for place in range(len(ranks))]
    topics = [services.newsroom.topics.get(one.article.topic or "", "") for one in found]
    rows = list(zip(found, topics, why or [[]] * len(found), strict=True))
    return {
        "asked": words,
        "found": rows,
        "titles": {one.name: one.title for one in services.newsroom.sources},
        "total": len(reply.ids),
        "suggestion": reply.results.suggestion,
    }


async def quarantine(services: Services) -> dict[str, Any]:
    async with services.database.read() as connection:
        refused = await find_refusals(connection, limit=_MOST_REFUSED)
    titles = {one.name: one.title for one in services.newsroom.sources}
    rows = [(titles.get(one.source, one.source), one) for one in refused]
    inboxes = [one for one in services.newsroom.file_sources if one.moves_files]
    files = await INTAKE.run(lambda: [(one, _quarantined(one)) for one in inboxes])
    return {"refused": rows, "files": [(one, found) for one, found in files if found]}


def _quarantined(inbox: Source) -> list[tuple[str, str]]:
    try:
        files = sorted((inbox.path / QUARANTINE).iterdir())
        held = (file for file in files if file.is_file() and not is_reason(file))
        return [(file.name, _reason_beside(file)) for file in islice(held, _MOST_FILES)]
    except OSError:
        return []


def _reason_beside(file: Path) -> str:
    try:
        with file.with_name(f"{file.name}.reason.txt").open(encoding="utf-8", errors="replace") as text:
            return text.read(_LONGEST_REASON_FILE)
    except OSError:
        return ""


async def audit_log(services: Services) -> dict[str, Any]:
    async with services.database.read() as connection:
        found = await find_audit_entries(connection, limit=_MOST_ENTRIES)
    return {"rows": found, "words": _ACTIONS}
