"""What the index holds of an article: words, pairs of neighbouring words, and what narrows a search.

Words are cut here, so the index never cuts: each text field is a row of words with blanks between. Title,
sapo and body stand apart, since a long body would drown a title.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import tantivy

from summarizer.text.repair import composed
from summarizer.text.syllables import Forms, word_forms

FORMAT = 1  # of a folder; raise it when fields or words change, and every index is built anew

MAX_WORDS = 16_000  # of a field: a longer text is found by its beginning
_MAX_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """An article as the index takes it. `at` is when it came out; the topic may be unknown."""

    article_id: int
    title: str
    sapo: str
    body: str
    source: str
    topic: str | None
    at: dt.datetime


def make_schema() -> tantivy.Schema:
    """Return the fields: `x` is folded, `x_marked` with marks, `x_pairs` two folded neighbours."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_integer_field("at", indexed=True, fast=True)
    for name in ("source", "topic"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name, detail in (("title", "position"), ("sapo", "position"), ("body", "freq")):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=detail)
        rest = "basic" if name == "body" else "freq"
        builder.add_text_field(f"{name}_marked", tokenizer_name="whitespace", index_option=rest)
        builder.add_text_field(f"{name}_pairs", tokenizer_name="whitespace", index_option=rest)
    return builder.build()


def document_of(article: IndexedArticle) -> tantivy.Document:
    """Return the document of an article."""
    document = tantivy.Document()
    document.add_unsigned("id", article.article_id)
    document.add_integer("at", int(article.at.timestamp()))
    document.add_text("source", article.source)
    document.add_text("topic", article.topic or "")
    for name, text in (("title", article.title), ("sapo", article.sapo), ("body", article.body)):
        words = indexed_forms(text)
        if words:
            bare = [word.folded for word in words]
            document.add_text(name, " ".join(bare))
            document.add_text(f"{name}_marked", " ".join([word.canonical for word in words]))
            document.add_text(f"{name}_pairs", " ".join([f"{a}_{b}" for a, b in pairwise(bare)]))
    return document


def indexed_forms(text: str) -> list[Forms]:
    """Return the words of `text` that the index keeps, in order.

    >>> [word.folded for word in indexed_forms("Thuỷ triều ở Hạ Long")]
    ['thuy', 'trieu', 'o', 'ha', 'long']
    """
    return word_forms(composed(text[:_MAX_CHARACTERS]))[:MAX_WORDS]
