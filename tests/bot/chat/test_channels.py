"""Channels: their posts hold no settings; their administrators make these in private chats."""

from typing import Any

import pytest


async def test_a_channels_posts_are_left_alone_unless_they_are_settings(house: Any) -> None:
    chi = await house.person("Chi")
    (author,) = await house.group(administrator=chi, type="channel")
    for text in ("/tim hạ long", "/xuhuong hạ long", "/khongco", "tin nóng"):
        assert await author.says(text) == []
    assert await author.says("/start", forward="Người lạ") == []
    assert await author.subscription() is None


async def test_a_channel_subscribes_and_is_set_by_its_posts(house: Any, publish: Any) -> None:
    chi = await house.person("Chi")
    (author,) = await house.group(administrator=chi, type="channel")
    await publish("Cầu mới thông xe")
    welcome, digest = await author.says(house.at("/start"))
    assert welcome["text"].startswith("Kênh sẽ nhận Bản tin sáng")
    assert "Cầu mới thông xe" in digest["text"]
    [said] = await author.says(house.at("/lich 18:00"))
    assert (await author.subscription()).choices.times == ("18:00",)
    assert said["text"] == "✓ Đã lưu.", "no panel is published"
    [said] = await author.says(house.at("/chude chỉ kinh tế"))
    assert said["text"].startswith("✓ Từ giờ bạn chỉ nhận: Kinh tế")
    [said] = await author.says(house.at("/lich 25h"))
    assert "Không có giờ như vậy" in said["text"]
    await author.says(house.at("/tamdung 3 ngày"))
    assert (await author.subscription()).status == "paused"


@pytest.mark.parametrize(
    "command", ["/lich", "/chude", "/theodoi", "/dulieucuatoi", "/xoadulieu", "/tamdung"]
)
async def test_a_channel_publishes_no_settings_but_the_way_to_them(house: Any, command: str) -> None:
    chi = await house.person("Chi")
    (author,) = await house.group(administrator=chi, type="channel")
    welcome, *_ = await author.says(house.at("/start"))
    for message in (welcome, *await author.says(house.at(command))):
        buttons = [button for row in message["buttons"] for button in row]
        assert [button["text"] for button in buttons] == ["Cài đặt của kênh"]
        assert f"?start=kenh-{-author.chat}-" in buttons[0]["url"]
    assert (await author.subscription()).status == "active"


async def test_an_administrator_sets_a_channel_in_the_private_chat(house: Any) -> None:
    chi = await house.person("Chi")
    (author,) = await house.group(administrator=chi, type="channel")
    await author.says(house.at("/start"))
    posts = len(await author.messages())
    await chi.says("/start")
    await chi.says(f"/start kenh-{-author.chat}-lich")
    await chi.sees("Kênh Xóm nhỏ\nLịch nhận tin")
    await chi.taps("18:30")
    await chi.sees("Kênh Xóm nhỏ", "✓ Đã lưu.", "18:30")
    assert (await author.subscription()).choices.times == ("18:30",)
    assert (await chi.subscription()).choices.times == ()
    await chi.taps("↩ Hoàn tác")
    assert (await author.subscription()).choices.times == ()
    await chi.taps("Chủ đề")
    await chi.taps("Kinh tế")
    assert (await author.subscription()).choices.topics == ("kinh-te",)
    await chi.says(f"/start kenh-{-author.chat}-dulieucuatoi")
    await chi.sees("Kênh Xóm nhỏ", "Điểm Tin đang giữ về nhóm này")
    await chi.says(f"/start kenh-{-author.chat}-xoadulieu")
    await chi.taps("Xóa hết")
    assert await author.subscription() is None
    assert await chi.subscription() is not None
    assert len(await author.messages()) == posts, "its readers saw nothing of it"


async def test_nobody_else_opens_or_taps_a_channel_s_settings(house: Any) -> None:
    chi, binh = await house.person("Chi"), await house.person("Bình")
    _, author = await house.group(binh, administrator=chi, type="channel")
    await author.says(house.at("/start"))
    before = await author.subscription()
    await binh.says(f"/start kenh-{-author.chat}-lich")
    await binh.sees("Chỉ quản trị viên của kênh mở được cài đặt của kênh.")
    number = -author.chat
    for data in (f"kenh:{number}:tamdung", f"kenh:{number}:gio:0600", f"kenh:{number}:xoa:het"):
        assert await binh.forges(data) == "Chỉ quản trị viên nhóm đổi được lựa chọn của nhóm."
    await chi.says("/start")
    stale = "Nút này đã cũ. Bạn gửi /lich để mở lại nhé."
    for data in (
        f"kenh:{number}:tin:mo:1",  # no setting
        f"kenh:{number}:quantri:dung",
        f"kenh:{number}:kenh:{number}:lich",
        f"kenh:{-chi.chat if chi.chat < 0 else chi.chat}:lich",
        "kenh:999999:lich",
        "kenh:0:lich",
        "kenh:1:",
    ):
        assert await chi.forges(data) == stale, data
    for payload in (f"kenh-{number}-quantri", f"kenh-{number}-start", "kenh-999999-lich"):
        await chi.says(f"/start {payload}")
        await chi.sees("Không mở được kênh này")
    assert await author.subscription() == before


async def test_a_former_administrator_s_old_panel_does_nothing(house: Any) -> None:
    chi = await house.person("Chi")
    (author,) = await house.group(administrator=chi, type="channel")
    await author.says(house.at("/start"))
    await chi.says(f"/start kenh-{-author.chat}-lich")
    moved = await house.control.post("member", chat=author.chat, action="demote", by=chi.id, user=chi.id)
    if moved.get("update_id"):
        await house.handled(moved["update_id"])
    assert await chi.taps("18:30") == "Chỉ quản trị viên nhóm đổi được lựa chọn của nhóm."


async def test_a_reader_of_a_channel_changes_nothing_by_its_buttons(house: Any) -> None:
    chi, binh = await house.person("Chi"), await house.person("Bình")
    reader, author = await house.group(binh, administrator=chi, type="channel")
    await author.says(house.at("/start"))
    assert await reader.forges("tamdung") == "Chỉ quản trị viên nhóm đổi được lựa chọn của nhóm."
    assert (await author.subscription()).status == "active"


async def test_who_adds_the_bot_to_a_channel_is_told_what_to_post(house: Any) -> None:
    chi = await house.person("Chi")
    await chi.says("/trogiup")
    (author,) = await house.group(administrator=chi, type="channel", bot="left")
    moved = await house.control.post("member", chat=author.chat, action="promote", by=chi.id)
    await house.handled(moved["update_id"])
    await chi.sees("đăng /start@")
