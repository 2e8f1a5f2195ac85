"""Turn the validated configuration into the values that chat and jobs use; no other module knows both."""

import datetime as dt
from pathlib import Path

from bot.news import newsroom as plain
from bot.times.schedule import Schedule
from config.defaults import BUILT_IN_TOPICS, FREE_MESSAGES_PER_SECOND
from config.newsroom import Breaking, Edition, Newsroom, Source
from config.reading import TEMPLATE, load_newsroom, parse_newsroom
from config.settings import Settings


def find_newsroom(settings: Settings) -> Newsroom:
    """Read the newsroom file; return the built-in example if none is named and the default file is missing.

    Raises:
        NewsroomError: the file cannot be read or used.
    """
    is_default = "config" not in settings.model_fields_set
    if is_default and not settings.config.exists():
        return parse_newsroom(TEMPLATE, base=Path.cwd())
    return load_newsroom(settings.config)


def assemble(declared: Newsroom) -> plain.Newsroom:
    """Turn the validated file into plain values, the default edition first."""
    default = declared.default_edition
    editions = [default, *(edition for edition in declared.editions if edition is not default)]
    return plain.Newsroom(
        zone=declared.general.zone,
        editions=tuple(_edition(edition) for edition in editions),
        sources=tuple(_source(source) for source in declared.sources),
        topics={topic.name: topic.title for topic in declared.topics},
        topic_aliases={
            alias: topic.name for topic in declared.topics for alias in (topic.title, *topic.aliases)
        },
        keep_days=declared.general.keep_days,
        late_window=dt.timedelta(minutes=declared.general.late_window_minutes),
        questions_per_10_seconds=declared.limits.questions_per_10_seconds,
        questions_per_hour=declared.limits.questions_per_hour,
        ranker=declared.general.ranker,
        contact=declared.general.contact,
        messages_per_second=declared.sending.messages_per_second,
        is_paying=declared.sending.messages_per_second > FREE_MESSAGES_PER_SECOND,
        feeds_address=declared.feeds.address.rstrip("/") if declared.feeds else None,
        breaking=_breaking(declared.breaking) if declared.breaking else None,
        sections={word: name for name, (_, words) in BUILT_IN_TOPICS.items() for word in (name, *words)},
    )


def _breaking(declared: Breaking) -> plain.Breaking:
    span = dt.timedelta(minutes=declared.minutes)
    return plain.Breaking(declared.papers, span, tuple(declared.topics), tuple(declared.words))


def _edition(declared: Edition) -> plain.Edition:
    return plain.Edition(
        name=declared.name,
        title=declared.title,
        schedule=Schedule(tuple(declared.times), declared.days, declared.zone),
        topics=tuple(declared.topics),
        reading_minutes=declared.reading_minutes,
        max_age=dt.timedelta(hours=declared.max_age_hours),
        is_paused=declared.paused,
        approval=plain.Approval(declared.approve, declared.approve_else == "wait")
        if declared.approve
        else None,
    )


def _source(declared: Source) -> plain.Source | plain.WebSource:
    place = declared.inbox or declared.feed or declared.page or declared.figures
    if place is None:
        raise ValueError(f"source {declared.name} has no way in")
    return _file_source(declared, place) if isinstance(place, Path) else _web_source(declared, place)


def _web_source(declared: Source, url: str) -> plain.WebSource:
    return plain.WebSource(
        name=declared.name,
        title=declared.title,
        kind="figures" if declared.figures else "page" if declared.page else "feed",
        url=url,
        zone=declared.zone,
        topic=declared.topic,
        quote="none" if declared.figures else declared.quote,
        preview=declared.preview,
        stale_after=dt.timedelta(hours=declared.stale_hours),
        every=dt.timedelta(minutes=declared.every_minutes),
        full_text=declared.full_text,
        allows_private=declared.allow_private,
    )


def _file_source(declared: Source, path: Path) -> plain.Source:
    return plain.Source(
        name=declared.name,
        title=declared.title,
        kind="figures" if declared.figures else "inbox" if declared.inbox else "feed",
        path=path,
        zone=declared.zone,
        topic=declared.topic,
        quote="none" if declared.figures else declared.quote,
        preview=declared.preview,
        stale_after=dt.timedelta(hours=declared.stale_hours),
        moves_files=declared.move_files,
    )
