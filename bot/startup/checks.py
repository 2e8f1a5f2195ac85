"""The checks of `diemtin doctor`: Telegram, clock, disk, folders, sources, processes."""

import datetime as dt
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import aiohttp

from bot.fetching.responses import advice, describe_failure
from bot.fetching.source_health import QUIET
from bot.jobs.clock_watch import TOLERANCE
from bot.messages.markup import one_line, shortened
from bot.messages.spoken import say_at, say_length
from bot.news.newsroom import Newsroom
from bot.operators.fleet_notices import Status, say_processes
from bot.process.health import LEAST_FREE_BYTES
from bot.telegram.lease import describe_process, is_gone
from bot.telegram.transport import explain
from storage.engine import Database
from storage.processes.registry import find_processes
from storage.sources import SourceState

_PATIENCE_SECONDS = 10.0
_ENOUGH_BYTES = 1_000_000_000
_SMALL_SKEW = dt.timedelta(seconds=30)
_MOST_SOURCES = 12  # named, of those with a problem
_LONGEST_WORDS = 200


LABELS = {
    "proxy": "Proxy",
    "telegram": "Telegram",
    "clock": "Đồng hồ",
    "webhook": "Webhook",
    "disk": "Đĩa",
    "folders": "Quyền thư mục",
    "port": "Cổng",
    "sources": "Nguồn",
    "processes": "Tiến trình",
}
MARKS = {Status.GOOD: "✓", Status.DOUBTFUL: "!", Status.BAD: "✗"}


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name, its result, and words that say what to do."""

    name: str
    status: Status
    words: str


async def check_telegram(base_url: str, token: str, webhook_url: str | None) -> list[Check]:
    """Ask Telegram who we are, what time it is, and whether it calls a webhook."""
    host = urlsplit(base_url).hostname or ""
    timeout = aiohttp.ClientTimeout(total=_PATIENCE_SECONDS)
    checks = [_proxy(base_url)]
    try:
        async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
            began = time.monotonic()
            me, date = await _call(session, f"{base_url}/bot{token}/getMe")
            taken = time.monotonic() - began
            hook, _ = await _call(session, f"{base_url}/bot{token}/getWebhookInfo")
    except (aiohttp.ClientError, TimeoutError) as error:
        return [*checks, Check("telegram", Status.BAD, explain(error, base_url))]
    if not me.get("ok"):
        return [*checks, _refused(host, me)]
    name = one_line(str(_inside(me).get("username", "")))
    checks.append(Check("telegram", Status.GOOD, f"@{name} ở {host}, trả lời sau {round(taken * 1000)} ms"))
    return [*checks, _clock(date), _webhook(_inside(hook), webhook_url)]


async def _call(session: aiohttp.ClientSession, url: str) -> tuple[dict[str, Any], str]:
    async with session.get(url, allow_redirects=False) as answer:
        date = answer.headers.get("Date", "")
        try:
            found = await answer.json(content_type=None)
        except ValueError:
            found = None
        known = found if isinstance(found, dict) else {"description": "không phải máy chủ Bot API"}
        return known | {"status": answer.status}, date


def _inside(answer: dict[str, Any]) -> dict[str, Any]:
    result = answer.get("result")
    return result if isinstance(result, dict) else {}


def _refused(host: str, answer: dict[str, Any]) -> Check:
    if answer["status"] in (401, 404):
        words = f"{host} không nhận token này; lấy token mới từ @BotFather rồi đặt DIEMTIN_BOT_TOKEN"
        return Check("telegram", Status.BAD, words)
    said_so = shortened(one_line(str(answer.get("description", ""))), _LONGEST_WORDS)
    return Check("telegram", Status.BAD, f"{host} trả lời {answer['status']}: {said_so}")


def _proxy(base_url: str) -> Check:
    parts = urlsplit(base_url)
    proxy = getproxies().get(parts.scheme)
    if proxy is None:
        return Check("proxy", Status.GOOD, "không dùng")
    named = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    host = f"{named.hostname}:{named.port}" if named.port else str(named.hostname)
    return Check("proxy", Status.GOOD, f"{host}, theo HTTPS_PROXY và NO_PROXY")


def _clock(date: str) -> Check:
    try:
        skew = dt.datetime.now(dt.UTC) - parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return Check("clock", Status.DOUBTFUL, "Telegram không cho biết giờ")
    if abs(skew) > TOLERANCE:
        words = f"máy này lệch {say_length(abs(skew))}; chạy: timedatectl set-ntp true"
        return Check("clock", Status.BAD, words)
    status = Status.GOOD if abs(skew) <= _SMALL_SKEW else Status.DOUBTFUL
    return Check("clock", status, f"lệch {abs(round(skew.total_seconds()))} giây so với Telegram")


def _webhook(info: dict[str, Any], wanted: str | None) -> Check:
    url, error = str(info.get("url") or ""), one_line(str(info.get("last_error_message") or ""))
    host = urlsplit(url).hostname or ""
    if wanted is None and url:
        words = f"Telegram đang gọi webhook ở {host}; khi bot chạy nó sẽ bỏ webhook ấy và tự hỏi"
        return Check("webhook", Status.DOUBTFUL, words)
    if wanted is None:
        return Check("webhook", Status.GOOD, "không có, bot tự hỏi Telegram")
    if url != wanted:
        state = f"đang là {host}" if url else "chưa đăng ký"
        return Check("webhook", Status.DOUBTFUL, f"{state}; bot đăng ký địa chỉ đã đặt khi chạy")
    if error:
        return Check("webhook", Status.BAD, f"Telegram không gọi được: {shortened(error, _LONGEST_WORDS)}")
    return Check(
        "webhook", Status.GOOD, f"Telegram gọi {host}, {info.get('pending_update_count', 0)} tin đang đợi"
    )


def check_folders(database: Database, newsroom: Newsroom, config: Path | None) -> list[Check]:
    """Check the free space of the disk, and the rights on the folders in use; one on a network may hang."""
    places = [database.index_folder.parent, *([database.file.parent] if database.file else [])]
    wrong = list(_without_rights(places, newsroom, config))
    status = Status.BAD if wrong else Status.GOOD
    return [_disk(places), Check("folders", status, "; ".join(wrong) or "đủ quyền")]


def _disk(places: Sequence[Path]) -> Check:
    free = [(shutil.disk_usage(place).free, place) for place in places if place.is_dir()]
    if not free:
        return Check("disk", Status.DOUBTFUL, "chưa có thư mục dữ liệu")
    least, place = min(free)
    status = Status.GOOD if least >= _ENOUGH_BYTES else Status.DOUBTFUL
    status = Status.BAD if least < LEAST_FREE_BYTES else status
    return Check("disk", status, f"còn {round(least / 1e9)} GB ở {place.absolute()}")


def _without_rights(places: Sequence[Path], newsroom: Newsroom, config: Path | None) -> Iterator[str]:
    for place in dict.fromkeys(places):
        if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            yield f"không ghi được vào {place}"
    if config is not None and config.exists() and not os.access(config, os.R_OK):
        yield f"không đọc được {config}"
    for source in newsroom.file_sources:
        needed = os.R_OK | (os.W_OK if source.moves_files else 0)
        if not os.access(source.path, needed):
            yield f"nguồn {source.title}: không {'ghi' if source.moves_files else 'đọc'} được {source.path}"


def check_sources(newsroom: Newsroom, states: dict[str, SourceState], *, now: dt.datetime) -> list[Check]:
    """Return a check for each polled source that has a problem, and one for all others."""
    wrong = list(_ailing(newsroom, states, now))
    polled = len(newsroom.web_sources)
    shown = wrong[:_MOST_SOURCES]
    if len(wrong) > len(shown):
        shown.append(
            Check("sources", Status.DOUBTFUL, f"và {len(wrong) - len(shown)} nguồn nữa: diemtin sources")
        )
    if polled > len(wrong):
        shown.append(Check("sources", Status.GOOD, f"{polled - len(wrong)} nguồn mạng trả lời tốt"))
    return shown or [Check("sources", Status.GOOD, "chưa khai báo nguồn mạng nào")]


def _ailing(newsroom: Newsroom, states: dict[str, SourceState], now: dt.datetime) -> Iterable[Check]:
    for source in newsroom.web_sources:
        state = states.get(source.name)
        if state is None or state.url != source.url:
            yield Check("sources", Status.DOUBTFUL, f"{source.title}: chưa hỏi lần nào")
            continue
        last = say_at(state.fetched_at, newsroom.zone, now) if state.fetched_at else "chưa lần nào"
        if state.trouble:
            failure = describe_failure(state.trouble, state.detail)
            words = f"{failure}; lần cuối được {last}; {advice(state.trouble)}"
            yield Check(
                "sources", Status.BAD, f"{source.title}: {shortened(one_line(words), _LONGEST_WORDS)}"
            )
        elif QUIET in state.told and state.new_at is not None:
            since = say_at(state.new_at, newsroom.zone, now)
            yield Check(
                "sources",
                Status.DOUBTFUL,
                f"{source.title}: không có tin mới từ {since}, hỏi lần cuối {last}",
            )


async def check_processes(database: Database) -> list[Check]:
    """Say what each process on a PostgreSQL database does, and in what they disagree."""
    if not database.is_postgres:
        return []
    async with database.read() as connection:
        found = await find_processes(connection)
    statements = say_processes(found, is_gone=is_gone, name_of=describe_process)
    return [Check("processes", one.status, one.words) for one in statements]
