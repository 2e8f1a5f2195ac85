"""Restore diacritics ("marks"): the most likely words of a question typed without them.

The model counts pairs of neighbouring syllables over news. Its reading is used only beside the folded one,
because its best guess is right for nine syllables in ten. `benchmarks/train_marks.py` makes `data/marks.npz`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import chain, islice, pairwise
from math import prod

import numpy as np
from numpy.typing import NDArray

from summarizer.packaged_data import load_arrays
from summarizer.questions.equivalents import Phrase
from summarizer.questions.phrases import content_of, weights_of
from summarizer.questions.query import Query
from summarizer.text.syllables import Forms, folded

LEVELS = 16  # of a count's logarithm, in a byte
DISCOUNT = 0.75  # deducted from each pair's count, for unseen pairs
_EDGE = 0  # stands for unknown words: numbers, names, the end of a line
_OTHER_SPELLING = 0.5  # likelihood of an abbreviation or its long form
_LEAST = 0.5  # least likelihood of a form that is used
_TRUST = 0.6  # weight of a restored reading, measured on made-up events (docs/answers.md)

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BigramModel:
    """Counts of words and pairs."""

    words: list[str]  # by number, `_EDGE` first
    forms: dict[str, list[int]]  # the numbers of the words that are equal without diacritics
    pairs: Numbers  # first * 2**16 + second of each pair, in order, (p,)
    counts: Floats  # the occurrences of each pair, (p,)
    elsewhere: Floats  # those without the usual word before the pair: "ban nha" without "tây", (p,)
    usual: Numbers  # the number in `forms` of the usual word before each pair, -1 if there is none, (p,)
    totals: Floats  # the occurrences of each word before another word, (w,)
    spare: Floats  # the discount of each word that is left for unseen pairs, (w,)
    shares: Floats  # of each word among all words, (w,)


@lru_cache(maxsize=256)  # ranking and answering read the same question
def likely_diacritics(words: Phrase) -> tuple[Mapping[str, float], ...]:
    """Return the forms with diacritics of each word, which has none, and the likelihood of each form.

    >>> max(likely_diacritics(("gia", "vang", "tang"))[1].items(), key=lambda form: form[1])[0]
    'vàng'
    """
    model = _model()
    numbers = [[_EDGE], *(model.forms.get(word, [_EDGE]) for word in words), [_EDGE]]
    steps = _transitions(model, numbers, ["", "", *words])
    ahead, behind = _forward(steps), _forward([step.T for step in reversed(steps)])[::-1]
    found = []
    for word, forms, one, other in zip(words, numbers[1:], ahead[1:], behind[1:], strict=False):
        shares = one * other / (one @ other)
        found.append({model.words[at] or word: float(each) for at, each in zip(forms, shares, strict=True)})
    return tuple(found)


@dataclass(frozen=True, slots=True)
class LikelyPhrase:
    """A phrase typed without diacritics, and for each of its words the likelihood of each form."""

    phrase: Phrase
    forms: tuple[Mapping[str, float], ...]


def likely_phrases(phrases: Sequence[Phrase]) -> list[LikelyPhrase]:
    """Return the forms of the words of each phrase; all phrases are read as one sequence."""
    words = iter(likely_diacritics(tuple(chain.from_iterable(phrases))))
    return [LikelyPhrase(phrase, tuple(islice(words, len(phrase)))) for phrase in phrases]


def how_likely(words: Sequence[Forms], meant: LikelyPhrase) -> float:
    """Return the likelihood that words of a text are meant; for other spellings it is a constant."""
    if tuple([word.folded for word in words]) != meant.phrase:
        return _OTHER_SPELLING
    shares = zip(words, meant.forms, strict=True)
    return min([forms.get(word.canonical, 0.0) if len(forms) > 1 else 1.0 for word, forms in shares])


def restore_diacritics(
    query: Query, fixed_pairs: Sequence[Phrase]
) -> tuple[Query, list[Phrase], float] | None:
    """Return a question with diacritics restored, its fixed pairs too, and the likelihood of this reading.

    None if no word changes.
    """
    if query.has_diacritics:
        return None
    likely = dict(zip(query.words, likely_diacritics(query.words), strict=True))
    best = {word: max(forms.items(), key=lambda form: form[1]) for word, forms in likely.items()}
    meant = {word: form if share >= _LEAST else word for word, (form, share) in best.items()}
    if all(word == form for word, form in meant.items()):
        return None
    content = (query.terms[at].phrase for at in content_of(weights_of(query.groups)))
    certainty = prod(best[word][1] for phrase in content for word in phrase)
    terms = tuple(replace(term, phrase=_marked(term.phrase, meant)) for term in query.terms)
    return replace(query, terms=terms), [_marked(pair, meant) for pair in fixed_pairs], _TRUST * certainty


def _marked(phrase: Phrase, meant: Mapping[str, str]) -> Phrase:
    return tuple(meant.get(word, word) for word in phrase)


def _forward(steps: Sequence[Floats]) -> list[Floats]:
    """Return the likelihood of each form of each word, given all words before it: the forward pass."""
    here = np.ones(1)
    passed = [here]
    for step in steps:
        here = here @ step
        here = here / here.sum()
        passed.append(here)
    return passed


def _transitions(model: BigramModel, numbers: Sequence[Sequence[int]], before: Sequence[str]) -> list[Floats]:
    """Return for each pair of neighbours the likelihood of the second's forms after the first's."""
    sides = [np.meshgrid(one, other, indexing="ij") for one, other in pairwise(numbers)]
    first, second = (np.concatenate([side[at].ravel() for side in sides]) for at in (0, 1))
    keys = first << 16 | second
    places = np.minimum(np.searchsorted(model.pairs, keys), model.pairs.size - 1)
    usual = [model.forms.get(word, [_EDGE])[0] for word in before[: len(sides)]]
    ahead = np.repeat(usual, [side[0].size for side in sides])
    counts = np.where(model.usual[places] == ahead, model.counts[places], model.elsewhere[places])
    seen = np.where(model.pairs[places] == keys, np.maximum(counts - DISCOUNT, 0), 0)
    likely = seen / model.totals[first] + model.spare[first] * model.shares[second]
    ends = np.cumsum([side[0].size for side in sides])[:-1]
    return [part.reshape(side[0].shape) for part, side in zip(np.split(likely, ends), sides, strict=True)]


@cache
def _model() -> BigramModel:
    arrays = load_arrays("marks.npz")
    words = ["", *arrays["words"].tobytes().decode().split()]
    pairs = np.cumsum(arrays["gaps"], dtype=np.int64)
    counts, often = (np.exp(arrays[name] / LEVELS) for name in ("pairs", "counts"))
    bound, elsewhere, usual = arrays["bound"], counts.copy(), np.full(pairs.size, -1)
    elsewhere[bound] = np.expm1(arrays["elsewhere"] / LEVELS)
    forms: dict[str, list[int]] = {}
    for number, word in enumerate(words):
        forms.setdefault(folded(word), []).append(number)
    lowest = np.array([forms[folded(word)][0] for word in words])
    usual[bound] = lowest[arrays["usual"]]
    first = pairs >> 16
    totals = np.maximum(often, np.bincount(first, counts, len(words)))
    spare = 1 - np.bincount(first, np.maximum(counts - DISCOUNT, 0), len(words)) / totals
    return BigramModel(words, forms, pairs, counts, elsewhere, usual, totals, spare, often / often.sum())
