"""Taking an issue back, from an operator's chat to the deliveries."""

import asyncio
from typing import Any

from sqlalchemy import select

from bot.jobs.delivery.sender import Sender
from bot.jobs.digests.slots import send_edition_now
from bot.telegram.transport import AiohttpRequest
from storage.notes import write_note
from storage.profiles import find_profiles
from storage.subscribers import set_quiet
from storage.tables import deliveries, issues
from tests.bot.chat.operators.conftest import send_everything, statuses
from tests.bot.processes.conftest import until
from tests.bot.telegram.handmade import bot_at


async def are_sending(house: Any, count: int) -> bool:
    """Tell whether `count` deliveries are being sent."""
    return (await statuses(house)).count("sending") == count


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


async def test_an_issue_held_back_shows_neither_its_end_nor_who_got_it(
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


async def test_a_delivery_in_flight_while_its_issue_is_taken_back_is_not_repeated(
    house: Any, operator: Any, readers: list[Any], sender: Sender
) -> None:
    cut, slow, quiet = readers
    async with house.services.database.write() as connection:
        await set_quiet(connection, quiet.chat, 11 * 60, 14 * 60, now=house.clock.now())
    await send_edition_now(house.services, "sang")
    for person, kind in ((cut, "hang"), (slow, "slow")):
        await house.control.post("fault", kind=kind, method="sendMessage", chat=person.chat, seconds=2)
    async with bot_at(house.url, request=AiohttpRequest(4, read_timeout=10)) as bot:
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


async def test_an_issue_that_some_got_is_not_made_again(
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
