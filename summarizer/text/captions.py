"""Tell photo captions from prose by their words and by what stands around them.

Most captions in Vietnamese news end in a full stop, so punctuation says little; their words say more
("hiện trường vụ", "tại buổi", "(trái)") and so does what they lack ("cũng", "tuy nhiên", "cho biết"). The
weights are a logistic regression over words, trained by `benchmarks/train_captions.py`. Which lines are
dropped is decided in `cleaning`; the ranker takes the same score as evidence.
"""

import json
import math
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import cast

from summarizer.text.furniture import ends_as_sentence
from summarizer.text.syllables import syllables

CERTAIN = 3.0  # log odds from which a line of its own is a caption wherever it stands
LIKELY = 0.8  # log odds that are enough for a short line between long paragraphs
_DOUBTFUL, _PLAIN = 1.0, 2.5  # log odds from which a sentence among others reads like one a little, wholly
_LONGEST_WITHIN = 24  # syllables; a longer sentence among others is prose
_LONGEST = 48  # syllables; longer ones are prose
_LONGEST_SYLLABLE = 12  # characters, with what parts it from the next
_LONGEST_SUBHEAD = 10  # syllables; a line as short without a stop heads the paragraphs below it
_LONG_PARAGRAPH = 40  # syllables
_NO_CAPTION = ("?", "!", ":", ";")  # how no caption ends
_QUOTE = re.compile('["“”]')


def caption_score(text: str, tokens: Sequence[str] | None = None) -> float:
    """Return the log odds that a line of its own with this text is a caption, prose and captions being even.

    Args:
        text: one line or sentence.
        tokens: its syllables, where the caller has them already.

    >>> caption_score("Hiện trường vụ tai nạn trên quốc lộ 1.") > 2
    True
    >>> caption_score("Tuy nhiên, ông cũng chưa rõ vì sao nước lên nhanh.") < -2
    True
    """
    tokens = tokens or syllables(text)
    lone, pairs = _weights()
    said = map(lone.__getitem__, lone.keys() & _lone_cues(text, tokens))
    beside = map(pairs.__getitem__, pairs.keys() & pairwise(tokens))
    # Exact, as a set has no order: a line at the limit would be a caption in one process and none in another.
    return math.fsum((lone[""], *said, *beside))


def likeness_to_captions(text: str, tokens: Sequence[str]) -> float:
    """Return from 0 to 1 how much a sentence amid prose, with these syllables, reads like a caption.

    >>> likeness_to_captions("Hiện trường vụ tai nạn.", ["hiện", "trường", "vụ", "tai", "nạn"])
    1.0
    """
    if len(tokens) > _LONGEST_WITHIN:
        return 0.0
    return max(0.0, min(1.0, (caption_score(text, tokens) - _DOUBTFUL) / (_PLAIN - _DOUBTFUL)))


def is_caption(text: str, *, before: str = "", after: str = "") -> bool:
    """Tell whether the line `text` between the lines `before` and `after` is a caption."""
    if text.count(" ") >= _LONGEST or len(text) > _LONGEST * _LONGEST_SYLLABLE or text.endswith(_NO_CAPTION):
        return False
    tokens = syllables(text)
    fewest = 2 if ends_as_sentence(text) else _LONGEST_SUBHEAD + 1
    if not fewest <= len(tokens) <= _LONGEST:
        return False
    score = caption_score(text, tokens)
    if score >= CERTAIN:
        return True
    return score >= LIKELY and all(
        len(syllables(line)) >= max(_LONG_PARAGRAPH, 2 * len(tokens)) for line in (before, after)
    )


def word_weights() -> dict[str, float]:
    """Return what each syllable says for a caption, in log odds; those that say little are not there."""
    return {cue: weight for cue, weight in _weights()[0].items() if cue.isalnum()}


def cues(text: str, tokens: Sequence[str]) -> list[str]:
    """Return what the weights are keyed by, each once: words, neighbours, the opening, length and marks."""
    return [*_lone_cues(text, tokens), *{f"{first} {second}" for first, second in pairwise(tokens)}]


def _lone_cues(text: str, tokens: Sequence[str]) -> list[str]:
    opening = f"^{tokens[0]}" if tokens else "^"
    found = [*set(tokens), opening, "^" + " ".join(tokens[:2])]
    found += (f"#{min(len(tokens) // 4, 12)}", f",{min(text.count(','), 3)}")
    if _QUOTE.search(text):
        found.append('"')
    if tokens and tokens[-1].isdigit():
        found.append("9$")
    return found


@cache
def _weights() -> tuple[dict[str, float], dict[tuple[str, str], float]]:
    """Return the weights of lone cues, "" being the constant, and of neighbours."""
    saved: dict[str, float] = json.loads(
        files("summarizer").joinpath("data/captions.json").read_text("utf-8")
    )
    pairs = {tuple(cue.split()): weight for cue, weight in saved.items() if " " in cue and cue[0] != "^"}
    lone = {cue: weight for cue, weight in saved.items() if " " not in cue or cue[0] == "^"}
    return lone, cast(dict[tuple[str, str], float], pairs)
