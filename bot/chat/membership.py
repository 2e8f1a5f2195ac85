"""Chats that start, leave, come back or move, and who may change a chat's settings."""

import contextlib

import structlog
from markupsafe import Markup, escape
from telegram import (
    Bot,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Message,
)
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, Forbidden

from bot.chat.buttons import settings_keyboards
from bot.chat.buttons.callbacks import read_payload, read_story
from bot.chat.buttons.channel_buttons import settings_link
from bot.chat.cards.digest_buttons import card_view
from bot.chat.commands import register_operator_commands
from bot.chat.context import ChatContext, View
from bot.chat.digest_now import send_digest
from bot.chat.questions import ask
from bot.chat.settings.choices import apply_tastes, default_choices, join
from bot.chat.settings.panels import held_notes, next_arrival, quiet_of
from bot.messages import spoken, subscription_texts
from bot.news.newsroom import Edition
from bot.news.services import Services
from bot.telegram.outcomes import Retire
from bot.times.schedule import QuietHours
from storage import subscribers
from storage.delivery.refusals import NO_RIGHTS
from storage.profiles import Choices
from storage.subscribers import QUIET_END, QUIET_START, find_subscriber, move_chat, set_status, subscribe

_ADMINISTRATORS = (ChatMember.OWNER, ChatMember.ADMINISTRATOR)
_ABSENT = (ChatMember.LEFT, ChatMember.BANNED)
_log = structlog.get_logger(__name__)


async def may_set(context: ChatContext) -> bool:
    """Tell whether this person may change the chat's choices: their own, or as an administrator."""
    if context.chat.type == ChatType.PRIVATE:
        return True
    if context.sender_chat is not None:
        # An anonymous administrator writes in the group's name.
        return context.sender_chat.id == context.chat_id
    if context.user is None:
        return False
    try:
        member = await context.bot.get_chat_member(context.chat_id, context.user.id)
    except (BadRequest, Forbidden):
        return False  # Telegram knows no such member
    return member.status in _ADMINISTRATORS


async def follow(services: Services, bot: Bot, update: ChatMemberUpdated) -> None:
    """Retire a chat that removed the bot, reactivate one that unblocked it, greet a new group."""
    was_there = update.old_chat_member.status not in _ABSENT
    is_there = update.new_chat_member.status not in _ABSENT
    if was_there and not is_there:
        await retire(services, update.chat.id, Retire(update.new_chat_member.status))
    elif is_there and was_there:
        if can_write(update.new_chat_member):
            await _reactivate(services, update.chat.id, lost=NO_RIGHTS)
    elif is_there:
        if update.chat.type == ChatType.PRIVATE:
            await _reactivate(services, update.chat.id)
        elif update.chat.type == ChatType.CHANNEL:
            await _greet_who_added(bot, update)
        else:
            await ChatContext(services, bot, update.chat).send(
                View(subscription_texts.GROUP_GREETING.format(bot=bot.username))
            )


def can_write(member: ChatMember) -> bool:
    """Tell whether the bot may write with these rights in a group or a channel."""
    if isinstance(member, ChatMemberRestricted):
        return member.can_send_messages
    if isinstance(member, ChatMemberAdministrator):
        return member.can_post_messages is not False  # Telegram leaves it out for groups
    return True


async def _greet_who_added(bot: Bot, update: ChatMemberUpdated) -> None:
    """Tell the person who added the bot to a channel how to subscribe it; post nothing there."""
    html = subscription_texts.CHANNEL_GREETING.format(title=update.chat.title or "", bot=bot.username)
    with contextlib.suppress(BadRequest, Forbidden):  # they never wrote to us
        await bot.send_message(update.from_user.id, html, parse_mode=ParseMode.HTML)


async def retire(services: Services, chat_id: int, why: Retire) -> None:
    """Send nothing more to a chat that is out of reach."""
    async with services.database.write() as connection:
        await subscribers.retire(connection, chat_id, why.recorded, now=services.clock.now())
    # The ids of readers' chats are not logged.
    _log.info("chat gone", is_group=chat_id < 0, reason=why.recorded)


async def _reactivate(services: Services, chat_id: int, *, lost: str = "") -> None:
    """Reactivate a chat that was gone; with `lost`, only if the reason for it begins with that."""
    async with services.database.write() as connection:
        subscriber = await find_subscriber(connection, chat_id)
        if subscriber and subscriber.status == "gone" and (subscriber.status_reason or "").startswith(lost):
            now = services.clock.now()
            await join(connection, subscriber.choices, services.newsroom, now=now)
            await set_status(connection, chat_id, "active", now=now)


async def follow_move(services: Services, message: Message) -> None:
    """Move a group that became a supergroup; Telegram reports it in both chats."""
    old, new = message.chat.id, message.migrate_to_chat_id
    if message.migrate_from_chat_id is not None:
        old, new = message.migrate_from_chat_id, message.chat.id
    if new is not None:
        await move(services, old, new)


async def move(services: Services, old: int, new: int) -> None:
    """Move all data of a chat to its new id."""
    async with services.database.write() as connection:
        await move_chat(connection, old, new, now=services.clock.now())
        if subscriber := await find_subscriber(connection, new):
            await apply_tastes(connection, subscriber, services)
    _log.info("chat moved")


# /start: subscribe, or come back, and get a first digest at once.
#
# A deep link (`bot.chat.buttons.callbacks`) may carry a question; it is answered, and the chat is not
# subscribed. It may carry a story; its card is sent, and a new chat is welcomed after it. Any other payload
# is ignored.


async def handle(context: ChatContext) -> None:
    """Welcome the chat and send its first digest, or say when that comes; or answer what the link asks."""
    if words := read_payload(context.words):
        context.words = words
        await ask.handle(context)
        return
    if article_id := read_story(context.words):
        await _show_card(context, article_id)
    else:
        await _begin(context)


async def _show_card(context: ChatContext, article_id: int) -> None:
    """Send a shared story's card, then the welcome where the chat is new; the card is its first digest."""
    async with context.services.database.read() as connection:
        is_known = await find_subscriber(connection, context.chat_id) is not None
    card = await card_view(context, article_id)
    await context.send(card if isinstance(card, View) else View(escape(card)))
    if not is_known:
        await (_welcome(context) if isinstance(card, View) else _begin(context))


async def _begin(context: ChatContext) -> None:
    edition, quiet = await _welcome(context)
    if not await send_digest(context, edition):
        moment = next_arrival(edition, quiet, context.now)
        await context.send(View(subscription_texts.FIRST_LATER.format(moment=moment)))


async def _welcome(context: ChatContext) -> tuple[Edition, QuietHours]:
    choices, quiet, is_new = await _subscribe(context)
    edition = context.services.newsroom.edition_for(choices)
    bot, settings = context.bot.username, settings_keyboards.WELCOME
    of_group, of_one = subscription_texts.WELCOME_GROUP, subscription_texts.WELCOME
    welcome = of_group if context.is_group else of_one
    if context.is_channel:
        welcome, settings = subscription_texts.WELCOME_CHANNEL, settings_link(bot, context.chat_id)
    if not is_new:
        welcome = subscription_texts.WELCOME_BACK
    html = welcome.format(edition=edition.title, schedule=spoken.say_schedule(edition.schedule), bot=bot)
    await context.send(View(Markup("\n\n").join([html, *held_notes(edition, quiet)]), settings))
    if context.is_operator:
        await register_operator_commands(context.bot, context.chat_id)
    return edition, quiet


async def _subscribe(context: ChatContext) -> tuple[Choices, QuietHours, bool]:
    """Make the chat an active subscriber, with its old choices where it had some."""
    newsroom, now = context.services.newsroom, context.now
    async with context.services.database.write() as connection:
        known = await find_subscriber(connection, context.chat_id)
        choices = known.choices if known else default_choices(newsroom)
        profile_id = await join(connection, choices, newsroom, now=now)
        await subscribe(
            connection,
            context.chat_id,
            kind=context.chat.type,
            profile_id=profile_id,
            now=now,
            thread_id=context.thread_id,
        )
    quiet = quiet_of(known) if known else QuietHours(QUIET_START, QUIET_END)
    return choices, quiet, known is None
