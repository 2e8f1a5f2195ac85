"""A broadcast's progress: one message, edited in place, only for broadcasts that take a while."""

import datetime as dt

import pytest
from telegram.ext import ExtBot

from bot.emulator.client import Control
from bot.jobs.delivery import monitor as module
from bot.jobs.delivery.monitor import BroadcastProgress
from bot.news.services import Services
from storage.engine import Database
from storage.upkeep.stats import Queue

START = dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)  # 6:30 in Việt Nam
ADMIN = 900


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


@pytest.fixture
async def progress(services: Services, telegram: ExtBot[None], users: Control) -> BroadcastProgress:
    """Progress shown to one admin."""
    await users.user("Chị Tư", id=ADMIN, started=True)
    return BroadcastProgress(services, telegram)


def queue(due: int, seconds: float = 0) -> Queue:
    """Build a queue as it stands `seconds` after the start."""
    at = START + dt.timedelta(seconds=seconds)
    return Queue(at, due, due, START if due else None, 0)


async def texts(users: Control) -> list[str]:
    """Return what the admin sees."""
    return [message["text"] for message in await users.wait(ADMIN, timeout=0)]


async def test_a_broadcast_is_shown_in_one_message_until_it_is_through(
    progress: BroadcastProgress, users: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_EDIT_SECONDS", 0.0)
    await progress.show(queue(10_000), sent=500, rate=0, is_paused=False)
    assert await texts(users) == ["📤 : 0/10.000 đã gửi · 28,0/giây · xong khoảng 6:35"]
    await progress.show(queue(6_880, 112), sent=3_620, rate=27.84, is_paused=False)
    assert await texts(users) == ["📤 : 3.120/10.000 đã gửi · 27,8/giây · xong khoảng 6:35"]
    await progress.show(queue(6_880, 120), sent=3_620, rate=20, is_paused=True)
    assert await texts(users) == ["⏸ : 3.120/10.000 đã gửi, đang dừng gửi"]
    await progress.show(queue(0, 360), sent=10_500, rate=27, is_paused=False)
    assert await texts(users) == ["✓ : đã gửi 10.000 tin nhắn, xong lúc 6:36"]


async def test_short_broadcasts_are_not_shown(progress: BroadcastProgress, users: Control) -> None:
    for due in (839, 400, 0):
        await progress.show(queue(due), sent=0, rate=28, is_paused=False)
    assert await texts(users) == []


async def test_edits_are_far_apart(progress: BroadcastProgress, users: Control) -> None:
    for sent in range(50):
        await progress.show(queue(10_000 - sent), sent=sent, rate=28, is_paused=False)
    calls = (await users.get("stats"))["methods"]
    assert "editMessageText" not in calls
    assert calls["sendMessage"]["calls"] == 1


async def test_an_admin_who_cannot_be_reached_keeps_nobody_from_anything(
    progress: BroadcastProgress, users: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_EDIT_SECONDS", 0.0)
    await users.post("fault", kind="403", method="sendMessage")
    await progress.show(queue(10_000), sent=0, rate=28, is_paused=False)
    await progress.show(queue(5_000), sent=5_000, rate=28, is_paused=False)
    await progress.show(queue(10_000), sent=0, rate=28, is_paused=False)
    assert await texts(users) == []
