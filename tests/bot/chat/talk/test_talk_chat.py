"""Everyday messages over the real library and the emulator: proposed on a button, never done silently."""

from dataclasses import replace
from typing import Any

import pytest

from bot.jobs.recapping import resume_rested


@pytest.fixture
async def reader(an: Any) -> Any:
    """A subscriber."""
    await an.says("/start")
    return an


async def test_a_pause_is_proposed_and_ends_by_itself(reader: Any, house: Any) -> None:
    await reader.says("tạm dừng 3 ngày giúp mình")
    assert (await reader.subscription()).status == "active"
    await reader.taps("Tạm dừng đến 19:00 tối thứ Tư, 25/11")
    await reader.sees("Đã tạm dừng đến 19:00 tối thứ Tư, 25/11")
    assert (await reader.subscription()).status == "paused"
    await house.clock.advance(3 * 86_400 + 60)
    assert await resume_rested(house.services) == 1
    after = await reader.subscription()
    assert (after.status, after.paused_until) == ("active", None)


async def test_the_command_to_pause_understands_its_words_or_tells(reader: Any) -> None:
    await reader.says("/tamdung 3 ngày")
    await reader.sees("Đã tạm dừng đến 19:00 tối thứ Tư, 25/11")
    await reader.says("/lich")
    await reader.sees("Đang tạm dừng đến 19:00 tối thứ Tư, 25/11")
    await reader.says("/tieptuc")
    await reader.says("/tamdung cho đến Tết")
    await reader.sees("Điểm Tin chưa hiểu «cho đến Tết», nên chưa tạm dừng.")
    assert (await reader.subscription()).status == "active"
    await reader.taps("7 ngày")
    assert (await reader.subscription()).paused_until is not None


async def test_a_pause_until_further_notice_does_not_end_by_itself(reader: Any, house: Any) -> None:
    await reader.says("/tamdung 1 ngày")
    await reader.says("/tamdung")
    await house.clock.advance(3 * 86_400)
    assert await resume_rested(house.services) == 0
    assert (await reader.subscription()).status == "paused"


async def test_leaving_is_a_choice_of_buttons(reader: Any) -> None:
    await reader.says("đừng gửi tin nữa")
    assert (await reader.subscription()).status == "active"
    await reader.taps("Tạm dừng")
    assert (await reader.subscription()).status == "paused"
    await reader.says("gửi lại tin đi")
    await reader.taps("Tiếp tục nhận")
    assert (await reader.subscription()).status == "active"


async def test_times_are_proposed_with_their_value(reader: Any) -> None:
    await reader.says("đổi sang 7h sáng")
    assert (await reader.subscription()).choices.times == ()
    await reader.taps("Đặt 07:00, hằng ngày")
    assert (await reader.subscription()).choices.times == ("07:00",)
    await reader.taps("↩ Hoàn tác")
    assert (await reader.subscription()).choices.times == ()


async def test_topics_are_proposed_and_the_last_one_stays(reader: Any) -> None:
    await reader.says("chỉ gửi tin kinh tế thôi")
    await reader.taps("Chỉ Kinh tế")
    assert (await reader.subscription()).choices.topics == ("kinh-te",)
    await reader.says("thêm tin thể thao")
    await reader.taps("Thêm Thể thao")
    assert (await reader.subscription()).choices.topics == ("kinh-te", "the-thao")
    await reader.says("bỏ thể thao")
    await reader.taps("Bỏ Thể thao")
    await reader.says("bỏ kinh tế")
    line = await reader.taps("Bỏ Kinh tế")
    assert "không còn chủ đề nào" in str(line)
    assert (await reader.subscription()).choices.topics == ("kinh-te",)


async def test_a_watch_is_proposed_and_may_be_searched_instead(reader: Any, publish: Any) -> None:
    await publish("Giá vàng tăng mạnh")
    await reader.says("theo dõi giá vàng")
    assert "Tìm «giá vàng»" in await reader.buttons()
    await reader.taps("🔔 Theo dõi «giá vàng»")
    await reader.says("mình đang theo dõi những gì")
    await reader.sees("• giá vàng")
    await reader.says("thôi theo dõi giá vàng")
    await reader.taps("✕ giá vàng")
    await reader.sees("Chưa theo dõi gì.")


async def test_a_proposal_of_another_chat_is_stale(reader: Any, house: Any) -> None:
    await reader.says("đổi sang 7h sáng")
    binh = await house.person("Bình")
    await binh.says("/start")
    await binh.forges("dongy:1")
    assert (await binh.subscription()).choices.times == ()


async def test_only_an_administrator_confirms_in_a_group(an: Any, house: Any) -> None:
    boss = await house.person("Chị Ba")
    member, admin = await house.group(an, administrator=boss)
    await admin.says("/start")
    line = await member.forges("tamdung:3")
    assert line == "Chỉ quản trị viên nhóm đổi được lựa chọn của nhóm."
    assert (await admin.subscription()).status == "active"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("cảm ơn bạn nhiều", "Không có gì!"),
        ("bạn là ai", "Mình là Điểm Tin"),
        ("ok", "👍"),
        ("👍", "👍"),
        ("xin chào", "/theodoi"),
        ("bạn làm được gì", "/theodoi"),
        ("bản tin dài quá", "Bạn muốn bản tin dài chừng nào? Đang là: Vừa"),
        ("bài 2", "Chưa có danh sách nào"),
    ],
)
async def test_small_talk_is_answered_and_not_searched(reader: Any, said: str, answer: str) -> None:
    await reader.says(said)
    await reader.sees(answer)


async def test_a_wish_for_another_length_is_done_by_a_tap(reader: Any) -> None:
    await reader.says("bản tin dài quá")
    await reader.taps("Gọn")
    assert (await reader.subscription()).choices.length == "gon"


async def test_articles_and_pages_of_the_last_list(reader: Any, publish: Any, house: Any) -> None:
    await publish(*(f"Bão số {n} vào bờ" for n in range(1, 13)))
    await reader.says("bão vào bờ")
    first = await reader.last()
    await reader.says("xem thêm")
    second = await reader.sees("trang 2/3")
    await reader.says("còn gì nữa không")
    await reader.sees("trang 3/3")
    await reader.says("xem thêm")
    await reader.sees("Hết bài về «bão vào bờ» rồi.")
    await house.clock.advance(20)
    await reader.says("trang 2")
    assert (await reader.last())["text"] == second["text"]
    await reader.says("chi tiết bài 2")
    await reader.sees("[2] Bão số", "Báo Biển")
    await reader.says("bài 40")
    await reader.sees("chỉ có 12 bài")
    assert first["text"] != second["text"]


async def test_the_last_article_and_the_last_page_of_a_list(reader: Any, publish: Any) -> None:
    await publish(*(f"Bão số {n} vào bờ" for n in range(1, 7)))
    await reader.says("bão vào bờ")
    await reader.says("trang cuối")
    await reader.sees("trang 2/2")
    await reader.says("bài cuối")
    await reader.sees("[6] Bão số")


async def test_the_last_article_of_a_list_that_may_no_longer_be_shown(
    reader: Any, house: Any, publish: Any
) -> None:
    await publish("Bão số 1 vào bờ")
    await reader.says("bão vào bờ")
    hidden = tuple(replace(source, quote="none") for source in house.services.newsroom.sources)
    house.services.newsroom = replace(house.services.newsroom, sources=hidden)
    await reader.says("bài cuối")
    await reader.sees("chỉ có 0 bài")
    await reader.says("trang cuối")
    await reader.sees("chỉ có 0 trang")


async def test_a_follow_up_keeps_the_last_subject(reader: Any, publish: Any) -> None:
    await publish("Lũ Quảng Bình rút chậm", "Lũ Nghệ An lên nhanh")
    await reader.says("lũ Quảng Bình")
    await reader.says("thế còn Nghệ An?")
    await reader.sees("lũ Nghệ An", "Lũ Nghệ An lên nhanh")


async def test_the_address_of_a_stored_article_is_that_article(reader: Any, publish: Any) -> None:
    await publish("Chợ nổi họp sớm", "Mưa lớn ở Hạ Long")
    await reader.says("tóm tắt bài này http://www.baobien.example/chợ-nổi-họp-sớm?utm_source=zalo")
    await reader.sees("Chợ nổi họp sớm", "chuyện được bàn ở chợ")
    await reader.says("https://bao-khac.example/mua-lon-o-ha-long-20261122101500.htm")
    assert "chưa lưu bài ở địa chỉ này" in (await reader.messages())[-2]["text"]
    await reader.sees("Mưa lớn ở Hạ Long")


async def test_news_of_a_topic_is_that_topic_only(reader: Any, publish: Any) -> None:
    await publish("Đội nhà thắng lớn", topic="Thể thao")
    await publish("Lãi suất giảm sâu", topic="Kinh tế")
    await reader.says("/tin thể thao")
    message = await reader.sees("Tin 24 giờ qua: Thể thao", "Đội nhà thắng lớn")
    assert "Lãi suất" not in message["text"]
    await reader.says("/tin sức khỏe")
    await reader.sees("Trong 24 giờ qua chưa có tin Sức khỏe.")
    await reader.says("/tin lãi suất")
    await reader.sees("«lãi suất»")


async def test_switching_a_watch_off_by_command_is_offered(reader: Any) -> None:
    await reader.says("/theodoi giá vàng")
    await reader.says("/theodoi tắt giá vàng")
    await reader.taps("✕ giá vàng")
    await reader.says("/theodoi tắt giá vàng")
    await reader.sees("Bạn chưa theo dõi «giá vàng»")


async def test_a_bare_command_asks_and_the_next_message_is_its_answer(reader: Any, house: Any) -> None:
    await reader.says("/theodoi")
    await house.close()
    await house.open()
    await reader.says("giá xăng")
    await reader.sees("🔔 Đang theo dõi «giá xăng».")
    await reader.says("giá vàng")
    await reader.sees("Không thấy")


async def test_what_is_awaited_expires_is_called_off_and_gives_way(reader: Any, house: Any) -> None:
    await reader.says("/theodoi")
    await reader.says("thôi")
    await reader.sees("Vâng, bỏ qua nhé.")
    await reader.says("/theodoi")
    await reader.says("giá vàng bao nhiêu")
    await reader.sees("Không thấy")
    await reader.says("/theodoi")
    await reader.says("/lich")
    await reader.says("giá xăng")
    await reader.sees("Không thấy")
    await house.clock.advance(300)
    await reader.says("/theodoi")
    await house.clock.advance(660)
    await reader.says("giá xăng")
    await reader.sees("Không thấy")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/help", "/theodoi"),
        ("/settings", "Lịch nhận tin"),
        ("/privacy", "Điểm Tin đang giữ về bạn"),
        ("/stop", "Đã tạm dừng."),
    ],
)
async def test_the_names_that_other_bots_use_work_too(reader: Any, typed: str, answer: str) -> None:
    await reader.says(typed)
    await reader.sees(answer)


async def test_words_behind_a_command_that_takes_none_are_told(reader: Any) -> None:
    answers = await reader.says("/tieptuc ngày mai")
    assert "bỏ qua «ngày mai»" in answers[0]["text"]


async def test_before_nine_today_reaches_back_a_day(reader: Any, publish: Any, house: Any) -> None:
    await publish("Giá vàng giảm nhẹ")
    await house.clock.advance(9 * 3600)  # 4:00 of the next morning
    await reader.says("giá vàng hôm nay")
    await reader.sees("Giá vàng giảm nhẹ")
    assert "lúc khác" not in (await reader.last())["text"]
