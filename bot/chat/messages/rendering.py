"""Turn a digest into messages: Telegram HTML in parts that fit, cut between stories.

`summarizer.digest` chooses the stories and sentences. Sentences are shown word for word or not at
all; headlines and names that are far too long are shortened. Each story says when its headline's report came
out; a sentence says its paper and time where a story is told out of several articles. Each message leaves
room for a correction.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.chat.messages.dates import date_line, publication_label
from bot.chat.messages.markup import (
    MAX_ENTITIES,
    MAX_UNITS,
    count_entities,
    one_line,
    printable,
    safe_link,
    shortened,
    visible_length,
)
from bot.chat.messages.templating import render
from bot.chat.messages.texts import CORRECTION_LINE
from storage.times import Published
from summarizer.digest import SYLLABLES_PER_MINUTE, Digest, DigestStory, Quote, SourceLink
from summarizer.model import Disagreement
from summarizer.stories.telling import Report

_OTHER_TOPICS = "Tin khác"
_SOURCES_NAMED = 4
_LONGEST_TITLE = 300  # UTF-16 units
_LONGEST_NAME = 64
LONGEST_CORRECTION = 300  # UTF-16 units of its text
_CORRECTION_UNITS = visible_length(CORRECTION_LINE.format(time="23:59", text="")) + LONGEST_CORRECTION + 1
_FRAME_ENTITIES = 4  # around the stories of a part: its title, and a correction
_NUMBERING_UNITS = 8  # " (12/34)" behind the title
_EVENING_STEP = 100  # UTF-16 units


@dataclass(frozen=True, slots=True)
class _Block:
    """One story as it stands in a part, under the heading of its topic where that begins."""

    html: Markup

    @property
    def units(self) -> int:
        return visible_length(self.html) + 2

    @property
    def entities(self) -> int:
        return count_entities(self.html)


@dataclass(frozen=True, slots=True)
class RenderedPart:
    """One message of a digest, and the headlines in it as they are shown, one a story, in order.

    `article_ids` are the articles under those headlines, by which their cards are opened.
    """

    html: str
    headlines: tuple[str, ...]
    article_ids: tuple[int, ...] = ()


def render_parts(digest: Digest, *, zone: str, topic_titles: Mapping[str, str]) -> list[RenderedPart]:
    """Return the messages of a digest, each within Telegram's limits; none for a digest without stories.

    The date is that of the slot in `zone`; `topic_titles` leads from a topic's name to what readers call it.
    """
    frame = {
        "title": shortened(one_line(digest.title), _LONGEST_NAME * 2),
        "date": date_line(digest.slot.astimezone(ZoneInfo(zone)).date()),
        "stories": len(digest.stories),
        "minutes": max(1, math.ceil(sum(story.syllables for story in digest.stories) / SYLLABLES_PER_MINUTE)),
        "left_out": digest.left_out,
    }
    around = visible_length(render("digest_part", number=1, count=1, blocks=(), **frame)) + _NUMBERING_UNITS
    stories = [_ToldStory(story, digest.slot, zone) for story in digest.stories]
    parts = _evened(stories, topic_titles, MAX_UNITS - around - _CORRECTION_UNITS)
    told = iter(digest.stories)
    rendered = []
    for number, blocks in enumerate(parts, start=1):
        html = render("digest_part", number=number, count=len(parts), blocks=blocks, **frame)
        own = list(islice(told, len(blocks)))
        rendered.append(RenderedPart(str(html), tuple(map(_headline, own)), tuple(map(_article_of, own))))
    return rendered


def listed(
    stories: Sequence[DigestStory], *, now: dt.datetime, zone: str, topic_titles: Mapping[str, str], room: int
) -> list[Markup]:
    """Return stories as they stand in one message of a digest; where they are too long, by headline only."""
    told = [_ToldStory(story, now, zone) for story in stories]
    for shown in (told, [_ToldStory(replace(one.story, quotes=()), now, zone) for one in told]):
        parts = list(_parts(shown, topic_titles, room, room))
        if len(parts) < 2:
            break
    return parts[0] if parts else []


def _evened(
    stories: Sequence["_ToldStory"], topic_titles: Mapping[str, str], room: int
) -> list[list[Markup]]:
    """Cut into as few parts as can be, about equally long: one story left over reads like a mistake."""
    parts = list(_parts(stories, topic_titles, room, room))
    share = sum(visible_length(html) for part in parts for html in part) // max(1, len(parts))
    for most_units in range(share, room, _EVENING_STEP) if len(parts) > 1 else ():
        evened = list(_parts(stories, topic_titles, room, most_units))
        if len(evened) == len(parts):
            return evened
    return parts


def _parts(
    stories: Sequence["_ToldStory"], topic_titles: Mapping[str, str], room: int, most_units: int
) -> Iterator[list[Markup]]:
    """Fill parts in order, each up to `most_units` where a story leaves the choice; none goes past `room`."""
    has_headings = any(one.story.topic in topic_titles for one in stories)
    part: list[_Block] = []
    last_heading = ""
    for story in stories:
        heading = topic_titles.get(story.story.topic or "", _OTHER_TOPICS) if has_headings else ""
        number = len(part) + 1
        block = _block(story, number, heading if not part or heading != last_heading else "", room)
        if part and not _fits([*part, block], most_units):
            yield [block.html for block in part]
            part = []
            block = _block(story, 1, heading, room)
        part.append(block)
        last_heading = heading
    if part:
        yield [block.html for block in part]


def _fits(blocks: Sequence[_Block], most_units: int) -> bool:
    return (
        sum(block.units for block in blocks) <= most_units
        and sum(block.entities for block in blocks) <= MAX_ENTITIES - _FRAME_ENTITIES
    )


def _block(told: "_ToldStory", number: int, heading: str, room: int) -> _Block:
    """Lay out a story; one that is too long for a part loses whole sentences, the last first."""
    for quotes in range(len(told.story.quotes), 0, -1):
        block = told.render(number, heading, quotes)
        if _fits([block], room):
            return block
    return told.render(number, heading, 0)


@dataclass(frozen=True, slots=True)
class _ToldStory:
    """A story of a digest, with the slot and the zone in which its times are written."""

    story: DigestStory
    slot: dt.datetime
    zone: str

    def render(self, number: int, heading: str, quotes: int) -> _Block:
        """Return the story with its first `quotes` sentences, under its `number` in the message."""
        story, sources = self.story, self.story.sources[:_SOURCES_NAMED]
        return _Block(
            render(
                "digest_story",
                number=number,
                heading=shortened(one_line(heading), _LONGEST_NAME).upper(),
                title=_headline(story),
                quotes=[(printable(quote.text), self._said_by(quote)) for quote in story.quotes[:quotes]],
                is_update=story.is_update,
                disagreement=difference_line(story.disagreement),
                time=self._time_of_headline(story.quotes[:quotes]),
                sources=[SourceLink(_name(source), safe_link(source.url)) for source in sources],
                more_sources=len(story.sources) - len(sources),
            )
        )

    def _time_of_headline(self, shown: Sequence[Quote]) -> str:
        """Return when the headline's report came out; "" where a sentence of it says so already."""
        if not self.story.reports:
            return ""
        first = self.story.reports[0]
        is_said = len(self.story.reports) > 1 and any(quote.article_id == first.article_id for quote in shown)
        return "" if is_said else self._time(first)

    def _said_by(self, quote: Quote) -> str:
        """Return the paper and time of a sentence; "" where the story is told out of one article."""
        if len(self.story.reports) < 2:
            return ""
        report = next(one for one in self.story.reports if one.article_id == quote.article_id)
        return ", ".join(filter(None, (_short(report.paper), self._time(report))))

    def _time(self, report: Report) -> str:
        if report.published_at is None:
            return ""
        published = Published(report.published_at, report.precision)
        return publication_label(published, now=self.slot, zone=self.zone)


def _article_of(story: DigestStory) -> int:
    """Return the article under whose headline the story stands; 0 where that is not known."""
    return story.reports[0].article_id if story.reports else 0


def _headline(story: DigestStory) -> str:
    return shortened(one_line(story.title), _LONGEST_TITLE)


def difference_line(disagreement: Disagreement | None) -> str:
    """Say in one line what the papers disagree on; "" where they agree."""
    if disagreement is None:
        return ""
    figures = [f"{_short(claim.source)}: “{_short(claim.value)}”" for claim in disagreement.claims]
    return f"Các báo đưa tin khác nhau về {_short(disagreement.what)}. {'; '.join(figures)}"


def _name(source: SourceLink) -> str:
    return _short(source.name)


def _short(name: str) -> str:
    return shortened(one_line(name), _LONGEST_NAME)
