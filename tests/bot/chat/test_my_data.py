"""/dulieucuatoi and /xoadulieu: everything kept about a chat, and nothing after deleting."""

import datetime as dt
import json
from typing import Any

import aiohttp
from sqlalchemy import update

from storage.conversations import await_words
from storage.reader_data import export_subscriber
from storage.subscribers import find_subscriber
from storage.tables import subscribers


async def _file_of(house: Any, message: Any) -> Any:
    url = f"{house.url}/_control/files/{message['document']['file_id']}"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return json.loads(await response.read())


async def test_everything_kept_is_told_in_words_and_as_json(an: Any, house: Any, publish: Any) -> None:
    await publish("Đêm hội ở Hạ Long")
    await an.says("/start")
    await an.says("/lich 20:00 T7")
    await an.says("hạ long")
    await an.says("/dulieucuatoi")
    message = await an.sees(
        "Điểm Tin đang giữ về bạn",
        f"Mã chat: {an.chat}",
        "Đăng ký từ 22/11/2026, đang nhận bản tin",
        "Bản tin sáng: 20:00, thứ Bảy, giờ Việt Nam",
        "Câu hỏi đã lưu: 1; mới nhất: «hạ long»",
        "/xoadulieu",
    )
    assert message["document"]["file_name"] == "diemtin-du-lieu.json"
    kept = await _file_of(house, message)
    assert kept["chat_id"] == an.chat
    assert kept["subscription"]["times"] == ["20:00"]
    assert kept["subscription"]["days"] == [5]
    assert kept["subscription"]["created_at"] == "2026-11-22T19:00:00+07:00"
    assert kept["questions"] == [{"text": "hạ long", "asked_at": "2026-11-22T19:00:00+07:00"}]
    assert kept["deliveries"] == []


async def test_the_end_of_a_pause_and_where_the_talk_stands_are_told_too(an: Any, house: Any) -> None:
    await an.says("/start")
    await an.says("/dulieucuatoi")
    kept = await _file_of(house, await an.last())
    assert (kept["subscription"]["paused_until"], kept["conversation"]) == (None, None)
    until = house.clock.now() + dt.timedelta(days=3)
    async with house.services.database.write() as connection:
        subscriber = await find_subscriber(connection, an.chat)
        await connection.execute(update(subscribers).values(paused_until=until, status="paused"))
        await await_words(connection, subscriber.chat_id, "tim", until=until)
    await an.says("/dulieucuatoi")
    kept = await _file_of(house, await an.last())
    assert kept["subscription"]["paused_until"] == "2026-11-25T19:00:00+07:00"
    assert kept["conversation"] in (
        {"awaited_command": "tim", "last_page": 1, "until": "2026-11-25T19:00:00+07:00"},
        {"awaited_command": None, "last_page": 1, "until": "2026-11-25T19:00:00+07:00"},
    )


async def test_markup_in_a_kept_question_stays_text(an: Any) -> None:
    await an.says("<b>đậm</b> & nhạt")
    await an.says("/dulieucuatoi")
    await an.sees("«<b>đậm</b> & nhạt»")


async def test_about_a_stranger_nothing_is_kept(an: Any) -> None:
    await an.says("/dulieucuatoi")
    message = await an.sees("Điểm Tin không giữ gì về bạn.")
    assert "document" not in message


async def test_deleting_asks_once_and_then_leaves_nothing(an: Any, house: Any, publish: Any) -> None:
    await publish("Đêm hội ở Hạ Long")
    await an.says("/start")
    await an.says("hạ long")
    await an.says("/xoadulieu")
    assert await an.buttons() == ["Xóa hết", "Giữ lại"]
    assert await an.subscription() is not None
    await an.taps("Xóa hết")
    message = await an.sees("Đã xóa hết. Điểm Tin không còn giữ gì về bạn.", "/start")
    assert message["buttons"] == []
    assert house.actions.called_off == [an.chat]
    async with house.services.database.read() as connection:
        export = await export_subscriber(connection, an.chat)
    assert (export.subscriber, export.deliveries, export.questions) == (None, (), ())


async def test_after_deleting_start_begins_anew(an: Any) -> None:
    await an.says("/start")
    await an.says("/lich 20:00")
    await an.says("/xoadulieu")
    await an.taps("Xóa hết")
    welcome, *_ = await an.says("/start")
    assert welcome["text"].startswith("Chào bạn!")
    assert (await an.subscription()).choices.times == ()


async def test_keeping_changes_nothing(an: Any) -> None:
    await an.says("/start")
    before = await an.subscription()
    await an.says("/xoadulieu")
    await an.taps("Giữ lại")
    message = await an.sees("Mọi thứ vẫn còn nguyên.")
    assert (message["buttons"], await an.subscription()) == ([], before)


async def test_a_second_tap_on_delete_is_harmless(an: Any) -> None:
    await an.says("/start")
    await an.says("/xoadulieu")
    for _ in range(2):
        assert await an.forges("xoa:het") is None
    await an.sees("Đã xóa hết.")


async def test_buttons_from_before_the_deletion_are_old(an: Any) -> None:
    await an.says("/start")
    (schedule,) = await an.says("/lich")
    await an.says("/xoadulieu")
    await an.taps("Xóa hết")
    assert await an.taps("20:00", message_id=schedule["message_id"]) is not None
    assert await an.subscription() is None


async def test_the_button_that_deletes_looks_dangerous_and_does_without_where_that_is_refused(
    house: Any, an: Any
) -> None:
    await an.says("/start")
    (asked,) = await an.says("/xoadulieu")
    assert asked["buttons"][0][0]["style"] == "danger"
    await house.control.post("fault", kind="400", method="sendMessage", description="invalid button style")
    (asked,) = await an.says("/xoadulieu")
    assert "style" not in asked["buttons"][0][0]
    assert asked["buttons"][0][0]["text"] == "Xóa hết"
