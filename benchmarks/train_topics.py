"""Train `summarizer/data/topics.npz`: the weights of words for the topic of an article.

    python benchmarks/train_topics.py TRAIN CLUSTERS LEADS summarizer/data/topics.npz

TRAIN has rows {"id", "title", "sapo", "body": [line...]}, as the vietnews corpus has (Nguyen et al., 2019).
It has no topics, but its numbers run through the sections of three papers one after another: `RUNS`, found by
reading titles. Topics that have no section are found by the words of `topic_words.json`, which also make up
articles of their own: handfuls of such words. Most articles that the bot takes in are a title and a lead, so
each is learnt twice: whole, and as these alone; those of CLUSTERS (VN-MDS, `bench_topics.py`) too.
LEADS has rows {"id", "title", "sapo", "published"}; `lead_topics.tsv` has the topics of half of them, given
by a reader who asked in which section of a paper they would stand, and left out what fits none or several.

Leads of the days in `HELD_OUT` are measured with a model that has learnt from the other days, the clusters
with models that have learnt from the other clusters; what is written has learnt from all.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from bench_topics import POLITICS, Labelled, classify, read_labelled, report
from common import read_rows

from summarizer.stories.terms import LEAD_CHARACTERS, LEAD_SYLLABLES, log_frequencies
from summarizer.text.syllables import syllables
from summarizer.topics import TOPICS, TopicModel, match_vocabulary, softmax, unpacked

Floats = npt.NDArray[np.float32]

RUNS = (
    (0, 5_085, "phap-luat"),
    (5_085, 9_718, "van-hoa-giai-tri"),
    (9_718, 20_910, "thoi-su"),
    (20_910, 27_600, "the-gioi"),
    (27_600, 28_740, "khoa-hoc-cong-nghe"),
    (28_740, 59_855, "the-gioi"),
    (60_862, 66_841, "kinh-te"),  # opinions on everything stand before it
    (66_841, 72_480, "thoi-su"),
    (72_490, 75_855, "giao-duc"),
    (75_855, 79_785, "phap-luat"),
    (80_200, 82_312, "xa-hoi"),
    (82_312, 86_850, "kinh-te"),
    (86_850, 88_680, "van-hoa-giai-tri"),
    (88_680, 106_000, "thoi-su"),
)
"""First number, the one after the last, topic."""


class Rule(NamedTuple):
    """How many of a topic's words in 400 syllables, and how many different ones, make it the topic."""

    density: float
    different: int
    elsewhere: Set[str]  # sections in which the words do not make it the topic


RULES = {
    "the-thao": Rule(12, 6, frozenset()),
    "suc-khoe": Rule(13, 6, frozenset({"phap-luat"})),
    "khoa-hoc-cong-nghe": Rule(18, 7, frozenset({"phap-luat", "giao-duc", "van-hoa-giai-tri"})),
    "phap-luat": Rule(9, 4, frozenset(TOPICS) - {"thoi-su"}),  # accidents and fires, as aggregators file them
    "xa-hoi": Rule(14, 5, frozenset(TOPICS) - {"thoi-su"}),
}
SHORT = 150  # syllables; a shorter article counts as so long
ALONE = re.compile(r"hlv|u\d\d|vff|clb")  # single words that are as telling as pairs
MADE_UP, WORDS_EACH = 150, 60
TERMS, FEWEST, TRUSTED = 20_000, 6, 200
EPOCHS, BATCH, RATE = 4, 256, 0.02
CLUSTER_WEIGHT = 1.5  # an article of a known topic beside one of a supposed topic
LEAD_WEIGHT = 10.0  # a lead whose topic a reader gave
HELD_OUT = ("18", "20", "22")  # days of the month
FOLDS = 5


class Example(NamedTuple):
    """An article's terms, their weights, its topic's column and how much it counts within its topic."""

    hashes: npt.NDArray[np.uint32]
    weights: Floats
    topic: int
    counts: float = 1.0


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("train", "clusters", "leads", "output"):
        ask.add_argument(name, type=Path)
    args = ask.parse_args()
    supposed = list(suppose(args.train))
    print(Counter(TOPICS[example.topic] for example in supposed))
    articles = read_labelled(args.clusters)
    leads = read_leads(args.leads)
    other_days = [lead for day, lead in leads if day not in HELD_OUT]
    held_out = [lead for day, lead in leads if day in HELD_OUT]
    print("leads of days that the model has not seen")
    model = unpacked(packed(fit(supposed + learnt(articles) + learnt_leads(other_days))))
    report(held_out, [classify(lead, model) for lead in held_out])
    print(f"clusters that the models have not seen, {FOLDS} folds")
    given = [lead for _, lead in leads]
    report(articles, cross_validate(supposed + learnt_leads(given), articles))
    model = fit(supposed + learnt(articles) + learnt_leads(given))
    np.savez_compressed(args.output, **packed(model))


def suppose(path: Path) -> Iterator[Example]:
    """Yield examples of each article that has a supposed topic, and those made up of words."""
    words = read_words(Path(__file__).with_name("topic_words.json"))
    for row in read_rows(path):
        body = "\n".join(row["body"])
        topic = supposed_topic(row, body, words)
        if topic:
            for text in (body, ""):
                yield Example(*log_frequencies(row["title"], row["sapo"], text), TOPICS.index(topic))
    rng = np.random.default_rng(0)
    for topic in ("the-thao", "suc-khoe", "khoa-hoc-cong-nghe", "xa-hoi"):
        choice = sorted(words[topic])
        for _ in range(MADE_UP):
            yield Example(*handful(rng.choice(choice, WORDS_EACH).tolist()), TOPICS.index(topic))


def read_words(path: Path) -> dict[str, frozenset[str]]:
    """Return the words of each topic as syllables parted by blanks."""
    lists: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return {
        topic: frozenset(" ".join(syllables(word)) for word in text.split(", "))
        for topic, text in lists.items()
    }


def supposed_topic(row: dict[str, Any], body: str, words: dict[str, frozenset[str]]) -> str | None:
    """Return the topic by the words where a rule applies, else by the number."""
    number = int(row["id"].split("-")[-1])
    section = next((topic for first, end, topic in RUNS if first <= number < end), None)
    texts = [row["title"], row["title"], row["sapo"], body]
    tokens = [syllables(text[:LEAD_CHARACTERS])[:LEAD_SYLLABLES] for text in texts]
    grams = Counter(gram for words_ in tokens for gram in grams_of(words_))
    length = max(sum(map(len, tokens[1:])), SHORT)
    for topic, rule in RULES.items():
        hits = [grams[word] for word in words[topic] if word in grams and is_telling(word, topic)]
        is_dense = len(hits) >= rule.different and 400 * sum(hits) / length >= rule.density
        if is_dense and section not in rule.elsewhere:
            return topic
    return section


def is_telling(word: str, topic: str) -> bool:
    """Tell whether one word counts as a hint: most single syllables mean too much."""
    return " " in word or topic == "phap-luat" or bool(ALONE.fullmatch(word))


def grams_of(tokens: Sequence[str]) -> Iterator[str]:
    """Yield each run of one to three syllables."""
    for size in (1, 2, 3):
        for at in range(len(tokens) - size + 1):
            yield " ".join(tokens[at : at + size])


def handful(words: Sequence[str]) -> tuple[npt.NDArray[np.uint32], Floats]:
    """Return the terms of an article made of `words`, without the pairs across their borders."""
    parts = [log_frequencies("", word, "")[0] for word in words]
    hashes, often = np.unique(np.concatenate(parts), return_counts=True)
    return hashes, (1 + np.log(often)).astype(np.float32)


def learnt(articles: Sequence[Labelled]) -> list[Example]:
    """Return examples of articles, whole and without body; sections that may be two topics teach nothing."""
    return [
        Example(*log_frequencies(one.title, one.sapo, body), TOPICS.index(one.topic), CLUSTER_WEIGHT)
        for has_body in (True, False)
        for one in articles
        if one.section not in POLITICS
        for body in [one.body if has_body else ""]
    ]


def read_leads(path: Path) -> list[tuple[str, Labelled]]:
    """Return the leads to which a reader gave a topic, each with its day of the month."""
    given = Path(__file__).with_name("lead_topics.tsv").read_text(encoding="utf-8")
    topics = dict(line.split("\t") for line in given.splitlines())
    return [
        (row["published"][8:10], Labelled(topics[row["id"]], row["id"], "", row["title"], row["sapo"], ""))
        for row in read_rows(path)
        if row["id"] in topics
    ]


def learnt_leads(leads: Sequence[Labelled]) -> list[Example]:
    """Return examples of leads whose topic a reader gave."""
    return [
        Example(*log_frequencies(one.title, one.sapo, ""), TOPICS.index(one.topic), LEAD_WEIGHT)
        for one in leads
    ]


def cross_validate(supposed: list[Example], articles: Sequence[Labelled]) -> list[str | None]:
    """Return each article's topic by a model that has not seen its cluster."""
    fold = {story: at % FOLDS for at, story in enumerate(sorted({one.story for one in articles}))}
    predicted: dict[int, str | None] = {}
    for left_out in range(FOLDS):
        others = [one for one in articles if fold[one.story] != left_out]
        model = unpacked(packed(fit(supposed + learnt(others))))
        predicted |= {
            at: classify(one, model) for at, one in enumerate(articles) if fold[one.story] == left_out
        }
    return [predicted[at] for at in range(len(articles))]


def fit(examples: Sequence[Example]) -> TopicModel:
    """Fit a multinomial logistic regression by Adam, every topic weighing the same."""
    terms, idf = vocabulary(examples)
    rows = [match_vocabulary(terms, idf, example.hashes, example.weights) for example in examples]
    topics = np.array([example.topic for example in examples])
    share = len(examples) / len(TOPICS) / np.bincount(topics, minlength=len(TOPICS))
    counts = (share[topics] * [example.counts for example in examples]).astype(np.float32)
    both = np.zeros((terms.size + 1, len(TOPICS)), np.float32)  # the last row holds the intercepts
    speed, power = np.zeros_like(both), np.zeros_like(both)
    rng = np.random.default_rng(0)
    steps, step = EPOCHS * -(-len(rows) // BATCH), 0
    for _ in range(EPOCHS):
        order = rng.permutation(len(rows))
        for start in range(0, len(rows), BATCH):
            at = order[start : start + BATCH]
            table = dense([rows[i] for i in at], terms.size)
            error = softmax(table @ both)
            error[np.arange(at.size), topics[at]] -= 1
            slope = table.T @ (error * counts[at, None]) / at.size
            step += 1
            speed = 0.9 * speed + 0.1 * slope
            power = 0.999 * power + 0.001 * slope**2
            pace = np.sqrt(power / (1 - 0.999**step)) + 1e-8
            both -= RATE * (1 - (step - 1) / steps) * speed / (1 - 0.9**step) / pace
    return TopicModel(terms, idf, both[:-1], both[-1])


def vocabulary(examples: Sequence[Example]) -> tuple[npt.NDArray[np.uint32], Floats]:
    """Return the terms that say most (how uneven over the topics, times how often), and their IDF."""
    every = np.concatenate([example.hashes for example in examples])
    topic_of = np.repeat([e.topic for e in examples], [e.hashes.size for e in examples])
    hashes, term_of = np.unique(every, return_inverse=True)
    table = np.bincount(term_of * len(TOPICS) + topic_of, minlength=hashes.size * len(TOPICS))
    table = table.reshape(hashes.size, len(TOPICS))
    frequent = table.sum(axis=1) >= FEWEST
    hashes, table = hashes[frequent], table[frequent]
    articles = np.bincount([example.topic for example in examples], minlength=len(TOPICS))
    rate = (table + 0.3) / (articles + 1)
    share = rate / rate.sum(axis=1, keepdims=True)
    uneven = (share * np.log(share * len(TOPICS))).sum(axis=1)
    says = uneven * np.sqrt(np.minimum(table.sum(axis=1), TRUSTED))
    kept = np.sort(np.argsort(-says, kind="stable")[:TERMS])
    idf = 1 + np.log(len(examples) / table[kept].sum(axis=1))
    return hashes[kept], idf.astype(np.float32)


def dense(rows: Sequence[tuple[npt.NDArray[np.intp], Floats]], terms: int) -> Floats:
    """Return the rows as (rows, terms + 1), the last column being constant."""
    table = np.zeros((len(rows), terms + 1), np.float32)
    table[:, -1] = 1
    for row, (at, weights) in enumerate(rows):
        table[row, at] = weights
    return table


def packed(model: TopicModel) -> dict[str, Any]:
    """Return the arrays of a file, weights in steps that a byte can count."""
    step = np.float32(np.abs(model.weights).max() / 127)
    levels = np.round(model.weights / step).astype(np.int8)
    idf = model.idf.astype(np.float16)
    return {
        "hashes": model.hashes,
        "idf": idf,
        "levels": levels,
        "step": step,
        "leaning": model.intercepts,
    }


if __name__ == "__main__":
    main()
