"""Taking an issue back and correcting a story, from an operator's chat to the deliveries."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select
from telegram.ext import ExtBot

from bot.jobs.delivery.sender import Sender
from bot.jobs.digests.slots import send_edition_now
from bot.telegram.transport import AiohttpRequest
from storage.delivery.states import MessageKind
from storage.notes import write_note
from storage.profiles import find_profiles
from storage.subscribers import set_quiet, set_status
from storage.tables import deliveries, issues, messages
from tests.bot.processes.conftest import until

Send = Callable[[], Awaitable[None]]
NOON = dt.datetime(2026, 11, 23, 5, 0, tzinfo=dt.UTC)  # Monday, 12:00 in Việt Nam


@pytest.fixture
async def sender(house: Any) -> AsyncIterator[Sender]:
    """A sender that tests run batch by batch."""
    request = AiohttpRequest(4, read_timeout=0.5)
    async with ExtBot("42:emulated", base_url=f"{house.url}/bot", request=request) as bot:
        yield Sender(house.services, bot)


@pytest.fixture
async def readers(house: Any, operator: Any, publish: Any) -> list[Any]:
    """Three readers, at noon, and one story that nobody has got yet."""
    await operator.says("/trogiup")
    await house.clock.advance((NOON - house.clock.now()).total_seconds())
    people = [await house.person(name) for name in ("An", "Bình", "Cúc")]
    for person in people:
        await person.says("/start")
        async with house.services.database.write() as connection:
            await set_quiet(connection, person.chat, 0, 0, now=house.clock.now())
    await publish("Giá xăng tăng 3.000 đồng", hours_ago=0)
    await house.clock.advance(60)
    return people


async def send_everything(sender: Sender) -> None:
    """Send until nothing is due."""
    while await sender.send_batch():
        pass


async def correct(operator: Any, text: str) -> str | None:
    """Write a correction of the newest issue's only story, and confirm it."""
    await operator.says("/quantri")
    await operator.taps("12:01 trưa nay: Bản tin sáng")
    issue = await operator.sees("Giá xăng tăng 3.000 đồng", "/dinhchinh ")
    story = issue["text"].rpartition("/dinhchinh ")[2]
    await operator.says(f"/dinhchinh {story} {text}")
    answer: str | None = await operator.taps("Gửi đính chính")
    return answer


async def statuses(house: Any) -> list[str]:
    """Return the status of each delivery."""
    async with house.services.database.read() as connection:
        return list((await connection.execute(select(deliveries.c.status))).scalars())


async def are_sending(house: Any, count: int) -> bool:
    """Tell whether `count` deliveries are being sent."""
    return (await statuses(house)).count("sending") == count


async def test_a_correction_changes_what_was_sent_and_tells_its_readers_once(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    stranger = await house.person("Dũng")
    await stranger.says("/start")
    async with house.services.database.write() as connection:
        await set_status(connection, stranger.chat, "paused", now=house.clock.now())
    before = len(await stranger.messages())
    await send_edition_now(house.services, "sang")
    await send_everything(sender)
    await house.clock.advance(3_600)
    assert await correct(operator, "Giá xăng tăng 300 đồng, không phải 3.000.") is None
    await operator.sees("Đang đính chính: sửa 3 tin nhắn, báo cho 3 người nhận")
    await send_everything(sender)
    for person in readers:
        *_, digest, notice = [m for m in await person.messages() if m["from"] == "bot"]
        assert "Giá xăng tăng 3.000 đồng\nĐính chính (13:01): Giá xăng tăng 300 đồng" in digest["text"]
        assert notice["text"].startswith(
            "Đính chính\nVề tin «Giá xăng tăng 3.000 đồng» (Bản tin sáng lúc 12:01"
        )
    assert len(await stranger.messages()) == before


async def test_a_correction_is_sent_once_however_often_it_is_confirmed(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    await send_edition_now(house.services, "sang")
    await send_everything(sender)
    await correct(operator, "Tăng 300 đồng.")
    assert await operator.forges("quantri:dinhchinh:1") == "Đính chính này đã được gửi rồi."
    assert await operator.forges("quantri:dinhchinh:99") == "Đính chính này đã được gửi rồi."
    assert (await statuses(house)).count("pending") == 6


async def test_who_has_not_got_the_issue_yet_gets_it_corrected_and_no_notice(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    await send_edition_now(house.services, "sang")
    await correct(operator, "Tăng 300 đồng.")
    await operator.sees("sửa 0 tin nhắn, báo cho 0 người nhận")
    await send_everything(sender)
    for person in readers:
        await person.sees("Đính chính (12:01): Tăng 300 đồng.", "Bản tin sáng")


async def test_a_notice_waits_for_the_end_of_quiet_hours_and_the_edit_does_not(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    await send_edition_now(house.services, "sang")
    await send_everything(sender)
    an = readers[0]
    async with house.services.database.write() as connection:
        await set_quiet(connection, an.chat, 11 * 60, 14 * 60, now=house.clock.now())
    await correct(operator, "Tăng 300 đồng.")
    await send_everything(sender)
    await an.sees("Đính chính (12:01): Tăng 300 đồng.", "Bản tin sáng")
    await house.clock.advance(2 * 3_600)
    await send_everything(sender)
    await an.sees("Về tin «Giá xăng tăng 3.000 đồng»")


async def test_an_edit_whose_answer_was_lost_is_repeated_and_the_same_text_is_no_error(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    await send_edition_now(house.services, "sang")
    await send_everything(sender)
    await correct(operator, "Tăng 300 đồng.")
    await house.control.post("fault", kind="cut_after", method="editMessageText")
    await send_everything(sender)
    async with house.services.database.read() as connection:
        query = select(deliveries.c.status).join(messages, messages.c.id == deliveries.c.message_id)
        query = query.where(messages.c.kind == MessageKind.CORRECTION_EDIT, deliveries.c.tries == 2)
        assert list((await connection.execute(query)).scalars()) == ["sent"]


async def test_a_message_that_can_be_edited_no_more_is_refused_with_a_reason_and_its_reader_told(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    await send_edition_now(house.services, "sang")
    await send_everything(sender)
    await correct(operator, "Tăng 300 đồng.")
    refusal = {"kind": "400", "description": "message can't be edited", "method": "editMessageText"}
    await house.control.post("fault", chat=readers[0].chat, **refusal)
    await send_everything(sender)
    await readers[0].sees("Về tin «Giá xăng tăng 3.000 đồng»")
    async with house.services.database.read() as connection:
        query = select(deliveries.c.reason).where(deliveries.c.status == "gone")
        assert list((await connection.execute(query)).scalars()) == ["refused: Message can't be edited"]


async def test_two_corrections_of_one_story_both_stand(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    await send_edition_now(house.services, "sang")
    await send_everything(sender)
    for text in ("Tăng 300 đồng.", "Tăng 350 đồng, theo thông báo mới."):
        await correct(operator, text)
        await send_everything(sender)
    await operator.says("/quantri")
    await operator.sees("12:01 trưa nay: đính chính cho Bản tin sáng, đã xếp gửi")
    assert any(label.startswith("12:01 trưa nay: đính chính") for label in await operator.buttons())
    await operator.forges("quantri:sodinhchinh:2")
    await operator.sees("đính chính cho Bản tin sáng, 12:01 trưa nay: đã xếp gửi\n6 đã gửi")
    assert "Thu hồi" not in await operator.buttons()
    digest, *_ = [m for m in await readers[0].messages() if "Bản tin sáng" in m["text"]][1:]
    assert "Tăng 300 đồng." in digest["text"]
    assert "Tăng 350 đồng, theo thông báo mới." in digest["text"]


async def test_what_cannot_be_a_correction_says_how_to_write_one(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    for words in ("", " 12", " mười hai Tăng", " 0 Tăng", f" {10**30} Tăng", " 12 \u200b\u202e"):
        await house.clock.advance(10)
        await operator.says(f"/dinhchinh{words}")
        assert "chính" in (await operator.last())["text"]
    await operator.says("/dinhchinh 12 " + "x" * 301)
    await operator.sees("dài nhất 300 ký tự")
    await operator.says("/dinhchinh 12 Tăng 300 đồng.")
    await operator.sees("không số nào có tin mang mã 12")
    assert "Gửi đính chính" not in await operator.buttons()


async def test_markup_in_a_correction_stays_text(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    await send_edition_now(house.services, "sang")
    await send_everything(sender)
    await correct(operator, "<b>300</b> & không hơn")
    await send_everything(sender)
    await readers[0].sees("<b>300</b> & không hơn")


async def test_to_others_corrections_and_retractions_do_not_exist(an: Any, house: Any) -> None:
    await an.says("/dinhchinh 1 Tăng 300 đồng.")
    await an.sees("Điểm Tin không có lệnh /dinhchinh.")
    for data in (
        "quantri:so:1",
        "quantri:sodinhchinh:1",
        "quantri:hoithuhoi:1",
        "quantri:thuhoi:1",
        "quantri:dinhchinh:1",
    ):
        assert await an.forges(data) == "Nút này đã cũ. Bạn gửi /lich để mở lại nhé."


async def test_an_issue_taken_back_goes_to_nobody_more_and_those_who_got_it_are_counted(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    await send_edition_now(house.services, "sang")
    await house.control.post("fault", kind="429", retry_after=60, method="sendMessage", chat=readers[2].chat)
    await sender.send_batch()
    await operator.says("/quantri")
    await operator.taps("12:01 trưa nay: Bản tin sáng")
    await operator.sees("2 đã gửi, 1 đang đợi")
    await operator.taps("Thu hồi")
    await operator.sees("1 tin nhắn đang đợi sẽ không được gửi", "2 tin nhắn đã đi rồi")
    await operator.taps("Thu hồi")
    await operator.sees("1 tin nhắn không gửi nữa, 2 đã đi từ trước")
    await send_everything(sender)
    assert not any("Giá xăng" in m["text"] for m in await readers[2].messages())
    await operator.says("/quantri")
    await operator.sees("12:01 trưa nay: Bản tin sáng, đã thu hồi")
    await operator.taps("12:01 trưa nay: Bản tin sáng")
    assert "Thu hồi" not in await operator.buttons()
    assert await operator.forges("quantri:thuhoi:1") == "Số này không còn tin nhắn nào đang đợi gửi."


async def test_of_an_issue_held_back_no_end_is_foretold_and_nothing_said_of_those_who_got_it(
    house: Any, operator: Any, readers: list[Any]
) -> None:
    await send_edition_now(house.services, "sang")
    await house.clock.advance(60)
    await operator.says("/quantri")
    await operator.sees("Đã đến giờ gửi: 3, lâu nhất 60 giây; đang gửi")
    await operator.taps("Dừng gửi toàn bộ")
    message = await operator.sees("Đã đến giờ gửi mà đang giữ lại: 3, lâu nhất 60 giây")
    assert "xong khoảng" not in message["text"]
    await operator.taps("12:01 trưa nay: Bản tin sáng")
    await operator.taps("Thu hồi")
    message = await operator.sees("3 tin nhắn đang đợi sẽ không được gửi.")
    assert "đã đi rồi" not in message["text"]


async def test_a_row_in_flight_while_its_issue_is_taken_back_does_not_come_again(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    cut, slow, quiet = readers
    async with house.services.database.write() as connection:
        await set_quiet(connection, quiet.chat, 11 * 60, 14 * 60, now=house.clock.now())
    await send_edition_now(house.services, "sang")
    for person, kind in ((cut, "hang"), (slow, "slow")):
        await house.control.post("fault", kind=kind, method="sendMessage", chat=person.chat, seconds=2)
    async with ExtBot(
        "42:emulated", base_url=f"{house.url}/bot", request=AiohttpRequest(4, read_timeout=10)
    ) as bot:
        sending = asyncio.create_task(Sender(house.services, bot).send_batch())
        await until(lambda: are_sending(house, 2))
        await operator.forges("quantri:thuhoi:1")
        await operator.sees("1 tin nhắn không gửi nữa, 2 đã đi từ trước")
        assert await sending == 2
    assert (await statuses(house)).count("pending") == 1, "it may have arrived, and came back"
    await send_everything(sender)
    async with house.services.database.read() as connection:
        rows = (await connection.execute(select(deliveries.c.status, deliveries.c.reason))).all()
    assert {tuple(row) for row in rows} == {("sent", None), ("gone", "retracted")}
    assert not any("Giá xăng" in message["text"] for message in await cut.messages())


async def test_the_stories_of_an_issue_that_nobody_got_come_in_the_next(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    await send_edition_now(house.services, "sang")
    await operator.forges("quantri:thuhoi:1")
    await house.clock.advance(60)
    assert await send_edition_now(house.services, "sang") == 3
    await send_everything(sender)
    await readers[0].sees("Giá xăng tăng 3.000 đồng")


async def test_an_issue_that_some_got_is_not_told_again(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    await send_edition_now(house.services, "sang")
    await house.control.post("fault", kind="429", retry_after=60, method="sendMessage", chat=readers[2].chat)
    await sender.send_batch()
    await operator.forges("quantri:thuhoi:1")
    await house.clock.advance(60)
    assert await send_edition_now(house.services, "sang") == 0
    async with house.services.database.read() as connection:
        [profile] = await find_profiles(connection)
        [status] = (await connection.execute(select(issues.c.status))).scalars()
    assert (status, profile.last_slot_at is not None) == ("retracted", True)


async def test_stale_buttons_of_issues_that_are_gone_are_harmless(operator: Any, house: Any) -> None:
    async with house.services.database.write() as connection:
        await write_note(connection, "x", "y", now=house.clock.now())
    assert await operator.forges("quantri:so:77") == "Nút này đã cũ. Bạn gửi /lich để mở lại nhé."
    assert await operator.forges("quantri:sodinhchinh:77") == "Nút này đã cũ. Bạn gửi /lich để mở lại nhé."
    assert await operator.forges("quantri:hoithuhoi:77") == "Số này không còn tin nhắn nào đang đợi gửi."
