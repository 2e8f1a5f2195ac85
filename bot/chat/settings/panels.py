"""The panels that show a chat's choices. Pure."""

import datetime as dt
from collections.abc import Sequence

from markupsafe import Markup, escape

from bot.chat.buttons import settings_keyboards
from bot.chat.buttons.intents import Intent
from bot.chat.context import View
from bot.messages import spoken, subscription_texts, texts
from bot.messages.markup import dated, one_line, shortened
from bot.news.newsroom import Edition, Newsroom
from bot.times.schedule import QuietHours, held_times
from storage.profiles import Choices
from storage.subscribers import Subscriber

# However much an operator declares, a panel stays within one message.
_LONGEST_LIST, _LONGEST_TIMES, _EDITIONS_SHOWN = 500, 100, 12


def quiet_of(subscriber: Subscriber) -> QuietHours:
    return QuietHours(subscriber.quiet_start, subscriber.quiet_end)


def next_arrival(edition: Edition, quiet: QuietHours, now: dt.datetime) -> str:
    """Say when the next digest really comes: its slot, or the end of the quiet hours it falls into."""
    if edition.is_paused:
        return subscription_texts.WHEN_IT_RUNS_AGAIN
    return spoken.say_moment(_arrival(edition, quiet, now), edition.schedule.zone, now=now)


def next_date(edition: Edition, quiet: QuietHours, now: dt.datetime) -> Markup:
    """Say it as a date that can be tapped."""
    said = next_arrival(edition, quiet, now)
    return escape(said) if edition.is_paused else dated(said, _arrival(edition, quiet, now))


def _arrival(edition: Edition, quiet: QuietHours, now: dt.datetime) -> dt.datetime:
    return quiet.release(edition.schedule.next_after(now), edition.schedule.zone)


def say_topics(choices: Choices, newsroom: Newsroom) -> str:
    """Say which topics the digest has."""
    chosen = newsroom.edition_for(choices).topics
    titles = [title for name, title in newsroom.topics.items() if name in chosen]
    return shortened(spoken.say_list(titles), _LONGEST_LIST) or subscription_texts.ALL_TOPICS


def schedule_view(
    subscriber: Subscriber,
    newsroom: Newsroom,
    now: dt.datetime,
    *,
    notes: Sequence[Markup] = (),
    undo: Intent | None = None,
) -> View:
    """Show when what comes, under `notes` on what was just done."""
    edition, quiet = newsroom.edition_for(subscriber.choices), quiet_of(subscriber)
    held = held_times(edition.schedule, quiet)
    panel = subscription_texts.SCHEDULE.format(
        edition=edition.title,
        schedule=spoken.say_schedule(edition.schedule),
        zone=spoken.say_zone(edition.schedule.zone),
        quiet=spoken.say_quiet(quiet),
        topics=say_topics(subscriber.choices, newsroom),
        length=subscription_texts.LENGTHS_EXPLAINED[subscriber.choices.length],
        sound=subscription_texts.SOUNDS[subscriber.is_silent],
        weekly=subscription_texts.WEEKLY if subscriber.is_weekly else "",
        breaking=subscription_texts.BREAKING[subscriber.breaking if newsroom.breaking else 0],
        next=_say_next(subscriber, edition, now),
    )
    keyboard = settings_keyboards.for_schedule(subscriber, newsroom, is_held=bool(held), undo=undo)
    return View(
        _paragraphs(*notes, panel, *held_notes(edition, quiet), subscription_texts.SCHEDULE_EXAMPLES),
        keyboard,
    )


def closed_view(subscriber: Subscriber, newsroom: Newsroom, now: dt.datetime) -> View:
    """Show the choices in short, without buttons."""
    edition = newsroom.edition_for(subscriber.choices)
    return View(
        subscription_texts.CLOSED.format(
            edition=edition.title,
            schedule=spoken.say_schedule(edition.schedule),
            topics=say_topics(subscriber.choices, newsroom),
            next=_say_next(subscriber, edition, now),
        )
    )


def days_view(subscriber: Subscriber, newsroom: Newsroom) -> View:
    days = newsroom.edition_for(subscriber.choices).schedule.days
    return View(subscription_texts.DAYS.format(days=spoken.say_days(days)), settings_keyboards.for_days(days))


def editions_view(subscriber: Subscriber, newsroom: Newsroom, *, undo: Intent | None = None) -> View:
    """Offer the editions, each with its times."""
    lines = [
        subscription_texts.EDITION_LINE.format(
            title=edition.title,
            times=shortened(spoken.say_times(edition.schedule.times), _LONGEST_TIMES),
            days=spoken.say_days(edition.schedule.days),
        )
        for edition in newsroom.editions[:_EDITIONS_SHOWN]
    ]
    html = subscription_texts.EDITIONS.format(editions=Markup("\n").join(lines))
    chosen = [one.name for one in newsroom.editions_for(subscriber.choices)]
    return View(html, settings_keyboards.for_editions(newsroom.editions, chosen, undo=undo))


def quiet_view(subscriber: Subscriber) -> View:
    quiet = quiet_of(subscriber)
    html = subscription_texts.QUIET.format(quiet=spoken.say_quiet(quiet))
    return View(html, settings_keyboards.for_quiet(quiet))


def topics_view(
    subscriber: Subscriber, newsroom: Newsroom, *, note: str = "", undo: Intent | None = None
) -> View:
    """Offer the topics, under a `note` on what was just done."""
    panel = subscription_texts.TOPICS.format(topics=say_topics(subscriber.choices, newsroom))
    chosen = [name for name in subscriber.choices.topics if name in newsroom.topics]
    html = _paragraphs(escape(note), panel) if note else panel
    return View(html, settings_keyboards.for_topics(newsroom.topics, chosen, undo=undo))


def _say_next(subscriber: Subscriber, edition: Edition, now: dt.datetime) -> Markup:
    if subscriber.status == "active":
        moment = next_date(edition, quiet_of(subscriber), now)
        return subscription_texts.NEXT_ARRIVAL.format(moment=moment)
    if subscriber.paused_until is None:
        return subscription_texts.PAUSED_NOW
    until = spoken.say_moment(subscriber.paused_until, edition.schedule.zone, now=now)
    return subscription_texts.PAUSED_NOW_UNTIL.format(moment=until)


def held_notes(edition: Edition, quiet: QuietHours) -> list[Markup]:
    """Say which times fall into the quiet hours, and when their digests really come; nothing if none does."""
    held = held_times(edition.schedule, quiet)
    if not held:
        return []
    return [
        subscription_texts.TIME_IS_QUIET.format(
            times=spoken.say_times(held),
            quiet=spoken.say_quiet(quiet),
            release=spoken.say_minute(quiet.end_minute),
        )
    ]


def _paragraphs(*blocks: Markup) -> Markup:
    return Markup("\n\n").join(blocks)


_NEWSPAPER = ("báo ", "nhật báo ", "thời báo ", "tạp chí ")  # "báo Báo Biển" says it twice
_LONGEST_NAME = 40  # UTF-16 units
_LONGEST_NAMES = 600  # UTF-16 units: a panel stays within one message


def words_view(choices: Choices, newsroom: Newsroom, *notes: Markup, undo: Intent | None = None) -> View:
    """Show the words of a chat and what it taught, under `notes` on what was just done."""
    out, wanted = say_names(choices.words_out), say_names(choices.words_in)
    panel = subscription_texts.WORDS.format(out=out, wanted=wanted)
    strongest = sorted(choices.tastes, key=lambda taste: -abs(taste.weight))
    named = [(say_trait(kind, key, newsroom), weight) for kind, key, weight in strongest]
    taught = subscription_texts.TASTES.format(
        more=say_names([name for name, weight in named if weight > 0]),
        less=say_names([name for name, weight in named if weight < 0]),
    )
    html = _paragraphs(*notes, panel, *([taught] if named else []), subscription_texts.WORDS_EXAMPLE)
    labels = [(name, taste) for (name, _), taste in zip(named, strongest, strict=True)]
    return View(html, settings_keyboards.for_words(choices, labels, undo=undo))


def say_trait(kind: str, key: str, newsroom: Newsroom) -> str:
    """Name a trait of stories (`summarizer.reader_tastes`) as readers call it, with its kind."""
    name = shortened(one_line(name_trait(kind, key, newsroom)), _LONGEST_NAME)
    if kind == "paper" and name.lower().startswith(_NEWSPAPER):
        return name
    return texts.TRAITS.get(kind, texts.TRAITS["word"]).format(key=name)


def name_trait(kind: str, key: str, newsroom: Newsroom) -> str:
    """Return what readers call a trait."""
    match kind:
        case "topic":
            return newsroom.topics.get(key, key)
        case "paper":
            return newsroom.title_of(key)
        case "person":
            return key.title()
    return key


def papers_view(choices: Choices, newsroom: Newsroom, *notes: Markup, undo: Intent | None = None) -> View:
    """Show the papers of a newsroom with those that the chat left out or prefers."""
    panel = subscription_texts.PAPERS.format(
        out=say_names(titles_of(choices.sources_out, newsroom)),
        wanted=say_names(titles_of(choices.sources_in, newsroom)),
    )
    example = newsroom.sources[0].title if newsroom.sources else "VnExpress"
    html = _paragraphs(*notes, panel, subscription_texts.PAPERS_EXAMPLE.format(example=example))
    hidden = newsroom.hidden_sources
    shown = [source for source in newsroom.sources if source.name not in hidden]
    return View(html, settings_keyboards.for_papers(choices, shown, undo=undo))


def titles_of(names: Sequence[str], newsroom: Newsroom) -> list[str]:
    """Return what readers call these sources; those that the newsroom does not have any more are left out."""
    return [source.title for source in newsroom.sources if source.name in names]


def say_names(names: Sequence[str]) -> str:
    """Join the names on a list, shortened to fit a panel."""
    listed = spoken.say_list([one_line(name) for name in names])
    return shortened(listed, _LONGEST_NAMES) or subscription_texts.NOTHING_LISTED
