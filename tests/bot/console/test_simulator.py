"""The simulator: past days composed again, as set or with other settings; bounded, and nothing is written."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.commands.newsroom_writing import newsroom_file
from bot.jobs.reload import NewsroomWatch
from bot.news.services import Services
from bot.startup.assembly import assemble
from config.reading import content_hash, load_newsroom
from tests.bot.console.conftest import Browser
from tests.bot.console.stocked import HOSTILE, stock

FILE = """[[editions]]
name = "sang"
title = "Tin <b>sáng"
times = ["06:45"]

[[editions]]
name = "toi"
title = "Tin tối"
times = ["07:30"]

[[topics]]
name = "thoi-su"
title = "Thời sự"

[[topics]]
name = "kinh-te"
title = "Kinh tế"
"""
DAY = "2026-03-02"


@pytest.fixture
async def path(services: Services, make_newsroom: Any, tmp_path: Path, clock: Any) -> Path:
    """The newsroom file; two articles of five o'clock are stored, and it is nine."""
    await stock(services, make_newsroom, tmp_path)
    path = tmp_path / "diemtin.toml"
    path.write_text(FILE, encoding="utf-8")
    services.newsroom = assemble(load_newsroom(path))
    watch = NewsroomWatch(path, lambda path: assemble(load_newsroom(path)), content_hash)
    services.file = newsroom_file(path, partial(watch.adopt, services))
    await clock.advance(4 * 3_600)
    return path


async def replayed(operator: Browser, **form: str) -> str:
    answer = await operator.post("/lich/thu/xem", csrf=await operator.csrf(), **form)
    assert answer.status == 200
    assert "<script" not in answer.text
    assert "\u202e" not in answer.text
    return answer.text


async def test_a_past_day_is_composed_again(operator: Browser, path: Path) -> None:
    assert "Thử lại một ngày" in (await operator.get("/lich")).text
    assert 'value="2026-03-01"' in (await operator.get("/lich/thu")).text  # yesterday
    page = await replayed(operator, ngay=DAY)
    assert page.count('<article class="card">') == 2
    assert "Tin &lt;b&gt;sáng" in page
    assert "2 tin trong 1 tin nhắn" in page
    assert "Lũ trên sông Trà rút chậm" in page
    alone = await replayed(operator, ngay=DAY, ban="toi")
    assert alone.count('<article class="card">') == 1
    assert "Không có giờ phát nào" in await replayed(operator, ngay=DAY, ban="khong-co")
    assert "Bài đầu tiên" not in page
    early = await replayed(operator, ngay="2026-02-27")
    assert "Bài đầu tiên còn lưu có từ" in early, "why there is nothing"


async def test_other_settings_are_compared_with_these_and_nothing_is_written(
    operator: Browser, path: Path
) -> None:
    form = (await operator.get("/lich/sua?ban=sang")).text
    assert 'formaction="/bang/lich/thu/xem"' in form
    wanted = {"viec": "sua", "ban": "sang", "title": "Tin sáng", "times": "06:45, 08:00", "days": "T2"}
    page = await replayed(operator, **wanted, topics="kinh-te", ngay=DAY)
    assert "Như hiện nay: 2 tin trong 1 tin nhắn. Nếu đổi: không có tin nào." in page
    assert "<strong>Bỏ:</strong>" in page
    assert "Như hiện nay: không phát. Nếu đổi: không có tin nào." in page
    assert page.count('<article class="card">') == 2  # the other edition is not told again
    assert 'name="times" value="06:45, 08:00"' in page  # to be tried on another day, or written
    assert 'formaction="/bang/lich/xem"' in page
    assert path.read_text(encoding="utf-8") == FILE  # noqa: ASYNC240 - a small file
    bad = await replayed(operator, **(wanted | {"times": "25:99"}), ngay=DAY)
    assert "Chưa thử được" in bad
    yesterday = await replayed(operator, **wanted)  # the button of the form names no day
    assert "Chưa thử được" not in yesterday


NONSENSE: tuple[dict[str, str], ...] = (
    {"ngay": DAY, "so-ngay": "365"},
    {"ngay": DAY, "so-ngay": "0"},
    {"ngay": DAY, "so-ngay": "-1"},
    {"ngay": DAY, "so-ngay": "9" * 400},
    {"ngay": "2026-13-01"},
    {"ngay": "9999-12-31"},
    {"ngay": "0001-01-01"},
    {"ngay": HOSTILE[:900]},
    {"ngay": DAY, "so-ngay": HOSTILE[:900]},
    {"ngay": DAY, "viec": HOSTILE[:900]},
)


async def test_a_year_and_nonsense_are_refused(operator: Browser, path: Path) -> None:
    for form in NONSENSE:
        assert "Chưa thử được" in await replayed(operator, **form), form


async def test_a_simulation_ends_in_time_and_one_runs_at_a_time(
    operator: Browser, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def endless(*_: Any, **__: Any) -> Any:
        begun.set()
        await asyncio.Event().wait()
        yield

    monkeypatch.setattr("bot.console.simulator_pages.simulate", endless)
    monkeypatch.setattr("bot.console.simulator_pages.REPLAY_SECONDS", 0.5)
    csrf = await operator.csrf()
    first = asyncio.create_task(operator.post("/lich/thu/xem", csrf=csrf, ngay=DAY))
    await begun.wait()
    assert (await operator.post("/lich/thu/xem", csrf=csrf, ngay=DAY)).status == 503
    assert "Còn giờ phát nữa" in (await first).text
