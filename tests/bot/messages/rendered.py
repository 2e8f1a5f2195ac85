"""Stories for the tests of rendering, and what a message must be to be sent."""

import datetime as dt
from collections.abc import Sequence
from html.parser import HTMLParser

from bot.messages.markup import MAX_ENTITIES, MAX_UNITS, count_entities, visible_length
from bot.messages.rendering import LONGEST_CORRECTION, RenderedPart, Renderer
from bot.news.reader_notices import corrected
from summarizer.digest import Digest
from summarizer.model import DigestStory, Quote, SourceLink

SLOT = dt.datetime(2026, 11, 21, 23, 45, tzinfo=dt.UTC)
TOPICS = {"thoi-su": "Thời sự", "the-thao": "Thể thao"}
FAMILY = "👨‍👩‍👧‍👦"


def story(
    number: int = 1,
    *,
    title: str = "Bến phà Vàm Đước chạy lại",
    quotes: Sequence[str] = ("Chuyến đầu tiên rời bến lúc năm giờ.",),
    sources: Sequence[SourceLink] = (SourceLink("Báo Bến Đò", "https://bendo.example/1.html"),),
    topic: str | None = "thoi-su",
) -> DigestStory:
    cut = tuple(Quote(text, number, "body", 0, len(text)) for text in quotes)
    return DigestStory(number, title, topic, cut, tuple(sources), SLOT, 1)


def rendered(*stories: DigestStory, left_out: int = 0, title: str = "Điểm Tin sáng") -> list[str]:
    return [part.html for part in parts_of(*stories, left_out=left_out, title=title)]


def parts_of(
    *stories: DigestStory, left_out: int = 0, title: str = "Điểm Tin sáng", zone: str = "Asia/Ho_Chi_Minh"
) -> list[RenderedPart]:
    digest = Digest("sang", title, SLOT, stories, left_out)
    return render_parts(digest, zone=zone)


def render_parts(digest: Digest, *, zone: str = "Asia/Ho_Chi_Minh") -> list[RenderedPart]:
    """Return the messages of a digest."""
    return Renderer(slot=digest.slot, zone=zone, topic_titles=TOPICS).render(digest)


def most_corrected(part: RenderedPart, headline: str) -> str | None:
    """Return the part with the longest correction that there can be."""
    return corrected(part.html, headline, "a" * LONGEST_CORRECTION, at=SLOT, zone="Asia/Ho_Chi_Minh")


class _Tags(HTMLParser):
    """Tells whether tags are closed in order, and which there are."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(part: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(part)
    parser.close()
    assert not parser.open
    return parser.seen


def assert_sendable(parts: Sequence[str]) -> None:
    for part in parts:
        assert visible_length(part) <= MAX_UNITS
        assert count_entities(part) <= MAX_ENTITIES
        assert {tag for tag, _ in tags(part)} <= {"b", "u", "i", "a", "blockquote", "tg-time"}
        part.encode()  # no half of a surrogate pair
