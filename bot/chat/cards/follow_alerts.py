"""The message that tells what is new in a followed story, and its buttons. Pure."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.story_intents import (
    OpenCard,
    Unfollow,
)
from bot.messages import card_texts, texts
from bot.messages.markup import one_line, printable, render, safe_link, shortened
from bot.messages.spoken import publication_label
from storage.delivery.messages import Buttons
from storage.times import Published
from summarizer.digest import Candidate
from summarizer.stories.differences import news_of

_LONGEST_TITLE, _LONGEST_FOLLOWED, _LONGEST_SENTENCE, _LONGEST_NAME = 300, 120, 1_500, 64  # UTF-16 units


@dataclass(frozen=True, slots=True)
class FollowAlert:
    """A message about the article that says what is new."""

    html: str
    article_id: int


def alert_of(
    candidate: Candidate,
    followed: str,
    *,
    known_until: dt.datetime,
    told: Collection[int],
    now: dt.datetime,
    zone: str,
) -> FollowAlert | None:
    """Return what is new in the story since `known_until`; None where no sentence says anything new.

    `told` are articles that the chat was told of by a watch; `followed` is the headline it began with.
    """
    old = [p for p in candidate.pieces if p.was_ready_at <= known_until or p.article_id in told]
    fresh = [piece for piece in candidate.pieces if piece not in old]
    news = news_of(old, Candidate(candidate.story_id, tuple(fresh))) if fresh else None
    if news is None:
        return None
    piece = next(piece for piece in fresh if piece.article_id == news.article_id)
    published = Published(piece.published_at, piece.precision) if piece.published_at else None
    when = publication_label(published, now=now, zone=zone)
    html = render(
        "follow_alert",
        followed=shortened(one_line(followed), _LONGEST_FOLLOWED),
        title=shortened(one_line(piece.document.title), _LONGEST_TITLE),
        url=safe_link(piece.url),
        sentence=shortened(printable(news.text), _LONGEST_SENTENCE),
        byline=" · ".join(filter(None, (shortened(one_line(piece.source_title), _LONGEST_NAME), when))),
    )
    return FollowAlert(str(html), piece.article_id)


def follow_buttons(article_id: int, follow_id: int) -> Buttons:
    """Offer the story's card, and to stop following it."""
    read = (card_texts.BUTTON_READ_CARD, encode(OpenCard(article_id)))
    return ((read, (texts.BUTTON_STOP_WATCHING, encode(Unfollow(follow_id, is_in_list=False)))),)
