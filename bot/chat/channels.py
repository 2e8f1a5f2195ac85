"""Settings of a channel: a post there asks for them, an administrator changes them in a private chat.

All readers of a channel see its posts. So the bot answers a command without words with a link to the private
chat, and a command with words with one line that says what changed.
"""

from collections.abc import Mapping

from telegram import Chat
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden

from bot.chat.buttons.channel_buttons import settings_link
from bot.chat.commands import COMMANDS
from bot.chat.context import ButtonContext, ChatContext, Handler, View
from bot.chat.membership import may_set
from bot.messages import subscription_texts
from bot.messages.markup import short_name

_SAID_IN_POSTS = ("lich", "chude", "tu", "nguon", "tamdung")  # with words they need no panel
_SETTINGS = {command.name for command in COMMANDS if command.is_setting} - {"start"}


class _Post(ChatContext):
    """A post that changes settings: its answer is one paragraph, without buttons that change anything."""

    async def send(self, view: View) -> None:
        """Send the first paragraph, with a link to the settings."""
        first = view.html.partition("\n\n")[0]
        await super().send(View(first, settings_link(self.bot.username, self.chat_id)))


async def answer_post(context: ChatContext, name: str, handler: Handler) -> None:
    """Carry out an administrator's post, or link to the chat where it can be done."""
    if name == "start":
        await handler(context)
    elif name in _SAID_IN_POSTS and context.words.strip():
        post = _Post(context.services, context.bot, context.chat, message=context.message, user=context.user)
        post.words = context.words
        await handler(post)
    else:
        link = settings_link(context.bot.username, context.chat_id, name)
        await context.send(View(subscription_texts.CHANNEL_SETTINGS, link))


async def open_settings(
    context: ChatContext, channel_id: int, name: str, handlers: Mapping[str, Handler]
) -> None:
    """Show an administrator a channel's settings in the private chat, as the command `name` does."""
    channel = await _find_channel(context, channel_id) if name in _SETTINGS else None
    if channel is None:
        await context.send(View(subscription_texts.CHANNEL_GONE))
        return
    about = context.about(channel, _heading(channel))
    if await may_set(about):
        about.words = ""
        await handlers[name](about)
    else:
        await context.send(View(subscription_texts.ONLY_CHANNEL_ADMINISTRATORS))


async def tap_about_channel(tap: ButtonContext, channel_id: int) -> ButtonContext | None:
    """Return the tap as a change of the channel's choices; None if the bot is not in that channel."""
    channel = await _find_channel(tap, channel_id) if tap.is_private else None
    return tap.about(channel, _heading(channel)) if channel else None


async def _find_channel(context: ChatContext, channel_id: int) -> Chat | None:
    """Return the channel if the bot is there."""
    try:
        found = await context.bot.get_chat(channel_id)
    except (BadRequest, Forbidden):
        return None
    return Chat(found.id, found.type, title=found.title) if found.type == ChatType.CHANNEL else None


def _heading(channel: Chat) -> str:
    return subscription_texts.CHANNEL_HEADING.format(title=short_name(channel.title or ""))
