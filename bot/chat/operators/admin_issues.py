"""An operator's look at an issue, and taking it back: what waits is called off, what went out is counted."""

import datetime as dt

import structlog
from markupsafe import Markup

from bot.chat.intents import AskToRetract, Retract, ShowCorrection, ShowIssue
from bot.chat.messages import keyboards, spoken, texts
from bot.chat.messages.markup import shortened
from bot.chat.messages.screen import Screen
from bot.chat.visit import Tap
from bot.newsroom import Newsroom
from storage.delivery.retractions import (
    Batch,
    find_batch,
    find_correction_batch,
    find_headlines,
    retract,
)
from storage.delivery.states import MAY_HAVE_ARRIVED, DeliveryStatus

_MOST_STORIES, _LONGEST_HEADLINE = 25, 100  # in UTF-16 units; together they fit one message
_log = structlog.get_logger(__name__)


async def show(tap: Tap, wanted: ShowIssue | ShowCorrection) -> None:
    """Show how an issue fared and what it tells, or how a correction fared."""
    stories: list[tuple[int, str]] = []
    async with tap.desk.database.read() as connection:
        if isinstance(wanted, ShowCorrection):
            batch = await find_correction_batch(connection, wanted.correction_id)
        elif batch := await find_batch(connection, wanted.issue_id):
            stories = await find_headlines(connection, batch, limit=_MOST_STORIES)
    if batch is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    lines = Markup("\n").join(
        texts.ISSUE_STORY.format(headline=shortened(headline, _LONGEST_HEADLINE), story=story)
        for story, headline in stories
    )
    html = texts.ISSUE.format(
        **say_batch(batch, tap.desk.newsroom, tap.now),
        status=say_status(batch),
        counts=_counts(batch),
        stories=texts.ISSUE_STORIES.format(lines=lines) if lines else "",
    )
    can_retract = not batch.is_correction and batch.deliveries.get(DeliveryStatus.PENDING, 0) > 0
    await tap.show(Screen(html, keyboards.for_issue(batch.id, can_retract=can_retract)))


async def ask_to_retract(tap: Tap, wanted: AskToRetract) -> None:
    """Ask before an issue is taken back."""
    async with tap.desk.database.read() as connection:
        batch = await find_batch(connection, wanted.issue_id)
    if batch is None or not batch.deliveries.get(DeliveryStatus.PENDING):
        await tap.acknowledge(texts.NOTHING_TO_RETRACT)
        return
    waiting = batch.deliveries[DeliveryStatus.PENDING]
    html = texts.ASK_TO_RETRACT.format(**say_batch(batch, tap.desk.newsroom, tap.now), waiting=waiting)
    if got := _got(batch):
        html += texts.GONE_ALREADY.format(got=got)
    await tap.show(Screen(html, keyboards.for_retracting(batch.id)))


async def take_back(tap: Tap, wanted: Retract) -> None:
    """Take an issue back; a second tap finds nothing more to call off."""
    async with tap.desk.database.write() as connection:
        batch = await find_batch(connection, wanted.issue_id)
        count = await retract(connection, batch, texts.BUTTON_RETRACT, now=tap.now) if batch else 0
    if batch is None or not count:
        await tap.acknowledge(texts.NOTHING_TO_RETRACT)
        return
    _log.info("issue retracted", edition=batch.edition, slot=batch.slot_at.isoformat(), called_off=count)
    html = texts.RETRACTED.format(
        **say_batch(batch, tap.desk.newsroom, tap.now), count=count, got=_got(batch)
    )
    await tap.show(Screen(html, keyboards.back_to_state()))


def say_batch(batch: Batch, newsroom: Newsroom, now: dt.datetime) -> dict[str, str]:
    """Return the words for a batch: its `edition` and its `moment`."""
    edition = newsroom.find_edition(batch.edition)
    title = edition.title if edition else batch.edition
    return {
        "edition": texts.CORRECTION_OF.format(edition=title) if batch.is_correction else title,
        "moment": spoken.say_moment(batch.slot_at, newsroom.zone, now=now),
    }


def say_status(batch: Batch) -> str:
    """Return the status of a batch in Vietnamese, for example "đã soạn"."""
    return texts.CORRECTION_QUEUED_STATUS if batch.status is None else texts.ISSUE_STATUSES[batch.status]


def look_at(batch: Batch) -> ShowIssue | ShowCorrection:
    """Return the intent of a button that shows a batch."""
    return ShowCorrection(batch.id) if batch.is_correction else ShowIssue(batch.id)


def _got(batch: Batch) -> int:
    """Return how many messages went out, or may have."""
    return sum(batch.deliveries.get(status, 0) for status in MAY_HAVE_ARRIVED)


def _counts(batch: Batch) -> str:
    counted = [
        f"{batch.deliveries[status]} {words}"
        for status, words in texts.DELIVERY_STATUSES.items()
        if batch.deliveries.get(status)
    ]
    return ", ".join(counted) or texts.NOTHING_QUEUED
