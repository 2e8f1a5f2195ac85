"""What is done with an article's text takes time in proportion to it, and under a second at the size limit.

Every step from bytes to a summary, an index entry, a snippet and an answer is given the texts of
`hostile.texts`. Short ones in every run of the tests, up to 1 MB with the long ones.
"""

import datetime as dt
from collections.abc import Callable

import pytest

from bot.chat.questions.watch_buttons import stopped_words
from bot.commands.newsroom_writing import slug_of
from storage.identity import text_hash
from storage.intake.decoding import decode
from storage.intake.drafts import MAX_TEXT_CHARACTERS, Draft, Origin, take
from storage.intake.feed_worker import text_of
from storage.search.schema import indexed_forms
from summarizer.extraction.summaries import summarize
from summarizer.facts.claims import figures
from summarizer.model import Document, Piece
from summarizer.questions.answering import answer
from summarizer.questions.query import parse_query
from summarizer.questions.snippets import best_snippet
from summarizer.stories.terms import article_terms
from summarizer.text.boilerplate import find_source, is_boilerplate, is_byline, is_caption
from summarizer.text.cleaning import clean_body
from summarizer.text.prose import find_objection
from summarizer.text.repair import repair
from summarizer.text.sentences import split
from summarizer.text.syllables import canonical, folded, tokens_of, word_forms
from summarizer.topics import classify_topic
from tests.hostile.texts import articles
from tests.hostile.timing import find_growth, seconds

NOW = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
TITLE, SENTENCES = "Tin Hà Nội", "Mưa lớn ở Hà Nội chiều nay. Nước sông lên rất nhanh."
ASKED = parse_query("hà nội một ông theo a 1 mưa")
SHORT = 64_000
LENGTHS = (MAX_TEXT_CHARACTERS, 1_000_000)  # the longest article that is taken; one five times as long
MOST_SECONDS = 1.0  # of CPU

STEPS: dict[str, Callable[[str], object]] = {
    "decode": lambda text: decode(text.encode("utf-8", "replace")),
    "repair": repair,
    "canonical": canonical,
    "folded": folded,
    "tokens_of": lambda text: list(tokens_of(text, [(0, len(text))])),
    "words": word_forms,
    "index": indexed_forms,
    "hash": lambda text: text_hash(TITLE, "", text),
    "prose": find_objection,
    "sentences": split,
    "source line": find_source,
    "byline": is_byline,
    "furniture": is_boilerplate,
    "caption": lambda text: is_caption(text, before=text, after=text),
    "clean": lambda text: clean_body(text, title=TITLE, sapo="Một tin."),
    "clean below a lead": lambda text: clean_body(f"{SENTENCES}\n" * 3, title=TITLE, sapo=text),
    "take": lambda text: take(Draft("x", TITLE, "Một hai.", text), Origin(), NOW),
    "take a lead": lambda text: take(Draft("x", TITLE, text, SENTENCES), Origin(), NOW),
    "summary": lambda text: summarize([Document(TITLE, body=text)]),
    "summary of a lead": lambda text: summarize([Document(TITLE, text, SENTENCES)]),
    "summary of both": lambda text: summarize([Document(TITLE, text[: len(text) // 2], text)]),
    "summary of a story": lambda text: summarize([Document(TITLE, "", text), Document(TITLE, text)]),
    "facts": figures,
    "story terms": lambda text: article_terms(TITLE, text, text),
    "topic": lambda text: classify_topic(TITLE, text, text),
    "snippet": lambda text: best_snippet(Document(TITLE, "", text), ASKED),
    "answer": lambda text: answer(ASKED, [_piece(text)]),
    "query": lambda text: parse_query(text, today=NOW.date()),
    "a source's name": slug_of,
    "words to stop": stopped_words,
    "markup of a feed's item": text_of,
}


def _piece(text: str) -> Piece:
    document = Document(TITLE, text[: len(text) // 2], text)
    return Piece(
        article_id=1,
        source="tin",
        source_title="Tin Sáng",
        url=None,
        document=document,
        summary=(),
        topic=None,
        published_at=NOW,
        stored_at=NOW,
        quote="full",
        advertorial=False,
    )


@pytest.mark.parametrize("name", STEPS)
def test_a_step_takes_time_in_proportion_to_the_text(name: str) -> None:
    grown = [(what, find_growth(STEPS[name], text, SHORT)) for what, text in articles()]
    assert [(what, growth) for what, growth in grown if growth] == []


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", STEPS)
def test_a_step_takes_less_than_a_second_at_the_size_limit(name: str, length: int) -> None:
    slow = {}
    for what, make in articles():
        text = make(length)
        took = seconds(lambda text=text: STEPS[name](text))
        if took > MOST_SECONDS / 2:  # a busy machine takes CPU too, by its caches
            took = min(took, *(seconds(lambda text=text: STEPS[name](text)) for _ in range(2)))
        if took > MOST_SECONDS:
            slow[what] = round(took, 2)
    assert slow == {}
