"""Decide an article's topic by its most reliable clue; its words decide if there is no other."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
from numpy.typing import NDArray

from summarizer.packaged_data import load_arrays
from summarizer.stories.terms import log_frequencies
from summarizer.text.syllables import folded

# Only this module decides a topic. The clues in their order: the category in its row or feed, the sections in
# its address (`/the-thao/bong-da/…`, `/Home/TheGioi/…`, `thethao.bao.vn`), its source, and the words of its
# text.

_CAPITAL_INSIDE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_WORD = re.compile(r"[\W_]+")
_LEVELS = re.compile(r"[/>|,;»:]|\s[-–—]\s")  # "Thể thao / Bóng đá", "Thể thao - VnExpress RSS"
_NUMBER = re.compile(r"[a-z]?\d+|html?|aspx|php|rss|xml|feed|atom")  # "the-thao-c12", "the-thao.rss"
_NEWS = frozenset(("tin", "tuc", "bao", "chuyen", "muc", "trang", "kenh", "rss"))  # "tin-the-thao"
_PAPERS = frozenset(("bao", "tap", "thoi", "tin", "trang", "kenh", "dai", "tc"))  # "bao-phap-luat" is a paper
_PAPER_BEGINS = ("bao ", "rss bao ", "tap chi ", "thoi bao ", "dai ")  # of the paper's name in a title
_LONGEST_SECTION = 4  # syllables: a longer part of a path is an article's headline, not a section


@dataclass(frozen=True, slots=True)
class TopicClues:
    """The clues to an article's topic. `sources`: names under which the newsroom may know its source."""

    category: str | None
    url: str | None
    sources: tuple[str | None, ...]
    by_words: str | None


@dataclass(frozen=True, slots=True)
class TopicRules:
    """The rules of a newsroom: the topic of each word (as `section_key` gives it), and of each source."""

    by_word: Mapping[str, str] = field(default_factory=dict)
    by_source: Mapping[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Return a fingerprint that changes whenever articles may get other topics."""
        said = repr((sorted(self.by_word.items()), sorted(self.by_source.items())))
        return hashlib.sha256(said.encode(errors="backslashreplace")).hexdigest()[:16]


NO_RULES = TopicRules()


def decide_topic(clues: TopicClues, rules: TopicRules) -> str | None:
    """Return the newsroom's name of the article's topic, or None if no clue decides.

    >>> rules = TopicRules({"thegioi": "the-gioi", "bongda": "the-thao"})
    >>> decide_topic(TopicClues("Tin nóng", "https://bao.example/Home/TheGioi/x-1.html", (), None), rules)
    'the-gioi'
    """
    if topic := _first_known(_clues(clues.category, clues.url), rules.by_word):
        return topic
    declared = (rules.by_source.get(name) for name in clues.sources if name)
    by_source = next(filter(None, declared), None)
    return by_source or rules.by_word.get(section_key(clues.by_words or ""))


def words_of_topics(
    topics: Iterable[str], aliases: Mapping[str, str], sections: Mapping[str, str]
) -> dict[str, str]:
    """Return the topic of each word. `aliases` maps a newsroom's word to one of its `topics`.

    `sections` maps the usual section names of papers to built-in topics; they count if the newsroom declares
    a topic of that name.
    """
    own = {section_key(name): name for name in topics}
    own |= {section_key(word): topic for word, topic in aliases.items()}
    usual = {section_key(word): own.get(section_key(topic)) for word, topic in sections.items()}
    return {word: topic for word, topic in usual.items() if topic} | own


def topic_of_source(name: str, title: str, address: str, words: Mapping[str, str]) -> str | None:
    """Return the topic named in a source's address, title or name, for a source of one section of a paper.

    >>> topic_of_source("vnx", "VnExpress", "https://bao.example/rss/the-thao.rss", {"thethao": "the-thao"})
    'the-thao'
    """
    parts = _sections_in(title)
    syllables = name.split("-")
    if syllables[0] not in _PAPERS:
        parts += ["-".join(syllables[at:]) for at in range(1, len(syllables))]
    return _first_known([*_sections(f"{address}/"), *map(section_key, parts)], words)


def section_of_title(title: str) -> str:
    """Return the section that a feed's own title names beside its paper's name, "" if none.

    >>> section_of_title("VnExpress - Thể thao"), section_of_title("Tin mới nhất - Báo Pháp luật")
    ('VnExpress / Thể thao', 'Tin mới nhất')
    """
    return " / ".join(_sections_in(title))


def _sections_in(title: str) -> list[str]:
    """Return the parts of a title that may be sections; a title of one part is the paper's name."""
    parts = [part.strip() for part in _LEVELS.split(title)]
    if len(parts) < 2:
        return []
    return [part for part in parts if part and not folded(f"{part} ").startswith(_PAPER_BEGINS)]


def section_key(word: str) -> str:
    """Return `word` as sections are compared: without diacritics, case, blanks, hyphens and numbers.

    >>> section_key("Tin Thể thao"), section_key("the-thao-c12"), section_key("TheThao.rss")
    ('thethao', 'thethao', 'thethao')
    """
    words = [part for part in _NO_WORD.split(folded(_CAPITAL_INSIDE.sub(" ", word))) if part]
    while len(words) > 1 and _NUMBER.fullmatch(words[-1]):
        words.pop()
    while len(words) > 2 and words[0] in _NEWS:
        words.pop(0)
    return "".join(words)  # hosts and old addresses run words together ("thethao")


def _first_known(keys: Iterable[str], words: Mapping[str, str]) -> str | None:
    return next((words[key] for key in keys if key in words), None)


def _clues(category: str | None, url: str | None) -> Iterator[str]:
    if category:
        yield section_key(category)
        yield from map(section_key, _LEVELS.split(category))  # the broader section stands first
    if url:
        yield from _sections(url)


def _sections(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return
    path = [unquote(section) for section in parts.path.split("/")[:-1]]
    for section in [*path, host.split(".")[0]]:  # thethao.bao.vn
        if len(_NO_WORD.split(_CAPITAL_INSIDE.sub(" ", section))) <= _LONGEST_SECTION + 1:
            yield section_key(section)


# Classify an article by its words, if neither its source nor its address names a topic.
#
# A multinomial logistic regression over syllables and pairs of neighbours, kept as hashes of `terms`. The
# weights in `data/topics.npz` are made by `benchmarks/train_topics.py`, whose docstring names the data.

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
"""The topics that the classifier knows, in the order of the weights' columns."""

_LEAST_PROBABILITY = 0.32  # a higher one is more often right, but leaves more articles without topic
_LEAST_WITH_BODY = 0.4  # for articles with a body: many words make the model too certain
_FEWEST = 3  # known terms that are needed
Hashes = NDArray[np.uint32]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TopicModel:
    """The weights of each known term for each topic."""

    hashes: Hashes  # (n,), ascending
    idf: Floats  # how much a term counts in an article, (n,)
    weights: Floats  # log odds, (n, topics)
    intercepts: Floats  # (topics,)


def classify_topic(title: str, sapo: str, body: str, model: TopicModel | None = None) -> str | None:
    """Return one of `TOPICS`, or None if the words do not decide. Without `model` the packaged one decides.

    >>> classify_topic("Tiền đạo lập cú đúp, đội chủ nhà vào chung kết",
    ...                "Huấn luyện viên khen các cầu thủ sau trận thắng 3-1 trên sân nhà.", "")
    'the-thao'
    >>> classify_topic("Một ngày", "", "") is None
    True
    """
    probabilities = topic_probabilities(model or _model(), title, sapo, body)
    best = int(probabilities.argmax())
    return TOPICS[best] if probabilities[best] >= (_LEAST_WITH_BODY if body else _LEAST_PROBABILITY) else None


def topic_probabilities(model: TopicModel, title: str, sapo: str, body: str) -> Floats:
    """Return the probability of each topic: (topics,); all are equal if too few terms are known."""
    at, weights = match_vocabulary(model.hashes, model.idf, *log_frequencies(title, sapo, body))
    if at.size < _FEWEST:
        return np.full(len(TOPICS), 1 / len(TOPICS), np.float32)
    return softmax(weights @ model.weights[at] + model.intercepts)


def match_vocabulary(
    vocabulary: Hashes, idf: Floats, hashes: Hashes, weights: Floats
) -> tuple[NDArray[np.intp], Floats]:
    """Return the positions of known terms in `vocabulary` (ascending), and their weights as a unit vector."""
    at = np.minimum(np.searchsorted(vocabulary, hashes), vocabulary.size - 1)
    is_known = vocabulary[at] == hashes
    at, kept = at[is_known], weights[is_known]
    kept = kept * idf[at]
    return at, (kept / max(float(np.linalg.norm(kept)), 1e-9)).astype(np.float32)


def softmax(scores: Floats) -> Floats:
    """Turn log odds into probabilities along the last axis."""
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True), np.float32)


def unpacked(arrays: Mapping[str, Any]) -> TopicModel:
    """Return the model in a file's arrays, which keep weights as bytes, in steps."""
    weights = arrays["levels"].astype(np.float32) * arrays["step"]
    return TopicModel(arrays["hashes"], arrays["idf"].astype(np.float32), weights, arrays["leaning"])


@cache
def _model() -> TopicModel:
    return unpacked(load_arrays("topics.npz"))
