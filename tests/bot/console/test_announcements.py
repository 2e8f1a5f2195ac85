"""An announcement: seen before it goes, sent once, called off."""

import re

import pytest
from sqlalchemy import select

from bot.news.services import Services
from storage.subscribers import set_quiet
from storage.tables import deliveries, messages
from tests.bot.console.conftest import Browser, Reader
from tests.bot.console.stocked import HOSTILE


async def rows(services: Services) -> list[tuple[str, bool, str]]:
    """Return status, silence and text of each announcement's delivery."""
    query = select(deliveries.c.status, messages.c.silent, messages.c.html)
    query = query.join(messages, messages.c.id == deliveries.c.message_id).order_by(deliveries.c.id)
    async with services.database.read() as connection:
        return [tuple(row) for row in await connection.execute(query)]  # type: ignore[misc] # three columns


async def seen(operator: Browser, **form: str) -> str:
    """Return the number of the draft that a preview made."""
    answer = await operator.post("/thong-bao/xem", csrf=await operator.csrf(), **form)
    found = re.search(r"/thong-bao/([0-9]+)/gui", answer.text)
    assert found is not None, answer.text
    return found[1]


async def test_an_announcement_is_seen_sent_once_and_called_off(
    services: Services, operator: Browser, reader: Reader
) -> None:
    for chat in (1, 2, 3):
        await reader(chat)
    async with services.database.write() as connection:
        await set_quiet(connection, 3, 4 * 60, 6 * 60, now=services.clock.now())
    number = await seen(operator, chu="Mai bot nghỉ <một> giờ.\nHẹn gặp lại!", im="co")
    assert await rows(services) == []
    for _ in range(2):
        assert (await operator.post(f"/thong-bao/{number}/gui", csrf=await operator.csrf())).status == 303
    html = "<b>Thông báo</b>\nMai bot nghỉ &lt;một&gt; giờ.\nHẹn gặp lại!"
    assert await rows(services) == [("pending", True, html)] * 3
    async with services.database.read() as connection:
        waits = (await connection.execute(select(deliveries.c.not_before))).scalars().all()
    now = services.clock.now()
    assert sorted((each - now).total_seconds() for each in waits) == [0, 0, 3_600]  # 5:00, quiet to 6:00
    assert "3 đợi" in (await operator.get("/thong-bao")).text
    await operator.post(f"/thong-bao/{number}/thu-hoi", csrf=await operator.csrf())
    assert [row[0] for row in await rows(services)] == ["gone"] * 3
    log = (await operator.get("/nhat-ky")).text
    assert log.count("Mai bot nghỉ &lt;một&gt; giờ.") == 2


async def test_only_the_readers_of_the_edition_get_it(
    services: Services, operator: Browser, reader: Reader
) -> None:
    await reader(1)
    assert "Chưa có ai để gửi" not in (await operator.get("/thong-bao")).text
    number = await seen(operator, chu="Chào", cho="sang")
    await operator.post(f"/thong-bao/{number}/gui", csrf=await operator.csrf())
    assert len(await rows(services)) == 1
    strange = await operator.post("/thong-bao/xem", csrf=await operator.csrf(), chu="Chào", cho="khong-co")
    assert strange.status == 404


@pytest.mark.parametrize("text", ["", " \n ", "…!", "a" * 3_001, "\n".join(["a"] * 61)])
async def test_what_cannot_be_sent_is_said(operator: Browser, text: str) -> None:
    answer = await operator.post("/thong-bao/xem", csrf=await operator.csrf(), chu=text)
    assert "cần có chữ" in answer.text


async def test_hostile_text_stays_text(services: Services, operator: Browser, reader: Reader) -> None:
    await reader(1)
    number = await seen(operator, chu=HOSTILE[:1_000])
    await operator.post(f"/thong-bao/{number}/gui", csrf=await operator.csrf())
    assert "<script>" not in (await operator.get("/thong-bao")).text
    [(_, _, html)] = await rows(services)
    assert "<script>" not in html
    assert "\u202e" not in html


async def test_an_unknown_announcement_is_not_sent(operator: Browser) -> None:
    for path in ("/thong-bao/99/gui", "/thong-bao/99/thu-hoi"):
        assert (await operator.post(path, csrf=await operator.csrf())).status == 404
