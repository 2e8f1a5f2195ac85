"""Alert chats of stories found for their watches: one message for all of them, at most one a minute."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.intents import RunWatch, StopWatching
from bot.chat.questions.results import Result, result_row
from bot.jobs.breaking_news import send_breaking
from bot.jobs.following import alert_followers
from bot.jobs.recapping import send_recaps
from bot.messages import texts
from bot.messages.markup import one_line, render, shortened
from bot.news.answers import describe
from bot.news.services import Services
from bot.process.metrics import log_errors
from storage.delivery.messages import Buttons
from storage.profiles import Choices
from storage.watch_hits import (
    Alert,
    Waiting,
    drop_idle,
    find_due_subscribers,
    find_waiting_hits,
    publish_alerts,
)
from summarizer.questions.watching import parse_watch

MOST_TOLD = 5  # stories in one message: with everything at its longest they stay under Telegram's limits
_LONGEST_WORDS = 64  # UTF-16 units of a watch's words
_LONGEST_LABEL = 30


@dataclass(frozen=True, slots=True)
class Found:
    """A story's article, and the words of the watches that it matches."""

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
    """Return for each watch, given by number and words, a button to ask its question and one to stop it."""
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


# The due moments of hits take quiet hours into account. One transaction writes the messages and marks their
# hits as told; from then on they are deliveries like any other.

_BETWEEN = dt.timedelta(minutes=1)  # two alerts to one chat
_BATCH = 100
_MOST_HITS = 500  # of one chat: a night of a very common word


async def send_unscheduled(services: Services) -> int:
    """Queue everything that waits for no slot; return how many messages.

    A story that one of these sends to a chat is known to the chat for the next one.
    """
    return sum(
        [
            await send_breaking(services),
            await send_alerts(services),
            await send_recaps(services),
        ]
    )


async def send_alerts(services: Services) -> int:
    """Queue the alerts that are due, of watches and then of followed stories; return how many."""
    now = services.clock.now()
    queued = 0
    while due := await _find_due(services, now):
        async with services.database.write() as connection:
            await drop_idle(connection)
        alerts = [alert for one in due.items() if (alert := await _compose(services, *one, now))]
        async with services.database.write() as connection:
            done = await publish_alerts(connection, alerts, now=now)
        queued += done
        if not done:
            break
    return queued + await alert_followers(services)


async def _find_due(services: Services, now: dt.datetime) -> dict[int, Choices]:
    async with services.database.read() as connection:
        return await find_due_subscribers(connection, now=now, told_before=now - _BETWEEN, limit=_BATCH)


async def _compose(
    services: Services, subscriber_id: int, choices: Choices, now: dt.datetime
) -> Alert | None:
    """Compose a subscriber's alert; if that fails, log it and leave the hits to the next tick."""
    with log_errors("alert", subscriber=subscriber_id):
        async with services.database.read() as connection:
            hits = await find_waiting_hits(connection, subscriber_id, now=now, limit=_MOST_HITS)
        if not hits:
            return None
        stories = _by_story(hits)
        found = [each for story in stories[:MOST_TOLD] if (each := await _found(services, story))]
        zone = services.newsroom.edition_for(choices).schedule.zone
        html = render_alert(found, more=len(stories) - len(found), now=now, zone=zone)
        watched = dict.fromkeys((hit.watch_id, hit.text) for story in stories[:MOST_TOLD] for hit in story)
        return Alert(subscriber_id, html, alert_buttons(list(watched)[:MOST_TOLD]), tuple(hits))
    return None


def _by_story(hits: Sequence[Waiting]) -> list[list[Waiting]]:
    """Return the hits of each story together, the order kept."""
    order = list(dict.fromkeys(hit.story_id for hit in hits))
    ordered = sorted(hits, key=lambda hit: order.index(hit.story_id))
    return [list(story) for _, story in groupby(ordered, key=lambda hit: hit.story_id)]


async def _found(services: Services, story: Sequence[Waiting]) -> Found | None:
    watched = parse_watch(story[0].text)
    described = await describe(services, watched, (story[0].article_id,), stands_alone=True)
    if not described:
        return None
    article, snippet = described[0].article, described[0].snippet
    result = Result(
        title=article.title,
        url=article.url,
        source=services.newsroom.title_of(article.source),
        published=article.published,
        sentence=snippet.text,
        highlights=tuple(snippet.marks),
    )
    return Found(tuple(hit.text for hit in story), result)
