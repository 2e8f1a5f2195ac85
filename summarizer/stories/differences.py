"""Find what is new in a story since a reader saw it, and what its papers disagree on."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from summarizer.facts.claims import Claim, content_words, figures, figures_of, find_claims, states_of
from summarizer.facts.number_words import PEOPLE
from summarizer.facts.numbers import Measure
from summarizer.facts.same_figures import same_thing
from summarizer.model import PROSE_FIELDS, VIETNAM, Candidate, DigestStory, Piece, Place, Quote, Sentence
from summarizer.stories.developments import (
    acts_in,
    has_new_count,
    is_background,
    is_development,
    may_be_of,
    says_so,
    speech_in,
)
from summarizer.stories.digest_story import quote_of, showable, within_share
from summarizer.stories.disagreements import find_disagreements
from summarizer.text.boilerplate import caption_score
from summarizer.text.openings import is_cut, is_dangling, opens_with_credit
from summarizer.text.sentences import UPPER, split
from summarizer.text.syllables import canonical, syllables

# What is new in a story since a reader saw it: sentences of newer articles, word for word.
#
# A sentence is news if its report has a development (`summarizer.stories.developments`), it says what the
# headline of that report does, and no older report says it, not even in other words. It is also news if it
# gives another number of people dead, hurt or missing than the older reports. News is at the top of an
# article; further down is what happened before.

_MOST_REPEATED = 0.6  # of a sentence's pairs of syllables, in the older articles
_KNOWN_WORDS = 0.7  # of a sentence's content words, in one older sentence or headline
_SHARED_WITH_HEADLINE = 0.35  # of a headline's content words, in a sentence about what the headline says
_SHORTEST, _LONGEST = 8, 60  # syllables of a sentence that can stand alone
_LEAD_SENTENCES = 4  # of a body: what is new stands first
_RISEN = ("tăng", "lên", "nâng")
_OTHER_TOLL, _DEVELOPMENT, _NEW_ACT, _NEW_COUNT = 3.0, 1.0, 0.5, 0.5
_MOST_KNOWN = 24  # of the older reports, the newest: bounds the work
_LONGEST_CAPTION = 24  # syllables
_CAPTION_LIKE = 2.0  # log odds
_DAY = re.compile(r"(?<![\d/.,-])(\d{1,2})\s?[-/.]\s?(\d{1,2})(?![\d%]|[.,/-]\d{1,2}(?!\d))")
_QUOTED = re.compile('[“"«]')
_CREDIT = re.compile(r"\((?:Ảnh|Nguồn|Hình|Clip|Video)\b")
_SPEAKS = re.compile(r"[^“\"]{0,60}: ?[“\"]")  # only somebody's words
_HOLLOW = re.compile(  # says that something is new, but not what
    r"(?i)(?<!\w)(?:(?:hé|tiết) lộ (?:thêm )?(?:\w+ )?(?:diễn biến|thông tin|chi tiết|điều)"
    r"|lên tiếng (?:về|sau|trước)|diễn biến (?:mới|đáng chú ý)|thông tin mới(?: nhất)?|động thái mới"
    r"|có phản hồi)(?!\w)"
    r"|\ADự báo\b"
)
_INSIDE = re.compile(rf"(?<=\w )([{UPPER}][^\W\d_]+) (?=([^\W\d_]+))")
_TITLE_WORDS = (
    "Bộ Chủ Tổng Thủ Phó Đại Công Giám Trung Hội Sở Ủy Uỷ Chính Quốc Nhà Tòa Viện Cục Ban Tập Thượng Thiếu"
    " Ngoại Trường Đảng Liên Bệnh Phòng Cảng Sân Cầu"
)
_TITLES = frozenset(_TITLE_WORDS.split())  # first words of offices, capitalised in mid-sentence too


class _Known(NamedTuple):
    """What the older articles say."""

    pairs: frozenset[tuple[str, str]]
    acts: frozenset[str]
    sentences: tuple[frozenset[str], ...]  # the content words of each, and of each headline
    claims: tuple[Claim, ...]
    states: frozenset[str]  # fates of people
    texts: tuple[str, ...]
    until: dt.date  # the day of the newest of them, in Vietnam


def what_is_new(
    old: Sequence[Piece], new: Sequence[Piece], *, is_followed: bool = False
) -> tuple[Quote, ...]:
    """Return the sentences of `new` that say what `old` does not, those with most news first; perhaps none.

    `is_followed` asks for less news than a digest does.
    """
    if not old or not new:
        return ()
    latest = sorted(old, key=lambda piece: (piece.moment, piece.article_id))[-_MOST_KNOWN:]
    known = _known(latest, new)
    rated = []
    for piece in sorted(new, key=lambda piece: (piece.moment, piece.article_id), reverse=True):
        if not is_followed and not may_be_of(piece, latest):
            continue
        headline = piece.document.title if is_development(piece, latest, is_followed=is_followed) else ""
        for position, sentence in enumerate(_sentences(piece)):
            if rating := _rate_news(piece, sentence, known, headline):
                rated.append((position / (2 * _LEAD_SENTENCES) - rating, quote_of(piece, sentence)))
    return tuple(quote for _, quote in sorted(rated, key=lambda one: one[0]))


def _known(old: Sequence[Piece], new: Sequence[Piece]) -> _Known:
    texts = [piece.document.field(field) for piece in old for field in ("title", *PROSE_FIELDS)]
    measures = {quantity.measure for piece in new for quantity in figures_of(piece.document)}
    return _Known(
        pairs=frozenset(pair for text in texts for pair in pairwise(syllables(text))),
        acts=frozenset(act for text in texts for act in acts_in(text)),
        sentences=tuple(
            frozenset(content_words(text[start:end])) for text in texts for start, end in split(text)
        ),
        claims=tuple(claim for piece in old for claim in find_claims(piece.document, measures)),
        states=states_of(canonical(" ".join(texts))),
        texts=tuple(texts),
        until=max(piece.moment for piece in old).astimezone(VIETNAM).date(),
    )


def _sentences(piece: Piece) -> Iterator[Sentence]:
    """Yield the sentences of an article that may be news: those at its top, then those of its summary."""
    seen = set()
    for sentence in (*_opening(piece), *piece.summary):
        if sentence not in seen and _stands_alone(sentence) and not _is_glued(piece, sentence):
            yield sentence
        seen.add(sentence)


def _opening(piece: Piece) -> Iterator[Sentence]:
    for field in PROSE_FIELDS:
        text = piece.document.field(field)
        for start, end in split(text)[:_LEAD_SENTENCES]:
            yield Sentence(text[start:end], Place(0, field, start, end))


def _stands_alone(sentence: Sentence) -> bool:
    text = sentence.text
    length = len(syllables(text))
    if not _SHORTEST <= length <= _LONGEST or not text.endswith((".", "!", "”", '"')):
        return False
    if is_dangling(text) or opens_with_credit(text) or is_cut(text, sentence.place.field):
        return False
    if _CREDIT.search(text) or _SPEAKS.match(text):
        return False
    if text.count("“") != text.count("”") or text.count('"') % 2:
        return False
    if _QUOTED.match(text) or _HOLLOW.search(text) or text.startswith("*") or is_background(text):
        return False
    is_lead = sentence.place.field == "sapo"  # which holds no captions
    return is_lead or length > _LONGEST_CAPTION or caption_score(text) < _CAPTION_LIKE


def _is_glued(piece: Piece, sentence: Sentence) -> bool:
    """Tell whether the sentence begins with a subhead or caption that lacks its full stop.

    Then a word in mid-sentence is capitalised that is lowercase elsewhere in the article.
    """
    text = piece.document.field(sentence.place.field)
    return any(
        first not in _TITLES and f"{first.lower()} {second}" in text
        for first, second in _INSIDE.findall(sentence.text)
        if second.islower()
    )


def _rate_news(piece: Piece, sentence: Sentence, known: _Known, headline: str) -> float:
    """Rate how much a sentence adds to what is known: 0 nothing.

    `headline`: the headline if the report has a development, else "".
    """
    place = sentence.place
    if _is_other_toll(piece, place, known):
        return _OTHER_TOLL
    opens = place.field == "sapo" and place.start == 0  # a lead begins with the news of its headline
    if not headline or not (opens or _is_of_headline(sentence, headline)) or _is_known(sentence.text, known):
        return 0.0
    if _is_past(sentence.text, known.until):
        return 0.0
    has_act = bool({*acts_in(headline)} & {*acts_in(sentence.text)} - known.acts)
    has_count = has_new_count(sentence.text, known.texts)
    if any(speech_in(headline)) and not (has_act or has_count or says_so(sentence.text)):
        return 0.0
    return _DEVELOPMENT + _NEW_ACT * has_act + _NEW_COUNT * has_count


def _is_other_toll(piece: Piece, place: Place, known: _Known) -> bool:
    """Tell whether a sentence gives another number of people who died or are missing than older reports.

    Also true for the first such number, if the headline is about it, and for one that is said to have risen.
    """
    claims = [one for one in find_claims(piece.document, _measures(piece, place)) if one.place == place]
    tolls = [one for one in claims if one.state]
    first = states_of(canonical(piece.document.title)) - known.states
    if any(_has_changed(one, known.claims) or one.state.removesuffix(" nặng") in first for one in tolls):
        return True
    text = piece.document.field(place.field)[place.start : place.end]
    has_risen = any(one.quantity.noun in PEOPLE and one.change in _RISEN for one in claims)
    return has_risen and bool(states_of(canonical(text))) and has_new_count(text, known.texts)


def _is_of_headline(sentence: Sentence, title: str) -> bool:
    """Tell whether a sentence is about what the headline says."""
    words = set(content_words(title))
    return len(words & set(content_words(sentence.text))) >= max(2, _SHARED_WITH_HEADLINE * len(words))


def _is_known(text: str, known: _Known) -> bool:
    """Tell whether the older articles say it, also in other words."""
    pairs = set(pairwise(syllables(text)))
    if len(pairs & known.pairs) >= _MOST_REPEATED * len(pairs):
        return True
    words = frozenset(content_words(text))
    return any(len(words & said) >= _KNOWN_WORDS * len(words) for said in known.sentences)


def _is_past(text: str, until: dt.date) -> bool:
    """Tell whether every day in the sentence is before `until`, the day of the newest known report."""
    days = [(int(found[2]), int(found[1])) for found in _DAY.finditer(text)]
    days = [(month, day) for month, day in days if 1 <= month <= 12 and 1 <= day <= 31]
    return bool(days) and all(day < (until.month, until.day) for day in days)


def _measures(piece: Piece, place: Place) -> set[Measure]:
    inside = figures(piece.document.field(place.field))
    return {quantity.measure for quantity in inside if place.start <= quantity.start < place.end}


def _has_changed(claim: Claim, known: Sequence[Claim]) -> bool:
    """Tell whether an older figure of the same thing differs, and none agrees."""
    same = [older.quantity for older in known if same_thing(older, claim)]
    return bool(same) and not any(claim.quantity.agrees_with(older) for older in same)


# Disagreements and news are found only for the stories of a digest, in articles that may be quoted.

_PIECES_COMPARED = 8  # of a long story, the newest: bounds the work
_ONE_STATE = dt.timedelta(hours=12)  # between reports of one state of things


def with_disagreement(story: DigestStory, candidate: Candidate) -> DigestStory:
    """Add what the papers most surely disagree on, if anything."""
    found = find_disagreements(_quotable(candidate)[:_PIECES_COMPARED])
    return replace(story, disagreement=found[0]) if found else story


def news_of(known: Sequence[Piece], fresh: Candidate, *, is_followed: bool = False) -> Quote | None:
    """Return the sentence of `fresh` that best says what the `known` articles of the story do not, if any.

    Reports of the newest state come first: a report from half a day earlier may be outdated.
    """
    new = _quotable(fresh)[:_PIECES_COMPARED]
    latest = [piece for piece in new if new[0].moment - piece.moment <= _ONE_STATE]
    for pieces in (latest, new) if len(latest) < len(new) else (new,):
        found = what_is_new(known, pieces, is_followed=is_followed)
        if quote := next((one for one in found if _may_be_shown(one, pieces)), None):
            return quote
    return None


def _quotable(candidate: Candidate) -> list[Piece]:
    return [piece for piece in showable(candidate) if piece.may_be_quoted]


def _may_be_shown(quote: Quote, pieces: Sequence[Piece]) -> bool:
    piece = next(piece for piece in pieces if piece.article_id == quote.article_id)
    sentence = Sentence(quote.text, Place(0, quote.field, quote.start, quote.end))
    return within_share(piece, sentence, ())
