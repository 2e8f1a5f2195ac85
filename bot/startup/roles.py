"""The roles of a process: its part of the bot's work. The default is all of them."""

from enum import StrEnum


class Role(StrEnum):
    """A part of the bot's work."""

    INTAKE = "intake"  # files and polled sources become stored articles
    PROCESS = "process"  # stored articles are summarised, classified and grouped
    SCHEDULE = "schedule"  # slots, gates, watches, the nightly clean-up
    SEND = "send"  # deliveries go out
    CHAT = "chat"  # what people write is answered
    CONSOLE = "console"  # pages for operators, and editions as pages and feeds


ALL = frozenset(Role)
NAMES = tuple(role.value for role in Role)
# One process at a time, others stand by; chat only where Telegram is polled.
SINGLE = frozenset((Role.SCHEDULE, Role.SEND, Role.CHAT))


class RolesError(ValueError):
    """The given names are not roles; the text says so in Vietnamese."""


def parse_roles(text: str) -> frozenset[Role]:
    """Read names with commas between them.

    Raises:
        RolesError: one of them is no role, or there is none.

    >>> sorted(parse_roles("send, chat"))
    [<Role.CHAT: 'chat'>, <Role.SEND: 'send'>]
    """
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    wrong = [name for name in names if name not in NAMES]
    if wrong or not names:
        problem = (
            f"không có phần việc {', '.join(f'«{name[:40]}»' for name in wrong[:5])}"
            if wrong
            else "thiếu tên"
        )
        raise RolesError(f"{problem}; chọn trong: {', '.join(NAMES)}, cách nhau bằng dấu phẩy")
    return frozenset(map(Role, names))


def in_order(roles: frozenset[Role]) -> list[Role]:
    """Return roles in the order in which an article passes them."""
    return [role for role in Role if role in roles]
