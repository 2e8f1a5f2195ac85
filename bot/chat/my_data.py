"""/dulieucuatoi and /xoadulieu: export and deletion of everything stored about a chat."""

import datetime as dt
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.chat.buttons import keyboards
from bot.chat.context import Attachment, ButtonContext, ChatContext, View
from bot.chat.settings.choices import zone_of
from bot.chat.settings.panels import quiet_of, say_topics
from bot.messages import spoken, subscription_texts
from bot.messages.markup import shortened
from bot.news.newsroom import Newsroom
from storage.off_loop import CHAT
from storage.reactions import ReaderStories
from storage.reader_data import Export, export_subscriber
from storage.subscribers import Subscriber, delete_subscriber
from storage.times import to_rfc3339

_FILE_NAME = "diemtin-du-lieu.json"
_LONGEST_WORDS = 120  # UTF-16 units: a caption has 1,024 in all


async def show(context: ChatContext) -> None:
    """Send everything kept about the chat: readable, and as a JSON file."""
    newsroom = context.services.newsroom
    async with context.services.database.read() as connection:
        export = await export_subscriber(connection, context.chat_id)
    if not (export.subscriber or export.questions or export.deliveries):
        await context.send(View(subscription_texts.NOTHING_KEPT.format(whom=context.whom)))
        return
    attachment = Attachment(_FILE_NAME, await CHAT.run(export_file, context.chat_id, export, newsroom))
    await context.send(View(_summary(context, export, newsroom), attachment=attachment))


def export_file(chat_id: int, export: Export, newsroom: Newsroom) -> bytes:
    """Return the export as JSON; with thousands of rows it is slow, so do not call it on the loop."""
    return json.dumps(_as_json(chat_id, export, newsroom), ensure_ascii=False, indent=2).encode()


async def ask_to_delete(context: ChatContext) -> None:
    """Ask for confirmation before everything is deleted."""
    await context.send(View(subscription_texts.ASK_TO_DELETE.format(whom=context.whom), keyboards.DELETION))


async def delete(tap: ButtonContext, call_off: Callable[[int], Awaitable[None]]) -> None:
    """Delete everything that names the chat, and `call_off` what is being sent to it at this moment."""
    async with tap.services.database.write() as connection:
        await delete_subscriber(connection, tap.chat_id)
    await call_off(tap.chat_id)
    await tap.show(View(subscription_texts.DELETED.format(whom=tap.whom)))


async def keep(tap: ButtonContext) -> None:
    """Leave everything as it is."""
    await tap.show(View(subscription_texts.KEPT))


def _summary(context: ChatContext, export: Export, newsroom: Newsroom) -> Markup:
    last = Markup()
    if export.questions:
        last = subscription_texts.LAST_QUESTION.format(text=shortened(export.questions[0][0], _LONGEST_WORDS))
    return subscription_texts.MY_DATA.format(
        whom=context.whom,
        chat=context.chat_id,
        subscription=_subscription(export.subscriber, newsroom) if export.subscriber else Markup(),
        deliveries=len(export.deliveries),
        questions=len(export.questions),
        last_question=last,
        watches=sum(removed is None for _, _, removed in (*export.watches, *export.answers.follows)),
        saved=sum(each.read_at is None for each in export.answers.saved),
        tastes=len(export.answers.tastes),
    )


def _subscription(subscriber: Subscriber, newsroom: Newsroom) -> Markup:
    edition = newsroom.edition_for(subscriber.choices)
    zone = ZoneInfo(edition.schedule.zone)
    return subscription_texts.MY_SUBSCRIPTION.format(
        since=f"{subscriber.created_at.astimezone(zone):%d/%m/%Y}",
        status=subscription_texts.STATUSES[subscriber.status],
        edition=edition.title,
        schedule=shortened(spoken.say_schedule(edition.schedule), _LONGEST_WORDS),
        zone=spoken.say_zone(edition.schedule.zone),
        topics=shortened(say_topics(subscriber.choices, newsroom), 2 * _LONGEST_WORDS),
        quiet=spoken.say_quiet(quiet_of(subscriber)),
    )


def _as_json(chat_id: int, export: Export, newsroom: Newsroom) -> dict[str, Any]:
    subscriber = export.subscriber
    zone = zone_of(subscriber, newsroom)
    at = partial(_moment, zone=zone)
    return {
        "chat_id": chat_id,
        "subscription": _subscription_json(subscriber, at) if subscriber else None,
        "deliveries": [
            {
                "kind": each.kind,
                "edition": each.edition,
                "slot": at(each.slot_at),
                "part": each.part,
                "status": each.status,
                "message_id": each.telegram_id,
            }
            for each in export.deliveries
        ],
        "questions": [{"text": text, "asked_at": at(asked)} for text, asked in export.questions],
        "watches": [
            {"text": text, "since": at(since), "removed_at": at(removed)}
            for text, since, removed in export.watches
        ],
        "shown_stories": [{"story": story, "shown_at": at(shown)} for story, shown in export.shown],
        "conversation": _conversation_json(*export.conversation, at) if export.conversation else None,
        **_answers_json(export.answers, at),
    }


def _moment(at: dt.datetime | None, zone: str) -> str | None:
    return to_rfc3339(at, zone) if at else None


_Moment = Callable[[dt.datetime | None], str | None]


def _answers_json(answers: ReaderStories, at: _Moment) -> dict[str, Any]:
    return {
        "saved": [
            {"title": each.title, "url": each.url, "saved_at": at(each.saved_at), "read_at": at(each.read_at)}
            for each in answers.saved
        ],
        "taught": [
            {"article": article, "liking": liking, "at": at(taught)}
            for article, liking, taught in answers.taught
        ],
        "follows": [
            {"title": title, "since": at(since), "removed_at": at(removed)}
            for title, since, removed in answers.follows
        ],
        "tastes": [{"kind": t.kind, "key": t.key, "weight": t.weight} for t in answers.tastes],
    }


def _conversation_json(awaited: str | None, page: int, until: dt.datetime, at: _Moment) -> dict[str, Any]:
    return {"awaited_command": awaited, "last_page": page + 1, "until": at(until)}


def _subscription_json(subscriber: Subscriber, at: _Moment) -> dict[str, Any]:
    choices = subscriber.choices
    return {
        "kind": subscriber.kind,
        "status": subscriber.status,
        "status_reason": subscriber.status_reason,
        "paused_until": at(subscriber.paused_until),
        "breaking_news": subscriber.breaking,
        "weekly_recap": subscriber.is_weekly,
        "created_at": at(subscriber.created_at),
        "changed_at": at(subscriber.changed_at),
        "edition": choices.edition,
        "more_editions": choices.more_editions,
        "topics": list(choices.topics),
        "times": list(choices.times),
        "days": list(choices.days),
        "zone": choices.zone,
        "length": choices.length,
        "words_out": list(choices.words_out),
        "words_in": list(choices.words_in),
        "sources_out": list(choices.sources_out),
        "sources_in": list(choices.sources_in),
        "figures": list(choices.figures),
        "previous_profile": subscriber.previous_profile_id,
        "quiet_start_minute": subscriber.quiet_start,
        "quiet_end_minute": subscriber.quiet_end,
    }
