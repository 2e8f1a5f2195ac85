"""The news of a time, where no words were asked for: each story once, those that most papers told first."""

from collections.abc import Mapping, Sequence

from storage.articles import Origin

MOST_NEWS_READ = 300  # articles of the time, the newest


def most_told(newest_first: Sequence[int], origins: Mapping[int, Origin]) -> tuple[int, ...]:
    """Return the newest article of each story, by how many papers told it; of equals the newer comes first.

    >>> lone, early, late = Origin("bao-bien", None), Origin("bao-bien", 7), Origin("bao-doi", 7)
    >>> most_told((3, 2, 1), {1: early, 2: late, 3: lone})
    (2, 3)
    """
    newest: dict[tuple[int | None, int], int] = {}
    papers: dict[int, set[str]] = {}
    for number in newest_first:
        if origin := origins.get(number):  # else it was removed in this moment
            story = (origin.story_id, 0 if origin.story_id else number)
            papers.setdefault(newest.setdefault(story, number), set()).add(origin.source)
    return tuple(sorted(papers, key=lambda number: -len(papers[number])))
