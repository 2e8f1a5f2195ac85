"""A chat's choices: read and change them, join a profile, and see whether anything is left to send."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.buttons import intents
from bot.chat.buttons import reader_intents as readers
from bot.chat.buttons.intents import Button, Change
from bot.chat.buttons.reader_intents import spelled
from bot.chat.context import ButtonContext, ChatContext
from bot.messages import subscription_texts, texts
from bot.news.daily_figures import MOST_CHOSEN
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.times.schedule import next_weekly
from storage.profiles import Choices, find_profile, join_profile
from storage.reactions import find_tastes
from storage.subscribers import Subscriber, find_subscriber, set_columns, set_profile, set_quiet
from summarizer.reader_tastes import LONGEST_PHRASE, read_phrase

# A change reads, decides and writes in one transaction, so that two taps at once lose nothing.


@dataclass(frozen=True, slots=True)
class SubscriberChange:
    """A subscriber before and after a change."""

    before: Subscriber
    after: Subscriber

    @property
    def is_same(self) -> bool:
        return self.before == self.after


def default_choices(newsroom: Newsroom) -> Choices:
    return Choices(newsroom.default_edition.name)


def with_change(subscriber: Subscriber, change: Change, newsroom: Newsroom) -> Subscriber | None:
    """Return the subscriber after `change`; None if it names an unknown edition or topic."""
    match change:
        case intents.SetQuiet(start, end):
            return replace(subscriber, quiet_start=start, quiet_end=end)
        case readers.SetSilent(is_silent):
            return replace(subscriber, is_silent=is_silent)
        case readers.SetWeekly(is_wanted):
            return replace(subscriber, is_weekly=is_wanted)
        case readers.SetBreaking(level):
            is_offered = newsroom.breaking is not None or not level
            return replace(subscriber, breaking=level) if is_offered else None
        case _:
            choices = _with_choice(subscriber.choices, change, newsroom)
            return replace(subscriber, choices=choices) if choices else None


def _with_choice(choices: Choices, change: Change, newsroom: Newsroom) -> Choices | None:
    match change:
        case intents.SetTimes(times):
            return replace(choices, times=times)
        case intents.SetDays(days):
            return replace(choices, days=days)
        case intents.SetZone(zone):
            return replace(choices, zone=zone)
        case intents.SetEdition(edition):
            return _with_editions(choices, (edition,)) if newsroom.find_edition(edition) else None
        case intents.TakeEdition(edition, is_wanted):
            return _with_edition(choices, edition, newsroom, is_wanted=is_wanted)
        case intents.SetTopic(topic, is_wanted):
            return _with_topic(choices, topic, newsroom, is_wanted=is_wanted)
        case readers.SetLength(length):
            return replace(choices, length=length)
        case readers.ChangeWords() | readers.DropWord():
            return with_words(choices, change)
        case readers.ChooseFigure(label, is_wanted):
            return _with_figure(choices, label, is_wanted=is_wanted)
        case readers.ChangePapers() | readers.SetPaper():
            return with_papers(choices, change, {source.name for source in newsroom.sources})
        case Button.ALL_TOPICS:
            return replace(choices, topics=())
        case Button.USE_DEFAULTS:
            default = default_choices(newsroom)
            return replace(_with_editions(choices, default.editions), zone=None)
        case _:
            return None


def _with_edition(choices: Choices, edition: str, newsroom: Newsroom, *, is_wanted: bool) -> Choices | None:
    """Add an edition or remove it; None if it is unknown or the last one."""
    chosen = {one.name for one in newsroom.editions_for(choices)}
    chosen = chosen | {edition} if is_wanted else chosen - {edition}
    left = tuple(one.name for one in newsroom.editions if one.name in chosen)
    if edition not in (one.name for one in newsroom.editions) or not left:
        return None
    return choices if left == choices.editions else _with_editions(choices, left)


def _with_editions(choices: Choices, editions: tuple[str, ...]) -> Choices:
    """Return the choices with these editions, at their own times and on their own days."""
    return replace(choices, edition=editions[0], more_editions=editions[1:], times=(), days=())


def _with_topic(choices: Choices, topic: str, newsroom: Newsroom, *, is_wanted: bool) -> Choices | None:
    if topic not in newsroom.topics:
        return None
    chosen = set(choices.topics) & set(newsroom.topics)
    chosen = chosen | {topic} if is_wanted else chosen - {topic}
    everything = chosen == set(newsroom.topics)
    return replace(choices, topics=() if everything else tuple(sorted(chosen)))


def _with_figure(choices: Choices, label: str, *, is_wanted: bool) -> Choices:
    chosen = set(choices.figures) | {label} if is_wanted else set(choices.figures) - {label}
    return replace(choices, figures=tuple(sorted(chosen))) if len(chosen) <= MOST_CHOSEN else choices


async def find_chat_subscriber(services: Services, chat_id: int) -> Subscriber | None:
    """Return the chat's subscriber, if it is one."""
    async with services.database.read() as connection:
        return await find_subscriber(connection, chat_id)


async def find_or_refuse(context: ChatContext) -> Subscriber | None:
    """Return the chat's subscriber; if it is none, say how to become one and return None."""
    subscriber = await find_chat_subscriber(context.services, context.chat_id)
    if subscriber is None:
        await context.refuse(subscription_texts.NOT_SUBSCRIBED)
    return subscriber


def zone_of(subscriber: Subscriber | None, newsroom: Newsroom) -> str:
    """Return the time zone of a chat: its edition's or its own; the newsroom's if it is no subscriber."""
    return newsroom.edition_for(subscriber.choices).schedule.zone if subscriber else newsroom.zone


async def find_zone(context: ChatContext) -> str:
    """Return the time zone of the chat, looked up once for an update."""
    if context.zone is None:
        subscriber = await find_chat_subscriber(context.services, context.chat_id)
        context.zone = zone_of(subscriber, context.services.newsroom)
    return context.zone


async def change_choices(services: Services, chat_id: int, *changes: Change) -> SubscriberChange | None:
    """Make the changes; None when the chat is no subscriber or a change is not possible any more."""
    async with services.database.write() as connection:
        before = await find_subscriber(connection, chat_id)
        after = before
        for change in changes:
            after = with_change(after, change, services.newsroom) if after else None
        if before is None or after is None:
            return None
        return await _save(connection, before, after, services)


async def change_by_tap(tap: ButtonContext, *wanted: Change) -> SubscriberChange | None:
    """Make a button's changes; None if nothing changed and the tap was answered."""
    return await if_changed(tap, await change_choices(tap.services, tap.chat_id, *wanted))


async def if_changed(tap: ButtonContext, changed: SubscriberChange | None) -> SubscriberChange | None:
    """Return the change; if it was impossible or changes nothing, answer the tap and return None."""
    if changed is None:
        await tap.acknowledge(texts.STALE_BUTTON)
    elif changed.is_same:
        await tap.acknowledge(subscription_texts.UNCHANGED)
    else:
        return changed
    return None


async def restore_profile(services: Services, chat_id: int, profile_id: int) -> SubscriberChange | None:
    """Return the chat to the profile before its last change; None if `profile_id` is another one.

    The id comes from a button and may be forged; the profile of another chat must stay secret.
    """
    async with services.database.write() as connection:
        before = await find_subscriber(connection, chat_id)
        if before is None or profile_id not in (before.profile_id, before.previous_profile_id):
            return None
        profile = await find_profile(connection, profile_id)
        if profile is None:
            return None
        choices = replace(profile.choices, tastes=before.choices.tastes)  # these have an undo of their own
        return await _save(connection, before, replace(before, choices=choices), services)


async def apply_tastes(connection: AsyncConnection, subscriber: Subscriber, services: Services) -> Subscriber:
    """Copy the tastes that the chat taught into its choices; return the changed subscriber."""
    tastes = tuple(sorted(await find_tastes(connection, subscriber.id)))
    if tastes == subscriber.choices.tastes:
        return subscriber
    now = services.clock.now()
    choices = replace(subscriber.choices, tastes=tastes)
    profile_id = await join(connection, choices, services.newsroom, now=now)
    await set_profile(connection, subscriber.chat_id, profile_id, now=now, can_go_back=False)
    return replace(subscriber, choices=choices, profile_id=profile_id)


async def join(connection: AsyncConnection, choices: Choices, newsroom: Newsroom, *, now: dt.datetime) -> int:
    """Return the profile with these choices, with its next slot set."""
    return await join_profile(connection, choices, next_due_at=next_due(choices, newsroom, now=now), now=now)


def next_due(choices: Choices, newsroom: Newsroom, *, now: dt.datetime) -> dt.datetime:
    """Return the next slot of a profile with these choices."""
    return newsroom.edition_for(choices).schedule.next_after(now)


async def _save(
    connection: AsyncConnection, before: Subscriber, after: Subscriber, services: Services
) -> SubscriberChange:
    now = services.clock.now()
    if after.choices != before.choices:
        profile_id = await join(connection, after.choices, services.newsroom, now=now)
        await set_profile(connection, before.chat_id, profile_id, now=now)
        after = replace(after, profile_id=profile_id)
    if after.is_silent != before.is_silent:
        await set_columns(connection, before.chat_id, {"silent": after.is_silent}, now=now)
    if after.breaking != before.breaking:
        await set_columns(connection, before.chat_id, {"breaking": after.breaking}, now=now)
    if after.is_weekly != before.is_weekly:
        due = next_weekly(now, zone_of(after, services.newsroom)) if after.is_weekly else None
        await set_columns(connection, before.chat_id, {"weekly_at": due}, now=now)
    if (after.quiet_start, after.quiet_end) != (before.quiet_start, before.quiet_end):
        await set_quiet(connection, before.chat_id, after.quiet_start, after.quiet_end, now=now)
    return SubscriberChange(before, after)


async def say_if_all_muted(context: ChatContext, changed: SubscriberChange) -> list[Markup]:
    """Return a note if the last 24 hours had news and the new choices leave out all of it."""
    if changed.is_same:
        return []
    services = context.services
    edition = services.newsroom.edition_for(changed.after.choices)
    composed = await services.last_day.compose(services.database, services.newsroom, edition, now=context.now)
    return [subscription_texts.ALL_MUTED] if composed.eligible and not composed.parts else []


# The lists of words and papers. A word is on one list only: the latest wish counts. Words past the bound are
# left out.

MOST_WORDS = 30  # of each list


def is_phrase(text: str) -> bool:
    """Tell whether `text` has words to look for and is not too long."""
    return 0 < len(text) <= LONGEST_PHRASE and bool(read_phrase(text))


def with_words(choices: Choices, change: readers.ChangeWords | readers.DropWord) -> Choices:
    """Return the choices after a change of words."""
    if isinstance(change, readers.DropWord):
        of_it = [w for w in (*choices.words_out, *choices.words_in) if readers.DropWord.of(w) == change]
        change = readers.ChangeWords(gone=tuple(of_it))
    out = [word for word in change.out if is_phrase(word)]
    wanted = [word for word in change.wanted if is_phrase(word)]
    return replace(
        choices,
        words_out=_changed_list(choices.words_out, put=out, off=(*wanted, *change.gone)),
        words_in=_changed_list(choices.words_in, put=wanted, off=(*out, *change.gone)),
    )


def with_papers(
    choices: Choices, change: readers.ChangePapers | readers.SetPaper, known: Collection[str]
) -> Choices:
    """Return the choices after a change of papers; one that the newsroom does not have changes nothing."""
    if isinstance(change, readers.SetPaper):
        paper = (change.source,)
        change = readers.ChangePapers(out=paper) if change.is_out else readers.ChangePapers(gone=paper)
    out = [paper for paper in change.out if paper in known]
    wanted = [paper for paper in change.wanted if paper in known]
    return replace(
        choices,
        sources_out=_changed_list(choices.sources_out, put=out, off=(*wanted, *change.gone)),
        sources_in=_changed_list(choices.sources_in, put=wanted, off=(*out, *change.gone)),
    )


def _changed_list(before: Iterable[str], *, put: Iterable[str], off: Iterable[str]) -> tuple[str, ...]:
    """Return the changed list, sorted by spelling, so that equal choices share a profile."""
    gone = set(map(spelled, off))
    kept = {spelled(each): each for each in before if spelled(each) not in gone}
    for each in put:
        if spelled(each) in kept or len(kept) < MOST_WORDS:
            kept.setdefault(spelled(each), each)
    return tuple(kept[key] for key in sorted(kept))
