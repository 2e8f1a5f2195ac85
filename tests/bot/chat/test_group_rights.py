"""Groups that remove the bot, move, or change its rights."""

from typing import Any

import pytest

from bot.chat.membership import retire
from bot.emulator.chats.people import User, member_json
from bot.telegram.outcomes import Retire
from storage.delivery.refusals import NO_RIGHTS, take_unreported_lost_chats
from storage.subscribers import find_subscriber, move_chat


async def test_a_group_that_puts_the_bot_out_is_retired_until_start(administrator: Any, house: Any) -> None:
    await administrator.says(house.at("/start"))
    for action, status in (("kick", "gone"), ("add", "gone")):
        changed = await house.control.post("member", chat=administrator.chat, action=action)
        await house.handled(changed["update_id"])
        left = await administrator.subscription()
        assert (left.status, left.status_reason) == (status, "left: kicked")
    await administrator.says(house.at("/start"))
    assert (await administrator.subscription()).status == "active"


async def test_a_group_that_becomes_a_supergroup_keeps_its_choices(house: Any) -> None:
    chi = await house.person("Chi")
    (administrator,) = await house.group(administrator=chi, type="group")
    await administrator.says(house.at("/start"))
    await administrator.says(house.at("/lich 20:00"))
    upgraded = await house.control.post("member", chat=administrator.chat, action="upgrade")
    await house.handled(upgraded["update_id"])
    old, administrator.chat = await administrator.subscription(), upgraded["chat"]["id"]
    assert old is None
    assert (await administrator.subscription()).choices.times == ("20:00",)


async def test_a_group_that_moved_before_the_answer_is_followed(house: Any) -> None:
    chi = await house.person("Chi")
    (administrator,) = await house.group(administrator=chi, type="group")
    await administrator.says(house.at("/start"))
    chat = {"id": administrator.chat, "type": "group", "title": "Xóm nhỏ"}
    upgraded = await house.control.post("member", chat=administrator.chat, action="upgrade")
    await house.handled(upgraded["update_id"])
    new = upgraded["chat"]["id"]
    async with house.services.database.write() as connection:  # as if the bot had missed Telegram's notice
        await move_chat(connection, new, administrator.chat, now=house.clock.now())
    late = {
        "message_id": 900,
        "date": 1,
        "chat": chat,
        "from": {"id": chi.id, "is_bot": False, "first_name": "Chi"},
        "text": "/trogiup",
        "entities": [{"type": "bot_command", "offset": 0, "length": 8}],
    }
    queued = await house.control.post("update", update={"message": late})
    await house.handled(queued["update_id"])
    assert await administrator.subscription() is None
    administrator.chat = new
    assert (await administrator.subscription()).status == "active"


async def test_a_group_that_gives_the_rights_back_gets_its_digests_again(
    house: Any, administrator: Any
) -> None:
    await administrator.says("/start@diemtin_bot")
    await retire(house.services, administrator.chat, Retire("Not enough rights to send", NO_RIGHTS))
    changed = await house.control.post("member", chat=administrator.chat, action="promote")
    await house.handled(changed["update_id"])
    async with house.services.database.read() as connection:
        subscriber = await find_subscriber(connection, administrator.chat)
    assert subscriber is not None
    assert subscriber.status == "active"


@pytest.mark.parametrize(
    ("standing", "status"),
    [
        ({"status": "restricted", "can_send_messages": False}, "gone"),
        ({"status": "restricted", "can_send_messages": True}, "active"),
        ({"status": "administrator", "can_post_messages": False}, "gone"),
        ({"status": "administrator", "can_post_messages": True}, "active"),
        ({"status": "member"}, "active"),
    ],
)
async def test_a_chat_that_changes_our_rights_gets_digests_again_only_where_we_may_write(
    house: Any, administrator: Any, standing: dict[str, Any], status: str
) -> None:
    await administrator.says("/start@diemtin_bot")
    await retire(house.services, administrator.chat, Retire("Not enough rights to send", NO_RIGHTS))
    bot = User(42, "Điểm Tin", is_bot=True)
    rights = member_json(bot, standing["status"]) | standing
    chat = {"id": administrator.chat, "type": "supergroup", "title": "Nhóm"}
    who = {"id": 1, "first_name": "Chi", "is_bot": False}
    changed = {
        "chat": chat,
        "from": who,
        "date": 1_700_000_000,
        "old_chat_member": member_json(bot, "member"),
    }
    update = {"my_chat_member": changed | {"new_chat_member": rights}}
    queued = await house.control.post("update", update=update)
    await house.handled(queued["update_id"])
    assert (await administrator.subscription()).status == status


async def test_rights_lost_in_a_reply_are_told_like_those_lost_in_a_digest(
    house: Any, administrator: Any
) -> None:
    await administrator.says("/start@diemtin_bot")
    words = "not enough rights to send text messages to the chat"
    await house.control.post("fault", kind="400", method="sendMessage", times=1, description=words)
    await administrator.says("/trogiup@diemtin_bot")
    assert (await administrator.subscription()).status == "gone"
    async with house.services.database.write() as connection:
        [lost] = await take_unreported_lost_chats(connection, now=house.clock.now())
    assert (lost.chat_id, words[1:] in lost.reason) == (administrator.chat, True)


async def test_a_picture_that_a_group_forbids_retires_nobody(house: Any, administrator: Any) -> None:
    await administrator.says("/start@diemtin_bot")
    words = "Bad Request: not enough rights to send photos to the chat"
    await house.control.post("fault", kind="400", method="sendMessage", times=1, description=words)
    await administrator.says("/trogiup@diemtin_bot")
    assert (await administrator.subscription()).status == "active"
