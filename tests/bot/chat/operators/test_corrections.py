"""/dinhchinh: a correction of a story that was sent, from an operator's chat to the deliveries."""

from typing import Any

from sqlalchemy import select

from bot.jobs.delivery.sender import Sender
from bot.jobs.digests.slots import send_edition_now
from storage.delivery.states import MessageKind
from storage.subscribers import set_quiet, set_status
from storage.tables import deliveries, messages
from tests.bot.chat.operators.conftest import send_everything, statuses


async def correct(operator: Any, text: str) -> str | None:
    """Write a correction of the newest issue's only story, and confirm it."""
    await operator.says("/quantri")
    await operator.taps("12:01 trưa nay: Bản tin sáng")
    issue = await operator.sees("Giá xăng tăng 3.000 đồng", "/dinhchinh ")
    story = issue["text"].rpartition("/dinhchinh ")[2]
    await operator.says(f"/dinhchinh {story} {text}")
    answer: str | None = await operator.taps("Gửi đính chính")
    return answer


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


async def test_corrections_and_retractions_do_not_exist_for_others(an: Any, house: Any) -> None:
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
