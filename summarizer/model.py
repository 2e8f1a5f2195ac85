"""The nouns that the language code shares: documents, places, sentences, articles and stories."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from summarizer.text.syllables import syllables

FieldName = Literal["title", "sapo", "body"]
PROSE_FIELDS: tuple[FieldName, ...] = ("sapo", "body")  # which sentences are quoted from
VIETNAM = dt.timezone(dt.timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Document:
    """One article as text. `sapo` (the lead paragraph) and `body` may be empty; `\\n` ends a body's lines."""

    title: str
    sapo: str = ""
    body: str = ""

    def field(self, name: FieldName) -> str:
        """Return the text of the field called `name`."""
        text: str = getattr(self, name)
        return text


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a sentence: code points `start` to `end` of a field of document number `document`."""

    document: int
    field: FieldName
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence word for word, and its place."""

    text: str
    place: Place


Summary = tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A paper's figure in its own words ("hơn 200 căn nhà"), and the place of its sentence."""

    source: str
    value: str
    article_id: int
    field: FieldName
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing counted ("người bị thương") and the figures of two or three papers, the earliest first."""

    what: str
    claims: tuple[Figure, ...]


def sentence_at(documents: Sequence[Document], place: Place) -> Sentence:
    """Cut the sentence at `place` out of `documents`.

    Raises:
        ValueError: the place is outside its field, or empty.

    >>> sentence_at([Document("Tin", body="Mưa lớn. Nước lên.")], Place(0, "body", 9, 18)).text
    'Nước lên.'
    """
    text = documents[place.document].field(place.field)
    if not 0 <= place.start < place.end <= len(text):
        raise ValueError(f"place {place} lies outside a field of {len(text)} characters")
    return Sentence(text[place.start : place.end], place)


QuotePolicy = Literal["full", "headline", "none"]
Precision = Literal["minute", "day", "month"]  # of a publication time


@dataclass(frozen=True, slots=True)
class Piece:
    """One article of a story, for composing a digest. The places in `summary` have document 0."""

    article_id: int
    document: Document
    summary: Summary
    source: str
    source_title: str
    url: str | None
    topic: str | None
    published_at: dt.datetime | None
    stored_at: dt.datetime
    quote: QuotePolicy
    advertorial: bool
    precision: Precision = "minute"  # of `published_at`, which must never be shown finer
    ready_at: dt.datetime | None = None  # when digests could first have it; None: when it was stored
    preview: bool = False  # whether its page's picture may be shown

    @property
    def was_ready_at(self) -> dt.datetime:
        """Return the moment from which digests could have the article."""
        return self.ready_at or self.stored_at

    @property
    def may_be_shown(self) -> bool:
        """Tell whether readers may be shown the article: its headline at least. Advertorials never are."""
        return self.quote != "none" and not self.advertorial

    @property
    def may_be_quoted(self) -> bool:
        """Tell whether its source allows its sentences to be shown."""
        return self.quote == "full"

    @property
    def moment(self) -> dt.datetime:
        """Return the time of publication, or of arrival if that is unknown."""
        return self.published_at or self.stored_at


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that a digest may have, with its articles."""

    story_id: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence word for word: `text` is the part from `start` to `end` of the article's field."""

    text: str
    article_id: int
    field: FieldName
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Report:
    """The article of a headline or sentence, as readers see it: its paper and time."""

    article_id: int
    paper: str
    published_at: dt.datetime | None
    precision: Precision


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A paper that reports a story, and its article."""

    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class DigestStory:
    """A story of a digest."""

    story_id: int
    title: str
    topic: str | None
    quotes: tuple[Quote, ...]
    sources: tuple[SourceLink, ...]
    published_at: dt.datetime | None
    articles: int  # all its reports, also those of sources that are never shown
    disagreement: Disagreement | None = None
    is_update: bool = False  # the reader knows the story, and the first quote is its news
    reports: tuple[Report, ...] = ()  # the articles of the headline and of the quotes, the headline's first
    picture: str | None = None  # the page of the headline's article, if its picture may be shown

    @property
    def syllables(self) -> int:
        """Return the length to read: headline and sentences."""
        return sum(len(syllables(text)) for text in (self.title, *(quote.text for quote in self.quotes)))
