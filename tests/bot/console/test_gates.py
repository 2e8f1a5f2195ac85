"""An issue that waits for approval, answered in the browser: the same as taps in the chat."""

import re

from sqlalchemy import select

from bot.jobs.digests.slots import run_due_slots
from bot.news.services import Services
from storage.notes import find_audit_entries
from storage.tables import deliveries, messages
from tests.bot.conftest import ADMIN
from tests.bot.console.conftest import LEAD, Browser, nobody
from tests.manual_clock import ManualClock


async def queued(services: Services) -> list[str]:
    """Return the HTML of what is queued."""
    async with services.database.read() as connection:
        query = select(messages.c.html).join(deliveries, deliveries.c.message_id == messages.c.id)
        return list((await connection.execute(query)).scalars())


def number_of(page: str, label: str) -> str:
    """Return the number of the story with this button."""
    found = re.search(
        rf'name="(?:bo|lai)" value="([0-9]+)">[^<]*<span class="hidden"> <bdi>[^<]*{label}', page
    )
    assert found is not None, page
    return found[1]


async def test_an_issue_at_a_gate_is_found_read_changed_and_approved(
    services: Services, clock: ManualClock, operator: Browser, gate: str
) -> None:
    for page in ("", "/so"):
        assert f'href="/bang{gate}"' in (await operator.get(page)).text
    shown = (await operator.get(gate)).text
    assert "<script>" not in shown
    assert "Nếu không ai trả lời, số này vẫn gửi lúc 06:45." in shown
    flood, csrf = number_of(shown, "&lt;/h2&gt;Lũ quét"), await operator.csrf()
    assert (await operator.post(gate, csrf=csrf, bo=flood)).status == 303
    shown = (await operator.get(gate)).text
    assert "Đưa trở lại" in shown
    assert shown.count("Giá tôm tăng mạnh") >= 2, "composed anew"
    await operator.post(gate, csrf=csrf, lai=flood)
    assert "Đưa trở lại" not in (await operator.get(gate)).text
    await operator.post(gate, csrf=csrf, bo=flood)
    for answer, words in (("giu", f"⏸ Đang giữ lại (người quản trị {ADMIN})"), ("gui", "✓ Đã duyệt")):
        assert (await operator.post(gate, csrf=csrf, **{"tra-loi": answer})).status == 303
        assert words in (await operator.get(gate)).text
    await clock.advance(LEAD)
    await run_due_slots(services, nobody)
    [html] = await queued(services)
    assert "Lũ quét" not in html
    async with services.database.read() as connection:
        kinds = [one.kind for one in await find_audit_entries(connection, limit=9)]
    assert kinds == ["approved", "held", "dropped", "restored", "dropped", "logged_in"]
    late = await operator.post(gate, csrf=csrf, lai=flood)
    assert "Số này đã gửi rồi." in late.text
    assert "✓ Đã gửi lúc 06:45" in late.text
    assert "<button name" not in late.text
    assert f'href="/bang{gate}"' not in (await operator.get("")).text


async def test_an_issue_that_was_held_past_its_time_goes_once_it_is_approved(
    services: Services, clock: ManualClock, operator: Browser, gate: str
) -> None:
    csrf = await operator.csrf()
    await operator.post(gate, csrf=csrf, **{"tra-loi": "giu"})
    await clock.advance(LEAD + 10 * 60)
    await run_due_slots(services, nobody)
    assert await queued(services) == []
    await operator.post(gate, csrf=csrf, **{"tra-loi": "gui"})
    assert len(await queued(services)) == 1


async def test_forged_answers_change_nothing(services: Services, operator: Browser, gate: str) -> None:
    before, csrf = (await operator.get(gate)).text, await operator.csrf()
    forms: list[dict[str, str]] = [
        {}, {"tra-loi": "x"}, {"bo": "1", "lai": "1"}, {"bo": "-1"}, {"bo": "٣"}, {"lai": "9" * 19},
    ]  # fmt: skip
    for form in forms:
        assert (await operator.post(gate, csrf=csrf, **form)).status == 404
    assert (await operator.post("/so/duyet/99", csrf=csrf, **{"tra-loi": "gui"})).status == 404
    assert (await operator.get("/so/duyet/99")).status == 404
    assert "không còn trong số" in (await operator.post(gate, csrf=csrf, bo="99999")).text
    assert (await operator.get(gate)).text == before
