"""How probable it is that two articles report one event.

A logistic regression over `evidence.FIGURES`; its weights, and where to join and to quote, are in
`data/same_event.json`, which `benchmarks/train_same_event.py` makes of labelled pairs.
"""

import importlib.resources
import json
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from summarizer.stories.evidence import FIGURES, Floats, Others, compare
from summarizer.stories.frequencies import Frequencies
from summarizer.stories.leads import Lead

# Of 96 labelled pairs of one event none is below both, of the 449 others 37 are.
_FEWEST_WORDS = 0.3
_LEAST_MEANING = 0.5


@dataclass(frozen=True, slots=True)
class Model:
    """weights: (len(FIGURES),)."""

    weights: Floats
    bias: float


def same_event(lead: Lead, others: Others, frequencies: Frequencies) -> Floats:
    """Return for each of the others how probable it is that it reports the event of `lead`: (n,), 0 to 1."""
    if not others.leads:
        return np.zeros(0)
    model = _model()
    figures = compare(lead, others, frequencies)
    probable = 1 / (1 + np.exp(-figures @ model.weights - model.bias))
    return np.where(is_excluded(lead, others, figures), 0.0, probable)


def is_excluded(lead: Lead, others: Others, figures: Floats) -> NDArray[np.bool_]:
    """Tell which of the others are never of one event with `lead`, whatever their `figures` add up to: (n,).

    Reports that recur daily (gold, weather, draws, fixtures) of two days; and leads that share names, days or
    figures only, but no word or matter that says what happened.
    """
    recurs = np.array([_is_another_day(lead, other) for other in others.leads], np.bool_)
    return recurs | _share_no_matter(figures)


def _share_no_matter(figures: Floats) -> NDArray[np.bool_]:
    """Tell which leads have nothing but names in common; bodies that are alike are not asked."""
    at = FIGURES.index
    words, meaning = figures[:, at("rarest_words")], figures[:, at("meaning")]
    without = (words < _FEWEST_WORDS) & (meaning < _LEAST_MEANING) & (figures[:, at("bodies")] == 0)
    return np.asarray(without, np.bool_)


def _is_another_day(lead: Lead, other: Lead) -> bool:
    return bool(lead.series & other.series) and None not in (lead.day, other.day) and lead.day != other.day


@cache
def _model() -> Model:
    text = (importlib.resources.files("summarizer") / "data" / "same_event.json").read_text(encoding="utf-8")
    packed = json.loads(text)
    return Model(np.array([packed["weights"][figure] for figure in FIGURES]), packed["bias"])
