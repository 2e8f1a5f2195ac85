"""Other spellings and synonyms: abbreviations, numbers, dates, everyday and regional words."""

import re
from functools import cache, lru_cache
from itertools import islice

from summarizer.packaged_data import load_json
from summarizer.text.syllables import canonical, folded, in_house_style

# Other spellings: abbreviations and their long forms, numbers and dates.
#
# The list (`data/spellings.json`) has only spellings that are unambiguous in a newspaper. The forms of a
# group in `same` are equal; a short form in `also` matches its long form, but not the reverse.

Phrase = tuple[str, ...]  # canonical words that are side by side in a text

_MOST = 6  # spellings of one phrase
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_DAY_AND_MONTH = re.compile(r"(\d\d?)/(\d\d?)")
_PLAIN_NUMBER = re.compile(r"\d{4,12}")
_YEAR = re.compile(r"(?:19|20)\d\d")


def longest_form(words: Phrase) -> int:
    """Return the number of first `words` that form a name with other spellings; 0 if none.

    >>> longest_form(("tp", "hcm", "mua"))
    2
    """
    forms, longest = load_forms("spellings.json")
    for size in range(min(longest, len(words)), 0, -1):
        if any(is_typed_as(words[:size], form) for form in forms.get(_bare(words[:size]), {})):
            return size
    return 0


def other_spellings(phrase: Phrase) -> tuple[Phrase, ...]:
    """Return the other ways to write `phrase`, at most 6.

    >>> other_spellings(("ql", "1", "a"))
    (('quốc', 'lộ', '1', 'a'),)
    """
    spelled = islice((one for one in _spellings(phrase) if one != phrase), _MOST)
    return tuple(dict.fromkeys(spelled))


def other_numbers(piece: str) -> tuple[Phrase, ...]:
    """Return the other ways to write a number or a day of the year.

    >>> other_numbers("1.353"), other_numbers("1353"), other_numbers("1/11")
    ((('1353',),), (('1', '353'),), (('01', '11'), ('1', 'tháng', '11')))
    """
    if _THOUSANDS.fullmatch(piece):
        return ((re.sub(r"\D", "", piece),),)
    if _PLAIN_NUMBER.fullmatch(piece) and not _YEAR.fullmatch(piece):
        return (tuple(f"{int(piece):,}".split(",")),) if piece[0] != "0" else ()
    if found := _DAY_AND_MONTH.fullmatch(piece):
        day, month = int(found[1]), int(found[2])
        forms = ((str(day), str(month)), (f"{day:02}", f"{month:02}"), (str(day), "tháng", str(month)))
        is_date = 1 <= day <= 31 and 1 <= month <= 12
        return tuple(form for form in dict.fromkeys(forms) if form != found.groups()) if is_date else ()
    return ()


def _spellings(phrase: Phrase) -> list[Phrase]:
    """Return `phrase` in every mixture of spellings, as typed first."""
    if not phrase:
        return [()]
    size = longest_form(phrase)
    heads = [phrase[: size or 1], *_others(phrase[:size])]
    tails = _spellings(phrase[size or 1 :])
    return [head + tail for head in heads for tail in tails][: _MOST + 1]


def _others(words: Phrase) -> list[Phrase]:
    """Return the other forms of a name that `longest_form` found; a short form may lack a diacritic."""
    found: dict[Phrase, None] = {}
    for form, others in load_forms("spellings.json")[0].get(_bare(words), {}).items():
        if is_typed_as(words, form):
            found |= dict.fromkeys(((form,) if form != words and _is_short(form) else ()) + others)
    return [form for form in found if form != words]


def _is_short(form: Phrase) -> bool:
    """Tell whether a form is made of initials, where a mark left out is a spelling and not a way to type."""
    return not any(set(folded(word)) & set("aeiouy") for word in form)


def is_typed_as(words: Phrase, form: Phrase) -> bool:
    """Tell whether `words` are `form`, each word with its marks or without any."""
    return all(word in (one, folded(one)) for word, one in zip(words, form, strict=True))


def _bare(words: Phrase) -> Phrase:
    return tuple(map(folded, words))


@cache
def load_forms(name: str) -> tuple[dict[Phrase, dict[Phrase, tuple[Phrase, ...]]], int]:
    """Return what each form of a data file stands for, by the form without marks, and the greatest length.

    The forms of a row of `same` stand for each other; a short one of `also` stands for the others only.
    """
    saved = load_json(name)
    others: dict[Phrase, dict[Phrase, None]] = {}
    for group in saved["same"]:
        forms = [_phrase(form) for form in group]
        for form in forms:
            others.setdefault(form, {}).update(dict.fromkeys(one for one in forms if one != form))
    for short, stood_for in saved["also"].items():
        others.setdefault(_phrase(short), {}).update(dict.fromkeys(map(_phrase, stood_for)))
    by_bare: dict[Phrase, dict[Phrase, tuple[Phrase, ...]]] = {}
    for form, found in others.items():
        by_bare.setdefault(_bare(form), {})[form] = tuple(found)
    return by_bare, max(map(len, others))


def _phrase(form: str) -> Phrase:
    return tuple(in_house_style(word) for word in canonical(form).split())


# Synonyms: everyday and regional words, abbreviations and chat spellings (`data/everyday_words.json`).
#
# They are looser than spellings: they help to find articles, with less weight than the typed words, but are
# not used in the answer's share of the question.

Group = tuple[Phrase, ...]


@lru_cache(maxsize=256)  # one question is widened for the index, for ranking and for its answer
def widened(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Return the groups with synonyms added; the words of one expression become one group.

    >>> widened(((("xe",), ), (("lửa",),), (("cháy",),)))[0]
    (('xe', 'lửa'), ('tàu', 'hỏa'), ('tàu', 'lửa'))
    """
    others, longest = load_forms("everyday_words.json")
    wide: list[Group] = []
    at = 0
    while at < len(groups):
        for size in range(min(longest, len(groups) - at), 0, -1):
            here = groups[at : at + size]
            phrase = tuple(word for group in here for word in group[0])
            found = _of(phrase, others) if size == 1 or all(len(group) == 1 for group in here) else ()
            if found:
                more = here[0] if size == 1 else (phrase,)
                wide.append(tuple(dict.fromkeys((*more, *found))))
                at += size
                break
        else:
            wide.append(groups[at])
            at += 1
    return tuple(wide)


def _of(phrase: Phrase, others: dict[Phrase, dict[Phrase, tuple[Phrase, ...]]]) -> tuple[Phrase, ...]:
    """Return the synonyms of a phrase typed with its diacritics or, if it has several words, without."""
    forms = others.get(_bare(phrase), {})
    if phrase in forms:
        return forms[phrase]
    is_bare = _bare(phrase) == phrase
    return next(iter(forms.values()), ()) if is_bare and (len(phrase) > 1 or len(phrase[0]) < 4) else ()
