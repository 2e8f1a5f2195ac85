"""Admins are told once that delivery is at risk and once that the risk is over."""

import datetime as dt
from typing import Any

import pytest

from bot.jobs.delivery.risks import Situation, report_risks, report_unhandled_updates, risks_of
from bot.news.services import Services
from storage.conversations import PASSED_OVER, KeptUpdate, keep_updates
from storage.upkeep.stats import Queue
from tests.manual_clock import ManualClock

NOW = dt.datetime(2026, 3, 2, 0, 0, tzinfo=dt.UTC)  # 7:00 in Việt Nam
HOURS, MINUTE = dt.timedelta(hours=2), dt.timedelta(minutes=1)


def queue(
    due: int = 0, minutes: float = 0, unknown: int = 0, now: dt.datetime = NOW, waiting: int = 0
) -> Queue:
    """Build a queue whose oldest due delivery has waited for `minutes`."""
    return Queue(now, waiting or due, due, now - minutes * MINUTE if due else None, unknown)


def names(
    rate: float = 28, *, is_paused: bool = False, problem: str | None = None, **stands: Any
) -> set[str]:
    """Return what is at risk."""
    situation = Situation(queue(**stands), rate, is_paused, problem)
    return set(risks_of(situation, late_window=HOURS, zone="Asia/Ho_Chi_Minh"))


@pytest.mark.parametrize(
    ("stands", "risk"),
    [
        ({}, set()),
        ({"waiting": 9}, set()),
        ({"due": 9, "minutes": 15}, set()),
        ({"due": 9, "minutes": 15.1}, {"late"}),
        ({"due": 28 * 7_200, "rate": 28}, set()),
        ({"due": 28 * 7_201, "rate": 28}, {"late"}),
        ({"due": 28 * 7_200, "rate": 14}, {"late"}),
        ({"due": 9, "minutes": 9, "is_paused": True}, set()),
        ({"due": 9, "minutes": 11, "is_paused": True}, {"paused"}),
        ({"due": 9, "minutes": 99, "is_paused": True}, {"paused"}),
        ({"problem": "Telegram không trả lời"}, {"deaf"}),
    ],
)
def test_what_is_a_risk_and_what_is_none(stands: dict[str, Any], risk: set[str]) -> None:
    assert names(**stands) == risk


def test_the_alert_says_how_many_how_long_and_until_when() -> None:
    situation = Situation(queue(due=6_880, minutes=16), 27.84, False, None)
    [text] = risks_of(situation, late_window=HOURS, zone="Asia/Ho_Chi_Minh").values()
    assert "6.880 tin nhắn đã đến giờ" in text
    assert "đã 16 phút" in text
    assert "27,8/giây" in text
    assert "khoảng 7:04" in text


async def check(services: Services, admin_chat: Any, *, is_paused: bool = False, **stands: Any) -> list[str]:
    """Look once and return what was told."""
    admin_chat.clear()
    await report_risks(
        services, admin_chat, Situation(queue(now=services.clock.now(), **stands), 28, is_paused, None)
    )
    return list(admin_chat)


async def test_a_risk_is_told_once_and_its_end_once(services: Services, admin_chat: Any) -> None:
    [alert] = await check(services, admin_chat, due=9, minutes=20)
    assert alert.startswith("⚠️ 9 tin nhắn đã đến giờ")
    assert await check(services, admin_chat, due=9, minutes=21) == []
    assert await check(services, admin_chat) == ["✓ Các tin nhắn bị trễ đã gửi xong."]
    assert await check(services, admin_chat) == []


async def test_a_risk_that_comes_and_goes_is_told_twice_an_hour_at_the_most(
    services: Services, clock: ManualClock, admin_chat: Any
) -> None:
    alerts = 0
    for minute in range(60):
        alerts += len(await check(services, admin_chat, due=9, minutes=0 if minute % 2 else 20))
        await clock.advance(60)
    assert alerts == 4  # two alerts, two ends


async def test_a_pause_with_readers_waiting_is_told_and_its_end_too(
    services: Services, admin_chat: Any
) -> None:
    [alert] = await check(services, admin_chat, due=1_200, minutes=20, is_paused=True)
    assert "Đang dừng gửi toàn bộ mà có 1.200 tin nhắn" in alert
    assert await check(services, admin_chat) == ["✓ Đã gửi tiếp, không còn tin nhắn nào bị giữ."]


async def test_new_deliveries_in_doubt_are_told_together(
    services: Services, clock: ManualClock, admin_chat: Any
) -> None:
    assert await check(services, admin_chat) == []
    [alert] = await check(services, admin_chat, unknown=2)
    assert "Thêm 2 lượt gửi chưa rõ" in alert
    assert await check(services, admin_chat, unknown=2) == []
    assert await check(services, admin_chat, unknown=5) == []
    await clock.advance(30 * 60)
    [alert] = await check(services, admin_chat, unknown=6)
    assert "Thêm 4 lượt gửi chưa rõ" in alert
    assert "Tổng cộng: 6" in alert


async def test_pruned_doubts_do_not_hide_new_ones(
    services: Services, clock: ManualClock, admin_chat: Any
) -> None:
    await check(services, admin_chat, unknown=6)
    await clock.advance(3_600)
    assert await check(services, admin_chat, unknown=1) == []
    [alert] = await check(services, admin_chat, unknown=2)
    assert "Thêm 1 lượt gửi chưa rõ" in alert


async def test_updates_set_aside_are_told_once(
    services: Services, clock: ManualClock, admin_chat: Any
) -> None:
    await report_unhandled_updates(services, admin_chat)
    assert admin_chat == []
    for number in (1, 2):
        async with services.database.write() as connection:
            await keep_updates(connection, [KeptUpdate(number, "{}", "message: KeyError")], now=clock.now())
        await report_unhandled_updates(services, admin_chat)
        await report_unhandled_updates(services, admin_chat)
    [alert] = admin_chat
    assert "Có 1 tin nhắn từ Telegram mà bot không đọc được" in alert
    await clock.advance(31 * 60)
    await report_unhandled_updates(services, admin_chat)
    assert "Có 1 tin nhắn" in admin_chat[1]
    assert "(tất cả 2)" in admin_chat[1]


async def test_updates_of_a_flood_that_were_passed_over_are_told_once(
    services: Services, clock: ManualClock, admin_chat: Any
) -> None:
    async with services.database.write() as connection:
        kept = [KeptUpdate(number, None, PASSED_OVER) for number in range(1_200)]
        await keep_updates(connection, kept, now=clock.now())
    await report_unhandled_updates(services, admin_chat)
    await report_unhandled_updates(services, admin_chat)
    [alert] = admin_chat
    assert "bỏ qua 1.200 tin" in alert
