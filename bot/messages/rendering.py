"""Turn a digest into messages: Telegram HTML in parts that fit, cut between stories.

`summarizer.digest` chooses the stories and sentences. Sentences are shown word for word or not at
all; headlines and names that are far too long are shortened. Each story says when its headline's report came
out; a sentence says its paper and time where a story is told out of several articles. Each message leaves
room for a correction.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.messages.markup import (
    MAX_ENTITIES,
    MAX_UNITS,
    count_entities,
    one_line,
    printable,
    render,
    safe_link,
    shortened,
    utf16_length,
    visible_length,
)
from bot.messages.spoken import date_line, publication_label
from bot.messages.texts import CORRECTION_LINE
from storage.times import Published
from summarizer.digest import SYLLABLES_PER_MINUTE, Digest, DigestStory, Quote, SourceLink
from summarizer.model import Disagreement, Report

_OTHER_TOPICS = "Tin khác"
_SOURCES_NAMED = 4
_LONGEST_TITLE = 300  # UTF-16 units
_LONGEST_NAME = 64
LONGEST_CORRECTION = 300  # UTF-16 units of its text
_CORRECTION_UNITS = visible_length(CORRECTION_LINE.format(time="23:59", text="")) + LONGEST_CORRECTION + 1
_MOST_ENTITIES = MAX_ENTITIES - 4  # around the stories of a part stand its title, and a correction
_NUMBERING_UNITS = 8  # " (12/34)" behind the title
_EVENING_STEP = 100  # UTF-16 units
_LONGEST_LISTED = 100  # UTF-16 units of a headline in the list at the top
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class _Block:
    """Something that stands in a part by itself, or a line of it; measured once, as Telegram counts."""

    html: Markup
    units: int
    entities: int


def _measured(html: Markup) -> _Block:
    return _Block(html, visible_length(html), count_entities(html))


_NOTHING = _Block(Markup(), 0, 0)


@dataclass(frozen=True, slots=True)
class RenderedPart:
    """One message of a digest, and the headlines in it as they are shown, one a story, in order.

    `article_ids` are the articles under those headlines, by which their cards are opened. Numbers run through
    the whole digest, here from `first_number` on.
    """

    html: str
    headlines: tuple[str, ...]
    article_ids: tuple[int, ...] = ()
    first_number: int = 1


class Renderer:
    """Lays out digests of one slot in one zone; a story that stands in several is laid out once."""

    def __init__(self, *, slot: dt.datetime, zone: str, topic_titles: Mapping[str, str]) -> None:
        self._slot = slot
        self._zone = zone
        self._topic_titles = topic_titles
        self._date = date_line(slot.astimezone(ZoneInfo(zone)).date())
        self._stories: dict[tuple[int, int], tuple[DigestStory, _Block]] = {}  # by identity and sentences
        self._headings: dict[str, _Block] = {"": _NOTHING}

    def render(self, digest: Digest) -> list[RenderedPart]:
        """Return the messages of a digest, each within Telegram's limits; none for one without stories."""
        frame = {
            "title": shortened(one_line(digest.title), _LONGEST_NAME * 2),
            "date": self._date,
            "stories": len(digest.stories),
            "minutes": max(1, math.ceil(digest.syllables / SYLLABLES_PER_MINUTE)),
            "left_out": digest.left_out,
        }
        listed = _list(digest.stories) if digest.is_listed else ""
        around = visible_length(render("digest_part", number=1, count=1, blocks=(), listed="", **frame))
        room = MAX_UNITS - around - _NUMBERING_UNITS - _CORRECTION_UNITS
        parts = self._evened(digest.stories, room, utf16_length(listed) + 2)
        told = iter(digest.stories)
        rendered: list[RenderedPart] = []
        for number, blocks in enumerate(parts, start=1):
            html = render(
                "digest_part", number=number, count=len(parts), blocks=blocks, listed=listed, **frame
            )
            own = list(islice(told, len(blocks)))
            first = 1 + sum(len(part.headlines) for part in rendered)
            headlines, articles = tuple(map(_headline, own)), tuple(map(_article_of, own))
            rendered.append(RenderedPart(str(html), headlines, articles, first))
        return rendered

    def listed(self, stories: Sequence[DigestStory], room: int) -> list[Markup]:
        """Return stories as they stand in one message of a digest; where too long, by headline only."""
        parts, _ = self._parts(stories, room, room, 0)
        if len(parts) > 1:
            parts, _ = self._parts([replace(story, quotes=()) for story in stories], room, room, 0)
        return parts[0] if parts else []

    def _evened(self, stories: Sequence[DigestStory], room: int, before: int) -> list[list[Markup]]:
        """Cut into as few parts as can be, about equally long: one story left over reads like a mistake.

        `before` is what stands in the first part before its stories.
        """
        parts, units = self._parts(stories, room, room, before)
        share = units // max(1, len(parts))
        for most_units in range(share, room, _EVENING_STEP) if len(parts) > 1 else ():
            evened, _ = self._parts(stories, room, most_units, before)
            if len(evened) == len(parts):
                return evened
        return parts

    def _parts(
        self, stories: Sequence[DigestStory], room: int, most_units: int, before: int
    ) -> tuple[list[list[Markup]], int]:
        """Fill parts in order, each up to `most_units` where a story leaves the choice, and none past `room`.

        Returns the blocks of each part, and the units of all of them together.
        """
        has_headings = any(story.topic in self._topic_titles for story in stories)
        parts: list[list[Markup]] = []
        total, units, entities, last_heading = before, before, 0, ""
        for number, story in enumerate(stories, start=1):
            heading = self._topic_titles.get(story.topic or "", _OTHER_TOPICS) if has_headings else ""
            block = self._block(story, number, heading if heading != last_heading else "", room)
            is_over = units + block.units > most_units or entities + block.entities > _MOST_ENTITIES
            if not parts:
                parts.append([])
            elif is_over:
                parts.append([])
                units, entities = 0, 0
                block = self._block(story, number, heading, room)
            parts[-1].append(block.html)
            units, entities, total = units + block.units, entities + block.entities, total + block.units
            last_heading = heading
        return parts, total

    def _block(self, story: DigestStory, number: int, heading: str, room: int) -> _Block:
        """Lay out a story; one that is too long for a part loses whole sentences, the last first."""
        head = self._heading(heading)
        prefix = f"{number}. "
        for quotes in range(len(story.quotes), -1, -1):
            told = self._told(story, quotes)
            units = head.units + len(prefix) + told.units + 2
            entities = head.entities + told.entities
            if not quotes or (units <= room and entities <= _MOST_ENTITIES):
                break
        return _Block(head.html + prefix + told.html, units, entities)

    def _heading(self, heading: str) -> _Block:
        if heading not in self._headings:
            name = shortened(one_line(heading), _LONGEST_NAME).upper()
            self._headings[heading] = _measured(Markup("<u>{}</u>\n").format(name))
        return self._headings[heading]

    def _told(self, story: DigestStory, quotes: int) -> _Block:
        key = (id(story), quotes)  # the story is kept beside its block, so that no other one has its id
        if key not in self._stories:
            told = _ToldStory(story, self._slot, self._zone)
            self._stories[key] = story, _measured(told.render(quotes))
        return self._stories[key][1]


def render_parts(digest: Digest, *, zone: str, topic_titles: Mapping[str, str]) -> list[RenderedPart]:
    """Return the messages of one digest; see `Renderer`. The date is that of the slot in `zone`."""
    return Renderer(slot=digest.slot, zone=zone, topic_titles=topic_titles).render(digest)


def listed(
    stories: Sequence[DigestStory], *, now: dt.datetime, zone: str, topic_titles: Mapping[str, str], room: int
) -> list[Markup]:
    """Return stories as they stand in one message of a digest; see `Renderer.listed`."""
    return Renderer(slot=now, zone=zone, topic_titles=topic_titles).listed(stories, room)


def told_alone(story: DigestStory, *, now: dt.datetime, zone: str) -> Markup:
    """Return a story as it stands in a digest, by itself."""
    return _ToldStory(story, now, zone).render(len(story.quotes))


def _list(stories: Sequence[DigestStory]) -> str:
    lines = [shortened(one_line(story.title), _LONGEST_LISTED) for story in stories[:_MOST_LISTED]]
    if len(stories) > _MOST_LISTED:
        lines[-1:] = [f"và {len(stories) - _MOST_LISTED + 1} tin nữa"]
    return "\n".join(f"• {line}" for line in lines)


@dataclass(frozen=True, slots=True)
class _ToldStory:
    """A story of a digest, with the slot and the zone in which its times are written."""

    story: DigestStory
    slot: dt.datetime
    zone: str

    def render(self, quotes: int) -> Markup:
        """Return the story with its first `quotes` sentences."""
        story, sources = self.story, self.story.sources[:_SOURCES_NAMED]
        return render(
            "digest_story",
            title=_headline(story),
            quotes=[(printable(quote.text), self._said_by(quote)) for quote in story.quotes[:quotes]],
            is_update=story.is_update and quotes > 0,
            disagreement=difference_line(story.disagreement),
            time=self._time_of_headline(story.quotes[:quotes]),
            sources=[SourceLink(_name(source), safe_link(source.url)) for source in sources],
            more_sources=len(story.sources) - len(sources),
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
