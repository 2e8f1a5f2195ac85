"""/thongbao in the chat: readers, sound, sending once, calling off."""

from typing import Any

from sqlalchemy import select

from storage.delivery.announcements import find_announcements
from storage.subscribers import set_quiet
from storage.tables import deliveries


async def statuses(house: Any) -> list[str]:
    """Return the status of each delivery."""
    async with house.services.database.read() as connection:
        return list((await connection.execute(select(deliveries.c.status))).scalars())


async def test_an_operator_announces_something_to_all_readers(house: Any, operator: Any) -> None:
    person = await house.person("An")
    await person.says("/start")
    async with house.services.database.write() as connection:
        await set_quiet(connection, person.chat, 0, 0, now=house.clock.now())
    await operator.says("/thongbao")
    await operator.sees("/thongbao nội dung")
    await operator.says("/thongbao Mai bot nghỉ <một> giờ.")
    await operator.sees(
        "Gửi thông báo này cho mọi người, có tiếng?", "1 người nhận", "Mai bot nghỉ <một> giờ."
    )
    await operator.taps("Không tiếng")
    await operator.sees("không tiếng?")
    assert await operator.taps("Gửi cho 1 người") is None
    await operator.sees("Đã xếp gửi thông báo cho 1 người nhận")
    async with house.services.database.read() as connection:
        [one] = await find_announcements(connection, limit=5)
    assert (one.is_silent, one.edition) == (True, None)
    await operator.taps("Thu hồi phần chưa gửi")
    await operator.sees("1 người không nhận nữa")
    assert (await statuses(house)) == ["gone"]


async def test_readers_may_not_announce(house: Any) -> None:
    person = await house.person("An")
    await person.says("/thongbao Chào cả nhà")
    assert await statuses(house) == []
