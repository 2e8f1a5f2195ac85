"""Keyboards and panels stay within Telegram's limits however much an operator declares."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from bot.chat.buttons.callbacks import MAX_BYTES
from bot.chat.context import View
from bot.chat.settings.panels import (
    closed_view,
    days_view,
    editions_view,
    quiet_view,
    schedule_view,
    topics_view,
)
from bot.messages.markup import MAX_UNITS, visible_length
from bot.news.newsroom import Newsroom
from bot.times.schedule import Schedule
from storage.profiles import Choices
from storage.subscribers import Subscriber

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def crowded(newsroom: Newsroom) -> Newsroom:
    """Two hundred topics and editions with the longest names that the newsroom file takes."""
    names = [f"ten-that-dai-{n:019}" for n in range(200)]
    schedule = Schedule(tuple(dt.time(n // 2, n % 2 * 30) for n in range(48)))
    edition = newsroom.editions[0]
    editions = [replace(edition, name=name, title="Đ" * 64, schedule=schedule) for name in names]
    return replace(newsroom, editions=tuple(editions), topics=dict.fromkeys(names, "Đ" * 64))


@pytest.fixture
def reader(crowded: Newsroom) -> Subscriber:
    """Someone who chose all but one of the topics."""
    choices = Choices(crowded.editions[0].name, topics=tuple(crowded.topics)[1:])
    return Subscriber(1, 1, "private", "active", 1, choices, 22 * 60, 6 * 60 + 30, NOW, None, NOW)


def _views(reader: Subscriber, newsroom: Newsroom) -> list[View]:
    return [
        schedule_view(reader, newsroom, NOW),
        closed_view(reader, newsroom, NOW),
        days_view(reader, newsroom),
        editions_view(reader, newsroom),
        quiet_view(reader),
        topics_view(reader, newsroom),
    ]


def test_every_panel_of_a_crowded_newsroom_fits_into_one_message(
    reader: Subscriber, crowded: Newsroom
) -> None:
    assert max(visible_length(view.html) for view in _views(reader, crowded)) <= MAX_UNITS


def test_no_keyboard_has_more_buttons_or_longer_data_than_telegram_takes(
    reader: Subscriber, crowded: Newsroom
) -> None:
    for view in _views(reader, crowded):
        rows: Any = view.keyboard.inline_keyboard if view.keyboard else ()
        buttons = [button for row in rows for button in row]
        assert len(buttons) <= 100
        assert all(len(row) <= 8 for row in rows)
        assert all(1 <= len(button.callback_data.encode()) <= MAX_BYTES for button in buttons)
