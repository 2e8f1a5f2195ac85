"""/thongbao: an operator's announcement to readers: preview, confirmation, call-off."""

import math

from markupsafe import Markup
from telegram import InlineKeyboardMarkup

from bot.chat.buttons.keyboards import TO_STATE, choice_button, rows_of, short_button
from bot.chat.buttons.operator_intents import Announce, CallOffAnnouncement, ChangeAnnouncement
from bot.chat.context import ButtonContext, ChatContext, View
from bot.messages import operator_texts
from bot.messages.spoken import say_number
from bot.news.reader_notices import (
    LONGEST_ANNOUNCEMENT,
    announce,
    announcement_html,
    call_off,
    find_audience,
    readable_lines,
)
from bot.news.services import Services
from storage.delivery.announcements import Announcement, change_draft, draft_announcement, find_announcement
from storage.upkeep.stats import FULL_RATE

_MOST_EDITIONS = 20


async def handle(context: ChatContext) -> None:
    """Show what would be sent to whom, with the buttons that change it and send it."""
    if not context.words.strip():
        await context.send(View(operator_texts.ANNOUNCE_USE.format(most=LONGEST_ANNOUNCEMENT)))
        return
    text = readable_lines(context.words)
    if text is None:
        await context.send(View(operator_texts.ANNOUNCE_TOO_LONG.format(most=LONGEST_ANNOUNCEMENT)))
        return
    async with context.services.database.write() as connection:
        number = await draft_announcement(connection, context.chat_id, text, now=context.now)
        draft = await find_announcement(connection, number)
    if draft is not None:
        await context.send(await _preview(context.services, draft))


async def change(tap: ButtonContext, wanted: ChangeAnnouncement) -> None:
    """Give a draft other readers, or a sound or none."""
    async with tap.services.database.write() as connection:
        draft = await change_draft(
            connection, wanted.announcement_id, edition=wanted.edition or None, is_silent=wanted.is_silent
        )
    if draft is None:
        await tap.acknowledge(operator_texts.ANNOUNCED_BEFORE)
        return
    await tap.show(await _preview(tap.services, draft))


async def confirm(tap: ButtonContext, wanted: Announce) -> None:
    """Send an announcement, once however often the button is tapped."""
    queued = await announce(tap.services, wanted.announcement_id, tap.chat_id)
    if queued is None:
        await tap.acknowledge(operator_texts.ANNOUNCED_BEFORE)
        return
    stop = short_button(operator_texts.BUTTON_CALL_OFF, CallOffAnnouncement(wanted.announcement_id))
    html = operator_texts.ANNOUNCED.format(queued=say_number(queued))
    await tap.show(View(html, InlineKeyboardMarkup([[stop], *TO_STATE.inline_keyboard])))


async def call_off_rest(tap: ButtonContext, wanted: CallOffAnnouncement) -> None:
    """Call off the messages that are not sent yet."""
    found = await call_off(tap.services, wanted.announcement_id, tap.chat_id)
    if found is None or not found[1]:
        await tap.acknowledge(operator_texts.ANNOUNCEMENT_GONE)
        return
    html = operator_texts.ANNOUNCEMENT_CALLED_OFF.format(count=say_number(found[1]))
    await tap.show(View(html, TO_STATE))


async def _preview(services: Services, draft: Announcement) -> View:
    audience = await find_audience(services, draft.edition)
    of_edition = operator_texts.READERS_OF.format(edition=audience.title)
    head = operator_texts.ANNOUNCE_PREVIEW.format(
        audience=of_edition if audience.title else operator_texts.ALL_READERS,
        sound=operator_texts.WITHOUT_SOUND if draft.is_silent else operator_texts.WITH_SOUND,
        readers=say_number(audience.readers),
        minutes=f"{max(1, math.ceil(audience.readers / FULL_RATE / 60))} phút",
    )
    text = Markup(announcement_html(draft.text))  # noqa: S704 - our own
    return View(Markup("\n\n").join([head, text]), _keyboard(services, draft, audience.readers))


def _keyboard(services: Services, draft: Announcement, readers: int) -> InlineKeyboardMarkup:
    editions, chosen = services.newsroom.editions[:_MOST_EDITIONS], draft.edition or ""
    audiences = [(operator_texts.BUTTON_TO_ALL, ""), *((one.title, one.name) for one in editions)]
    to = [
        choice_button(title, ChangeAnnouncement(draft.id, name, draft.is_silent), is_chosen=name == chosen)
        for title, name in (audiences if len(editions) > 1 else ())
    ]
    otherwise = ChangeAnnouncement(draft.id, chosen, not draft.is_silent)
    silently = choice_button(operator_texts.BUTTON_SILENTLY, otherwise, is_chosen=draft.is_silent)
    label = operator_texts.BUTTON_ANNOUNCE.format(readers=say_number(readers))
    send = [[short_button(label, Announce(draft.id))]] if readers else []
    return InlineKeyboardMarkup([*rows_of(to, 2), [silently], *send, *TO_STATE.inline_keyboard])
