"""Daily figures as a reader chooses, reads and asks for them; on both engines where rows are concerned."""

import asyncio
import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.chat.buttons.reader_intents import ChooseFigure, SetSilent, SetWeekly
from bot.chat.settings.choices import change_choices
from bot.jobs.intake.intake import poll_sources
from bot.news.newsroom import Source
from storage.sources import find_refusals

GOLD = {"name": "Vàng SJC", "value": 152.5, "unit": "triệu đồng/lượng"}
DOLLAR = {"name": "Đô la Mỹ", "value": 26350, "unit": "đồng"}
WEATHER = {"name": "Thời tiết", "value": "24-31", "unit": "°C, có mưa", "place": "Hạ Long"}


class Figures:
    """A file of figures that the bot has taken in."""

    def __init__(self, house: Any, path: Path) -> None:
        self.house = house
        self.path = path
        self._given = 0

    async def give(self, *rows: Any, ago: dt.timedelta = dt.timedelta(minutes=30)) -> None:
        """Write the file anew and let the intake look at it."""
        at = (self.house.clock.now() - ago).isoformat()
        self.path.write_text(json.dumps([{"time": at, **row} for row in rows]), encoding="utf-8")
        await self.take()

    async def take(self) -> None:
        """Let the intake look at the file, which is no longer being written."""
        self._given += 1
        os.utime(self.path, (1_000_000_000, 1_000_000_000 + self._given))
        await poll_sources(self.house.services, lambda _: _nothing())


async def _nothing() -> None:
    """Tell nobody."""


@pytest.fixture
async def figures(house: Any, tmp_path: Path) -> Figures:
    """A newsroom with a source of figures."""
    path = tmp_path / "gia.json"
    source = Source("gia-ca", "Giá cả", "figures", path, "Asia/Ho_Chi_Minh", None, "none")
    newsroom = house.services.newsroom
    house.services.newsroom = replace(newsroom, sources=(*newsroom.sources, source))
    return Figures(house, path)


async def test_chosen_figures_stand_on_top_of_the_digest_with_time_and_source(
    figures: Figures, an: Any, publish: Any
) -> None:
    await figures.give(GOLD, DOLLAR, WEATHER)
    await an.says("/start")
    await an.says("/solieu")
    await an.sees("Vàng SJC: 152,5 triệu đồng/lượng (18:30 hôm nay, Giá cả)")
    await an.taps("Vàng SJC")
    await an.taps("Thời tiết · Hạ Long")
    assert await an.buttons() == ["✓ Vàng SJC", "Đô la Mỹ", "✓ Thời tiết · Hạ Long", "Xong"]
    await publish("Chợ nổi mở lại")
    await an.says("/tin")
    digest = (await an.last())["text"]
    gold, weather, story = (
        digest.index(words) for words in ("Vàng SJC: 152,5", "Thời tiết · Hạ Long: 24-31", "Chợ nổi")
    )
    assert gold < weather < story
    assert "Đô la" not in digest
    await an.says("/solieu")
    await an.taps("✓ Vàng SJC")
    assert (await an.subscription()).choices.figures == ("Thời tiết · Hạ Long",)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("giá vàng SJC", "Vàng SJC: 152,5"),
        ("gia vang hom nay bao nhieu?", "Vàng SJC: 152,5"),
        ("thời tiết Hạ Long", "24-31 °C, có mưa"),
        ("tỷ giá đô la", "Đô la Mỹ: 26.350 đồng"),
    ],
)
async def test_figures_are_asked_for_in_words(figures: Figures, an: Any, question: str, answer: str) -> None:
    await figures.give(GOLD, DOLLAR, WEATHER)
    first, *_ = await an.says(question)
    assert first["text"].startswith("Số liệu\n")
    assert answer in first["text"]
    assert len(first["text"].splitlines()) == 2


@pytest.mark.parametrize(
    "question", ["vàng mã đốt nhiều", "Hạ Long", "giá bao nhiêu", "váng dầu", "vàng " * 60, "🦈"]
)
async def test_other_questions_get_no_figures(figures: Figures, an: Any, question: str) -> None:
    await figures.give(GOLD, DOLLAR, WEATHER)
    for message in await an.says(question):
        assert not message["text"].startswith("Số liệu")


async def test_old_figures_say_so_and_very_old_ones_are_left_out(
    figures: Figures, an: Any, publish: Any
) -> None:
    await figures.give(GOLD, ago=dt.timedelta(hours=30))
    await an.says("/start")
    [first, *_] = await an.says("giá vàng")
    assert "(số cũ, 13:00 hôm qua, Giá cả)" in first["text"]
    await an.says("/solieu")
    await an.taps("Vàng SJC")
    await figures.give(GOLD, ago=dt.timedelta(days=8))
    await publish("Chợ nổi mở lại")
    await an.says("/tin")
    assert "Vàng" not in (await an.last())["text"]


async def test_hostile_figures_are_refused_by_name_and_the_rest_stays(
    figures: Figures, an: Any, house: Any
) -> None:
    await figures.give(GOLD, {**DOLLAR, "value": "x" * 4_000}, {**WEATHER, "time": "2099-01-01T00:00:00Z"})
    [first, *_] = await an.says("giá vàng")
    assert "152,5" in first["text"]
    async with house.services.database.read() as connection:
        refused = {path.rpartition("#")[2]: reason for _, path, reason, _ in await find_refusals(connection)}
    assert '"value"' in refused["2"]
    assert "tương lai" in refused["3"]
    figures.path.write_text("hỏng", encoding="utf-8")
    await figures.take()
    [first, *_] = await an.says("giá vàng")
    assert "152,5" in first["text"], "a broken file leaves what was there"


async def test_a_figure_that_is_gone_can_be_taken_off_and_forged_ones_do_nothing(
    figures: Figures, an: Any
) -> None:
    await figures.give(GOLD, DOLLAR)
    await an.says("/start")
    await an.says("/solieu")
    await an.taps("Vàng SJC")
    await figures.give(DOLLAR)
    assert await an.forges("solieu:+00000000") == "Số liệu này không còn nữa. Xem lại: /solieu"
    await an.says("/solieu")
    await an.taps("✓ Vàng SJC")
    assert (await an.subscription()).choices.figures == ()


async def test_at_most_ten_figures(figures: Figures, an: Any) -> None:
    await figures.give(*({**WEATHER, "place": f"Tỉnh {n}"} for n in range(12)))
    await an.says("/start")
    await an.says("/solieu")
    for n in range(10):
        await an.taps(f"Thời tiết · Tỉnh {n}")
    assert await an.taps("Thời tiết · Tỉnh 10") == "Đã đủ 10 mục. Bỏ bớt một mục rồi thêm nhé."
    assert len((await an.subscription()).choices.figures) == 10


async def test_a_newsroom_without_figures_says_so(an: Any) -> None:
    await an.says("/start")
    await an.says("/solieu")
    await an.sees("chưa có số liệu")


async def test_two_taps_at_once_lose_nothing(figures: Figures, an: Any, house: Any) -> None:
    await figures.give(GOLD, DOLLAR)
    await an.says("/start")
    wishes = (
        ChooseFigure("Vàng SJC", True),
        ChooseFigure("Đô la Mỹ", True),
        SetWeekly(True),
        SetSilent(True),
    )
    await asyncio.gather(*(change_choices(house.services, an.chat, wish) for wish in wishes))
    reader = await an.subscription()
    assert reader.choices.figures == ("Vàng SJC", "Đô la Mỹ")
    assert (reader.is_weekly, reader.is_silent) == (True, True)
