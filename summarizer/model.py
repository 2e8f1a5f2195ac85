"""The nouns that the language code shares: documents, places and sentences.

A sentence never travels without its place, and `Sentence.text` is the slice of the document at that place:
that is the guarantee which everything shown to a reader rests on. Rows and ids belong to `storage`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FieldName = Literal["title", "sapo", "body"]


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
    """Where a sentence stands: code points `start` to `end` of a field of document number `document`."""

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
    """A paper's figure as it stands there ("hơn 200 căn nhà"), and where its sentence is in the article."""

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
        ValueError: the place lies outside its field, or is empty.

    >>> sentence_at([Document("Tin", body="Mưa lớn. Nước lên.")], Place(0, "body", 9, 18)).text
    'Nước lên.'
    """
    text = documents[place.document].field(place.field)
    if not 0 <= place.start < place.end <= len(text):
        raise ValueError(f"place {place} lies outside a field of {len(text)} characters")
    return Sentence(text[place.start : place.end], place)
