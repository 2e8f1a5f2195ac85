"""Builders for the nouns of the language code."""

import datetime as dt
import zlib
from collections.abc import Callable
from itertools import cycle, islice

import pytest

from summarizer.model import Document, Place, Sentence, Summary
from summarizer.syllables import syllables as syllables_of
from summarizer.telling import Piece, QuotePolicy

SLOT = dt.datetime(2026, 11, 21, 23, 45, tzinfo=dt.UTC)
_FILLER = "chuyện còn lại của bài này không nằm trong phần tóm tắt"  # made each title's own by a number


@pytest.fixture
def slot() -> dt.datetime:
    """The moment for which digests are composed: 06:45 in Vietnam."""
    return SLOT


@pytest.fixture
def piece() -> Callable[..., Piece]:
    """Build an article of a story. `syllables` is the length of its body, which begins with its summary."""

    def build(
        article_id: int,
        *,
        title: str = "Một tin ngắn",
        sapo: str = "",
        sentences: tuple[str, ...] = (),
        summary: Summary | None = None,
        syllables: int = 400,
        paper: str = "Báo Bến Đò",
        topic: str | None = "thoi-su",
        hours_ago: float = 1,
        quote: QuotePolicy = "full",
        advertorial: bool = False,
        url: str | None = None,
    ) -> Piece:
        opening = " ".join(sentences)
        filler = cycle(f"{word}{zlib.crc32(title.encode()) % 9973}" for word in _FILLER.split())
        rest = " ".join(islice(filler, syllables - len(syllables_of(opening))))
        body = "" if sapo else f"{opening}\n{rest}."
        document = Document(title, sapo, body)
        starts = [body.index(sentence) for sentence in sentences]
        cut = tuple(
            Sentence(sentence, Place(0, "body", start, start + len(sentence)))
            for sentence, start in zip(sentences, starts, strict=True)
        )
        moment = SLOT - dt.timedelta(hours=hours_ago)
        return Piece(
            article_id=article_id,
            document=document,
            summary=cut if summary is None else summary,
            source=paper,
            source_title=paper,
            url=url,
            topic=topic,
            published_at=moment,
            stored_at=moment,
            quote=quote,
            advertorial=advertorial,
        )

    return build
