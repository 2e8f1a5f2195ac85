"""Read what someone typed as a question: words to find, phrases, words to leave out, filters, a time.

Nothing typed is an error: what cannot be understood is read as plain words or dropped, and the work that a
query can cause is bounded here. Where and how the words are looked up is `storage.search`'s business; which
sources and topics the names after `nguon:` and `chude:` mean is the caller's.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise, zip_longest

from summarizer.questions.news_words import asks_for_news
from summarizer.questions.query_filters import take_filters
from summarizer.questions.spellings import Run, longest_form, other_numbers, other_spellings
from summarizer.questions.time_words import find_times
from summarizer.text.syllables import folded
from summarizer.text.words import word_forms

__all__ = ["MAX_CHARACTERS", "MAX_WORDS", "Query", "Run", "parse_query"]

MAX_CHARACTERS = 400
MAX_WORDS = 40

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″＂", '"'))
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)[\w-]+(?:\.[\w-]+)+/\S+", re.IGNORECASE)
_END_OF_PHRASE = ",;.?!"
_PART = re.compile(r'(?P<minus>(?<!\S)[-−])?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s"]+))')
# Stays together: "u23" is the words u and 23 side by side, "1.353" the words 1 and 353.
_PIECE = re.compile(r"\d+(?:[.,/:-]\d+)+(?![^\W_])|[^\W_]+")
_CAMEL = re.compile(r"(?<=[^\W\d_A-ZÀ-ÝĐ])(?=[A-ZÀ-ÝĐ])")  # between the words of #HaLong


@dataclass(frozen=True, slots=True)
class Query:
    """A question as data. `text` is what was typed, cleaned, for showing.

    `wanted` are runs that must all occur: a plain word is a run of one, a quoted phrase or a well-known name
    of several. `alternatives` stand beside `wanted`, one tuple for each run: other ways to write it, of
    which any will do instead (see `groups`). `excluded` are runs of which none may occur.

    `sources` and `topics` are what was typed after `nguon:` and `chude:`; an article must be of one of the
    sources and one of the topics, where there are any. `since` and `until` are local dates, both inclusive;
    `time_words` are the words that were read as them.
    """

    text: str
    wanted: tuple[Run, ...] = ()
    excluded: tuple[Run, ...] = ()
    alternatives: tuple[tuple[Run, ...], ...] = ()
    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    time_words: tuple[Run, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to look for, not even the newest articles of a source or a time."""
        return not (self.wanted or self.has_filters)

    @property
    def has_filters(self) -> bool:
        """Tell whether articles are narrowed by anything but words."""
        return bool(self.sources or self.topics or self.since or self.until)

    @property
    def groups(self) -> tuple[tuple[Run, ...], ...]:
        """Return each wanted run with its alternatives behind it: an article needs one of each group."""
        return tuple(
            (run, *others) for run, others in zip_longest(self.wanted, self.alternatives, fillvalue=())
        )

    @property
    def may_name_a_time(self) -> bool:
        """Tell whether the time words may be part of a name: "năm 2017", but not "hôm qua"."""
        return any(word.isdigit() for run in self.time_words for word in run)

    @property
    def without_time(self) -> "Query":
        """Return the question with its time words as plain ones, and no time."""
        groups = (*self.groups, *((run,) for run in self.time_words))
        return replace(
            self,
            wanted=tuple(group[0] for group in groups),
            alternatives=tuple(group[1:] for group in groups),
            since=None,
            until=None,
            time_words=(),
        )

    @property
    def words(self) -> Run:
        """Return all wanted syllables, in the order typed."""
        return tuple(word for run in self.wanted for word in run)

    @property
    def has_marks(self) -> bool:
        """Tell whether a wanted word was typed with a mark or đ, so that accented text is worth comparing."""
        return any(folded(word) != word for word in self.words)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the wanted syllables two by two, as neighbours."""
        return tuple(pairwise(self.words))


def parse_query(text: str, *, today: dt.date | None = None) -> Query:
    """Read `text` as a query. Any string is taken.

    Time words (`hôm qua`, `từ 1/11`) are read as such only with `today`, the asker's local date. Where
    nothing else is left to look for, or only such words as "tin" and "có gì mới", nothing is `wanted`: the
    question is for the news of that time. A minus behind other words excludes all plain words up to a comma,
    a quote, the next minus or a time, as one phrase; at the beginning only its own.

    >>> parse_query('Hạ Long "du lịch" -tàu').wanted
    (('hạ',), ('long',), ('du', 'lịch'))
    >>> parse_query("lũ hôm qua", today=dt.date(2026, 11, 22)).since
    datetime.date(2026, 11, 21)
    """
    shown = _clean(text)
    typed = take_filters(_ADDRESS.sub(_slug, shown).translate(_QUOTES))
    query = replace(_read(typed.rest), text=shown, sources=typed.sources, topics=typed.topics)
    return _timed(query, typed.rest, today) if today else query


def _slug(address: re.Match[str]) -> str:
    """Return the words of an address that papers made of a headline, "" where there are none.

    >>> _slug(_ADDRESS.search("https://bao.vn/kinh-te/gia-vang-lap-dinh-3456789.html"))
    'gia vang lap dinh'
    """
    last = re.sub(r"[?#].*|\.\w{1,5}$", "", address.group().rstrip("/")).rsplit("/", 1)[-1]
    words = [word for word in re.split(r"[-_]+", last) if not re.search(r"\d{4}", word)]
    return " ".join(words) if len(words) > 2 else ""


def _timed(query: Query, typed: str, today: dt.date) -> Query:
    """Return `query` with the time words of `typed` taken out."""
    times = find_times(typed, today)
    if not times.places:
        return query
    rest = _read(_without(typed, times.places))
    is_for_news = asks_for_news(rest.words)
    return replace(
        query,
        wanted=() if is_for_news else rest.wanted,
        alternatives=() if is_for_news else rest.alternatives,
        excluded=rest.excluded,
        since=times.since,
        until=times.until,
        time_words=tuple(_read(typed[start:end]).words for start, end in times.places),
    )


def _without(text: str, places: tuple[tuple[int, int], ...]) -> str:
    starts = [0, *(end for _, end in places)]
    ends = [*(start for start, _ in places), len(text)]
    return " , ".join(text[start:end] for start, end in zip(starts, ends, strict=True))


def _read(text: str) -> Query:
    """Read words, phrases and exclusions."""
    wanted: dict[Run, tuple[Run, ...]] = {}
    excluded: list[Run] = []
    left = MAX_WORDS
    goes_on = False  # what is excluded
    for part in _PART.finditer(text):
        plain = part["plain"] or ""
        goes_on = goes_on and not part["minus"] and bool(plain)
        together = part["minus"] or goes_on or part["phrase"]
        whole = _run(part["phrase"] or plain)
        for run, others in [(whole, ())] if together else _pieces(plain):
            run = run[:left]
            left -= len(run)
            if goes_on:
                excluded[-1] += run
            elif part["minus"]:
                excluded.append(run)
            elif run:
                wanted.setdefault(run, others)
        goes_on = bool((goes_on or (part["minus"] and whole)) and plain and wanted)
        goes_on = goes_on and plain[-1] not in _END_OF_PHRASE
    return _named(wanted, excluded)


def _pieces(plain: str) -> Iterator[tuple[Run, tuple[Run, ...]]]:
    """Cut what was typed without a blank into runs, each with its other spellings."""
    if plain.startswith("#") and (tag := _run(plain)):
        apart = _run(_CAMEL.sub(" ", plain))
        yield apart, (tag,) if tag != apart else ()
        return
    for piece in _PIECE.findall(plain):
        yield _run(piece), other_numbers(piece)


def _run(text: str) -> Run:
    return tuple(word.canonical for word in word_forms(text))


def _named(wanted: dict[Run, tuple[Run, ...]], excluded: list[Run]) -> Query:
    """Join the words of well-known names and add the other spellings."""
    runs = list(wanted)
    groups: dict[Run, tuple[Run, ...]] = {}
    at = 0
    while at < len(runs):
        alone = list(_leading(runs[at:]))
        size = max(1, longest_form(tuple(alone)))
        run = tuple(chain.from_iterable(runs[at : at + size]))
        groups.setdefault(run, (*wanted.get(run, ()), *other_spellings(run)))
        at += size
    alternatives = tuple(groups.values()) if any(groups.values()) else ()
    return Query("", tuple(groups), tuple(dict.fromkeys(run for run in excluded if run)), alternatives)


def _leading(runs: list[Run]) -> Iterator[str]:
    """Return the plain words at the beginning."""
    for run in runs:
        if len(run) > 1:
            return
        yield run[0]


def _clean(text: str) -> str:
    """Drop what is not seen (controls, bidi marks, lone surrogates), join blanks, cut to the bound."""
    head = text[: 4 * MAX_CHARACTERS]
    seen = [" " if c.isspace() else c for c in head if c.isspace() or unicodedata.category(c)[0] != "C"]
    return " ".join(unicodedata.normalize("NFC", "".join(seen)).split())[:MAX_CHARACTERS].rstrip()
