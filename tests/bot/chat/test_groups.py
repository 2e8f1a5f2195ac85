"""Groups: anyone may ask, only administrators change settings, and plain talk is ignored."""

from dataclasses import replace
from typing import Any

import pytest


async def test_a_group_is_greeted_and_not_subscribed(member: Any, house: Any) -> None:
    await member.sees("Chào cả nhóm!", f"/tim@{house.username}", f"/start@{house.username}")
    assert await member.subscription() is None


async def test_anyone_may_search_and_read(member: Any, house: Any, publish: Any) -> None:
    await publish("Đêm hội ở Hạ Long")
    (answer,) = await member.says(house.at("/tim hạ long"))
    assert "Đêm hội ở Hạ Long" in answer["text"]
    assert answer["reply_to"] > 0
    (digest,) = await member.says(house.at("/tin"))
    assert "Đêm hội ở Hạ Long" in digest["text"]


async def test_a_command_without_the_bots_name_is_obeyed_too(member: Any, publish: Any) -> None:
    await publish("Đêm hội ở Hạ Long")
    assert len(await member.says("/tim hạ long")) == 1


async def test_a_command_for_another_bot_is_ignored(member: Any, administrator: Any, house: Any) -> None:
    assert await member.says(house.at("/tim hạ long", "bot_khac_bot")) == []
    assert await administrator.says(house.at("/start", "bot_khac_bot")) == []
    assert await administrator.subscription() is None


async def test_plain_talk_is_no_question(house: Any, member: Any) -> None:
    promoted = await house.control.post("member", chat=member.chat, action="promote")
    await house.handled(promoted["update_id"])  # an administrator bot sees everything that is written
    assert await member.says("hạ long hôm nay đẹp quá") == []


async def test_a_question_that_names_the_bot_is_answered(member: Any, house: Any, publish: Any) -> None:
    await publish("Đêm hội ở Hạ Long", "Cháy rừng ở Vinh")
    (answer,) = await member.says(f"@{house.username} có gì mới ở hạ long không")
    assert "Đêm hội ở Hạ Long" in answer["text"]
    await member.says(f"thế còn Vinh? @{house.username.upper()}")
    await member.sees("Cháy rừng ở Vinh")
    await member.says(f"@{house.username}")
    await member.sees("trong nhóm")


async def test_a_reply_that_goes_on_is_answered_and_talk_about_the_news_is_not(
    member: Any, house: Any, publish: Any
) -> None:
    await publish("Đêm hội ở Hạ Long", "Cháy rừng ở Vinh")
    (answer,) = await member.says("/tim hạ long")
    for talk in ("đẹp quá trời", "ai mà biết", "cảm ơn bạn Chi nha", "mai họp tổ lúc 7h"):
        assert await member.says(talk, reply_to=answer["message_id"]) == []
    (vinh,) = await member.says("thế còn Vinh?", reply_to=answer["message_id"])
    assert "Cháy rừng ở Vinh" in vinh["text"]
    await member.says("bài 1", reply_to=vinh["message_id"])
    await member.sees("Cháy rừng ở Vinh")


async def test_a_reply_goes_on_with_the_answer_it_replies_to_and_not_with_the_last(
    member: Any, publish: Any
) -> None:
    await publish("Đêm hội ở Hạ Long", "Cháy rừng ở Vinh", "Đêm hội ở Huế", "Cháy rừng ở Huế")
    (first,) = await member.says("/tim đêm hội hạ long")
    (last,) = await member.says("/tim cháy rừng vinh")
    (answer,) = await member.says("thế còn Huế?", reply_to=first["message_id"])
    assert "Đêm hội ở Huế" in answer["text"]
    (answer,) = await member.says("thế còn Huế?", reply_to=last["message_id"])
    assert "Cháy rừng ở Huế" in answer["text"]
    (article,) = await member.says("bài 1", reply_to=first["message_id"])
    assert "Đêm hội ở Hạ Long" in article["text"]


async def test_a_reply_to_the_bots_question_is_its_answer(member: Any, publish: Any) -> None:
    await publish("Đêm hội ở Hạ Long")
    (prompt,) = await member.says("/tim")
    await member.says("hạ long", reply_to=prompt["message_id"])
    await member.sees("Đêm hội ở Hạ Long")


async def test_a_wish_of_a_group_is_its_administrators(member: Any, administrator: Any, house: Any) -> None:
    await administrator.says(house.at("/start"))
    await member.says(f"@{house.username} tạm dừng 3 ngày")
    await member.sees("Chỉ quản trị viên")
    await administrator.says(f"@{house.username} tạm dừng 3 ngày")
    assert any("ạm dừng" in button for button in await administrator.buttons())
    await administrator.says(f"@{house.username} theo dõi giá xăng")
    await administrator.sees("sẽ báo nhóm này")


async def test_a_strange_command_is_answered_only_if_it_names_the_bot(member: Any, house: Any) -> None:
    assert await member.says("/banquyen") == []
    await member.says(house.at("/lichh"))
    await member.sees("Có phải bạn muốn gửi /lich?")


@pytest.mark.parametrize(
    "command",
    ["/start", "/lich", "/lich 20:00", "/chude", "/tamdung", "/tieptuc", "/dulieucuatoi", "/xoadulieu"],
)
async def test_only_administrators_change_a_groups_settings(
    member: Any, administrator: Any, house: Any, command: str
) -> None:
    await administrator.says(house.at("/start"))
    before = await administrator.subscription()
    await member.says(house.at(command))
    await member.sees("Chỉ quản trị viên nhóm đổi được lựa chọn của nhóm.")
    assert await administrator.subscription() == before


async def test_an_administrator_subscribes_the_group_and_sets_its_times(
    administrator: Any, house: Any
) -> None:
    await administrator.says(house.at("/start"))
    await administrator.says(house.at("/lich 20:00"))
    subscription = await administrator.subscription()
    assert (subscription.kind, subscription.choices.times) == ("supergroup", ("20:00",))


async def test_an_anonymous_administrator_is_one(house: Any, group: Any) -> None:
    anonymous = group[1]
    await anonymous.says(house.at("/start"), anonymous_admin=True)
    assert (await anonymous.subscription()).status == "active"


async def test_a_channel_that_writes_in_a_group_is_no_administrator(house: Any, member: Any) -> None:
    channel = {"id": -1001234, "type": "channel", "title": "Kênh lạ"}
    await member.says(house.at("/start"), extra={"sender_chat": channel})
    await member.sees("Chỉ quản trị viên nhóm")
    assert await member.subscription() is None


async def test_a_members_tap_changes_nothing_and_an_administrators_does(
    member: Any, administrator: Any, house: Any
) -> None:
    await administrator.says(house.at("/start"))
    await administrator.says(house.at("/lich"))
    assert await member.taps("20:00") == "Chỉ quản trị viên nhóm đổi được lựa chọn của nhóm."
    assert (await administrator.subscription()).choices.times == ()
    assert await administrator.taps("20:00") is None
    assert (await administrator.subscription()).choices.times == ("20:00",)


async def test_anyone_may_turn_the_pages_of_an_answer(member: Any, administrator: Any, publish: Any) -> None:
    await publish(*(f"Tàu số {n} vào vịnh Hạ Long" for n in range(8)))
    await administrator.says("/tim hạ long")
    assert await member.taps("Sau ›") is None
    await member.sees("trang 2/2")


async def test_a_groups_data_are_called_the_groups(administrator: Any, house: Any) -> None:
    await administrator.says(house.at("/start"))
    await administrator.says(house.at("/dulieucuatoi"))
    await administrator.sees("Điểm Tin đang giữ về nhóm này")


async def test_digests_appear_in_the_topic_where_start_was_sent(house: Any, publish: Any) -> None:
    chi = await house.person("Chi")
    (administrator,) = await house.group(administrator=chi, forum=True)
    opened = await house.control.post("topic", chat=administrator.chat, name="Tin tức", **{"from": chi.id})
    await publish("Cầu mới thông xe")
    sent = await administrator.says(house.at("/start"), thread=opened["thread"])
    assert {message["thread_id"] for message in sent} == {opened["thread"]}
    assert (await administrator.subscription()).thread_id == opened["thread"]
    await administrator.says(house.at("/start"))
    assert (await administrator.subscription()).thread_id is None


async def test_one_member_who_asks_without_end_silences_no_other_and_no_administrator(
    member: Any, administrator: Any, house: Any
) -> None:
    for _ in range(61):
        await house.clock.advance(11)
        await member.says("/tim hạ long")
    await member.sees("Bạn gửi hơi nhanh.")
    assert "Không thấy" in (await administrator.says("/tim hạ long"))[0]["text"]
    assert (await administrator.says(house.at("/start")))[0]["text"].startswith("Chào cả nhóm!")
    await administrator.says(house.at("/lich 20:00"))
    assert (await administrator.subscription()).choices.times == ("20:00",)
    await member.says(house.at("/start"))
    await member.sees("Chỉ quản trị viên nhóm đổi được lựa chọn của nhóm.")


async def test_a_group_whose_members_use_up_its_share_still_obeys_its_administrator(
    house: Any, administrator: Any
) -> None:
    house.services.newsroom = replace(house.services.newsroom, questions_per_hour=1)
    people = [await house.person(f"Người {number}") for number in range(6)]
    members = await house.group(*people, administrator=await house.person("Chi"))
    for one in members[:-1]:
        await house.clock.advance(11)
        await one.says("/tim hạ long")
    await members[0].sees("Cả nhóm gửi hơi nhiều.", "nhắn riêng cho Điểm Tin")
    await members[-1].says(house.at("/start"))
    await members[-1].says("/lich")
    await members[-1].taps("20:00")
    assert (await members[-1].subscription()).choices.times == ("20:00",)
