"""Groups and channels: members, what the bot may see, and how it loses access."""

from dataclasses import dataclass

import pytest
from telegram import Bot, ChatMember, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.emulator.client import Control, ControlError


@dataclass
class Group:
    """A supergroup, its administrator and a plain member."""

    id: int
    administrator: int
    member: int


@pytest.fixture
async def group(users: Control, bot: Bot) -> Group:
    """A group whose beginnings the bot has read."""
    chi, binh = await users.user("Chi"), await users.user("Bình")
    made = Group(await users.group("Tổ dân phố 5", members=[binh], administrators=[chi]), chi, binh)
    await drain(bot)
    return made


async def drain(bot: Bot) -> list[Update]:
    """All updates that wait, confirmed."""
    updates = list(await bot.get_updates())
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return updates


async def test_joining_a_group_is_told(bot: Bot, users: Control) -> None:
    chi = await users.user("Chi")
    chat = await users.group("Tổ 5", administrators=[chi])
    (update,) = await drain(bot)
    change = update.my_chat_member
    assert change is not None
    assert (change.chat.id, change.chat.type, change.from_user.id) == (chat, ChatType.SUPERGROUP, chi)
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("left", "member")
    assert chat < -(2**32)


@pytest.mark.parametrize(
    ("text", "is_seen"),
    [
        ("/tim lũ", True),
        ("/tim@diemtin_bot lũ", True),
        ("/tim@bot_khac lũ", False),
        ("chào cả nhà", False),
        ("@diemtin_bot ơi", True),
        ("6/11 họp nhé", False),
    ],
)
async def test_a_plain_member_sees_only_what_is_meant_for_it(
    bot: Bot, users: Control, group: Group, text: str, is_seen: bool
) -> None:
    said = await users.say(group.id, text, sender=group.member)
    assert (said["update_id"] is not None) is is_seen
    assert len(await drain(bot)) == is_seen


async def test_a_reply_to_the_bot_is_meant_for_it(bot: Bot, users: Control, group: Group) -> None:
    sent = await bot.send_message(group.id, "Tin sáng")
    said = await users.say(group.id, "hay quá", sender=group.member, reply_to=sent.message_id)
    assert said["update_id"] is not None


async def test_an_administrator_sees_everything(bot: Bot, users: Control, group: Group) -> None:
    await users.post("member", chat=group.id, action="promote")
    await users.say(group.id, "chào cả nhà", sender=group.member)
    promoted, said = await drain(bot)
    assert promoted.my_chat_member is not None
    assert promoted.my_chat_member.new_chat_member.status == ChatMemberStatus.ADMINISTRATOR
    assert said.message is not None


async def test_an_anonymous_administrator_writes_as_the_group(bot: Bot, users: Control, group: Group) -> None:
    await users.say(group.id, "/lich", anonymous_admin=True)
    (update,) = await drain(bot)
    assert update.message is not None
    assert update.message.from_user is not None
    assert update.message.sender_chat is not None
    assert (update.message.from_user.username, update.message.sender_chat.id) == (
        "GroupAnonymousBot",
        group.id,
    )


async def test_members_have_their_standing(bot: Bot, users: Control, group: Group) -> None:
    stranger = await users.user("Dung")
    standings = [
        (await bot.get_chat_member(group.id, user)).status
        for user in (group.administrator, group.member, stranger, bot.id)
    ]
    assert standings == ["administrator", "member", "left", "member"]
    (administrator,) = await bot.get_chat_administrators(group.id)
    assert administrator.user.id == group.administrator
    assert await bot.get_chat_member_count(group.id) == 3
    with pytest.raises(BadRequest, match="User not found"):
        await bot.get_chat_member(group.id, 12345)


async def test_members_come_and_go(bot: Bot, users: Control, group: Group) -> None:
    dung = await users.user("Dung")
    await users.post("member", chat=group.id, action="add", user=dung)
    await users.post("member", chat=group.id, action="kick", user=dung)
    joined, left = await drain(bot)
    assert joined.message is not None
    assert left.message is not None
    assert [user.id for user in joined.message.new_chat_members] == [dung]
    assert left.message.left_chat_member is not None
    with pytest.raises(ControlError, match=r"^from: "):
        await users.say(group.id, "/tin", sender=dung)
    await users.post("member", chat=group.id, action="demote", user=group.administrator)
    assert (await bot.get_chat_member(group.id, group.administrator)).status == ChatMember.MEMBER


async def test_all_about_a_chat(bot: Bot, users: Control, group: Group, an: int) -> None:
    assert (await bot.get_chat(group.id)).title == "Tổ dân phố 5"
    assert (await bot.get_chat(an)).first_name == "An"
    assert (await bot.get_chat_member(an, an)).status == ChatMember.MEMBER
    named = await users.group("Kênh", type="channel", username="kenh_tin")
    assert (await bot.get_chat("@kenh_tin")).id == named


@pytest.mark.parametrize(
    ("kind", "action", "reason"),
    [
        ("group", "kick", "bot was kicked from the group chat"),
        ("supergroup", "kick", "bot was kicked from the supergroup chat"),
        ("group", "leave", "bot is not a member of the group chat"),
        ("group", "delete", "the group chat was deleted"),
        ("channel", "kick", "bot was kicked from the channel chat"),
    ],
)
async def test_a_bot_that_is_shut_out_cannot_write(
    bot: Bot, users: Control, kind: str, action: str, reason: str
) -> None:
    chi = await users.user("Chi")
    chat = await users.group("Tổ 5", type=kind, administrators=[chi])
    await users.post("member", chat=chat, action=action)
    assert [update.my_chat_member is not None for update in await drain(bot)] == [True, True]
    with pytest.raises(Forbidden, match=reason):
        await bot.send_message(chat, "Tin")
    if kind != "channel":
        assert (await users.say(chat, "/tin", sender=chi))["update_id"] is None


async def test_leaving_is_the_bots_own_doing(bot: Bot, users: Control, group: Group, an: int) -> None:
    assert await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(group.id, "Tin")
    with pytest.raises(BadRequest, match="can't be changed in private chats"):
        await bot.leave_chat(an)
    with pytest.raises(BadRequest, match="There are no administrators in the private chat"):
        await bot.get_chat_administrators(an)


async def test_a_group_that_grows_up_has_a_new_id(bot: Bot, users: Control) -> None:
    chi = await users.user("Chi")
    old = await users.group("Tổ 5", type="group", administrators=[chi])
    await drain(bot)
    new = (await users.post("member", chat=old, action="upgrade"))["chat"]["id"]
    left, came = await drain(bot)
    assert left.message is not None
    assert came.message is not None
    assert (left.message.migrate_to_chat_id, came.message.migrate_from_chat_id) == (new, old)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(old, "Tin")
    assert caught.value.new_chat_id == new
    assert (await bot.send_message(new, "Tin")).chat.type == ChatType.SUPERGROUP
    assert (await bot.get_chat_member(new, chi)).status == ChatMember.ADMINISTRATOR


async def test_channel_posts_have_no_sender(bot: Bot, users: Control) -> None:
    channel = await users.group("Kênh", type="channel")
    said = await users.say(channel, "Thông báo", channel_post=True)
    await users.say(channel, "Thông báo mới", edit=said["message_id"])
    _, post, edited = await drain(bot)
    assert post.channel_post is not None
    assert post.channel_post.from_user is None
    assert edited.edited_channel_post is not None
    assert edited.edited_channel_post.text == "Thông báo mới"
    sent = await bot.send_message(channel, "Tin")
    assert (sent.from_user, sent.sender_chat and sent.sender_chat.id) == (None, channel)


async def test_a_channel_needs_an_administrator(bot: Bot, users: Control) -> None:
    channel = await users.group("Kênh", type="channel", bot="member")
    with pytest.raises(BadRequest, match="Need administrator rights in the channel chat"):
        await bot.send_message(channel, "Tin")


async def test_edited_and_forwarded_messages_look_so(bot: Bot, users: Control, an: int) -> None:
    said = await users.say(an, "/tin")
    await users.say(an, "/tin ngay", edit=said["message_id"])
    await users.say(an, "Tin này thật không?", forward="Cô Tư")
    await users.post("message", chat=an, extra={"dice": {"emoji": "🎲", "value": 3}})
    _, edited, forwarded, dice = await drain(bot)
    assert edited.edited_message is not None
    assert edited.edited_message.edit_date is not None
    assert forwarded.message is not None
    assert forwarded.message.forward_origin is not None
    assert dice.message is not None
    assert dice.message.text is None


async def test_whatever_a_user_writes_reaches_the_bot(bot: Bot, users: Control, an: int) -> None:
    hostile = "a\x00b\u202ec <b>\ud83d\udcf0</b> ' ; DROP"
    await users.say(an, hostile)
    (update,) = await drain(bot)
    assert update.effective_message is not None
    assert update.effective_message.text == hostile.encode("utf-16", "surrogatepass").decode("utf-16")


async def test_a_user_who_blocked_the_bot_comes_back_by_writing(bot: Bot, users: Control, an: int) -> None:
    await users.post("member", chat=an, action="block")
    await users.say(an, "/start")
    blocked, unblocked, start = await drain(bot)
    assert blocked.my_chat_member is not None
    assert unblocked.my_chat_member is not None
    assert (
        blocked.my_chat_member.new_chat_member.status,
        unblocked.my_chat_member.new_chat_member.status,
    ) == ("kicked", "member")
    assert start.message is not None
    assert (await bot.send_message(an, "Chào lại")).text == "Chào lại"
