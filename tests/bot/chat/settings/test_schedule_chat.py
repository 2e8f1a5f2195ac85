"""/lich in the chat: what it shows, what can be typed and tapped, and undo."""

import datetime as dt
from typing import Any

import pytest

from bot.emulator.client import Json


@pytest.fixture
async def reader(an: Any) -> Any:
    """A subscriber."""
    await an.says("/start")
    return an


async def test_the_schedule_is_told_in_words(reader: Any) -> None:
    await reader.says("/lich")
    await reader.sees(
        "Bản tin: Bản tin sáng",
        "Giờ nhận: 06:45, hằng ngày",
        "Múi giờ: giờ Việt Nam",
        "Giờ yên tĩnh: 22:00–06:30",
        "Chủ đề: tất cả",
        "Lần tới: 06:45 sáng mai",
    )


async def test_whoever_has_not_started_is_told_to(an: Any) -> None:
    for command in ("/lich", "/lich 6h30", "/chude", "/tamdung", "/tieptuc"):
        await an.says(command)
        await an.sees("Gửi /start để bắt đầu")


@pytest.mark.parametrize(
    ("typed", "times", "days"),
    [
        ("6h30", ("06:30",), ()),
        ("18:00 T2-T6", ("18:00",), (0, 1, 2, 3, 4)),
        ("7h và 19h", ("07:00", "19:00"), ()),
    ],
)
async def test_own_times_and_days_can_be_typed(reader: Any, typed: str, times: Any, days: Any) -> None:
    await reader.says(f"/lich {typed}")
    choices = (await reader.subscription()).choices
    assert (choices.times, choices.days) == (times, days)
    await reader.sees("✓ Đã lưu.", "Giờ nhận: " + times[0])


async def test_what_was_typed_can_be_taken_back(reader: Any) -> None:
    before = await reader.subscription()
    await reader.says("/lich 18:00 T2-T6")
    await reader.taps("↩ Hoàn tác")
    assert await reader.subscription() == before
    await reader.sees("✓ Đã trở lại như trước.", "Giờ nhận: 06:45, hằng ngày")
    assert "↩ Hoàn tác" not in await reader.buttons()


async def test_a_tapped_time_changes_the_message_in_place(reader: Any) -> None:
    (shown,) = await reader.says("/lich")
    await reader.taps("20:00")
    after = await reader.last()
    assert (after["message_id"], after["edited"]) == (shown["message_id"], True)
    assert "✓ 20:00" in await reader.buttons()
    assert (await reader.subscription()).choices.times == ("20:00",)
    await reader.taps("↩ Hoàn tác")
    assert (await reader.subscription()).choices.times == ()


async def test_the_same_tap_twice_keeps_the_way_back(reader: Any) -> None:
    (shown,) = await reader.says("/lich")
    await reader.taps("20:00")
    line = await reader.forges("gio:2000", message_id=shown["message_id"])
    assert line == "Bạn đang chọn như vậy rồi."
    assert "↩ Hoàn tác" in await reader.buttons()


async def test_a_time_between_the_steps_is_rounded_and_that_is_said(reader: Any) -> None:
    await reader.says("/lich 6h33")
    await reader.sees("Giờ nhận theo bước năm phút, nên Điểm Tin lấy 06:35.", "Giờ nhận: 06:35")


async def test_a_time_in_the_quiet_hours_says_when_it_really_comes_and_how_to_change_that(
    reader: Any,
) -> None:
    await reader.says("/lich 23:00")
    await reader.sees(
        "Giờ 23:00 nằm trong giờ yên tĩnh (22:00–06:30), nên bản tin đó sẽ đến lúc 06:30.",
        "Lần tới: 06:30 sáng mai",
    )
    await reader.taps("Tắt giờ yên tĩnh")
    message = await reader.sees("Giờ yên tĩnh: đang tắt", "Lần tới: 23:00 đêm nay")
    assert "nằm trong giờ yên tĩnh" not in message["text"]
    await reader.taps("↩ Hoàn tác")
    await reader.sees("Giờ yên tĩnh: 22:00–06:30")


async def test_the_time_zone_can_be_typed(reader: Any) -> None:
    await reader.says("/lich múi giờ Berlin")
    await reader.sees("giờ Berlin (Europe/Berlin)", "Lần tới: 06:45 sáng mai")
    assert (await reader.subscription()).choices.zone == "Europe/Berlin"


async def test_quiet_hours_can_be_typed_and_turned_off(reader: Any) -> None:
    await reader.says("/lich yên tĩnh 23:00-5:45")
    assert ((await reader.subscription()).quiet_start, (await reader.subscription()).quiet_end) == (1380, 345)
    await reader.says("/lich yên tĩnh tắt")
    await reader.sees("Giờ yên tĩnh: đang tắt")
    await reader.taps("↩ Hoàn tác")
    await reader.sees("Giờ yên tĩnh: 23:00–05:45")


async def test_the_defaults_come_back_with_a_word(reader: Any) -> None:
    before = await reader.subscription()
    await reader.says("/lich 18:00 T7")
    await reader.says("/lich múi giờ Berlin")
    await reader.says("/lich mặc định")
    assert (await reader.subscription()).choices == before.choices


async def test_every_panel_leads_back_to_the_schedule(reader: Any) -> None:
    await reader.says("/lich")
    for panel in ("Ngày nhận", "Giờ yên tĩnh", "Bản tin khác", "Chủ đề"):
        await reader.taps(panel)
        assert "‹ Quay lại" in await reader.buttons()
        await reader.taps("‹ Quay lại")
        await reader.sees("Lịch nhận tin")


async def test_days_and_editions_can_be_tapped(reader: Any) -> None:
    await reader.says("/lich")
    await reader.taps("Ngày nhận")
    await reader.taps("Cuối tuần")
    await reader.sees("06:45, cuối tuần")
    await reader.taps("Bản tin khác")
    await reader.sees("• Bản tin tối: 18:30, hằng ngày")
    await reader.taps("Bản tin tối")
    assert {"✓ Bản tin sáng", "✓ Bản tin tối"} <= set(await reader.buttons())
    await reader.taps("↩ Hoàn tác")
    await reader.sees("Bản tin: Bản tin sáng", "06:45, cuối tuần")


async def test_several_editions_are_taken_and_left_by_taps(reader: Any) -> None:
    await reader.says("/lich")
    await reader.taps("Bản tin khác")
    await reader.taps("Bản tin tối")
    await reader.taps("‹ Quay lại")
    await reader.sees("Bản tin: Bản tin sáng và Bản tin tối", "Giờ nhận: 06:45 và 18:30, hằng ngày")
    assert (await reader.subscription()).choices.editions == ("sang", "toi")
    await reader.taps("Bản tin khác")
    await reader.taps("✓ Bản tin sáng")
    assert {"Bản tin sáng", "✓ Bản tin tối"} <= set(await reader.buttons())
    await reader.taps("✓ Bản tin tối")
    assert (await reader.subscription()).choices.editions == ("toi",), "the last one stays"
    await reader.taps("Xong")
    await reader.sees("Bản tin tối: 18:30, hằng ngày")


async def test_done_leaves_one_line_without_buttons(reader: Any) -> None:
    await reader.says("/lich 20:00")
    await reader.taps("Xong")
    message = await reader.sees("Bản tin sáng: 20:00, hằng ngày", "Chủ đề: tất cả", "Lần tới: 20:00 tối nay")
    assert message["buttons"] == []


async def test_the_schedule_of_someone_who_paused_says_so(reader: Any) -> None:
    await reader.says("/tamdung")
    await reader.says("/lich 20:00")
    message: Json = await reader.sees("Đang tạm dừng")
    assert "Lần tới" not in message["text"]
    assert (await reader.subscription()).status == "paused"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("mai nhé", "Điểm Tin chưa hiểu giờ này."),
        ("-1:00", "Điểm Tin chưa hiểu giờ này."),
        ("<b>x</b>", "Điểm Tin chưa hiểu giờ này."),
        ("24:00", "Không có giờ như vậy"),
        ("25h61", "Không có giờ như vậy"),
        ("6h 7h 8h 9h 10h", "nhiều nhất bốn giờ nhận"),
        ("múi giờ Mars/X", "không biết múi giờ này"),
        ("múi giờ ../../etc/passwd", "không biết múi giờ này"),
        ("múi giờ GMT+7", "/lich múi giờ Hà Nội"),
        ("múi giờ Europe/Berlim", "/lich múi giờ Berlin"),
        ("yên tĩnh 25:00-6:00", "chưa hiểu giờ yên tĩnh này"),
        ("9" * 3000, "Điểm Tin chưa hiểu giờ này."),
    ],
)
async def test_what_cannot_be_understood_changes_nothing_and_shows_an_example(
    reader: Any, typed: str, answer: str
) -> None:
    before = await reader.subscription()
    await reader.says(f"/lich {typed}")
    await reader.sees(answer, "/lich")
    assert await reader.subscription() == before


async def test_the_next_arrival_is_a_date_that_can_be_tapped(house: Any, an: Any) -> None:
    await an.says("/start")
    await an.says("/lich")
    panel = await an.last()
    [date] = [entity for entity in panel["entities"] if entity["type"] == "date_time"]
    arrival = dt.datetime(2026, 11, 22, 23, 45, tzinfo=dt.UTC)
    assert date["unix_time"] == arrival.timestamp()
    assert "Lần tới: 06:45 sáng mai" in panel["text"]


async def test_a_server_that_knows_no_dates_gets_words(house: Any, an: Any) -> None:
    await an.says("/start")
    refused = 'can\'t parse entities: Unsupported start tag "tg-time" at byte offset 9'
    await house.control.post("fault", kind="400", method="sendMessage", description=refused)
    [panel] = await an.says("/lich")
    assert "Lần tới: 06:45 sáng mai" in panel["text"]
    assert not any(entity["type"] == "date_time" for entity in panel["entities"])
    await an.taps("18:30")
    shown = await an.last()
    assert shown["message_id"] == panel["message_id"], "it is edited in place"
    assert "✓ Đã lưu." in shown["text"]
    assert not any(entity["type"] == "date_time" for entity in shown["entities"]), "it is not asked again"


async def test_a_date_refused_in_an_edit_is_left_out_of_it(house: Any, an: Any) -> None:
    await an.says("/start")
    [panel] = await an.says("/lich")
    refused = "ENTITY_DATE_INVALID"
    await house.control.post("fault", kind="400", method="editMessageText", description=refused)
    await an.taps("18:30")
    shown = await an.last()
    assert shown["message_id"] == panel["message_id"], "it is edited in place"
    assert not any(entity["type"] == "date_time" for entity in shown["entities"])
