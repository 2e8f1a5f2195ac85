"""Choose the sentence of an article that shows most words of a question, and more sentences on request."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from summarizer.model import PROSE_FIELDS, Document, FieldName, Piece, Place, Quote, Sentence
from summarizer.questions.phrases import MOST_READ, Match, Phrases
from summarizer.questions.query import Query
from summarizer.stories.digest_story import quote_of, reads_alone, repeats, within_share
from summarizer.text.boilerplate import ends_as_sentence, is_boilerplate, is_byline
from summarizer.text.openings import is_dangling
from summarizer.text.sentences import split
from summarizer.text.syllables import syllables, word_forms, word_spans

# The words of the question are marked in it. The title is chosen only if there is no other text, because it
# is shown above the snippet anyway.

_CUT = "…"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A sentence to show."""

    text: str  # the text at `place`; `…` shows where a long one was cut
    marks: tuple[tuple[int, int], ...]  # half-open spans of `text`, in order, disjoint: the question's words
    place: Place


@dataclass(frozen=True, slots=True)
class _Match:
    """A match of a phrase: its group in the query, its place in the field, its place among the words."""

    group: int
    start: int
    end: int
    first_word: int
    last_word: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    field: FieldName
    start: int
    end: int
    matches: Sequence[_Match]

    def quality(self, max_chars: int) -> tuple[int, int, bool]:
        """Return what to compare: groups shown, neighbours as in the query, whether it fits whole."""
        neighbours = sum(
            b.group == a.group + 1 and b.first_word == a.last_word + 1 for a, b in pairwise(self.matches)
        )
        return len({match.group for match in self.matches}), neighbours, self.end - self.start <= max_chars


def best_snippet(
    document: Document, query: Query, max_chars: int = 200, *, stands_alone: bool = False
) -> Snippet:
    """Return the sentence of sapo or body that shows most of `query`, the first among equals.

    A word typed with diacritics is marked only in that form, one without in every form. Without any match the
    article's first sentence is returned, unmarked. `max_chars` (at least 10) bounds `text`. With
    `stands_alone` a sentence that depends on the one before it ("Tuy nhiên, ...") is taken only if there is
    no other.

    >>> from summarizer.questions.query import parse_query
    >>> best_snippet(Document("Tin", body="Trời mưa. Khách đến Hạ Long đông."), parse_query("ha long")).marks
    ((10, 12), (13, 17))
    """
    phrases = Phrases(query.groups)
    texts = [(name, _read(document, name)) for name in PROSE_FIELDS]
    found = [(name, text, phrases.find(word_forms(text))) for name, text in texts]
    candidates = _candidates(found, as_typed=True) or _candidates(found, as_typed=False)
    if stands_alone:
        candidates = [one for one in candidates if not _leans(document, one)]
    if not candidates:
        return _shown(document, _first_sentence(document, stands_alone=stands_alone), max_chars)
    return _shown(document, max(candidates, key=lambda candidate: candidate.quality(max_chars)), max_chars)


def _read(document: Document, name: FieldName) -> str:
    """Return the part of a field that questions read, without the sentence cut off at its end."""
    whole = document.field(name)
    if len(whole) <= MOST_READ:
        return whole
    sentences = split(whole[:MOST_READ])
    return whole[: sentences[-1][0] if len(sentences) > 1 else MOST_READ]


def _leans(document: Document, sentence: _Candidate) -> bool:
    return is_dangling(document.field(sentence.field)[sentence.start : sentence.end])


def _first_sentence(document: Document, *, stands_alone: bool) -> _Candidate:
    first = None
    fields: tuple[FieldName, ...] = (*PROSE_FIELDS, "title")
    for name in fields:
        for start, end in split(_read(document, name)):
            sentence = _Candidate(name, start, end, ())
            first = first or sentence
            if not stands_alone or not _leans(document, sentence):
                return sentence
    return first or _Candidate("title", 0, 0, ())


def _candidates(
    found: Sequence[tuple[FieldName, str, Sequence[Match]]], *, as_typed: bool
) -> list[_Candidate]:
    """Return the sentences with matches; `as_typed` leaves out matches with other diacritics."""
    candidates = []
    for name, field, all_matches in found:
        wanted = [match for match in all_matches if match.is_as_typed or not as_typed]
        for line, matches in _by_line(field, wanted):
            starts = [match.start for match in matches]
            for start, end in split(field[line.start : line.stop]):
                start, end = start + line.start, end + line.start
                inside = matches[bisect_left(starts, start) : bisect_left(starts, end)]
                candidates += [_Candidate(name, start, end, inside)] if inside else []
    return candidates


def _by_line(field: str, wanted: Sequence[Match]) -> Iterator[tuple[range, list[_Match]]]:
    """Return each line with matches, in order; no match crosses a line break."""
    spans = word_spans(field) if wanted else []
    matches: list[_Match] = []
    line = range(0)
    for match in wanted:
        start, end = spans[match.start][0], spans[match.end - 1][1]
        if start >= line.stop:
            if matches:
                yield line, matches
            stop = field.find("\n", start)
            line = range(field.rfind("\n", 0, start) + 1, stop if stop >= 0 else len(field))
            matches = []
        if end <= line.stop:
            matches.append(_Match(match.group, start, end, match.start, match.end - 1))
    if matches:
        yield line, matches


def _shown(document: Document, best: _Candidate, max_chars: int) -> Snippet:
    text = document.field(best.field)
    start, end = best.start, best.end
    if end - start > max_chars:
        start, end = _window(text, best, max_chars - 2 * len(_CUT))
    before, after = _CUT * (start > best.start), _CUT * (end < best.end)
    shift = len(before) - start
    seen = (match for match in best.matches if start <= match.start < end)
    marks = [(match.start + shift, min(match.end, end) + shift) for match in seen]
    return Snippet(before + text[start:end] + after, _apart(marks), Place(0, best.field, start, end))


def _window(text: str, best: _Candidate, room: int) -> tuple[int, int]:
    """Return at most `room` characters of a long sentence, with most different groups, in whole words."""
    first = _first_of_most(best.matches, room * 3 // 4)
    anchor = first.start if first else best.start
    start = max(best.start, min(anchor - room // 4, best.end - room))
    if start > best.start:
        blank = text.find(" ", start - 1, anchor)
        start = blank + 1 if blank >= 0 else anchor
    end = min(best.end, start + room)
    if end < best.end:
        blank = text.rfind(" ", first.end if first else start, end + 1)
        end = blank if blank > start else end
    return start, end


def _first_of_most(matches: Sequence[_Match], reach: int) -> _Match | None:
    """Return the first match from which most different groups are within `reach` characters.

    Going backwards, the next match of each group is known: one pass, however many words a sentence has.
    """
    first, most = None, 0
    next_ends: dict[int, int] = {}  # of each group, where its nearest match ends
    at = len(matches)
    while at:
        begin = matches[at - 1].start
        same_place = at
        while at and matches[at - 1].start == begin:
            at -= 1
        for match in matches[at:same_place]:
            next_ends[match.group] = match.end
        shown = sum(end <= begin + reach for end in next_ends.values())
        if shown >= most:
            first, most = matches[at], shown
    return first


def _apart(marks: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Join marks that overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


# More of an article than an answer showed: its summary and its opening, without quoted sentences.

_MOST = 3  # sentences of an article
_OPENING_SENTENCES, _OPENING_CHARACTERS = 8, 4_000  # of a body
_FEWEST_SYLLABLES = 6


def further_sentences(piece: Piece, quoted: Sequence[Quote]) -> tuple[Quote, ...]:
    """Return at most three sentences of an article that `quoted` does not have, in the order of the article.

    Together with `quoted` they stay within the share that may be shown; a source that may not be quoted gives
    none.
    """
    if not piece.may_be_quoted:
        return ()
    found: list[Quote] = []
    for sentence in (*piece.summary, *_opening(piece)):
        shown = [*quoted, *found]
        if len(found) == _MOST or any(repeats(sentence.text, quote.text) for quote in shown):
            continue
        is_prose = not (is_boilerplate(sentence.text) or is_byline(sentence.text))
        if is_prose and within_share(piece, sentence, shown) and reads_alone(piece, sentence, shown):
            found.append(quote_of(piece, sentence))
    return tuple(sorted(found, key=lambda quote: (quote.field == "body", quote.start)))


def _opening(piece: Piece) -> Iterator[Sentence]:
    body = piece.document.body[:_OPENING_CHARACTERS]
    for start, end in split(body)[:_OPENING_SENTENCES]:
        text = body[start:end]
        if len(syllables(text)) >= _FEWEST_SYLLABLES and ends_as_sentence(text):
            yield Sentence(text, Place(0, "body", start, end))
