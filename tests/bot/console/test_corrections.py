"""A correction from the console: seen before it goes, sent once, as `/dinhchinh` does it."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.news.services import Services
from storage.tables import deliveries, issue_stories, messages
from tests.bot.console.conftest import Browser
from tests.bot.console.stocked import HOSTILE, stock

TEXT = "Nước rút <chậm>, không phải nhanh."


@pytest.fixture
async def story(services: Services, make_newsroom: Any, tmp_path: Path) -> int:
    """A story that two readers got."""
    await stock(services, make_newsroom, tmp_path)
    async with services.database.write() as connection:
        await connection.execute(update(deliveries).values(status="sent"))
        await connection.execute(update(issue_stories).values(headline=HOSTILE[:90]))
        return (await connection.execute(select(issue_stories.c.story_id))).scalar_one()


async def queued(services: Services) -> list[tuple[str, str, str]]:
    """Return kind, status and text of each delivery of a correction."""
    query = select(messages.c.kind, deliveries.c.status, messages.c.html)
    query = query.join(messages, messages.c.id == deliveries.c.message_id).order_by(deliveries.c.id)
    async with services.database.read() as connection:
        rows = await connection.execute(query.where(messages.c.correction_id.is_not(None)))
        return [tuple(row) for row in rows]  # type: ignore[misc] # three columns


async def test_a_correction_is_seen_sent_once_and_written_down(
    services: Services, operator: Browser, story: int
) -> None:
    issue = (await operator.get("/so/1")).text
    assert f'href="/bang/so/dinh-chinh?tin={story}"' in issue
    form = (await operator.get(f"/so/dinh-chinh?tin={story}")).text
    assert "2 người đã nhận" in form
    csrf = await operator.csrf()
    preview = (await operator.post("/so/dinh-chinh/xem", csrf=csrf, tin=str(story), chu=TEXT)).text
    assert "Nước rút &lt;chậm&gt;" in preview
    assert await queued(services) == []
    path = re.search(r"/bang(/so/dinh-chinh/[0-9]+)/gui", preview)
    assert path is not None
    for _ in range(2):
        sent = await operator.post(f"{path[1]}/gui", csrf=csrf)
        assert (sent.status, sent.headers["Location"]) == (303, f"/bang{path[1]}")
    rows = await queued(services)
    assert [row[:2] for row in rows] == [
        *[("correction_edit", "pending")] * 2, *[("correction_notice", "pending")] * 2,
    ]  # fmt: skip
    assert all("Nước rút &lt;chậm&gt;" in row[2] for row in rows)
    assert "<dt>Đợi</dt><dd>4</dd>" in (await operator.get(path[1])).text
    log = (await operator.get("/nhat-ky")).text
    assert f"Đính chính <bdi>tin {story}, 2 người nhận tin đính chính</bdi>" in log


@pytest.mark.parametrize("text", ["", " \n", "…!", "a" * 301, HOSTILE])
async def test_what_cannot_be_sent_is_said_and_what_was_typed_stays(
    services: Services, operator: Browser, story: int, text: str
) -> None:
    csrf = await operator.csrf()
    answer = await operator.post("/so/dinh-chinh/xem", csrf=csrf, tin=str(story), chu=text)
    assert "Lời đính chính cần có chữ" in answer.text
    assert "<script>" not in answer.text
    assert len(answer.text) < 10_000
    assert await queued(services) == []


async def test_hostile_text_that_fits_stays_text(services: Services, operator: Browser, story: int) -> None:
    csrf = await operator.csrf()
    answer = await operator.post("/so/dinh-chinh/xem", csrf=csrf, tin=str(story), chu=HOSTILE[:200])
    assert "&lt;script&gt;" in answer.text
    assert "<script>" not in answer.text
    assert "\u202e" not in answer.text


@pytest.mark.parametrize("story", ["", "0", "999", "-1", "1" * 30, "١", "<b>", "%00"])
async def test_a_story_that_nobody_got_is_not_corrected(operator: Browser, story: str) -> None:
    assert "không số nào có tin này" in (await operator.get(f"/so/dinh-chinh?tin={story}")).text
    csrf = await operator.csrf()
    answer = await operator.post("/so/dinh-chinh/xem", csrf=csrf, tin=story, chu=TEXT)
    assert "không số nào có tin này" in answer.text
    assert (await operator.post("/so/dinh-chinh/99/gui", csrf=csrf)).status == 303
    assert (await operator.get("/so/dinh-chinh/99")).status == 404
