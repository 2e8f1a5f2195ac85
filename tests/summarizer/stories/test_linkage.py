"""Average linkage, against a slow reckoning that keeps no sums."""

from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from summarizer.stories.story_rows import average_linkage

Pairs = dict[tuple[int, int], float]


@st.composite
def pairs_of_some(draw: st.DrawFn) -> tuple[int, Pairs]:
    size = draw(st.integers(1, 7))
    all_pairs = list(combinations(range(size), 2))
    # Sixteenths are exact: the order of adding must not decide a comparison.
    values = draw(st.lists(st.integers(0, 16), min_size=len(all_pairs), max_size=len(all_pairs)))
    return size, {pair: value / 16 for pair, value in zip(all_pairs, values, strict=True) if value}


def mean_between(one: list[int], other: list[int], pairs: Pairs) -> float:
    total = sum(pairs.get((min(a, b), max(a, b)), 0.0) for a in one for b in other)
    return total / (len(one) * len(other))


def clusters(labels: list[int]) -> list[list[int]]:
    return [[i for i, label in enumerate(labels) if label == name] for name in sorted(set(labels))]


@given(pairs_of_some(), st.sampled_from([0.125, 0.3, 0.6]))
def test_no_two_clusters_are_left_that_should_have_merged(some: tuple[int, Pairs], threshold: float) -> None:
    size, pairs = some
    found = clusters(average_linkage(size, [(a, b, s) for (a, b), s in pairs.items()], threshold))
    assert all(mean_between(a, b, pairs) < threshold for a, b in combinations(found, 2))


@given(pairs_of_some(), st.sampled_from([0.125, 0.3, 0.6]), st.randoms())
def test_the_order_of_the_pairs_is_of_no_matter(
    some: tuple[int, Pairs], threshold: float, rng: Random
) -> None:
    size, pairs = some
    rows = [(a, b, s) for (a, b), s in pairs.items()]
    mixed = rows[:]
    rng.shuffle(mixed)
    assert average_linkage(size, rows, threshold) == average_linkage(size, mixed, threshold)


@given(pairs_of_some())
def test_every_cluster_is_named_by_its_smallest_member(some: tuple[int, Pairs]) -> None:
    size, pairs = some
    labels = average_linkage(size, [(a, b, s) for (a, b), s in pairs.items()], 0.3)
    assert all(cluster[0] == labels[cluster[0]] for cluster in clusters(labels))


def test_a_chain_of_links_does_not_draw_its_ends_together() -> None:
    chain = [(n, n + 1, 0.5) for n in range(9)]
    assert len(set(average_linkage(10, chain, 0.3))) > 2


def test_nothing_has_no_clusters() -> None:
    assert average_linkage(0, [], 0.5) == []
