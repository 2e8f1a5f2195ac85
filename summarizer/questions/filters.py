"""Filters of a question: typed ones (`nguon:tuoitre`) and time words (`hôm qua`)."""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from summarizer.text.syllables import folded

# Filters typed into a question: `nguon:tuoitre`, `chủ đề:"thể thao"`.
#
# The caller resolves the names; `comparable` helps to compare them.

_MOST = 5  # names of a kind
_NAME = re.compile(r'[^\s",;:]+(?: [^\s",;:]+){1,5}')
_NEWS_OF = re.compile(r"(?:ban tin|tin tuc|tin moi|tin nong|tin)(?: ve)? (?P<topic>.+)")
LEAST_OF_A_NAME = 4  # letters of a long name that are enough to identify it
_FILTER = re.compile(
    r"(?<!\S)(?:(?P<source>ngu[oồ]n)|ch[uủ] ?(?:d|đ)[eề]):"
    r' ?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s",;]+))[,;]?',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of papers and topics; `subjects` are the topics that "tin thể thao" may name."""

    sources: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    subjects: tuple[str, ...] = ()


NO_NAMES = Names()


@dataclass(frozen=True, slots=True)
class TypedFilters:
    """The names after `nguon:` and `chude:` as typed, and the places of the filters."""

    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    source_places: tuple[tuple[int, int], ...] = ()
    topic_places: tuple[tuple[int, int], ...] = ()

    def with_topic(self, name: str, places: Iterable[tuple[int, int]]) -> "TypedFilters":
        """Return these filters and one more topic, typed at `places`."""
        topics, topic_places = (*self.topics, name), (*self.topic_places, *places)
        return replace(self, topics=topics, topic_places=topic_places)


def find_filters(text: str, names: Names = NO_NAMES) -> TypedFilters:
    """Find the filters in `text`, which is one line in NFC with straight quotes.

    A filter takes the longest run of words that is in one of `names`.

    >>> find_filters('bão nguon:tuoitre chủ đề:"thể thao"').topics
    ('thể thao',)
    >>> find_filters("nguon:kinh tế hải bão", Names(sources=frozenset(["Kinh tế Hải Cảng"]))).sources
    ('kinh tế hải',)
    """
    known = {"source": names.sources, "topic": names.topics}
    typed: dict[str, dict[str, str]] = {"source": {}, "topic": {}}
    places: dict[str, list[tuple[int, int]]] = {"source": [], "topic": []}
    at = 0
    while found := _FILTER.search(text, at):
        kind = "source" if found["source"] else "topic"
        start, end = found.span("plain" if found["phrase"] is None else "phrase")
        if found["phrase"] is None:
            end = max(end, _end_of_name(text, start, known[kind]))
        name = text[start:end].strip()
        if comparable(name):
            typed[kind].setdefault(comparable(name), name)
        at = max(end, found.end())
        places[kind].append((found.start(), at))
    sources, topics = (tuple(each.values())[:_MOST] for each in typed.values())
    return TypedFilters(sources, topics, *map(tuple, places.values()))


def named_topic(text: str, names: Names) -> str | None:
    """Return the topic if `text` only asks for the news of one.

    >>> named_topic("tin the thao", Names(subjects=("Kinh tế", "Thể thao")))
    'Thể thao'
    """
    asked = _NEWS_OF.fullmatch(" ".join(folded(text).replace(",", " ").split()))
    return next((each for each in names.subjects if asked and folded(each) == asked["topic"]), None)


def _end_of_name(text: str, start: int, known: Iterable[str]) -> int:
    """Return the end of the longest run of words from `start` that is in a known name."""
    run = _NAME.match(text, start)
    names = list(map(comparable, known)) if run else []
    words = run.group().split(" ") if run else []
    for size in range(len(words), 1, -1):
        name = " ".join(words[:size])
        sought = comparable(name)
        if len(sought) >= LEAST_OF_A_NAME and any(sought in each for each in names):
            return start + len(name)
    return start


def comparable(name: str) -> str:
    """Return `name` in the form in which typed names of sources and topics are equal.

    >>> comparable("Tuổi Trẻ") == comparable("tuoi-tre")
    True
    """
    return "".join(letter for letter in folded(name) if letter.isalnum())


# Time words of a question, as dates: `hôm qua`, `tháng 9`, `từ 1/11 đến 5/11`, with marks or without.
#
# `summarizer.questions.query` decides whether a phrase is meant as a time at all.

_DAY = dt.timedelta(days=1)

Span = tuple[dt.date, dt.date]  # first and last day


@dataclass(frozen=True, slots=True)
class Times:
    """A text without its time words. `places` are half-open spans of it that were read as a time."""

    places: tuple[tuple[int, int], ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None


NO_TIMES = Times()


def find_times(text: str, today: dt.date, *, is_early: bool = False) -> Times:
    """Find the time words of `text`, which is one line with single blanks; those in quotes are words.

    Several times narrow each other; two times without a common day span both and the days between ("giá vàng
    hôm qua và hôm nay"). A bound ("từ", "đến") that leaves no day is ignored. If it `is_early`, before most
    news of the day is out, "hôm nay" alone includes yesterday.

    >>> find_times("giá vàng hôm nay?", dt.date(2026, 11, 22)).places
    ((9, 16),)
    >>> times = find_times("lũ ở Huế từ 1/11 đến 5/11", dt.date(2026, 11, 22))
    >>> times.since.isoformat(), times.until.isoformat(), times.places
    ('2026-11-01', '2026-11-05', ((9, 16), (17, 25)))
    """
    since, until = dt.date.min, dt.date.max
    places = []
    is_bounded = False
    without_phrases = re.sub(r'"[^"]*"', lambda phrase: '"' * len(phrase.group()), text)
    for found in _TIME.finditer(without_phrases.lower()):
        read = _read(found, today)
        if read is None:
            continue
        is_bound = found["since"] is not None or found["until"] is not None
        if max(since, read[0]) <= min(until, read[1]):
            since, until = max(since, read[0]), min(until, read[1])
        elif is_bound or is_bounded:
            continue
        else:
            since, until = min(since, read[0]), max(until, read[1])
        is_bounded = is_bounded or is_bound
        places.append(found.span())
    if is_early and len(places) == 1 and folded(text[slice(*places[0])]) == "hom nay":
        since = today - _DAY
    bounds = since if since != dt.date.min else None, until if until != dt.date.max else None
    return Times(tuple(places), *bounds)


def _read(matched: re.Match[str], today: dt.date) -> Span | None:
    is_bare = not (matched["since"] or matched["until"] or matched["within"] or matched["named_date"])
    for name, span_of in _READERS.items():
        if matched[name] is None or (name == "date_day" and is_bare):  # 2/9 and 11/9 are names of days
            continue
        try:
            span = span_of(matched, today)
        except (ValueError, OverflowError):  # the 31st of February, the year 0
            return None
        if matched["since"]:
            return span[0], dt.date.max
        return (dt.date.min, span[1]) if matched["until"] else span
    return None


def _relative_day(matched: re.Match[str], today: dt.date) -> Span:
    days = {"nay": 0, "qua": 1, "kia": 2}[matched["which_day"]]
    return today - days * _DAY, today - days * _DAY


def _week(matched: re.Match[str], today: dt.date) -> Span:
    monday = today - today.weekday() * _DAY
    return _recent(matched["which_week"], today, monday, 7, monday - 7 * _DAY)


def _month_before(matched: re.Match[str], today: dt.date) -> Span:
    first = today.replace(day=1)
    return _recent(matched["which_month"], today, first, 30, (first - _DAY).replace(day=1))


def _recent(which: str, today: dt.date, first: dt.date, days: int, first_before: dt.date) -> Span:
    """Return the week or month from `first` on, the last `days`, or the week or month before."""
    match folded(which):
        case "nay":
            return first, today
        case "qua":
            return today - days * _DAY, today
        case _:
            return first_before, first - _DAY


def _year_before(matched: re.Match[str], today: dt.date) -> Span:
    year = today.year - (matched["which_year"] != "nay")
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _days_before(matched: re.Match[str], today: dt.date) -> Span:
    return today - (int(matched["days"]) - 1) * _DAY, today


def _month(matched: re.Match[str], today: dt.date) -> Span:
    """Read a month; one without a year is the latest that has begun."""
    month = int(matched["month"])
    year = int(matched["month_year"] or today.year - (month > today.month))
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _date(matched: re.Match[str], today: dt.date) -> Span:
    """Read a date; one without a year is the latest that has come."""
    month, day = int(matched["date_month"]), int(matched["date_day"])
    year = int(matched["date_year"] or today.year - ((month, day) > (today.month, today.day)))
    one = dt.date(year, month, day)
    return one, one


def _year(matched: re.Match[str], _today: dt.date) -> Span:
    year = int(matched["year"])
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _typed(*words: str) -> str:
    """Return a pattern for any of `words`, with all diacritics or with none."""
    forms = dict.fromkeys(form for word in words for form in (word, folded(word)))
    return f"(?:{'|'.join(forms)})"


_READERS: dict[str, Callable[[re.Match[str], dt.date], Span]] = {
    "which_day": _relative_day,
    "which_week": _week,
    "which_month": _month_before,
    "which_year": _year_before,
    "days": _days_before,
    "month": _month,
    "date_day": _date,
    "year": _year,
}
_NUMBER_OF_DAYS = r"(?P<days>[1-9]\d?)"
_PERIODS = (
    rf"{_typed('hôm', 'sáng', 'trưa', 'chiều', 'tối', 'đêm')} (?P<which_day>nay|qua|kia)",
    rf"{_typed('tuần')} (?P<which_week>{_typed('này', 'qua', 'trước')})",
    rf"{_typed('tháng')} (?P<which_month>{_typed('này', 'qua', 'trước')})",
    rf"{_typed('năm')} (?P<which_year>{_typed('nay', 'ngoái')})",
    rf"{_NUMBER_OF_DAYS} {_typed('ngày')} (?:qua|{_typed('gần')} {_typed('đây')})",
    rf"{_typed('tháng')} (?P<month>1[0-2]|0?[1-9])(?:(?:/| ?{_typed('năm')} )(?P<month_year>(?:19|20)\d\d))?",
    rf"{_typed('năm')} (?P<year>(?:19|20)\d\d)",
)
_DATE = r"(?P<date_day>3[01]|[12]\d|0?[1-9])/(?P<date_month>1[0-2]|0?[1-9])(?:/(?P<date_year>(?:19|20)\d\d))?"
_BOUND = rf"(?P<since>{_typed('từ')})|(?P<until>{_typed('đến', 'tới')})|(?P<within>{_typed('trong')})"
_ENDS = r"(?=[?!.,;:…]*(?:\s|$))"
_TIME = re.compile(
    rf"(?<!\S)(?:(?:{_BOUND}) )?(?:{'|'.join(_PERIODS)}|(?P<named_date>{_typed('ngày')} )?{_DATE}){_ENDS}"
)
