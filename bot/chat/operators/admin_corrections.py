"""/dinhchinh: an operator corrects a story that was sent, shown first and confirmed by a tap."""

import re

from markupsafe import Markup

from bot.chat.intents import SendCorrection
from bot.chat.messages import keyboards, texts
from bot.chat.messages.rendering import LONGEST_CORRECTION
from bot.chat.messages.screen import Screen
from bot.chat.operators.correcting import notice, readable_text
from bot.chat.visit import Tap, Visit
from bot.jobs.correcting import Reach, find_reach, send_correction
from storage.delivery.corrections import draft_correction

_STORY_AND_TEXT = re.compile(r"([1-9][0-9]{0,17})\s+(.+)", re.ASCII | re.DOTALL)


async def obey(visit: Visit) -> None:
    """Show what would be sent to whom, with a button that sends it."""
    match = _STORY_AND_TEXT.fullmatch(visit.words.strip())
    if match is None:
        await visit.send(Screen(texts.CORRECTION_USE.format(most=LONGEST_CORRECTION)))
        return
    story_id, text = int(match[1]), readable_text(match[2])
    if text is None:
        await visit.send(Screen(texts.CORRECTION_TOO_LONG.format(most=LONGEST_CORRECTION)))
        return
    reach = await find_reach(visit.desk, story_id)
    if reach is None:
        await visit.send(Screen(texts.CORRECTION_UNKNOWN.format(story=story_id)))
        return
    async with visit.desk.database.write() as connection:
        draft = await draft_correction(connection, story_id, text, now=visit.now)
    await visit.send(Screen(_preview(visit, reach, text), keyboards.for_correction(draft.id)))


async def confirm(tap: Tap, wanted: SendCorrection) -> None:
    """Send a correction, once however often the button is tapped."""
    queued = await send_correction(tap.desk, wanted.correction_id)
    if queued is None:
        await tap.acknowledge(texts.CORRECTION_SENT_BEFORE)
        return
    html = texts.CORRECTION_QUEUED.format(edits=queued.edits, notices=queued.notices)
    await tap.show(Screen(html, keyboards.back_to_state()))


def _preview(visit: Visit, reach: Reach, text: str) -> str:
    newsroom, latest = visit.desk.newsroom, reach.latest
    edition = newsroom.find_edition(latest.edition) or newsroom.default_edition
    told = notice(
        latest.headline, text, edition=edition.title, slot_at=latest.slot_at, zone=edition.schedule.zone
    )
    return texts.CORRECTION_PREVIEW.format(readers=reach.readers) + Markup("\n\n") + Markup(told)  # noqa: S704 - our own
