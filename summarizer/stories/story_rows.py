"""The rows of `diemtin stories --jsonl`: articles in, the story of each out, final once all are read.

All articles are known here, so average linkage decides, which is better than the order of arrival. The
probabilities are those of `same_event`, as in `grouping`.
"""

import datetime as dt
import heapq
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from summarizer.stories.grouping import JOIN_AT
from summarizer.stories.neighbours import Arrival, ArticleFeatures, Neighbours, features_of

# Average-linkage clustering over sparse similarities.

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
    label_of = {member: number for number, cluster in enumerate(members) for member in cluster}
    return [label_of[number] for number in range(size)]


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


WINDOW = 50_000  # articles that one is compared with, of those before it
_MOST_COMPARED = 500
ParseTime = Callable[[str], dt.datetime | None]


def group_rows(rows: Iterable[object], *, parse_time: ParseTime) -> list[dict[str, Any]]:
    """Return `{"id", "story"}` for each row, or `{"id", "error"}` for a bad one, in the order of `rows`.

    A row is `{"id", "title", "sapo"?, "body"?, "published"?, "source"?}` as decoded from JSON, its body a
    text or a list of lines. Stories are numbered from 1 as they first appear. `parse_time` reads "published"
    and gives None for what is no time: such an article is grouped by its words alone.
    """
    answers: list[dict[str, Any]] = []
    grouped: list[dict[str, Any]] = []

    def featured() -> Iterator[ArticleFeatures]:
        for row in rows:
            answers.append({"id": _given_id(row)})
            try:
                article = features_of(arrival_of(row, parse_time=parse_time))
            except ValueError as error:
                answers[-1]["error"] = str(error)
                continue
            grouped.append(answers[-1])
            yield article

    pairs = list(_pairs(featured()))
    numbers: dict[int, int] = {}
    for answer, label in zip(grouped, average_linkage(len(grouped), pairs, JOIN_AT), strict=True):
        answer["story"] = numbers.setdefault(label, len(numbers) + 1)
    return answers


def _pairs(articles: Iterator[ArticleFeatures]) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of articles, by their numbers, that may report one event, and how probable that is.

    The words of a whole window are counted before the first are compared, so the order of rows does not
    matter.
    """
    neighbours = Neighbours(WINDOW, most_compared=_MOST_COMPARED)
    first = list(islice(articles, WINDOW))
    for article in first:
        neighbours.count(article)
    for article in first:
        others, probable = neighbours.near(article)
        number = neighbours.keep(article)
        yield from ((other, number, p) for other, p in zip(others.tolist(), probable.tolist(), strict=True))
    del first
    for article in articles:
        others, probable = neighbours.near(article)
        number = neighbours.add(article)
        yield from ((other, number, p) for other, p in zip(others.tolist(), probable.tolist(), strict=True))


def arrival_of(row: object, *, parse_time: ParseTime) -> Arrival:
    """Read one row.

    Raises:
        ValueError: what is wrong with the row, in Vietnamese.
    """
    if not isinstance(row, dict):
        raise ValueError("mỗi dòng phải là một đối tượng JSON")
    article_id = _given_id(row)
    if article_id is None:
        raise ValueError("thiếu «id» (chuỗi hoặc số nguyên)")
    title, sapo, body = (_text(row, key) for key in ("title", "sapo", "body"))
    if not (title + sapo + body).strip():
        raise ValueError("không có tiêu đề và nội dung")
    published = row.get("published")
    moment = parse_time(published) if isinstance(published, str) else None
    source = row.get("source")
    return Arrival(article_id, title, sapo, body, moment, source if isinstance(source, str) else None)


def _given_id(row: object) -> str | int | None:
    given = row.get("id") if isinstance(row, dict) else None
    return given if isinstance(given, (str, int)) and not isinstance(given, bool) else None


def _text(row: dict[str, object], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if isinstance(value, list) and key == "body" and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    if not isinstance(value, str):
        raise ValueError(f"«{key}» phải là chuỗi" + (" hoặc danh sách chuỗi" if key == "body" else ""))
    return value
