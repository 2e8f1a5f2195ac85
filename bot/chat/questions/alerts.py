"""The message that tells of stories found for watches, and its buttons. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.callbacks import encode
from bot.chat.intents import RunWatch, StopWatching
from bot.chat.messages import texts
from bot.chat.messages.markup import one_line, shortened
from bot.chat.messages.templating import render
from bot.chat.questions.results import Result, result_row
from storage.delivery.messages import Buttons

MOST_TOLD = 5  # stories in one message: with everything at its longest they stay under Telegram's limits
_LONGEST_WORDS = 64  # UTF-16 units of a watch's words
_LONGEST_LABEL = 30


@dataclass(frozen=True, slots=True)
class Found:
    """A story's article, and the words watched that it was found by."""

    words: tuple[str, ...]
    result: Result


def render_alert(found: Sequence[Found], *, more: int, now: dt.datetime, zone: str) -> str:
    """Return the message for at most `MOST_TOLD` stories; `more` are only counted."""
    stories = [
        {
            "words": shortened(one_line(", ".join(each.words)), _LONGEST_WORDS),
            **result_row(number, each.result, now, zone),
        }
        for number, each in enumerate(found, start=1)
    ]
    return str(render("alert", stories=stories, more=more, count=len(stories) + more))


def alert_buttons(watches: Sequence[tuple[int, str]]) -> Buttons:
    """Offer for each watch, given by number and words, to ask its question now and to stop it."""
    is_only = len(watches) == 1
    return tuple(
        (
            (
                texts.BUTTON_MORE
                if is_only
                else texts.BUTTON_MORE_OF.format(words=shortened(one_line(words), _LONGEST_LABEL)),
                encode(RunWatch(number)),
            ),
            (texts.BUTTON_STOP_WATCHING, encode(StopWatching(number, is_in_list=False))),
        )
        for number, words in watches
    )
