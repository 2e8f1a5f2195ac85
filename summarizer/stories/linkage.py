"""Average-linkage clustering over sparse similarities: the last word on stories, all articles known."""

import heapq
from collections.abc import Iterable, Iterator

_Merge = tuple[float, int, int, int, int]  # negative mean similarity, two clusters, their sizes by then


def average_linkage(size: int, pairs: Iterable[tuple[int, int, float]], threshold: float) -> list[int]:
    """Cluster the numbers 0 to `size` - 1 and return each one's cluster, named by its smallest member.

    `pairs` holds (one, other, similarity) once for each pair that has any, in any order. The two clusters of
    the highest mean similarity merge, until none reaches `threshold`.

    >>> average_linkage(4, [(0, 1, 0.9), (1, 2, 0.3), (2, 3, 0.8)], 0.2)
    [0, 0, 2, 2]
    """
    sums: list[dict[int, float]] = [{} for _ in range(size)]
    members = [[number] for number in range(size)]
    heap: list[_Merge] = []
    for one, other, similarity in pairs:
        sums[one][other] = sums[other][one] = similarity
        if similarity >= threshold:
            heap.append((-similarity, min(one, other), max(one, other), 1, 1))
    heapq.heapify(heap)
    while heap:
        _, one, other, one_size, other_size = heapq.heappop(heap)
        if (len(members[one]), len(members[other])) != (one_size, other_size):
            continue  # one of them has merged since, and its pairs were entered anew
        members[one] += members[other]
        members[other] = []
        _merge_sums(sums, one, other)
        for merge in _merges(one, sums[one], members, threshold):
            heapq.heappush(heap, merge)
    return _labels(members)


def _merges(one: int, sums: dict[int, float], members: list[list[int]], threshold: float) -> Iterator[_Merge]:
    for other, total in sums.items():
        mean = total / (len(members[one]) * len(members[other]))
        if mean >= threshold:
            first, second = min(one, other), max(one, other)
            yield -mean, first, second, len(members[first]), len(members[second])


def _merge_sums(sums: list[dict[int, float]], one: int, other: int) -> None:
    for third, total in sums[other].items():
        del sums[third][other]
        if third != one:
            sums[one][third] = sums[third][one] = sums[one].get(third, 0.0) + total
    sums[other] = {}


def _labels(members: list[list[int]]) -> list[int]:
    labels = list(range(len(members)))
    for number, cluster in enumerate(members):
        for member in cluster:
            labels[member] = number
    return labels
