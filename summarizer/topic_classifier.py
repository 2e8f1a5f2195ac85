"""Tell an article's topic by its words, where neither its source nor its address says it.

A multinomial logistic regression over syllables and pairs of neighbours, kept as hashes of `terms`. The
weights in `data/topics.npz` are made by `benchmarks/train_topics.py`, which says from what. What a source
says is surer and comes first: `topics`.
"""

import importlib.resources
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from summarizer.stories.terms import LEAD_CHARACTERS, LEAD_SYLLABLES, term_hashes
from summarizer.text.syllables import syllables

TOPICS = (
    "thoi-su",
    "the-gioi",
    "kinh-te",
    "xa-hoi",
    "phap-luat",
    "giao-duc",
    "suc-khoe",
    "khoa-hoc-cong-nghe",
    "the-thao",
    "van-hoa-giai-tri",
)
"""The topics that can be told, in the order of the weights' columns."""

_SURE = 0.32  # chance from which a topic is told: more would be right, but too many articles go without
_SURE_OF_BODY = 0.4  # the same where there is a body: many words make the model surer than it should be
_FEWEST = 3  # known terms; fewer say too little
_TITLE_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class Model:
    """What each known term says for each topic.

    Hashes: (n,), ascending. Rarity: (n,), how much the term counts in an article. Weights: (n, topics) and,
    whatever the terms, `leaning`: (topics,); log odds.
    """

    hashes: NDArray[np.uint32]
    rarity: NDArray[np.float32]
    weights: NDArray[np.float32]
    leaning: NDArray[np.float32]


def classify_topic(title: str, sapo: str, body: str) -> str | None:
    """Return one of `TOPICS`, or None where the words leave it open.

    >>> classify_topic("Tiền đạo lập cú đúp, đội chủ nhà vào chung kết",
    ...                "Huấn luyện viên khen các cầu thủ sau trận thắng 3-1 trên sân nhà.", "")
    'the-thao'
    >>> classify_topic("Một ngày", "", "") is None
    True
    """
    return classify_with(_model(), title, sapo, body)


def classify_with(model: Model, title: str, sapo: str, body: str) -> str | None:
    """Return one of `TOPICS` as `model` tells it, or None where the words leave it open."""
    chances = topic_chances(model, title, sapo, body)
    best = int(chances.argmax())
    return TOPICS[best] if chances[best] >= (_SURE_OF_BODY if body else _SURE) else None


def topic_chances(model: Model, title: str, sapo: str, body: str) -> NDArray[np.float32]:
    """Return the chance of each topic: (topics,), adding up to 1; all even where too few terms are known."""
    at, weights = known(model.hashes, model.rarity, *weigh(title, sapo, body))
    if at.size < _FEWEST:
        return np.full(len(TOPICS), 1 / len(TOPICS), np.float32)
    return softmax(weights @ model.weights[at] + model.leaning)


def weigh(title: str, sapo: str, body: str) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Return the distinct term hashes of an article, ascending, and how much of each there is."""
    fields = [term_hashes(syllables(text[:LEAD_CHARACTERS])[:LEAD_SYLLABLES]) for text in (title, sapo, body)]
    counted = np.repeat([_TITLE_WEIGHT, 1, 1], [field.size for field in fields])
    hashes, term_of = np.unique(np.concatenate(fields), return_inverse=True)
    return hashes, (1 + np.log(np.bincount(term_of, counted, minlength=hashes.size))).astype(np.float32)


def known(
    vocabulary: NDArray[np.uint32],
    rarity: NDArray[np.float32],
    hashes: NDArray[np.uint32],
    weights: NDArray[np.float32],
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return where the terms that `vocabulary` (ascending) has stand in it, and a unit vector of weights."""
    at = np.minimum(np.searchsorted(vocabulary, hashes), vocabulary.size - 1)
    is_known = vocabulary[at] == hashes
    at, kept = at[is_known], weights[is_known]
    kept = kept * rarity[at]
    return at, (kept / max(float(np.linalg.norm(kept)), 1e-9)).astype(np.float32)


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn log odds into chances along the last axis."""
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True), np.float32)


def unpacked(arrays: Mapping[str, Any]) -> Model:
    """Return the model of a file's arrays: weights are kept as bytes, in steps."""
    weights = arrays["levels"].astype(np.float32) * arrays["step"]
    return Model(arrays["hashes"], arrays["rarity"].astype(np.float32), weights, arrays["leaning"])


@cache
def _model() -> Model:
    packed = (importlib.resources.files("summarizer") / "data" / "topics.npz").read_bytes()
    with np.load(io.BytesIO(packed)) as arrays:
        return unpacked(arrays)
