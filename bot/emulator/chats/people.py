"""Users, chats and the bot's profile, and their objects in the Bot API."""

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.emulator.refusals import Refusal, bad_request, forbidden, upgraded

ChatType = Literal["private", "group", "supergroup", "channel"]
MemberStatus = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]

ADMINISTRATORS: frozenset[MemberStatus] = frozenset({"creator", "administrator"})


@dataclass(slots=True)
class User:
    id: int
    first_name: str
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    is_deactivated: bool = False

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            body["username"] = self.username
        if self.language_code:
            body["language_code"] = self.language_code
        return body


# Telegram shows anonymous administrators under this account.
ANONYMOUS_ADMINISTRATOR = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)


@dataclass(slots=True)
class Topic:
    name: str
    is_closed: bool = False


@dataclass(slots=True)
class Chat:
    """A chat and the bot's status in it; `user` is the user of a private chat.

    `topics` maps the id of the message that opened each topic; `pinned` are message ids, the latest last.
    """

    id: int
    type: ChatType
    title: str = ""
    user: User | None = None
    username: str = ""
    members: dict[int, MemberStatus] = field(default_factory=dict)
    bot_status: MemberStatus = "member"
    is_started: bool = False
    is_deleted: bool = False
    upgraded_to: int = 0
    is_forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    version: int = 0

    @property
    def is_private(self) -> bool:
        return self.type == "private"

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": self.id, "type": self.type}
        if self.user is not None:
            body["first_name"] = self.user.first_name
        else:
            body["title"] = self.title
        if username := self.user.username if self.user else self.username:
            body["username"] = username
        return body | ({"is_forum": True} if self.is_forum else {})

    def as_full_json(self) -> dict[str, Any]:
        """Return the ChatFullInfo object of `getChat`."""
        gifts = (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        )
        return self.as_json() | {
            "accent_color_id": self.id % 7,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }

    def barrier(self) -> Refusal | None:
        """Return why the bot may not see this chat or write in it, or None if it may."""
        if self.upgraded_to:
            return upgraded(self.upgraded_to)
        if self.is_private:
            return self._private_barrier()
        kind = f"{self.type} chat"
        if self.is_deleted:
            return forbidden(f"the {kind} was deleted")
        if self.bot_status == "kicked":
            return forbidden(f"bot was kicked from the {kind}")
        if self.bot_status == "left":
            return forbidden(f"bot is not a member of the {kind}")
        return None

    def writing_barrier(self) -> Refusal | None:
        """Return why the bot may not write in this chat, or None if it may."""
        if self.barrier() is None and self.type == "channel" and self.bot_status not in ADMINISTRATORS:
            return bad_request("need administrator rights in the channel chat")
        return self.barrier()

    def _private_barrier(self) -> Refusal | None:
        if self.user is None or self.user.is_deactivated:
            return forbidden("user is deactivated")
        if self.bot_status == "kicked":
            return forbidden("bot was blocked by the user")
        if not self.is_started:
            return forbidden("bot can't initiate conversation with a user")
        return None


def member_json(user: User, status: MemberStatus) -> dict[str, Any]:
    """Return the ChatMember object of `user`."""
    body: dict[str, Any] = {"user": user.as_json(), "status": status}
    match status:
        case "creator":
            return body | {"is_anonymous": False}
        case "administrator":
            return body | _ADMINISTRATOR_RIGHTS
        case "restricted":
            return body | _RESTRICTIONS
        case "kicked":
            return body | {"until_date": 0}
        case _:
            return body


_ADMINISTRATOR_RIGHTS = dict.fromkeys(
    (
        "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
        "can_change_info", "can_invite_users", "can_post_messages", "can_edit_messages", "can_pin_messages",
    ),
    True,
) | dict.fromkeys(
    (
        "can_be_edited", "is_anonymous", "can_promote_members", "can_post_stories", "can_edit_stories",
        "can_delete_stories", "can_manage_topics", "can_manage_direct_messages",
    ),
    False,
)  # fmt: skip

_RESTRICTIONS = {"is_member": True, "until_date": 0} | dict.fromkeys(
    (
        "can_send_messages", "can_edit_tag", "can_react_to_messages", "can_send_audios", "can_send_documents",
        "can_send_photos", "can_send_videos", "can_send_video_notes", "can_send_voice_notes",
        "can_send_polls", "can_send_other_messages", "can_add_web_page_previews", "can_change_info",
        "can_invite_users", "can_pin_messages", "can_manage_topics",
    ),
    False,
)  # fmt: skip


Commands = list[dict[str, str]]
ScopeKey = tuple[str, int, int]

DEFAULT_SCOPE: ScopeKey = ("default", 0, 0)


@dataclass(slots=True)
class Profile:
    """The bot's texts by language ("": all others), and commands by scope (type, chat, user) and language."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[ScopeKey, str], Commands] = field(default_factory=dict)

    def commands_shown(self, chat: Chat, user_id: int, language: str, *, is_administrator: bool) -> Commands:
        """Return the commands a user sees in `chat`: of the narrowest scope, in the user's language."""
        if chat.is_private:
            scopes = [("chat", chat.id, 0), ("all_private_chats", 0, 0), DEFAULT_SCOPE]
        else:
            narrow: list[ScopeKey] = [("chat_administrators", chat.id, 0)] if is_administrator else []
            wide: list[ScopeKey] = [("all_chat_administrators", 0, 0)] if is_administrator else []
            scopes = [("chat_member", chat.id, user_id), *narrow, ("chat", chat.id, 0), *wide]
            scopes += [("all_group_chats", 0, 0), DEFAULT_SCOPE]
        for scope in scopes:
            for written_in in (language, ""):
                if commands := self.commands.get((scope, written_in)):
                    return commands
        return []
