"""Print the tables of docs/quality.md: ROUGE on syllables of leads, sumy's rankers, ours and the oracle.

    OPENBLAS_NUM_THREADS=1 python benchmarks/quality.py ARTICLES.jsonl.gz CLUSTERS.jsonl.gz [--rows N]

ARTICLES has rows {"title", "sapo", "body": [line...]}: the body, its lines joined by spaces, is summed up;
the sapo is the reference. CLUSTERS has {"documents": [{"title", "sapo", "body"}...], "references": [...]}: a
story is summed up in 250 syllables, and the score is the mean over its references.
"""

import argparse
from collections.abc import Callable, Sequence
from itertools import islice, zip_longest
from pathlib import Path

from common import read_rows
from rouge import mean_rouge, rouge

from summarizer.extraction.ranking import RANKERS
from summarizer.extraction.summaries import summarize
from summarizer.model import Document
from summarizer.text.repair import repair
from summarizer.text.sentences import split
from summarizer.text.syllables import syllables

STORY_SYLLABLES = 250
ORACLE_SENTENCES = 3
Way = Callable[[Sequence[Document], Sequence[Sequence[str]]], Sequence[str]]
"""Sums documents up; the oracle alone looks at the references, given as syllables."""


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("articles", type=Path)
    ask.add_argument("clusters", type=Path)
    ask.add_argument("--rows", type=int)
    args = ask.parse_args()
    articles = [
        ([Document(row["title"], body=" ".join(row["body"]))], [syllables(row["sapo"])])
        for row in islice(read_rows(args.articles), args.rows)
    ]
    table(f"one article (n = {len(articles)})", article_ways(), articles)
    clusters = [
        (
            [Document(one["title"], one.get("sapo") or "", one["body"]) for one in row["documents"]],
            [syllables(reference) for reference in row["references"]],
        )
        for row in islice(read_rows(args.clusters), args.rows)
    ]
    table(f"one story in {STORY_SYLLABLES} syllables (n = {len(clusters)})", story_ways(), clusters)


def table(
    name: str, ways: dict[str, Way], cases: Sequence[tuple[Sequence[Document], Sequence[Sequence[str]]]]
) -> None:
    """Print a row for each way of summing the cases up."""
    print(f"\n| {name} | R1 | R2 | RL | syllables |\n|---|---|---|---|---|")
    for label, way in ways.items():
        sums, length = [0.0, 0.0, 0.0], 0
        for documents, references in cases:
            words = syllables(" ".join(way(documents, references)))
            length += len(words)
            for reference in references:
                for i, value in enumerate(rouge(words, reference)):
                    sums[i] += 100 * value / len(references) / len(cases)
        print(
            f"| {label} | {' | '.join(f'{value:.2f}' for value in sums)} | {length / len(cases):.1f} |",
            flush=True,
        )


def article_ways() -> dict[str, Way]:
    """Return the ways to sum one article up, by what the table calls them."""
    ways: dict[str, Way] = {f"lead-{count}": lead(count) for count in (1, 2, 3)}
    ways |= {f"sumy {name}, 2 sentences": ranked(name, sentences=2) for name in RANKERS if name != "diemtin"}
    ways["Điểm Tin, 2 sentences"] = ranked("diemtin", sentences=2)
    ways["Điểm Tin, free length"] = ranked("diemtin")
    ways[f"oracle, at most {ORACLE_SENTENCES} sentences"] = oracle
    return ways


def story_ways() -> dict[str, Way]:
    """Return the ways to sum a story up, by what the table calls them."""
    ways: dict[str, Way] = {"leads in turn": leads_in_turn}
    ways |= {
        f"sumy {name}": ranked(name, max_syllables=STORY_SYLLABLES) for name in RANKERS if name != "diemtin"
    }
    ways["Điểm Tin"] = ranked("diemtin", max_syllables=STORY_SYLLABLES)
    return ways


def ranked(ranker: str, **limits: int) -> Way:
    """Return the way of one ranker."""
    return lambda documents, _: [sentence.text for sentence in summarize(documents, ranker=ranker, **limits)]


def lead(count: int) -> Way:
    """Return the way that takes the first sentences."""
    return lambda documents, _: sentences_of(documents[0])[:count]


def leads_in_turn(documents: Sequence[Document], _: Sequence[Sequence[str]]) -> Sequence[str]:
    """Take the first sentence of each article, then the second, while whole ones fit."""
    taken, room = [], STORY_SYLLABLES
    for turn in zip_longest(*map(sentences_of, documents)):
        for text in filter(None, turn):
            if len(syllables(text)) <= room:
                taken.append(text)
                room -= len(syllables(text))
    return taken


def oracle(documents: Sequence[Document], references: Sequence[Sequence[str]]) -> Sequence[str]:
    """Take the sentences that score best, one after the other, while the score grows."""
    texts = sentences_of(documents[0])
    words = [syllables(text) for text in texts]
    chosen: list[int] = []
    best = 0.0
    while len(chosen) < ORACLE_SENTENCES:
        tried = {
            at: mean_rouge([word for i in sorted((*chosen, at)) for word in words[i]], references[0])
            for at in range(len(texts))
            if at not in chosen
        }
        at = max(tried, key=tried.__getitem__, default=None)
        if at is None or tried[at] <= best:
            break
        chosen.append(at)
        best = tried[at]
    return [texts[at] for at in sorted(chosen)]


def sentences_of(document: Document) -> list[str]:
    body = repair(document.body).text
    return [body[start:end] for start, end in split(body)]


if __name__ == "__main__":
    main()
