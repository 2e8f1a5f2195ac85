"""Tell admins once what Telegram refuses: long waits, an issue's copies, the bot's rights in a chat.

The administrators of a chat that lost the bot's rights are told in private, where Telegram names them and
they have written to the bot before.
"""

import contextlib
import datetime as dt

from telegram import Bot, ChatMember
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.desk import Desk
from bot.jobs.risks import change
from bot.jobs.slots import Tell
from bot.operators import delivery_notices as notices
from storage.delivery.holds import take_untold_holds
from storage.delivery.refusals import LostChat, find_latest_copies, take_untold_lost_chats

_DAY = dt.timedelta(hours=24)
_LONG = dt.timedelta(minutes=15)
_ADMINISTRATORS_ASKED = 10


async def tell_refusals(desk: Desk, bot: Bot, tell: Tell) -> None:
    """Tell what is new; notes and columns in the database remember what was told."""
    now, newsroom = desk.clock.now(), desk.newsroom
    async with desk.database.write() as connection:
        holds = await take_untold_holds(connection, now=now, longer_than=_LONG)
        lost = await take_untold_lost_chats(connection, now=now)
    async with desk.database.read() as connection:
        latest = await find_latest_copies(connection, since=now - _DAY)
    if holds.chats:
        await tell(notices.long_wait(holds, newsroom.zone))
    for chat in lost:
        await _tell_lost(bot, tell, chat)
    for copies in latest:
        edition = newsroom.find_edition(copies.edition)
        title = edition.title if edition else copies.edition
        risk = notices.refused(copies, title, newsroom.zone) if copies.is_trouble else None
        if text := await change(desk, f"risk:refused:{copies.edition}", risk, notices.REFUSED_OVER):
            await tell(text)


async def _tell_lost(bot: Bot, tell: Tell, chat: LostChat) -> None:
    title = "một nhóm hoặc kênh"
    with contextlib.suppress(TelegramError):  # then the words that Telegram gave must do
        title = (await bot.get_chat(chat.chat_id)).title or title
    await tell(notices.rights_lost(title, chat.reason))
    await _tell_administrators(bot, chat, title)


async def _tell_administrators(bot: Bot, chat: LostChat, title: str) -> None:
    """Tell the owner; where that fails, the first administrator who can be told."""
    try:
        members = await bot.get_chat_administrators(chat.chat_id)
    except TelegramError:
        return  # a channel names its administrators to them alone
    people = [member for member in members if not member.user.is_bot]
    people.sort(key=lambda member: member.status != ChatMember.OWNER)
    for member in people[:_ADMINISTRATORS_ASKED]:
        with contextlib.suppress(TelegramError):  # never wrote to us, or blocked us
            html = notices.rights_lost_to_owner(title)
            await bot.send_message(member.user.id, html, parse_mode=ParseMode.HTML)
            return
