"""/quantri: for admin chats alone; others are told that there is no such command."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.chat.operators.admin import notify_admins
from bot.operators.notices import INGEST
from storage.intake.drafts import Refusal
from storage.sources import record_refusals
from tests.bot.telegram.handmade import bot_at


@pytest.mark.parametrize(
    "data",
    [
        "quantri",
        "quantri:30ngay",
        "quantri:dung",
        "quantri:chay",
        "quantri:bang",
        "quantri:kham",
        "quantri:xem:sang",
        "quantri:hoi:sang",
        "quantri:gui:sang",
    ],
)
async def test_the_operators_command_does_not_exist_for_others(an: Any, house: Any, data: str) -> None:
    await an.says("/quantri")
    await an.sees("Điểm Tin không có lệnh /quantri.")
    assert await an.forges(data) == "Nút này đã cũ. Bạn gửi /lich để mở lại nhé."
    assert (house.actions.sent, house.actions.is_stopped) == ([], False)


async def test_the_state_shows_who_reads_what_waits_and_what_comes(
    operator: Any, an: Any, publish: Any
) -> None:
    await publish("Giá gạo tăng", "Cầu mới thông xe")
    await an.says("/start")
    await operator.says("/quantri")
    await operator.sees(
        "Người nhận: 1 đang nhận, 0 tạm dừng, 0 đã ngừng",
        "Tin nhắn đang đợi gửi: 0",
        "Bài mới trong 24 giờ: 2, đang đợi xử lý: 0",
        "Đang gửi bình thường.",
        "• 06:45 sáng mai: Bản tin sáng, 1 người nhận",
    )


async def test_times_that_nobody_waits_for_are_not_among_the_coming_slots(operator: Any, an: Any) -> None:
    await an.says("/start")
    await an.says("/lich 20:00")
    await operator.says("/quantri")
    message = await operator.sees("• 20:00 tối nay: Bản tin sáng, 1 người nhận")
    assert "06:45" not in message["text"]


async def test_a_preview_is_sent_to_the_operator_alone(operator: Any, an: Any, publish: Any) -> None:
    await publish("Cầu mới thông xe")
    await an.says("/start")
    before = len(await an.messages())
    await operator.says("/quantri")
    await operator.taps("Xem trước: Bản tin tối")
    await operator.sees("Bản tin tối", "Cầu mới thông xe")
    assert len(await an.messages()) == before


async def test_a_preview_of_nothing_says_so(operator: Any) -> None:
    await operator.says("/quantri")
    await operator.taps("Xem trước: Bản tin sáng")
    await operator.sees("Bản tin sáng lúc này chưa có tin nào.")


async def test_outcomes_that_did_not_occur_are_left_out(operator: Any) -> None:
    await operator.says("/quantri")
    shown = await operator.sees("24 giờ qua: 0 đã gửi")
    assert "muộn" not in shown["text"]
    assert "có thể đến hai lần" not in shown["text"]


async def test_refused_input_is_shown_with_its_source(operator: Any, house: Any) -> None:
    async with house.services.database.write() as connection:
        for source in ("bao-bien", INGEST, "bao-da-bo"):
            await record_refusals(
                connection, source, [Refusal("a.jsonl:2", "JSON hỏng")], now=house.services.clock.now()
            )
    await operator.says("/quantri")
    await operator.sees("• Báo Biển: a.jsonl:2", "• lệnh ingest: a.jsonl:2", "• bao-da-bo: a.jsonl:2")


async def test_sending_now_without_news_says_so(operator: Any, house: Any) -> None:
    house.actions.queues = 0
    await operator.says("/quantri")
    await operator.taps("Gửi ngay: Bản tin sáng")
    await operator.taps("Gửi ngay")
    await operator.sees("Bản tin sáng: không có gì để gửi")


async def test_sending_now_asks_once_and_sends_once_however_often_it_is_tapped(
    operator: Any, house: Any, an: Any
) -> None:
    await an.says("/start")
    await operator.says("/quantri")
    await operator.taps("Gửi ngay: Bản tin sáng")
    await operator.sees("Gửi Bản tin sáng ngay cho 1 người nhận?")
    assert house.actions.sent == []
    question = (await operator.last())["message_id"]
    assert await operator.taps("Gửi ngay") is None
    assert await operator.forges("quantri:gui:sang", message_id=question) == "Lệnh gửi này đã được nhận rồi."
    assert house.actions.sent == ["sang"]
    await operator.sees("✓ Bản tin sáng: đã xếp 12 tin nhắn để gửi.")


async def test_nothing_is_sent_now_by_a_wrong_clock_and_the_button_works_once_it_is_right(
    operator: Any, house: Any
) -> None:
    await operator.says("/quantri")
    await operator.taps("Gửi ngay: Bản tin sáng")
    question = (await operator.last())["message_id"]
    house.actions.clock_problem = "đồng hồ máy sai"
    await operator.forges("quantri:gui:sang", message_id=question)
    await operator.sees("Bản tin sáng chưa được gửi: đồng hồ máy sai", "bấm nút này lần nữa")
    assert house.actions.sent == []
    house.actions.clock_problem = None
    await operator.forges("quantri:gui:sang", message_id=question)
    assert house.actions.sent == ["sang"]


async def test_asking_again_sends_again(operator: Any, house: Any) -> None:
    for _ in range(2):
        await operator.says("/quantri")
        await operator.taps("Gửi ngay: Bản tin sáng")
        await operator.taps("Gửi ngay")
    assert house.actions.sent == ["sang", "sang"]


async def test_sending_now_can_be_cancelled(operator: Any, house: Any) -> None:
    await operator.says("/quantri")
    await operator.taps("Gửi ngay: Bản tin sáng")
    await operator.taps("‹ Quay lại")
    await operator.sees("Điểm Tin: tình hình")
    assert house.actions.sent == []


async def test_all_sending_stops_and_runs_again(operator: Any, house: Any) -> None:
    await operator.says("/quantri")
    await operator.taps("Dừng gửi toàn bộ")
    await operator.sees("Đang dừng gửi toàn bộ.")
    assert house.actions.is_stopped
    await operator.taps("Gửi tiếp")
    assert not house.actions.is_stopped


async def test_a_button_of_a_removed_edition_is_outdated(operator: Any, house: Any) -> None:
    for data in ("quantri:xem:trua", "quantri:hoi:trua", "quantri:gui:trua"):
        assert await operator.forges(data) == "Nút này đã cũ. Bạn gửi /lich để mở lại nhé."
    assert house.actions.sent == []


async def test_admins_are_notified_and_one_who_cannot_be_reached_is_logged(operator: Any, house: Any) -> None:
    await operator.says("/trogiup")
    house.services.admins = frozenset({1, operator.chat})
    async with bot_at(house.url) as bot:
        with capture_logs() as logs:
            assert await notify_admins(bot, house.services, "⚠️ <b>Thử</b>")
        house.services.admins = frozenset({1})
        assert not await notify_admins(bot, house.services, "⚠️ <b>Thử</b>")
    await operator.sees("⚠️ Thử")
    assert [(entry["event"], entry["chat_id"]) for entry in logs] == [("admin not told", 1)]


async def test_the_last_thirty_days_come_as_a_picture(operator: Any, an: Any, publish: Any) -> None:
    await publish("Cầu mới thông xe")
    await an.says("/start")
    await operator.says("/quantri")
    assert await operator.taps("30 ngày qua") == "Đang vẽ…"
    message = (await operator.messages())[-1]
    assert message["photo"]
    assert message["text"].startswith("30 ngày qua: 1 người nhận")
    await operator.taps("‹ Quay lại")
    await operator.sees("Điểm Tin: tình hình")


async def test_an_operator_gets_a_link_to_the_console(operator: Any) -> None:
    await operator.says("/quantri")
    await operator.taps("Bảng điều khiển")
    await operator.sees(f"http://127.0.0.1:8088/bang/vao?ma={operator.chat}")


async def test_an_examination_shows_that_it_runs_and_then_each_answer(operator: Any, house: Any) -> None:
    begun, may_answer = asyncio.Event(), asyncio.Event()

    async def examine() -> list[str]:
        begun.set()
        await may_answer.wait()
        return ["✓ Telegram: @bot <b>", "✗ Đĩa: còn 0 GB\nở /tin " + "dài " * 200]

    house.services.examine = examine
    await operator.says("/quantri")
    tapping = asyncio.create_task(operator.taps("Khám bot"))
    await begun.wait()
    await operator.sees("⏳ Đang khám: Telegram, đồng hồ")
    may_answer.set()
    await tapping
    shown = await operator.sees("✓ Telegram: @bot <b>", "✗ Đĩa: còn 0 GB ở /tin dài")
    assert len(shown["text"]) < 400


async def test_an_examination_that_fails_or_cannot_be_made_names_the_command(
    operator: Any, house: Any
) -> None:
    await operator.says("/quantri")
    await operator.taps("Khám bot")
    await operator.sees("diemtin doctor --online")
