"""Parse a question: words to find, phrases, excluded words, filters, a time."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise, takewhile

from summarizer.questions.equivalents import Phrase, longest_form, other_numbers, other_spellings
from summarizer.questions.filters import NO_NAMES, NO_TIMES, Names, find_filters, find_times, named_topic
from summarizer.questions.phrases import asks_for_news
from summarizer.text.syllables import folded, word_forms

MAX_CHARACTERS = 400
MAX_WORDS = 40

Place = tuple[int, int]  # half-open, in `Query.text`

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″＂", '"'))
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)[\w-]+(?:\.[\w-]+)+/\S+", re.IGNORECASE)
_END_OF_PHRASE = ",;.?!"
_PART = re.compile(r'(?P<minus>(?<!\S)[-−])?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s"]+))')
# One phrase: "u23" is the words u and 23 side by side, "1.353" the words 1 and 353.
_PIECE = re.compile(r"\d+(?:[.,/:-]\d+)+(?![^\W_])|[^\W_]+")
_CAMEL = re.compile(r"(?<=[^\W\d_A-ZÀ-ÝĐ])(?=[A-ZÀ-ÝĐ])")  # between the words of #HaLong
# The name of the paper, or of its page, after a shared headline.
_PAPERS = (
    "vnexpress|tuổi trẻ|thanh niên|dân trí|vietnamnet|vietnamplus|zing|zingnews|znews|người đưa tin"
    "|người lao động|lao động|tiền phong|vtv|vov|vtc|kenh14|soha|24h|báo mới|baomoi|plo|nld|sggp|cafef"
    "|pháp luật|nhân dân|quân đội nhân dân|công an nhân dân|tin tức|đọc báo|tin mới"
)
_PUBLISHER = re.compile(
    rf" [-–—|] (?:báo |trang |tạp chí )?(?:{_PAPERS})(?: [^-–—|]{{1,30}})?$", re.IGNORECASE
)
_FEWEST_WORDS = 4  # of a headline


@dataclass(frozen=True, slots=True)
class Term:
    """Words to find side by side: a plain word, a phrase in quotes or a well-known name."""

    phrase: Phrase
    others: tuple[Phrase, ...] = ()  # other spellings, any of which matches
    place: Place = (0, 0)  # where it was typed


@dataclass(frozen=True, slots=True)
class Query:
    """A question as data; every place is a span of `text`."""

    text: str  # as typed, cleaned
    terms: tuple[Term, ...] = ()  # an article must have all
    excluded: tuple[Phrase, ...] = ()  # and none of these
    sources: tuple[str, ...] = ()  # as typed after `nguon:`; if there are any, it must be of one of them
    topics: tuple[str, ...] = ()  # the same after `chude:`
    since: dt.date | None = None  # local, as `until`; both are inclusive
    until: dt.date | None = None
    times: tuple[Term, ...] = ()  # the words that name `since` and `until`
    source_places: tuple[Place, ...] = ()
    topic_places: tuple[Place, ...] = ()
    dropped: tuple[Place, ...] = ()  # of words that this reading ignores

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to search for, not even the newest articles of a source or a time."""
        return not (self.terms or self.has_filters)

    @property
    def has_filters(self) -> bool:
        """Tell whether articles are narrowed by anything but words."""
        return bool(self.sources or self.topics or self.since or self.until)

    @property
    def is_for_news(self) -> bool:
        """Tell whether all news of a time is asked for, without a subject."""
        return bool(self.times and not self.terms)

    @property
    def wants_newest(self) -> bool:
        """Tell whether the newest articles are to come first: "tin mới nhất về bão"."""
        return ("moi", "nhat") in pairwise(map(folded, self.words))

    @property
    def groups(self) -> tuple[tuple[Phrase, ...], ...]:
        """Return the ways to write each term, as typed first: an article needs one of each group."""
        return tuple((term.phrase, *term.others) for term in self.terms)

    @property
    def words(self) -> Phrase:
        """Return all wanted syllables, in the order typed."""
        return tuple(word for term in self.terms for word in term.phrase)

    @property
    def has_diacritics(self) -> bool:
        """Tell whether a wanted word was typed with diacritics or đ, so that diacritics can be compared."""
        return any(folded(word) != word for word in self.words)

    @property
    def shown(self) -> str:
        """Return the text without filters and dropped words, or all of it if nothing else remains."""
        return self.without((*self.source_places, *self.topic_places, *self.dropped)) or self.text

    @property
    def time_places(self) -> tuple[Place, ...]:
        return tuple(time.place for time in self.times)

    def without(self, places: Iterable[Place]) -> str:
        """Return the text without the words at `places`.

        >>> query = parse_query("lũ nguon:x ở Huế")
        >>> query.without(query.source_places)
        'lũ ở Huế'
        """
        return " ".join(_masked(self.text, places, " ").split())

    def attempts(self) -> "tuple[Query, ...]":
        """Return the readings of the question, to be tried in order until one is answered.

        Time words that may be part of a name ("SEA Games năm 2017") also count as words; the last reading has
        no time.
        """
        if not self.times or not self.terms:
            return (self,)
        timeless = replace(self, since=None, until=None, times=())
        terms = tuple(sorted((*self.terms, *self.times), key=lambda term: term.place))
        may_be_name = any(word.isdigit() for time in self.times for word in time.phrase)
        named = (replace(timeless, terms=terms),) if may_be_name else ()
        return (self, *named, replace(timeless, dropped=self.time_places))

    def attempt(self, number: int) -> "Query":
        """Return a reading by its number, the last one if the number is too high."""
        readings = self.attempts()
        return readings[min(number, len(readings) - 1)]


def parse_query(
    text: str, *, today: dt.date | None = None, is_early: bool = False, names: Names = NO_NAMES
) -> Query:
    """Parse `text` as a query. Every string is valid.

    Time words (`hôm qua`, `từ 1/11`) count as such only with `today`, the asker's local date. If it
    `is_early`, "hôm nay" alone includes yesterday. If no other words remain, or only words like "tin" and "có
    gì mới", there are no terms: the question asks for the news of that time. `names` of several words need no
    quotes after `nguon:`, and "tin thể thao" is the topic of that name. After other words a minus excludes
    all plain words up to a comma, a quote, the next minus or a time, as one phrase; at the beginning it
    excludes one word.

    >>> parse_query('Hạ Long "du lịch" -tàu').words
    ('hạ', 'long', 'du', 'lịch')
    >>> parse_query("lũ hôm qua", today=dt.date(2026, 11, 22)).since
    datetime.date(2026, 11, 21)
    """
    shown = _clean(text)
    typed = _ADDRESS.sub(_slug, shown).translate(_QUOTES)  # as long as `shown`
    filters = find_filters(typed, names)
    rest = _masked(typed, (*filters.source_places, *filters.topic_places), " ")
    times = find_times(rest, today, is_early=is_early) if today else NO_TIMES
    words = _masked(rest, times.places, ",")
    terms, excluded = _read(words)
    if topic := named_topic(words, names):
        filters = filters.with_topic(topic, (term.place for term in terms))
    if topic or (times.places and asks_for_news(tuple(word for term in terms for word in term.phrase))):
        terms = ()
    return Query(
        shown,
        terms,
        excluded,
        filters.sources,
        filters.topics,
        times.since,
        times.until,
        tuple(Term(_phrase(rest[start:end]), (), (start, end)) for start, end in times.places),
        filters.source_places,
        filters.topic_places,
    )


def _masked(text: str, places: Iterable[Place], fill: str) -> str:
    """Return the text with `fill` at these places; its length stays."""
    for start, end in places:
        text = f"{text[:start]}{fill * (end - start)}{text[end:]}"
    return text


def _slug(address: re.Match[str]) -> str:
    """Return the headline's words in an address, padded with blanks to the length of the address.

    >>> _slug(_ADDRESS.search("https://bao.vn/kinh-te/gia-vang-lap-dinh-3456789.html")).split()
    ['gia', 'vang', 'lap', 'dinh']
    """
    typed = address.group()
    path = re.sub(r"[?#].*|\.\w{1,5}$", "", typed.rstrip("/"))
    start = path.rfind("/") + 1
    words = [one for one in re.finditer(r"[^-_]+", path[start:]) if not re.search(r"\d{4}", one.group())]
    slug = " " * len(typed)
    for one in words if len(words) > 2 else ():
        slug = f"{slug[: start + one.start()]}{one.group()}{slug[start + one.end() :]}"
    return slug


def _read(text: str) -> tuple[tuple[Term, ...], tuple[Phrase, ...]]:
    wanted: dict[Phrase, Term] = {}
    excluded: list[Phrase] = []
    left = MAX_WORDS
    goes_on = False  # the exclusion
    for part in _PART.finditer(text):
        plain = part["plain"] or ""
        goes_on = goes_on and not part["minus"] and bool(plain)
        together = part["minus"] or goes_on or part["phrase"]
        whole = _phrase(part["phrase"] or plain)
        for term in [Term(whole, (), part.span())] if together else _pieces(plain, part.start()):
            phrase = term.phrase[:left]
            left -= len(phrase)
            if goes_on:
                excluded[-1] += phrase
            elif part["minus"]:
                excluded.append(phrase)
            elif phrase:
                wanted.setdefault(phrase, replace(term, phrase=phrase))
        goes_on = bool((goes_on or (part["minus"] and whole)) and plain and wanted)
        goes_on = goes_on and plain[-1] not in _END_OF_PHRASE
    return tuple(_named(list(wanted.values()))), tuple(dict.fromkeys(phrase for phrase in excluded if phrase))


def _pieces(plain: str, start: int) -> Iterator[Term]:
    """Cut text typed without a blank, from `start` on, into phrases with their spellings."""
    if plain.startswith("#") and (tag := _phrase(plain)):
        apart = _phrase(_CAMEL.sub(" ", plain))
        yield Term(apart, (tag,) if tag != apart else (), (start, start + len(plain)))
        return
    for piece in _PIECE.finditer(plain):
        place = start + piece.start(), start + piece.end()
        yield Term(_phrase(piece.group()), other_numbers(piece.group()), place)


def _phrase(text: str) -> Phrase:
    return tuple(word.canonical for word in word_forms(text))


def _named(terms: list[Term]) -> Iterator[Term]:
    """Join the words of well-known names and add the other spellings; a name counts once."""
    seen = set[Phrase]()
    while terms:
        plain = takewhile(lambda term: len(term.phrase) == 1, terms)
        size = max(1, longest_form(tuple(term.phrase[0] for term in plain)))
        here, terms = terms[:size], terms[size:]
        phrase = tuple(chain.from_iterable(term.phrase for term in here))
        if phrase not in seen:
            seen.add(phrase)
            place = here[0].place[0], here[-1].place[1]
            yield Term(phrase, (*here[0].others, *other_spellings(phrase)), place)


def _clean(text: str) -> str:
    """Drop invisible characters (controls, bidi marks, lone surrogates), join blanks, cut to the bound.

    The name of the paper after a shared headline is dropped.
    """
    head = text[: 4 * MAX_CHARACTERS]
    seen = [" " if c.isspace() else c for c in head if c.isspace() or unicodedata.category(c)[0] != "C"]
    clean = " ".join(unicodedata.normalize("NFC", "".join(seen)).split())
    while (found := _PUBLISHER.search(clean)) and len(clean[: found.start()].split()) >= _FEWEST_WORDS:
        clean = clean[: found.start()].rstrip()
    return clean[:MAX_CHARACTERS].rstrip()
