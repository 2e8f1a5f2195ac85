"""/trogiup, and what is said to a command that there is not."""

import difflib
import re
from collections.abc import Sequence

from markupsafe import Markup

from bot.chat.commands import COMMANDS, OPERATOR_COMMANDS, Command
from bot.chat.messages import texts
from bot.chat.messages.markup import one_line, shortened
from bot.chat.messages.screen import Screen
from bot.chat.visit import Visit
from summarizer.text.syllables import folded

_NAME = re.compile(r"/([^\s@/]+)")
_LONGEST_NAME = 32  # UTF-16 units: Telegram's own commands are no longer


async def show(visit: Visit) -> None:
    """Show what this chat can do."""
    lines = [
        texts.HELP_LINE.format(name=command.name, description=command.description)
        for command in _commands_of(visit)
    ]
    text = texts.HELP_GROUP if visit.is_group else texts.HELP
    html = text.format(commands=Markup("\n").join(lines), bot=visit.bot.username)
    if visit.bot.supports_inline_queries:
        html += texts.HELP_INLINE.format(bot=visit.bot.username)
    await visit.send(Screen(html))


async def suggest(visit: Visit, typed: str) -> None:
    """Say that there is no such command as was typed, and which one is nearest."""
    match = _NAME.match(typed)
    name = shortened(one_line(match[1]), _LONGEST_NAME) if match else ""
    names = [command.name for command in _commands_of(visit)]
    near = _nearest(folded(name), names)
    if near:
        html = texts.UNKNOWN_COMMAND_NEAR.format(name=name, near=near)
    else:
        html = texts.UNKNOWN_COMMAND.format(name=name)
    await visit.send(Screen(html))


def _nearest(name: str, names: Sequence[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, names, n=1, cutoff=0.6)), None)


def _commands_of(visit: Visit) -> tuple[Command, ...]:
    return (*COMMANDS, *OPERATOR_COMMANDS) if visit.is_operator else COMMANDS
