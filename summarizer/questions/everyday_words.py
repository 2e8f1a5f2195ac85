"""Other words for the same: everyday and regional words, abbreviations and chat spellings.

They stand in `data/everyday_words.json`. Looser than `spellings`: they help to find articles and are weighed
less than the words typed; what an article says of a question is not read with them.
"""

from functools import lru_cache

from summarizer.questions.spellings import Run, load_forms
from summarizer.text.syllables import folded

Group = tuple[Run, ...]


@lru_cache(maxsize=256)  # one question is widened for the index, for ranking and for its answer
def widened(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Return the groups with other words beside those typed; the words of one expression become one group.

    >>> widened(((("xe",), ), (("lửa",),), (("cháy",),)))[0]
    (('xe', 'lửa'), ('tàu', 'hỏa'), ('tàu', 'lửa'))
    """
    others, longest = load_forms("everyday_words.json")
    wide: list[Group] = []
    at = 0
    while at < len(groups):
        for size in range(min(longest, len(groups) - at), 0, -1):
            here = groups[at : at + size]
            run = tuple(word for group in here for word in group[0])
            found = _of(run, others) if size == 1 or all(len(group) == 1 for group in here) else ()
            if found:
                more = here[0] if size == 1 else (run,)
                wide.append(tuple(dict.fromkeys((*more, *found))))
                at += size
                break
        else:
            wide.append(groups[at])
            at += 1
    return tuple(wide)


def _of(run: Run, others: dict[Run, dict[Run, tuple[Run, ...]]]) -> tuple[Run, ...]:
    """Return the other words for a run that is typed with its marks or, of several words, without any."""
    forms = others.get(tuple(map(folded, run)), {})
    if run in forms:
        return forms[run]
    is_bare = all(folded(word) == word for word in run)
    return next(iter(forms.values()), ()) if is_bare and (len(run) > 1 or len(run[0]) < 4) else ()
