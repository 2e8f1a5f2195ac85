"""Turn a digest into messages: Telegram HTML in parts that fit, cut between stories.

`summarizer.digest` chooses the stories and sentences. Sentences are shown word for word or not at all;
headlines and names that are far too long are shortened. Each story shows the time of its headline's report.
If a story is told from several articles, each sentence shows its paper and time. Each message leaves room for
a correction.
"""

import datetime as dt
import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.messages.markup import (
    MAX_UNITS,
    MOST_ENTITIES,
    NO_BLOCK,
    Block,
    NumberedBlock,
    as_html,
    cut_into_parts,
    dated,
    measured,
    one_line,
    printable,
    render,
    safe_link,
    short_name,
    shortened,
    utf16_length,
    visible_length,
)
from bot.messages.spoken import date_line, publication_label
from bot.messages.texts import CORRECTION_LINE
from storage.times import Published
from summarizer.digest import Digest
from summarizer.model import DigestStory, Disagreement, Quote, Report, SourceLink
from summarizer.page import SYLLABLES_PER_MINUTE

_OTHER_TOPICS = "Tin khác"
_LINE, _NOTHING = Markup("\n"), Markup()
_SOURCES_NAMED = 4
_SOURCES_OF_A_HEADLINE = 2
_LONGEST_TITLE = 300  # UTF-16 units
_LONGEST_DIGEST_TITLE = 128
LONGEST_CORRECTION = 300  # UTF-16 units of its text
_CORRECTION_UNITS = visible_length("\n" + CORRECTION_LINE.format(time="23:59", text="x" * LONGEST_CORRECTION))
_NUMBERING_UNITS = 8  # " (12/34)" behind the title
_LONGEST_LISTED = 100  # UTF-16 units of a headline in the list at the top
_MOST_LISTED = 20
_LONGEST_BOX = 1_000  # UTF-16 units of the lines on top
_MOST_KEPT = 20_000  # stories as laid out
_Key = TypeVar("_Key")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class RenderedPart:
    """One message of a digest, and the headlines in it as they are shown, one a story, in order.

    `article_ids` are the articles of those headlines; buttons open their cards by them. Numbers run through
    the whole digest, here from `first_number` on.
    """

    html: str
    headlines: tuple[str, ...]
    article_ids: tuple[int, ...]
    first_number: int


class Renderer:
    """Lays out digests of one slot in one zone; a story in several digests is laid out once."""

    def __init__(self, *, slot: dt.datetime, zone: str, topic_titles: Mapping[str, str]) -> None:
        self._slot = slot
        self._zone = zone
        self._topic_titles = topic_titles
        self._date = date_line(slot.astimezone(ZoneInfo(zone)).date())
        self._stories: dict[tuple[int, int, bool], tuple[DigestStory, Block]] = {}  # by identity and form
        self._headlines: dict[int, tuple[DigestStory, str]] = {}  # by identity
        self._headings: dict[str, Block] = {"": NO_BLOCK}
        self._lengths: dict[tuple[object, ...], int] = {}

    def render(self, digest: Digest, *, box: str = "") -> list[RenderedPart]:
        """Return the messages of a digest, each within Telegram's limits; none for one without stories.

        `box` are plain lines on top.
        """
        frame: dict[str, str | int] = {
            "title": shortened(one_line(digest.title), _LONGEST_DIGEST_TITLE),
            "date": self._date,
            "stories": len(digest.stories),
            "minutes": max(1, math.ceil(digest.syllables / SYLLABLES_PER_MINUTE)),
            "left_out": digest.left_out,
        }
        lines = [self._headline(story) for story in digest.stories]
        listed = _list(lines) if digest.is_listed else ""
        room = MAX_UNITS - self._around(frame) - _NUMBERING_UNITS - _CORRECTION_UNITS
        is_short = digest.length == "gon"
        box = box if utf16_length(box) <= _LONGEST_BOX else ""
        before = utf16_length(listed) + utf16_length(box) + 4
        parts = self._parts(digest.stories, room, before, is_short=is_short)
        rendered: list[RenderedPart] = []
        for number, blocks in enumerate(parts, start=1):
            body = (_LINE if is_short else _LINE * 2).join(blocks)  # a short digest must fit one screen
            html = render(
                "digest_part", number=number, count=len(parts), body=body, listed=listed, box=box, **frame
            )
            first = sum(len(part.headlines) for part in rendered)
            own = slice(first, first + len(blocks))
            articles = tuple(map(_article_of, digest.stories[own]))
            rendered.append(RenderedPart(str(html), tuple(lines[own]), articles, first + 1))
        return rendered

    def _headline(self, story: DigestStory) -> str:
        return _kept(self._headlines, id(story), story, lambda: _headline(story))

    def _around(self, frame: Mapping[str, str | int]) -> int:
        """Return the length of a part without its stories; it depends only on the digits of the numbers."""
        key = tuple(
            value if isinstance(value, str) else (len(str(value)), bool(value)) for value in frame.values()
        )
        if key not in self._lengths:
            empty = render("digest_part", number=1, count=1, body="", listed="", box="", **frame)
            self._lengths[key] = visible_length(empty)
        return self._lengths[key]

    def listed(self, stories: Sequence[DigestStory], room: int) -> list[Markup]:
        """Return stories laid out for one message of a digest; too long ones have only their headlines."""
        blocks = self._blocks(stories, room)
        if cut_into_parts(blocks, room, 0)[1:]:
            blocks = self._blocks([replace(story, quotes=()) for story in stories], room)
        return as_html(blocks[: sum(cut_into_parts(blocks, room, 0)[:1])])

    def _parts(
        self, stories: Sequence[DigestStory], room: int, before: int, *, is_short: bool
    ) -> list[list[Markup]]:
        """Cut into as few parts as possible, about equally long: a part with one leftover story looks wrong.

        `before` is the text of the first part before its stories. A digest that `is_short` has no headings.
        """
        blocks = self._blocks(stories, room, is_short=is_short)
        sizes = cut_into_parts(blocks, room, before)
        if sizes[1:]:  # more than one part: the less a part may hold, the more parts there are
            least = bisect_left(
                range(room), -len(sizes), key=lambda most: -len(cut_into_parts(blocks, most, before))
            )
            sizes = cut_into_parts(blocks, least, before)
        left = iter(blocks)
        return [as_html(list(islice(left, size))) for size in sizes]

    def _blocks(
        self, stories: Sequence[DigestStory], room: int, *, is_short: bool = False
    ) -> list[NumberedBlock]:
        """Lay out stories; one that is too long for a part of `room` units loses its last sentences."""
        has_headings = not is_short and any(story.topic in self._topic_titles for story in stories)
        blocks, last_heading = [], ""
        for number, story in enumerate(stories, start=1):
            heading = self._topic_titles.get(story.topic or "", _OTHER_TOPICS) if has_headings else ""
            head, prefix = self._heading(heading), f"{number}. "
            for quotes in range(len(story.quotes), -1, -1):
                block = self._story_block(story, quotes, is_short=is_short)
                whole = Block(block.html, block.units + len(prefix) + 2, block.entities)
                fits = head.units + whole.units <= room and head.entities + whole.entities <= MOST_ENTITIES
                if fits:
                    break
            blocks.append(NumberedBlock(head, prefix, whole, heading != last_heading))
            last_heading = heading
        return blocks

    def _heading(self, heading: str) -> Block:
        if heading not in self._headings:
            name = short_name(heading).upper()
            self._headings[heading] = measured(Markup("<u>{}</u>\n").format(name))
        return self._headings[heading]

    def _story_block(self, story: DigestStory, quotes: int, *, is_short: bool) -> Block:
        layout = _StoryLayout(story, self._slot, self._zone, is_short)
        key = (id(story), quotes, is_short)
        return _kept(self._stories, key, story, lambda: measured(layout.render(quotes)))


def _kept(
    kept: dict[_Key, tuple[DigestStory, _Made]], key: _Key, story: DigestStory, make: Callable[[], _Made]
) -> _Made:
    """Return what is `kept` of a story, made once. The story is kept too, so that its id is not reused."""
    if key not in kept:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[key] = story, make()
    return kept[key][1]


def listed(
    stories: Sequence[DigestStory], *, now: dt.datetime, zone: str, topic_titles: Mapping[str, str], room: int
) -> list[Markup]:
    """Return stories laid out for one message of a digest; see `Renderer.listed`."""
    return Renderer(slot=now, zone=zone, topic_titles=topic_titles).listed(stories, room)


def story_html(story: DigestStory, *, now: dt.datetime, zone: str) -> Markup:
    """Return one story laid out as in a digest."""
    return _StoryLayout(story, now, zone).render(len(story.quotes))


def _list(headlines: Sequence[str]) -> str:
    listed = headlines if len(headlines) <= _MOST_LISTED else headlines[: _MOST_LISTED - 1]
    lines = [f"{n}. {shortened(headline, _LONGEST_LISTED)}" for n, headline in enumerate(listed, start=1)]
    if more := headlines[len(listed) :]:
        lines.append(f"và {len(more)} tin nữa")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _StoryLayout:
    """A story of a digest, with the slot and the zone in which its times are written.

    In one that `is_short` the time and the first paper stand on one line of a phone.
    """

    story: DigestStory
    slot: dt.datetime
    zone: str
    is_short: bool = False

    def render(self, quotes: int) -> Markup:
        """Return the story with its first `quotes` sentences."""
        story = self.story
        named = _SOURCES_NAMED if story.quotes else _SOURCES_OF_A_HEADLINE
        sources = story.sources[: 1 if self.is_short else named]
        return render(
            "digest_story",
            title=_headline(story),
            quotes=[(printable(quote.text), self._said_by(quote)) for quote in story.quotes[:quotes]],
            is_update=story.is_update,
            disagreement=difference_line(story.disagreement),
            time=self._time_of_headline(story.quotes[:quotes]),
            sources=[SourceLink(short_name(source.name), safe_link(source.url)) for source in sources],
            more_sources=len(story.sources) - len(sources),
            is_short=self.is_short,
        )

    def _time_of_headline(self, shown: Sequence[Quote]) -> Markup:
        """Return the time of the headline's report; "" if a sentence of it shows that already."""
        if not self.story.reports:
            return _NOTHING
        first, *others = self.story.reports
        is_said = bool(others) and any(quote.article_id == first.article_id for quote in shown)
        return _NOTHING if is_said else self._time(first)

    def _said_by(self, quote: Quote) -> Markup:
        """Return the paper and time of a sentence; "" if the story is told from one article."""
        if len(self.story.reports) < 2:
            return _NOTHING
        report = next(one for one in self.story.reports if one.article_id == quote.article_id)
        return Markup(", ").join(filter(None, (short_name(report.paper), self._time(report))))

    def _time(self, report: Report) -> Markup:
        if report.published_at is None:
            return _NOTHING
        published = Published(report.published_at, report.precision)
        words = publication_label(published, now=self.slot, zone=self.zone)
        return dated(words, published.at) if published.precision == "minute" else escape(words)


def _article_of(story: DigestStory) -> int:
    """Return the article of the story's headline; 0 if that is not known."""
    return story.reports[0].article_id if story.reports else 0


def _headline(story: DigestStory) -> str:
    return shortened(one_line(story.title), _LONGEST_TITLE)


def difference_line(disagreement: Disagreement | None) -> str:
    """Say in one line what the papers disagree on; "" if they agree."""
    if disagreement is None:
        return ""
    figures = [f"{short_name(claim.source)}: “{short_name(claim.value)}”" for claim in disagreement.claims]
    return f"Các báo đưa tin khác nhau về {short_name(disagreement.what)}. {'; '.join(figures)}"
