"""Operators answer at a gate: all see each answer, late taps get a reason, forged ones do nothing."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.operators.gate_messages import send_gate_notices
from bot.jobs.digests.gate import prepare_early
from bot.jobs.digests.slots import run_due_slots
from bot.messages.texts import STALE_BUTTON
from bot.news.newsroom import Approval
from bot.operators.reader_lookup import find_reader_view, why_article
from bot.operators.schedule_control import list_issues
from storage.notes import find_audit_entries
from storage.subscribers import set_quiet
from storage.tables import deliveries, gates, messages
from tests.bot.chat.chat_house import OPERATOR

OTHER = 7_001
HOSTILE = "</b>Lũ quét <script>\u202eở Mường"
TO_GATE = (11 * 60 + 25) * 60  # from 19:00 to 6:25


@pytest.fixture
async def other(house: Any) -> AsyncIterator[Any]:
    """A second operator, a reader, two stories, and the morning's gate, just opened."""
    newsroom = house.services.newsroom
    first = replace(newsroom.editions[0], approval=Approval(dt.timedelta(minutes=20)))
    house.services.newsroom = replace(newsroom, editions=(first, newsroom.editions[1]))
    house.services.admins = frozenset({OPERATOR, OTHER})

    async def nobody(_: str) -> None:
        """Ignore the text."""

    async def on_gates() -> None:
        await prepare_early(house.services)
        await run_due_slots(house.services, nobody)
        await send_gate_notices(house.telegram, house.services)

    house.actions.on_gates = on_gates
    return await house.person("Anh Năm", id=OTHER)


@pytest.fixture
async def reader(house: Any, an: Any, operator: Any, other: Any, publish: Any) -> Any:
    """A reader of the morning's edition, whose gate has just been opened."""
    for one in (operator, other):
        await one.says("/trogiup")
    await an.says("/start")
    async with house.services.database.write() as connection:
        await set_quiet(connection, an.chat, 0, 0, now=house.clock.now())
    await house.clock.advance(TO_GATE)
    await publish(HOSTILE, body="Nước suối dâng cao trong đêm, cuốn trôi hai ngôi nhà sàn ở bản Sơn.")
    await publish("Giá tôm tăng mạnh ở Cà Mau", body="Thương lái trả thêm mười nghìn đồng một ký tôm sú.")
    await house.actions.act_on_gates()
    return an


async def sent(house: Any) -> list[str]:
    """Return the HTML of what is queued."""
    async with house.services.database.read() as connection:
        query = select(messages.c.html).join(deliveries, deliveries.c.message_id == messages.c.id)
        return list((await connection.execute(query)).scalars())


async def test_each_operator_gets_the_issue_and_one_answer_is_seen_by_all(
    house: Any, reader: Any, operator: Any, other: Any
) -> None:
    [*_, issue, control] = await operator.messages()
    assert "Giá tôm tăng mạnh" in issue["text"]
    for one in (operator, other):
        await one.sees("Bản tin sáng 06:45: chờ duyệt", "1 người nhận", "vẫn gửi lúc 06:45", "</b>Lũ quét")
    assert control["buttons"][-2][0]["text"] == "✓ Duyệt"
    await house.actions.act_on_gates()  # nothing new: nothing is sent again
    assert (await operator.last())["message_id"] == control["message_id"]
    assert await operator.taps("⏸ Giữ lại") == "Đã giữ lại"
    for one in (operator, other):
        await one.sees("⏸ Đang giữ lại (người quản trị 7000)")
    assert await other.taps("✓ Duyệt") == "Đã duyệt"
    for one in (operator, other):
        await one.sees("✓ Đã duyệt (người quản trị 7001), gửi lúc 06:45")
    assert await sent(house) == []
    await house.clock.advance(20 * 60)
    await house.actions.act_on_gates()
    assert len(await sent(house)) == 1
    for one in (operator, other):
        await one.sees("✓ Đã gửi lúc 06:45")
        assert await one.buttons() == []


async def test_a_story_dropped_by_one_is_gone_for_all_and_can_be_put_back(
    house: Any, reader: Any, operator: Any, other: Any
) -> None:
    number = next(
        line.split(".")[0] for line in (await operator.last())["text"].splitlines() if "Lũ quét" in line
    )
    assert await operator.taps(f"✗ {number}") == "Đã bỏ tin này, số được soạn lại"
    for one in (operator, other):
        message = await one.sees("✗ </b>Lũ quét")
        assert "1. Giá tôm" in message["text"]
    assert await other.taps("Đọc cả số") is None
    await other.sees("Giá tôm")
    assert "Lũ quét" not in (await other.last())["text"]
    [label] = [one for one in await operator.buttons() if one.startswith("↩")]
    assert await operator.taps(label) == "Đã đưa tin này trở lại"
    await operator.sees("Lũ quét")
    await operator.taps(f"✗ {number}")
    await house.clock.advance(20 * 60)
    await house.actions.act_on_gates()
    [html] = await sent(house)
    assert "Lũ quét" not in html
    async with house.services.database.read() as connection:
        kinds = [one.kind for one in await find_audit_entries(connection, limit=9)]
    assert kinds == ["dropped", "restored", "dropped"]


async def test_why_a_dropped_story_did_not_come(house: Any, reader: Any, operator: Any) -> None:
    number = next(
        line.split(".")[0] for line in (await operator.last())["text"].splitlines() if "Lũ quét" in line
    )
    await operator.taps(f"✗ {number}")
    await operator.taps("⏸ Giữ lại")
    url = "https://baobien.example/" + "-".join(HOSTILE.lower().split())
    found = await why_article(house.services, reader.chat, url)
    assert found is not None
    assert found[1].code == "gate_dropped"
    assert found[1].words == "người quản trị 7000 bỏ tin này lúc duyệt số 06:45"
    await house.clock.advance(25 * 60)
    await house.actions.act_on_gates()
    view = await find_reader_view(house.services, reader.chat)
    assert view is not None
    assert [one.code for one in view.next.reasons] == ["gate"]
    coming, past = await list_issues(house.services, days=1, limit=9)
    assert coming[0].gate is not None
    assert [reason.code for _, reason in past] == ["gate"]
    await operator.taps("✓ Duyệt")
    _, past = await list_issues(house.services, days=1, limit=9)
    assert [(one.waiting, reason.code) for one, reason in past] == [(1, "in_turn")]


async def test_late_and_repeated_taps_get_a_reason(
    house: Any, reader: Any, operator: Any, other: Any
) -> None:
    async with house.services.database.read() as connection:
        [gate] = (await connection.execute(select(gates.c.id))).scalars()
    approve, hold = f"quantri:duyetgui:{gate}", f"quantri:duyetgiu:{gate}"
    assert await operator.forges(approve) == "Đã duyệt"
    assert await other.forges(approve) == "Người khác đã trả lời như vậy rồi."
    assert "không còn trong số" in (await other.forges(f"quantri:duyetbo:{gate}:99999") or "")
    await house.clock.advance(20 * 60)
    await house.actions.act_on_gates()
    for data in (hold, approve, f"quantri:duyetbo:{gate}:1", f"quantri:duyetlai:{gate}:1"):
        assert await other.forges(data) == "Số này đã gửi rồi. Muốn rút lại, vào /quantri và chọn Thu hồi."
    assert len(await sent(house)) == 1


async def test_forged_taps_do_nothing(house: Any, reader: Any, operator: Any) -> None:
    async with house.services.database.read() as connection:
        before = (await connection.execute(select(gates))).all()
    for data in ("duyetgiu:1", "duyetbo:1:1", "duyetlai:1:1", "duyetgui:1", "duyetdoc:1", "duyet:1:0"):
        assert await reader.forges(f"quantri:{data}") == STALE_BUTTON
    for data in ("duyetgiu:99", "duyetbo:99:1", "duyetbo:0:1", "duyet:1:100", "duyetgui:-1"):
        await operator.forges(f"quantri:{data}")
    async with house.services.database.read() as connection:
        assert (await connection.execute(select(gates))).all() == before
