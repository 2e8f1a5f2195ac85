"""Other words for the same: everyday and regional words, abbreviations and chat spellings.

They stand in `data/everyday_words.json`. Looser than `spellings`: they help to find articles and are weighed
less than the words typed; what an article says of a question is not read with them.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from summarizer.questions.spellings import Run
from summarizer.text.syllables import canonical, folded
from summarizer.text.words import in_house_style

Group = tuple[Run, ...]


def widened(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Return the groups with other words beside those typed; the words of one expression become one group.

    >>> widened(((("xe",), ), (("lửa",),), (("cháy",),)))[0]
    (('xe', 'lửa'), ('tàu', 'hỏa'), ('tàu', 'lửa'))
    """
    others, longest = _others()
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


@cache
def _others() -> tuple[dict[Run, dict[Run, tuple[Run, ...]]], int]:
    saved = json.loads(files("summarizer").joinpath("data/everyday_words.json").read_text("utf-8"))
    found: dict[Run, tuple[Run, ...]] = {}
    for group in saved["same"]:
        forms = [_run(form) for form in group]
        for form in forms:
            found[form] = (*found.get(form, ()), *(one for one in forms if one != form))
    for short, forms in saved["also"].items():
        found[_run(short)] = (*found.get(_run(short), ()), *map(_run, forms))
    by_bare: dict[Run, dict[Run, tuple[Run, ...]]] = {}
    for form, stood_for in found.items():
        by_bare.setdefault(tuple(map(folded, form)), {})[form] = stood_for
    return by_bare, max(map(len, found))


def _run(form: str) -> Run:
    return tuple(in_house_style(word) for word in canonical(form).split())
