"""ROUGE-1, -2 and -L F1 of token lists; -L is one longest common subsequence. Source: Lin (2004).

Tokens are Vietnamese syllables: the tokenizer of the rouge-score package drops accented letters and so
doubles the figures.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise


def rouge(found: Sequence[str], wanted: Sequence[str]) -> tuple[float, float, float]:
    """Return ROUGE-1, -2 and -L F1, from 0 to 1."""
    ones = sum((Counter(found) & Counter(wanted)).values())
    twos = sum((Counter(pairwise(found)) & Counter(pairwise(wanted))).values())
    length = len(found) + len(wanted)
    if not ones:
        return 0.0, 0.0, 0.0
    return 2 * ones / length, 2 * twos / max(length - 2, 1), 2 * longest_common(found, wanted) / length


def mean_rouge(found: Sequence[str], wanted: Sequence[str]) -> float:
    return sum(rouge(found, wanted)) / 3


def longest_common(found: Sequence[str], wanted: Sequence[str]) -> int:
    """Return the length of the longest common subsequence. Source: Hyyrö (2004), bit-parallel."""
    places: dict[str, int] = defaultdict(int)
    for at, word in enumerate(found):
        places[word] |= 1 << at
    full = (1 << len(found)) - 1
    row = full
    for word in wanted:
        hit = row & places[word]
        row = ((row + hit) | (row - hit)) & full
    return len(found) - row.bit_count()
