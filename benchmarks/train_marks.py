"""Make `summarizer/data/marks.npz`: counts of syllables, and of pairs of neighbours, in news.

    python benchmarks/train_marks.py ARTICLES.jsonl[.gz] summarizer/data/marks.npz [--without STORE.jsonl]

ARTICLES: rows of {"id", "title", "sapo", "body": [lines]}. Articles whose ids stand in STORE, against which
questions are measured, are left out. Every twentieth other one is held out: the share of its syllables that
are restored rightly is printed.

A pair that nearly always has the same word before it ("ban nha" after "tây") is counted separately where it
has another.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from common import read_rows

from summarizer.questions import diacritics
from summarizer.text.syllables import folded, word_forms

LEAST_WORD, LEAST_PAIR = 10, 3  # times that a word and a pair must stand
LEAST_BOUND, BOUND = 10, 0.8  # times, and the share with the usual word before, of a pair counted apart
MOST_LINES = 2_000  # measured

Line = list[str]


def lines_of(path: Path, without: Path | None) -> tuple[list[Line], list[Line]]:
    """Return the lines to count and those held out, as words."""
    left_out = {row["id"] for row in read_rows(without)} if without else set()
    counted: list[Line] = []
    held_out: list[Line] = []
    for number, row in enumerate(read_rows(path)):
        if row["id"] not in left_out:
            texts = (row["title"], row["sapo"], *row["body"])
            words = ([word.canonical for word in word_forms(text)] for text in texts)
            (counted if number % 20 else held_out).extend(words)
    return counted, held_out


def counts_of(lines: list[Line]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Count words and pairs; what is no known word is ""."""
    often = Counter(word for line in lines for word in line)
    known = {word for word, count in often.items() if count >= LEAST_WORD and word.isalpha()}
    pairs: Counter[tuple[str, str]] = Counter()
    for line in lines:
        pairs.update(pairwise(["", *(word if word in known else "" for word in line), ""]))
    words = Counter({word: often[word] for word in known})
    return words, Counter({pair: count for pair, count in pairs.items() if count >= LEAST_PAIR and any(pair)})


def bound_pairs(
    lines: list[Line], pairs: Counter[tuple[str, str]]
) -> Iterator[tuple[tuple[str, str], str, int]]:
    """Yield pairs with their usual word before, and how often they stand behind another one."""
    before: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for line in lines:
        for word, one, other in zip(line, line[1:], line[2:], strict=False):
            if pairs[one, other] >= LEAST_BOUND:
                before[one, other][word] += 1
    for pair, words in before.items():
        (usual, count), *_ = words.most_common(1)
        if count >= BOUND * pairs[pair] and usual.isalpha() and all(pair):
            yield pair, usual, pairs[pair] - count


def save(path: Path, lines: list[Line]) -> None:
    often, pairs = counts_of(lines)
    words = ["", *(word for word, _ in often.most_common())]
    number = {word: at for at, word in enumerate(words)}
    keys = {(number[one] << 16) | number[other]: count for (one, other), count in pairs.items()}
    order = np.array(sorted(keys), np.uint32)
    bound = {
        (number[a] << 16) | number[b]: (usual, rest) for (a, b), usual, rest in bound_pairs(lines, pairs)
    }
    apart = [(at, *bound[key]) for at, key in enumerate(order.tolist()) if key in bound]
    apart = [each for each in apart if each[1] in number]
    edges = sum(count for (one, _), count in pairs.items() if not one)
    np.savez_compressed(
        path,
        words=np.frombuffer(" ".join(words[1:]).encode(), np.uint8),
        counts=_levels([max(1, edges), *(often[word] for word in words[1:])]),
        gaps=np.diff(order, prepend=np.uint32(0)),
        pairs=_levels([keys[key] for key in order.tolist()]),
        bound=np.array([at for at, _, _ in apart], np.uint32),
        usual=np.array([number[usual] for _, usual, _ in apart], np.uint16),
        elsewhere=_levels([rest + 1 for _, _, rest in apart]),
    )
    size = path.stat().st_size
    print(f"{sum(often.values())} words, {len(words)} different, {order.size} pairs, {size} bytes")


def _levels(counts: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.round(np.log(counts) * diacritics.LEVELS).astype(np.uint8)


def measure(lines: list[Line]) -> None:
    """Print how many syllables of the held-out lines are restored as written."""
    right = total = 0
    for line in lines[:MOST_LINES]:
        for start in range(0, len(line), 12):  # as long as a question
            words = line[start : start + 12]
            guesses = diacritics.likely_diacritics(tuple(map(folded, words)))
            right += sum(
                max(forms, key=forms.__getitem__) == w for forms, w in zip(guesses, words, strict=True)
            )
            total += len(words)
    print(f"{right / max(1, total):.3f} of {total} syllables restored as written")


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("articles", type=Path)
    ask.add_argument("target", type=Path)
    ask.add_argument("--without", type=Path)
    args = ask.parse_args()
    counted, held_out = lines_of(args.articles, args.without)
    save(args.target, counted)
    measure(held_out)
