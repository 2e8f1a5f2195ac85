"""Forged taps, edits, forwards and floods, and failures of the bot itself."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from storage.errors import StorageError

OLD = "Nút này đã cũ. Bạn gửi /lich để mở lại nhé."


async def _break(house: Any) -> None:
    """Let every question about a subscriber fail."""
    async with house.services.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE subscribers RENAME TO lost")


@pytest.mark.parametrize(
    "data",
    ["x", "gio:9999", "trang:1", "../../etc/passwd", "<b>", "lich\n", "💥" * 16, "hoantac:schedule:999"],
)
async def test_forged_taps_are_answered_politely(an: Any, house: Any, data: str) -> None:
    await an.says("/start")
    assert await an.forges(data) == OLD
    assert "Có trục trặc" not in str(await an.messages())


async def test_data_longer_than_telegram_allows_is_answered_like_any_forgery(an: Any, house: Any) -> None:
    await an.says("/start")
    query = {
        "id": "77",
        "from": {"id": an.id, "is_bot": False, "first_name": "An"},
        "chat_instance": "1",
        "data": "gio:0630" * 1_000,
        "message": {
            "chat": {"id": an.chat, "type": "private", "first_name": "An"},
            "message_id": 1,
            "date": 0,
        },
    }
    with capture_logs() as logs:
        queued = await house.control.post("update", update={"callback_query": query})
        await house.handled(queued["update_id"])
    assert [entry["event"] for entry in logs] == []


async def test_a_tap_without_a_message_is_answered(an: Any, house: Any) -> None:
    query = {
        "id": "78",
        "from": {"id": an.id, "is_bot": False, "first_name": "An"},
        "chat_instance": "1",
        "inline_message_id": "abc",
        "data": "lich",
    }
    with capture_logs() as logs:
        queued = await house.control.post("update", update={"callback_query": query})
        await house.handled(queued["update_id"])
    assert [entry["event"] for entry in logs] == []


async def test_a_button_whose_message_is_out_of_reach_is_answered_with_a_new_one(an: Any) -> None:
    await an.says("/start")
    await an.forges("lich", message_id=999_999)
    await an.sees("Lịch nhận tin")


async def test_the_same_panel_twice_is_harmless(an: Any) -> None:
    await an.says("/start")
    await an.says("/lich")
    before = (await an.last())["message_id"]
    for _ in range(2):
        assert await an.forges("lich") is None
    assert (await an.last())["message_id"] == before


async def test_an_edited_command_is_not_obeyed_again(an: Any) -> None:
    await an.says("/start")
    said = await an.house.control.say(an.chat, "/tamdung")
    await an.house.handled(said["update_id"])
    await an.says("/tieptuc")
    assert await an.says("/tamdung ", edit=said["message_id"]) == []
    assert (await an.subscription()).status == "active"


async def test_a_forwarded_command_is_not_obeyed(an: Any) -> None:
    await an.says("/start")
    await an.says("/tamdung", forward="Kẻ lạ")
    await an.sees("Điểm Tin không làm theo lệnh được chuyển tiếp.")
    assert (await an.subscription()).status == "active"


async def test_a_message_without_a_sender_breaks_nothing(an: Any, house: Any) -> None:
    chat = {"id": an.chat, "type": "private", "first_name": "An"}
    entities = [{"type": "bot_command", "offset": 0, "length": 5}]
    await an.says("/start")
    with capture_logs() as logs:
        message = {"message_id": 500, "date": 1, "chat": chat, "text": "/lich", "entities": entities}
        queued = await house.control.post("update", update={"message": message})
        await house.handled(queued["update_id"])
    assert logs == []
    await an.sees("Lịch nhận tin")


async def test_after_five_questions_there_is_one_line_and_then_silence(an: Any, house: Any) -> None:
    for _ in range(5):
        assert len(await an.says("hạ long")) == 1
    (line,) = await an.says("hạ long")
    assert line["text"] == "Bạn gửi hơi nhanh. Sau 10 giây nữa bạn gửi lại, Điểm Tin sẽ trả lời nhé."
    for _ in range(3):
        assert await an.says("hạ long") == []
    await house.clock.advance(10)
    assert len(await an.says("hạ long")) == 1


async def test_the_seventh_message_in_ten_seconds_is_part_of_a_burst_that_got_its_word(
    an: Any, house: Any
) -> None:
    """All are sent at once, as by a phone after a tunnel; and again when the hour's limit is used up."""
    house.services.newsroom = replace(house.services.newsroom, questions_per_hour=10)

    async def burst() -> list[str]:
        before = len(await an.messages())
        said = [await house.control.say(an.chat, "hạ long") for _ in range(7)]
        await house.handled(said[-1]["update_id"])
        return [one["text"] for one in (await an.messages())[before:] if one["from"] == "bot"]

    for answered, wait in ((5, "10 giây"), (5, "59 phút"), (0, "58 phút")):
        texts = await burst()
        lines = [text for text in texts if text.startswith("Bạn gửi hơi nhanh.")]
        assert (len(texts) - len(lines), len(lines)) == (answered, 1)
        assert wait in lines[0]
        await house.clock.advance(61)
    await house.clock.advance(3_600)
    assert len(await an.says("hạ long")) == 1


async def test_one_chat_that_floods_does_not_silence_another(an: Any, house: Any) -> None:
    for _ in range(8):
        await an.says("hạ long")
    binh = await house.person("Bình")
    assert len(await binh.says("hạ long")) == 1


async def test_the_limit_follows_the_newsroom_file(an: Any, house: Any) -> None:
    house.services.newsroom = replace(house.services.newsroom, questions_per_10_seconds=1)
    await an.says("hạ long")
    await an.says("hạ long")
    await an.sees("Bạn gửi hơi nhanh.")


async def test_taps_have_a_roomier_limit_and_every_button_comes_to_rest(an: Any) -> None:
    await an.says("/start")
    lines = [await an.forges("lich") for _ in range(24)]
    told = "Bạn gửi hơi nhanh. Sau 10 giây nữa bạn gửi lại, Điểm Tin sẽ trả lời nhé."
    assert lines == [None] * 20 + [told] + [None] * 3


async def test_a_failure_is_logged_whole_and_told_in_one_line(an: Any, house: Any) -> None:
    await an.says("/start")
    await _break(house)
    with capture_logs() as logs:
        said = await an.says("/lich")
    assert [message["text"] for message in said] == [
        "Có trục trặc, Điểm Tin chưa làm được việc này. Bạn thử lại sau ít phút nhé."
    ]
    assert [(entry["event"], entry["update_id"] > 0) for entry in logs] == [("update failed", True)]
    assert isinstance(logs[0]["exc_info"], StorageError)


async def test_a_failure_behind_a_tap_is_told_over_the_button(an: Any, house: Any) -> None:
    await an.says("/start")
    await an.says("/lich")
    await _break(house)
    with capture_logs():
        line = await an.taps("Ngày nhận")
    assert line == "Có trục trặc, Điểm Tin chưa làm được việc này. Bạn thử lại sau ít phút nhé."


async def test_two_people_at_once_get_their_own_answers(house: Any, publish: Any) -> None:
    await publish("Đêm hội ở Hạ Long", "Giá gạo tăng")
    people = [await house.person(name) for name in ("An", "Bình")]
    answers = await asyncio.gather(people[0].says("hạ long"), people[1].says("giá gạo"))
    assert [("Hạ Long" in one[0]["text"], "gạo" in one[0]["text"]) for one in answers] == [
        (True, False),
        (False, True),
    ]


async def test_a_reply_that_arrived_is_no_failure_though_telegrams_answer_cannot_be_read(
    an: Any, house: Any
) -> None:
    await house.control.post("fault", kind="odd_answer", method="sendMessage", times=3)
    await an.says("/start")
    await an.says("/trogiup")
    assert "Có trục trặc" not in str(await an.messages())
