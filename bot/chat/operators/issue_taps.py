"""Issues in operators' chats: show one, take it back, correct a story that was sent."""

import datetime as dt
import re

import structlog
from markupsafe import Markup
from telegram.constants import KeyboardButtonStyle

from bot.chat.buttons import keyboards
from bot.chat.buttons.operator_intents import AskToRetract, Retract, SendCorrection, ShowMailing
from bot.chat.context import ButtonContext, ChatContext, View
from bot.messages import operator_texts, spoken, texts
from bot.messages.markup import shortened
from bot.messages.rendering import LONGEST_CORRECTION
from bot.news.newsroom import Newsroom
from bot.news.reader_notices import find_reach, preview_notice, readable_text, send_correction
from storage.delivery.corrections import draft_correction
from storage.delivery.mailings import Mailing, find_correction_mailing, find_headlines, find_mailing, retract
from storage.delivery.states import MAY_HAVE_ARRIVED, DeliveryStatus
from storage.notes import AuditKind, record_audit_entry

_MOST_STORIES, _LONGEST_HEADLINE = 25, 100  # in UTF-16 units; together they fit one message
_log = structlog.get_logger(__name__)


async def show(tap: ButtonContext, wanted: ShowMailing) -> None:
    """Show an issue's deliveries and stories, or a correction's deliveries."""
    stories: list[tuple[int, str]] = []
    async with tap.services.database.read() as connection:
        if wanted.is_correction:
            mailing = await find_correction_mailing(connection, wanted.mailing_id)
        elif mailing := await find_mailing(connection, wanted.mailing_id):
            stories = await find_headlines(connection, mailing, limit=_MOST_STORIES)
    if mailing is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    lines = Markup("\n").join(
        operator_texts.ISSUE_STORY.format(headline=shortened(headline, _LONGEST_HEADLINE), story=story)
        for story, headline in stories
    )
    html = operator_texts.ISSUE.format(
        **say_mailing(mailing, tap.services.newsroom, tap.now),
        status=say_status(mailing),
        counts=_counts(mailing),
        stories=operator_texts.ISSUE_STORIES.format(lines=lines) if lines else "",
    )
    can_retract = not mailing.is_correction and mailing.deliveries.get(DeliveryStatus.PENDING, 0) > 0
    await tap.show(View(html, keyboards.for_issue(mailing.id, can_retract=can_retract)))


async def ask_to_retract(tap: ButtonContext, wanted: AskToRetract) -> None:
    async with tap.services.database.read() as connection:
        mailing = await find_mailing(connection, wanted.issue_id)
    if mailing is None or not mailing.deliveries.get(DeliveryStatus.PENDING):
        await tap.acknowledge(operator_texts.NOTHING_TO_RETRACT)
        return
    waiting = mailing.deliveries[DeliveryStatus.PENDING]
    html = operator_texts.ASK_TO_RETRACT.format(
        **say_mailing(mailing, tap.services.newsroom, tap.now), waiting=waiting
    )
    if got := _count_sent(mailing):
        html += operator_texts.GONE_ALREADY.format(got=got)
    keyboard = keyboards.for_confirming(
        operator_texts.BUTTON_RETRACT,
        Retract(mailing.id),
        ShowMailing(mailing.id, is_correction=False),
        style=KeyboardButtonStyle.DANGER,
    )
    await tap.show(View(html, keyboard))


async def retract_issue(tap: ButtonContext, wanted: Retract) -> None:
    """Take an issue back; a second tap finds nothing more to call off."""
    async with tap.services.database.write() as connection:
        mailing = await find_mailing(connection, wanted.issue_id)
        reason = operator_texts.BUTTON_RETRACT
        count = await retract(connection, mailing, reason, now=tap.now) if mailing else 0
        if mailing and count:
            detail = f"{mailing.edition}, {count} lượt"
            await record_audit_entry(connection, tap.chat_id, AuditKind.RETRACTED, detail, now=tap.now)
    if mailing is None or not count:
        await tap.acknowledge(operator_texts.NOTHING_TO_RETRACT)
        return
    _log.info("issue retracted", edition=mailing.edition, slot=mailing.slot_at.isoformat(), called_off=count)
    html = operator_texts.RETRACTED.format(
        **say_mailing(mailing, tap.services.newsroom, tap.now), count=count, got=_count_sent(mailing)
    )
    await tap.show(View(html, keyboards.TO_STATE))


def say_mailing(mailing: Mailing, newsroom: Newsroom, now: dt.datetime) -> dict[str, str]:
    """Return the words for a mailing: its `edition` and its `moment`."""
    edition = newsroom.find_edition(mailing.edition)
    title = edition.title if edition else mailing.edition
    return {
        "edition": operator_texts.CORRECTION_OF.format(edition=title) if mailing.is_correction else title,
        "moment": spoken.say_moment(mailing.slot_at, newsroom.zone, now=now),
    }


def say_status(mailing: Mailing) -> str:
    """Return the status of a mailing in Vietnamese, for example "đã soạn"."""
    if mailing.status is None:
        return operator_texts.CORRECTION_QUEUED_STATUS
    return operator_texts.ISSUE_STATUSES[mailing.status]


def _count_sent(mailing: Mailing) -> int:
    """Return how many messages were sent, or may have been."""
    return sum(mailing.deliveries.get(status, 0) for status in MAY_HAVE_ARRIVED)


def _counts(mailing: Mailing) -> str:
    counted = [
        f"{mailing.deliveries[status]} {words}"
        for status, words in operator_texts.DELIVERY_STATUSES.items()
        if mailing.deliveries.get(status)
    ]
    return ", ".join(counted) or operator_texts.NOTHING_QUEUED


# /dinhchinh: an operator corrects a story that was sent, shown first and confirmed by a tap.

_STORY_AND_TEXT = re.compile(r"([1-9][0-9]{0,17})\s+(.+)", re.ASCII | re.DOTALL)


async def handle(context: ChatContext) -> None:
    """Show what would be sent to whom, with a button that sends it."""
    match = _STORY_AND_TEXT.fullmatch(context.words.strip())
    if match is None:
        await context.send(View(operator_texts.CORRECTION_USE.format(most=LONGEST_CORRECTION)))
        return
    story_id, text = int(match[1]), readable_text(match[2])
    if text is None:
        await context.send(View(operator_texts.CORRECTION_TOO_LONG.format(most=LONGEST_CORRECTION)))
        return
    reach = await find_reach(context.services, story_id)
    if reach is None:
        await context.send(View(operator_texts.CORRECTION_UNKNOWN.format(story=story_id)))
        return
    async with context.services.database.write() as connection:
        draft = await draft_correction(connection, story_id, text, now=context.now)
    notice = Markup(preview_notice(context.services, reach, text))  # noqa: S704 - our own
    preview = operator_texts.CORRECTION_PREVIEW.format(readers=reach.readers) + Markup("\n\n") + notice
    send = keyboards.for_confirming(operator_texts.BUTTON_CORRECT, SendCorrection(draft.id))
    await context.send(View(preview, send))


async def confirm(tap: ButtonContext, wanted: SendCorrection) -> None:
    """Send a correction, once however often the button is tapped."""
    queued = await send_correction(tap.services, wanted.correction_id, admin=tap.chat_id)
    if queued is None:
        await tap.acknowledge(operator_texts.CORRECTION_SENT_BEFORE)
        return
    html = operator_texts.CORRECTION_QUEUED.format(edits=queued.edits, notices=queued.notices)
    await tap.show(View(html, keyboards.TO_STATE))
