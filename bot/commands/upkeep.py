"""`diemtin stats` and `db upgrade`: how an installation fares."""

import datetime as dt
from zoneinfo import ZoneInfo

from bot.commands.preparing import (
    clock_of,
    open_database,
    open_services,
    run,
    settings_or_exit,
    upgrade_or_exit,
)
from bot.commands.terminal import Json, put, put_json
from bot.messages.texts import ISSUE_STATUSES, STATUSES
from bot.news.newsroom import Newsroom
from bot.operators.delivery_notices import say_outcomes, say_rate, say_troubles
from bot.operators.notices import say_origin
from config.settings import Settings
from storage.delivery.states import DeliveryStatus
from storage.upkeep.stats import Stats, gather_stats

_DAY = dt.timedelta(hours=24)
_ISSUE_STATUSES = ISSUE_STATUSES | {"correction": "đính chính"}
_DELIVERY_STATUSES: dict[str, str] = {
    DeliveryStatus.PENDING: "chờ gửi",
    DeliveryStatus.SENDING: "đang gửi",
    DeliveryStatus.SENT: "đã gửi",
    DeliveryStatus.GONE: "không gửi nữa",
    DeliveryStatus.UNKNOWN: "chưa rõ",
}


def stats(json: Json = False) -> None:
    """Count articles, stories, subscribers and deliveries."""
    found, newsroom = run(_stats())
    if json:
        put_json(found.as_dict())
        return
    put(f"Bài: {found.articles} ({found.articles_waiting} chờ xử lý) · chuyện: {found.stories}")
    put(f"Người nhận: {_counts(found.subscribers, STATUSES)}")
    put(f"Số trong 24 giờ: {_counts(found.issues, _ISSUE_STATUSES)}")
    put(f"Lượt gửi trong 24 giờ: {_counts(found.deliveries, _DELIVERY_STATUSES)}")
    put(f"Lượt đang chờ gửi: {found.deliveries_waiting}")
    for line in _delivery(found, newsroom.zone):
        put(line)
    if found.updates_set_aside:
        put(f"Tin nhắn từ Telegram không đọc được, để riêng: {found.updates_set_aside}")
    if found.updates_passed_over:
        put(f"Tin nhắn gửi dồn dập, bỏ qua trong 2 ngày qua: {found.updates_passed_over}")
    for source, path, reason in found.refusals:
        put(f"Từ chối: {say_origin(source, newsroom)} · {path}: {reason}")


async def _stats() -> tuple[Stats, Newsroom]:
    async with open_services(settings_or_exit()) as services, services.database.read() as connection:
        now = services.clock.now()
        return await gather_stats(connection, since=now - _DAY, now=now), services.newsroom


def _delivery(stats: Stats, zone: str) -> list[str]:
    """Say how delivery stands, in lines."""
    day, queue = stats.outcomes, stats.queue
    lines = [f"Của các số trong 24 giờ: {say_outcomes(day)}"]
    lines += say_troubles(queue, [(one.edition, one) for one in stats.refused], stats.lost_chats, zone)
    finish_at = queue.finish_at(day.rate)
    if finish_at is not None:
        local = finish_at.astimezone(ZoneInfo(zone))
        lines.append(
            f"Đã đến giờ gửi: {queue.due}, lâu nhất {int(queue.age.total_seconds() // 60)} phút; "
            f"đang gửi {say_rate(day.rate)}/giây, dự kiến xong {local:%H:%M} ({zone})"
        )
    return lines


def _counts(counts: dict[str, int], words: dict[str, str]) -> str:
    """Return the counts in the order of `words`.

    >>> _counts({"gone": 1, "active": 2}, {"active": "đang nhận", "paused": "tạm dừng", "gone": "đã ngừng"})
    '2 đang nhận, 1 đã ngừng'
    """
    return (
        ", ".join(f"{counts[status]} {word}" for status, word in words.items() if counts.get(status)) or "0"
    )


def upgrade_database() -> None:
    """Bring the database to the schema of this version."""
    run(_upgrade(settings_or_exit()))
    put("✓ Cơ sở dữ liệu đúng phiên bản.")


async def _upgrade(settings: Settings) -> None:
    async with open_database(settings) as opened:
        await upgrade_or_exit(opened, clock_of(settings))
