"""A story's card as a message with its buttons. Pure: the card and its readers' choices come in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.callbacks import write_story
from bot.chat.buttons.keyboards import choice_button, short_button
from bot.chat.buttons.reader_intents import AskWhy, FollowStory, OfferMute, SaveStory, Teach
from bot.messages import texts
from bot.messages.markup import (
    MAX_ENTITIES,
    MAX_UNITS,
    count_entities,
    one_line,
    printable,
    render,
    safe_link,
    short_name,
    shortened,
    visible_length,
)
from bot.messages.rendering import difference_line
from bot.messages.spoken import publication_label
from storage.times import Published
from summarizer.model import Report
from summarizer.stories.cards import Card, Step

_LONGEST_TITLE = 300  # UTF-16 units
_LONGEST_STEP = 140


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads a card, and when. `sent_at`: when digests with the story were sent to this chat."""

    now: dt.datetime
    zone: str
    is_group: bool = False
    sent_at: Sequence[dt.datetime] = ()


def card_page(
    card: Card, viewer: Viewer, *, topic_title: str, corrections: Sequence[tuple[str, dt.datetime]]
) -> str:
    """Return the card within Telegram's limits; if it is too long, its last sentences are left out.

    `corrections` are an operator's corrections of the story, with their times.
    """
    for quotes in range(len(card.quotes), 0, -1):
        html = _card_page(replace(card, quotes=card.quotes[:quotes]), viewer, topic_title, corrections)
        if visible_length(html) <= MAX_UNITS and count_entities(html) <= MAX_ENTITIES:
            return html
    return _card_page(replace(card, quotes=()), viewer, topic_title, corrections[:1])


def _card_page(
    card: Card, viewer: Viewer, topic_title: str, corrections: Sequence[tuple[str, dt.datetime]]
) -> Markup:
    named = {step.report.article_id for step in card.steps} or {card.article_id}
    reports = [*card.reports, *(step.report for step in card.steps)]
    papers = {report.paper for report in reports if report.article_id in named}
    more = max(0, card.papers - len(papers))
    return render(
        "card",
        heading=short_name(topic_title).upper(),
        title=shortened(one_line(card.title), _LONGEST_TITLE),
        url=safe_link(card.url),
        corrections=[
            texts.CORRECTION_LINE.format(time=f"{at.astimezone(ZoneInfo(viewer.zone)):%H:%M}", text=text)
            for text, at in corrections
        ],
        quotes=_paragraphs(card, viewer),
        disagreement=difference_line(card.disagreement),
        steps_title=texts.STEPS,
        steps=[_step(step, viewer) for step in card.steps],
        source="" if card.steps else _said_by(card.reports[0], viewer),
        more_papers=texts.OTHER_PAPERS.format(count=more) if more else "",
        sent=_sent(viewer),
    )


def _paragraphs(card: Card, viewer: Viewer) -> list[tuple[str, str]]:
    """Return the sentences of each article as one paragraph, with its paper where there are several."""
    reports = {report.article_id: report for report in card.reports}
    return [
        (
            " ".join(printable(quote.text) for quote in own),
            _said_by(reports[article], viewer) if len(reports) > 1 else "",
        )
        for article, own in groupby(card.quotes, key=lambda quote: quote.article_id)
    ]


def _said_by(report: Report, viewer: Viewer) -> str:
    return ", ".join(filter(None, (short_name(report.paper), _time(report, viewer))))


def _step(step: Step, viewer: Viewer) -> dict[str, object]:
    return {
        "time": _time(step.report, viewer),
        "headline": shortened(one_line(step.headline), _LONGEST_STEP),
        "url": safe_link(step.url),
        "paper": short_name(step.report.paper),
    }


def _sent(viewer: Viewer) -> str:
    moments = [publication_label(Published(at), now=viewer.now, zone=viewer.zone) for at in viewer.sent_at]
    return texts.SENT_TO[viewer.is_group].format(moments=", ".join(moments)) if moments else ""


def _time(report: Report, viewer: Viewer) -> str:
    if report.published_at is None:
        return ""
    published = Published(report.published_at, report.precision)
    return publication_label(published, now=viewer.now, zone=viewer.zone)


# The buttons of a card.


@dataclass(frozen=True, slots=True)
class StoryState:
    """What a chat did with a story. `liking`: 1 wants more such, -1 less, 0 neither."""

    is_saved: bool = False
    is_followed: bool = False
    liking: int = 0


@dataclass(frozen=True, slots=True)
class Sharing:
    """How the bot's stories can be shared: its username, and whether inline mode is on."""

    username: str
    is_inline: bool

    def address_of(self, article_id: int) -> str:
        """Return the deep link that opens the story's card."""
        return f"https://t.me/{self.username}?start={write_story(article_id)}"

    def button(self, article_id: int) -> InlineKeyboardButton:
        """Offer to send the story to another chat: as a card, or as a link where inline mode is off."""
        if self.is_inline:
            return InlineKeyboardButton(texts.BUTTON_SHARE, switch_inline_query=write_story(article_id))
        link = quote(self.address_of(article_id), safe="")
        return InlineKeyboardButton(texts.BUTTON_SHARE, url=f"https://t.me/share/url?url={link}")


def card_buttons(article_id: int, state: StoryState, sharing: Sharing) -> InlineKeyboardMarkup:
    """Return a card's buttons; what the chat did already is marked, and a tap undoes it."""
    more, less = state.liking == 1, state.liking == -1
    save = SaveStory(article_id, not state.is_saved)
    follow = FollowStory(article_id, not state.is_followed)
    following = texts.BUTTON_UNFOLLOW if state.is_followed else texts.BUTTON_FOLLOW
    rows = [
        [choice_button(following, follow, is_chosen=state.is_followed)],
        [choice_button(texts.BUTTON_SAVE, save, is_chosen=state.is_saved), sharing.button(article_id)],
        [
            choice_button(texts.BUTTON_MORE_SUCH, Teach(article_id, 0 if more else 1), is_chosen=more),
            choice_button(texts.BUTTON_LESS_SUCH, Teach(article_id, 0 if less else -1), is_chosen=less),
        ],
        [
            short_button(texts.BUTTON_MUTE, OfferMute(article_id, is_wanted=True)),
            short_button(texts.BUTTON_WHY, AskWhy(article_id)),
        ],
    ]
    return InlineKeyboardMarkup(rows)
