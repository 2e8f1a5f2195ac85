"""Routes that make users and groups, change members, and change the topics of a forum."""

from typing import Any, Literal

from pydantic import Field, model_validator

from bot.emulator.chats.people import ADMINISTRATORS, Chat, MemberStatus, Topic, User, member_json
from bot.emulator.chats.world import World
from bot.emulator.markup.entities import FormattedText
from bot.emulator.requests import Body, InputError, Routes, acting_user, known_chat, known_user

Action = Literal[
    "block", "unblock", "deactivate", "add", "kick", "leave", "promote", "demote", "delete", "upgrade"
]  # fmt: skip

_GROUP_STATUS: dict[str, MemberStatus] = {
    "add": "member",
    "kick": "kicked",
    "leave": "left",
    "promote": "administrator",
    "demote": "member",
}
_BOT_STATUS: dict[str, MemberStatus] = {"block": "kicked", "unblock": "member"}


class UserBody(Body):
    """A user to make or to rename; with `started` the bot may write at once, as after `/start`."""

    id: int | None = Field(default=None, gt=0, lt=2**52)
    first_name: str = Field(default="Người dùng", min_length=1, max_length=64)
    username: str = Field(default="", pattern=r"^\w{0,32}$")
    language_code: str = Field(default="vi", max_length=8)
    started: bool = False


class GroupBody(Body):
    """A group or channel to make; `bot` is the bot's status in it."""

    title: str = Field(default="Nhóm", min_length=1, max_length=128)
    type: Literal["group", "supergroup", "channel"] = "supergroup"
    members: list[int] = Field(default_factory=list)
    administrators: list[int] = Field(default_factory=list)
    username: str = Field(default="", pattern=r"^\w{0,32}$")
    bot: Literal["member", "administrator", "left"] | None = None
    forum: bool = False

    @model_validator(mode="after")
    def _only_supergroups_have_topics(self) -> "GroupBody":
        if self.forum and self.type != "supergroup":
            raise ValueError("forum: only a supergroup has topics")
        return self


class MemberBody(Body):
    """A change of the bot's status, or with `user` of a member's; `by` is the user who makes it."""

    chat: int
    action: Action
    user: int | None = None
    by: int | None = None


async def make_user(world: World, body: UserBody) -> dict[str, Any]:
    user = User(body.id or world.new_user_id(), body.first_name, body.username, body.language_code)
    chat = world.add_user(user)
    chat.is_started = chat.is_started or body.started
    return {"user": user.as_json(), "chat": chat.as_json()}


async def make_group(world: World, body: GroupBody) -> dict[str, Any]:
    """Make a group with its members, and add the bot."""
    for key in ("members", "administrators"):
        for user_id in getattr(body, key):
            known_user(world, user_id, key)
    chat = world.add_group(body.title, body.type)
    chat.username, chat.is_forum = body.username, body.forum
    if chat.is_forum:
        world.next_message_id(chat)  # 1 is the general topic's
    chat.members = dict.fromkeys(body.members, "member")
    chat.members |= dict.fromkeys(body.administrators, "administrator")
    chat.bot_status = "left"
    standing = body.bot or ("administrator" if body.type == "channel" else "member")
    update_id = _set_bot_status(world, chat, standing, None) if standing != "left" else None
    return {"chat": chat.as_json(), "update_id": update_id}


async def change_member(world: World, body: MemberBody) -> dict[str, Any]:
    """Change the status of the bot or of a member, with the updates that Telegram sends."""
    chat = known_chat(world, body.chat)
    is_private_action = body.action in ("block", "unblock", "deactivate")
    if is_private_action != chat.is_private:
        raise InputError("action", f"{body.action} is not for a {chat.type} chat")
    match body.action:
        case "deactivate":
            known_user(world, chat.id).is_deactivated = True
            return {"update_id": None}
        case "delete":
            chat.is_deleted = True
            return {"update_id": _set_bot_status(world, chat, "left", body.by)}
        case "upgrade":
            return _upgrade(world, chat)
        case "block" | "unblock":
            return {"update_id": _set_bot_status(world, chat, _BOT_STATUS[body.action], None)}
    status = _GROUP_STATUS[body.action]
    if body.user is None:
        return {"update_id": _set_bot_status(world, chat, status, body.by)}
    return {"update_id": _set_member_status(world, chat, known_user(world, body.user), status)}


def unblock(world: World, chat: Chat) -> None:
    """Unblock the bot, as a user does by tapping "restart"."""
    if chat.bot_status == "kicked":
        _set_bot_status(world, chat, "member", None)


def _set_bot_status(world: World, chat: Chat, status: MemberStatus, by: int | None) -> int | None:
    old, chat.bot_status = chat.bot_status, status
    world.touch(chat)
    return world.updates.put(
        "my_chat_member",
        {
            "chat": chat.as_json(),
            "from": _doer(world, chat, by).as_json(),
            "date": world.now,
            "old_chat_member": member_json(world.bot, old),
            "new_chat_member": member_json(world.bot, status),
        },
    )


def _set_member_status(world: World, chat: Chat, user: User, status: MemberStatus) -> int | None:
    """Change a member; a group gets a service message when somebody joins or leaves."""
    old = chat.members.get(user.id, "left")
    chat.members[user.id] = status
    world.touch(chat)
    if old in ("left", "kicked") and status == "member":
        return _service(world, chat, user, {"new_chat_members": [user.as_json()]})
    if status in ("left", "kicked"):
        return _service(world, chat, user, {"left_chat_member": user.as_json()})
    return None


def _upgrade(world: World, chat: Chat) -> dict[str, Any]:
    """Turn a group into a supergroup: a new id, and a service message in both chats."""
    if chat.type != "group":
        raise InputError("chat", "only a basic group can be upgraded")
    new = world.add_group(chat.title, "supergroup")
    new.members, new.bot_status = dict(chat.members), chat.bot_status
    doer = _doer(world, chat, None)
    _service(world, chat, doer, {"migrate_to_chat_id": new.id})
    update_id = _service(world, new, doer, {"migrate_from_chat_id": chat.id})
    chat.upgraded_to = new.id
    return {"update_id": update_id, "chat": new.as_json()}


def _service(world: World, chat: Chat, sender: User, fields: dict[str, Any]) -> int | None:
    message = world.post(chat, sender, FormattedText(""))
    message.extra = fields
    return world.updates.put("message", message.as_json(world.users))


def _doer(world: World, chat: Chat, by: int | None) -> User:
    """Return who makes a change in `chat`: the user `by`, else its user, an administrator, any member."""
    if by is not None:
        return known_user(world, by, "by")
    if chat.user is not None:
        return chat.user
    ordered = sorted(chat.members, key=lambda user_id: chat.members[user_id] not in ADMINISTRATORS)
    return world.users[ordered[0]] if ordered else world.bot


_ICON_COLOR = 0x6FB9F0


class TopicBody(Body):
    """The `name` of a topic to open, or an action on the topic `thread`."""

    chat: int
    sender: int | None = Field(default=None, alias="from")
    name: str = Field(default="", max_length=128)
    thread: int = 0
    action: Literal["close", "reopen", "delete"] | None = None

    @model_validator(mode="after")
    def _opens_or_changes(self) -> "TopicBody":
        if bool(self.name) == bool(self.thread and self.action):
            raise ValueError("name: give a name, or a thread and an action")
        return self


async def change_topic(world: World, body: TopicBody) -> dict[str, Any]:
    """Open, close, reopen or delete a topic, with its service message."""
    chat = known_chat(world, body.chat)
    if not chat.is_forum:
        raise InputError("chat", f"chat {chat.id} is no forum")
    if body.name:
        return _open(world, chat, body)
    topic = known_topic(chat, body.thread)
    match body.action:
        case "delete":
            del chat.topics[body.thread]
            for message in [row for row in world.history(chat).values() if row.thread_id == body.thread]:
                world.delete(message)
            return {"thread": body.thread, "update_id": None}  # Telegram sends no update
        case "close":
            topic.is_closed = True
            return _post_service_message(world, chat, body, {"forum_topic_closed": {}})
        case _:
            topic.is_closed = False
            return _post_service_message(world, chat, body, {"forum_topic_reopened": {}})


def known_topic(chat: Chat, thread: int) -> Topic:
    """Return the topic `thread` of `chat`, or raise InputError."""
    if thread not in chat.topics:
        raise InputError("thread", f"there is no topic {thread} in chat {chat.id}")
    return chat.topics[thread]


def _open(world: World, chat: Chat, body: TopicBody) -> dict[str, Any]:
    sender = acting_user(world, chat, body.sender)
    first = world.post(chat, sender, FormattedText(""))
    first.topic = first
    first.extra = {"forum_topic_created": {"name": body.name, "icon_color": _ICON_COLOR}}
    chat.topics[first.message_id] = Topic(body.name)
    update_id = world.updates.put("message", first.as_json(world.users))
    return {"thread": first.message_id, "update_id": update_id}


def _post_service_message(
    world: World, chat: Chat, body: TopicBody, fields: dict[str, Any]
) -> dict[str, Any]:
    sender = acting_user(world, chat, body.sender)
    line = world.post(chat, sender, FormattedText(""), topic=world.history(chat)[body.thread])
    line.extra = fields
    return {"thread": body.thread, "update_id": world.updates.put("message", line.as_json(world.users))}


ROUTES: Routes = {
    ("POST", "user"): (UserBody, make_user),
    ("POST", "group"): (GroupBody, make_group),
    ("POST", "member"): (MemberBody, change_member),
    ("POST", "topic"): (TopicBody, change_topic),
}
