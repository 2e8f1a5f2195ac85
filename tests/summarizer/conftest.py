"""Builders for the nouns of the language code."""

import datetime as dt
import zlib
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, islice

import pytest

from summarizer.model import Disagreement, Document, Piece, Place, QuotePolicy, Sentence, Summary
from summarizer.stories.disagreements import find_disagreements
from summarizer.text.syllables import syllables as syllables_of

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


@pytest.fixture
def disagree(piece: Callable[..., Piece]) -> Callable[..., tuple[Disagreement, ...]]:
    """Let papers, each with one text, tell a story; the first is the earliest, `hours` before the others."""

    def find(
        *texts: str, hours: float = 1.0, papers: tuple[str, ...] = (), published: bool = True
    ) -> tuple[Disagreement, ...]:
        names = papers or tuple(f"Báo {number}" for number in range(len(texts)))
        pieces = [
            replace(
                piece(number, paper=names[number], hours_ago=8 if number else 8 + hours),  # 22:45 in Vietnam
                document=Document("Tin trong ngày", body=text),
            )
            for number, text in enumerate(texts)
        ]
        return find_disagreements(
            pieces if published else [replace(one, published_at=None) for one in pieces]
        )

    return find


@pytest.fixture
def differences(disagree: Callable[..., tuple[Disagreement, ...]]) -> Callable[..., list[tuple[str, ...]]]:
    """Return what two texts of one story give differently, and each paper's words for it."""

    def find(*texts: str, **story: float) -> list[tuple[str, ...]]:
        found = disagree(*texts, **story)
        return [(one.what, *(claim.value for claim in one.claims)) for one in found]

    return find
