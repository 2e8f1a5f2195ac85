"""Tell photo captions from prose by their words and by what stands around them.

Most captions in Vietnamese news end in a full stop, so punctuation says little; their words say more
("hiện trường vụ", "tại buổi", "(trái)") and so does what they lack ("cũng", "tuy nhiên", "cho biết"). The
weights are a logistic regression over words, trained by `benchmarks/train_captions.py`. Which lines are
dropped is decided in `cleaning`; the ranker takes the same score as evidence.
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

from summarizer.syllables import syllables

CERTAIN = 2.0  # log odds from which a line of its own is a caption wherever it stands
LIKELY = 0.8  # log odds that are enough for a short line between long paragraphs
_LONGEST = 48  # syllables; longer ones are prose
_LONG_PARAGRAPH = 40  # syllables
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
    weights = _weights()
    return weights[""] + sum(weights.get(cue, 0.0) for cue in cues(text, tokens or syllables(text)))


def is_caption(text: str, *, before: str = "", after: str = "") -> bool:
    """Tell whether the line `text` between the lines `before` and `after` is a caption."""
    length = len(syllables(text))
    if not 2 <= length <= _LONGEST:
        return False
    score = caption_score(text)
    if score >= CERTAIN:
        return True
    return score >= LIKELY and all(
        len(syllables(line)) >= max(_LONG_PARAGRAPH, 2 * length) for line in (before, after)
    )


def cues(text: str, tokens: Sequence[str]) -> Iterator[str]:
    """Yield what the weights are keyed by, each once: words, neighbours, the opening, length and marks."""
    yield from set(tokens)
    yield from {f"{first} {second}" for first, second in pairwise(tokens)}
    yield f"^{tokens[0]}" if tokens else "^"
    yield "^" + " ".join(tokens[:2])
    yield f"#{min(len(tokens) // 4, 12)}"
    yield f",{min(text.count(','), 3)}"
    if _QUOTE.search(text):
        yield '"'
    if tokens and tokens[-1].isdigit():
        yield "9$"


@cache
def _weights() -> dict[str, float]:
    weights: dict[str, float] = json.loads(
        files("summarizer").joinpath("data/captions.json").read_text("utf-8")
    )
    return weights
