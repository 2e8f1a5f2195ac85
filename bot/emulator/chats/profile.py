"""What a bot says about itself: names, descriptions and commands, per language and audience."""

from dataclasses import dataclass, field

from bot.emulator.chats.people import Chat

Commands = list[dict[str, str]]
ScopeKey = tuple[str, int, int]

DEFAULT_SCOPE: ScopeKey = ("default", 0, 0)


@dataclass(slots=True)
class Profile:
    """Texts by language ("" for all others) and commands by scope (type, chat, user) and language."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[ScopeKey, str], Commands] = field(default_factory=dict)

    def commands_shown(self, chat: Chat, user_id: int, language: str, *, is_administrator: bool) -> Commands:
        """Return the commands a user sees in `chat`: the narrowest scope first, then the language."""
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
