"""How a correction reads: the line under the story that was sent, and the notice to its readers. Pure."""

import datetime as dt
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.chat.messages import texts
from bot.chat.messages.markup import MAX_UNITS, one_line, utf16_length, visible_length
from bot.chat.messages.rendering import LONGEST_CORRECTION


def readable_text(typed: str) -> str | None:
    """Return what an operator typed as it can be shown, None when nothing of it can or it is too long.

    >>> readable_text(" Giá  xăng tăng 300 đồng. ")
    'Giá xăng tăng 300 đồng.'
    """
    text = one_line(typed)
    has_words = any(letter.isalnum() for letter in text)
    return text if has_words and utf16_length(text) <= LONGEST_CORRECTION else None


def corrected(html: str, headline: str, text: str, *, at: dt.datetime, zone: str) -> str | None:
    """Return a digest's part with the correction under its headline, at the end where that is not found.

    None when it does not fit any more, for there is room for one: then only the notice can be sent.
    """
    line = texts.CORRECTION_LINE.format(time=f"{at.astimezone(ZoneInfo(zone)):%H:%M}", text=text)
    anchor = str(Markup("<b>{}</b>").format(headline))
    if anchor in html:
        longer = html.replace(anchor, f"{anchor}\n{line}", 1)
    else:
        longer = f"{html}\n\n{escape(headline)}\n{line}"
    return longer if visible_length(longer) <= MAX_UNITS else None


def notice(headline: str, text: str, *, edition: str, slot_at: dt.datetime, zone: str) -> str:
    """Return the message to the readers of a story that was sent in `edition` at `slot_at`."""
    local = slot_at.astimezone(ZoneInfo(zone))
    return str(
        texts.CORRECTION_NOTICE.format(
            headline=headline,
            text=text,
            edition=one_line(edition),
            moment=f"{local:%H:%M} ngày {local.day}/{local.month}",
        )
    )
