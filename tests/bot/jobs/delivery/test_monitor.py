"""The monitor: figures, progress and risks of a real sender's work."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs.delivery.monitor import Monitor
from bot.jobs.delivery.sender import Sender
from bot.jobs.digests.slots import send_edition_now
from bot.news.services import Services
from tests.manual_clock import ManualClock

Reader = Callable[..., Awaitable[int]]
Story = Callable[..., Awaitable[int]]


@pytest.fixture
def sender(services: Services, telegram: ExtBot[None]) -> Sender:
    """A sender that tests run batch by batch."""
    return Sender(services, telegram)


def figure(name: str) -> float | None:
    """Return what Prometheus would read."""
    return REGISTRY.get_sample_value(f"diemtin_{name}")


async def test_the_figures_follow_the_queue(
    services: Services, clock: ManualClock, sender: Sender, telegram: ExtBot[None], users: Control,
    reader: Reader, story: Story, admin_chat: Any,
) -> None:  # fmt: skip
    monitor = Monitor(services, telegram, sender, admin_chat, lambda: None)
    for chat in (1, 2):
        await users.user(f"Bạn {chat}", id=chat, started=True)
        await reader(chat)
    await story("Cầu mới thông xe")
    await clock.advance(60)
    await send_edition_now(services, "sang")
    await clock.advance(120)
    await monitor.show()
    figures = [figure(name) for name in ("deliveries_due", "deliveries_waiting", "queue_age_seconds")]
    assert figures == [2, 2, 120]
    await users.post("fault", kind="403", chat=2)
    await sender.send_batch()
    await monitor.show()
    await monitor.count_outcomes()
    assert [figure("deliveries_due"), figure("queue_age_seconds"), figure("seconds_to_finish")] == [0, 0, 0]
    assert [figure("deliveries_late"), figure("deliveries_gone"), sender.sent] == [0, 1, 1]
    assert admin_chat == []


async def test_a_risk_reaches_the_admins_and_silence_only_after_three_looks(
    services: Services, clock: ManualClock, sender: Sender, telegram: ExtBot[None], reader: Reader,
    story: Story, admin_chat: Any,
) -> None:  # fmt: skip
    problems: list[str | None] = ["Telegram không trả lời"]
    monitor = Monitor(services, telegram, sender, admin_chat, lambda: problems[-1])
    for _ in range(2):
        await monitor.check_risks()
    assert admin_chat == []
    await monitor.check_risks()
    assert "không nhận được tin nhắn mới từ Telegram (Telegram không trả lời)" in admin_chat[-1]
    problems.append(None)
    await monitor.check_risks()
    assert admin_chat[1:] == ["✓ Điểm Tin lại nhận được tin nhắn từ Telegram."]
    await reader(1)
    await story("Cầu mới thông xe")
    await clock.advance(60)
    await send_edition_now(services, "sang")
    await clock.advance(16 * 60)
    await monitor.check_risks()
    assert admin_chat[2].startswith("⚠️ 1 tin nhắn đã đến giờ mà chưa gửi; tin đợi lâu nhất đã 16 phút")
