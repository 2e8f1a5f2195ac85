"""The stored form of an article's headline and lead, with its meaning, for comparing articles."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from summarizer.model import VIETNAM
from summarizer.packaged_data import load_arrays
from summarizer.stories.terms import term_hashes
from summarizer.text.syllables import canonical

# The subject of an article as a short vector: reports of one event in other words have similar vectors.
#
# The vector of a term comes from latent semantic analysis of the vietnews corpus;
# `benchmarks/train_meanings.py` makes the table. Unknown terms add nothing.

_TITLE_WEIGHT = 2.0


def meaning_of(hashes: NDArray[np.uint32], in_title: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the direction of the sum of the terms' vectors: (dimensions,), 0 when none is known."""
    known, vectors = _table()
    places = np.minimum(np.searchsorted(known, hashes), known.size - 1)
    found = known[places] == hashes
    weights = np.where(in_title[found], _TITLE_WEIGHT, 1.0).astype(np.float32)
    # summed row by row: a product of matrices rounds otherwise with other threads and on other processors
    total = (vectors[places[found]] * weights[:, None]).sum(axis=0, dtype=np.float64)
    length = float(np.sqrt((total * total).sum()))
    direction: NDArray[np.float32] = (total / length if length else total).astype(np.float32)
    return direction


@cache
def _table() -> tuple[NDArray[np.uint32], NDArray[np.int8]]:
    arrays = load_arrays("meanings.npz")
    return arrays["hashes"], arrays["vectors"]


# The stored terms of headline and lead, for deciding whether another article reports the same event.
#
# Most feeds send no more. Terms are `terms`' hashes of syllables and pairs of neighbours, each with
# flags: where it stands, and whether it is written like a name. Figures, days and kinds that recur daily
# are kept too.

IN_TITLE, IN_LEAD, IS_NAME, IS_WORD, NAME_IN_TITLE = (np.uint8(1 << bit) for bit in range(5))
"""Flags of a term. A pair of a name and another word is neither `IS_NAME` nor `IS_WORD`."""

_LEAD_SYLLABLES = 120
_READ = 1_500  # characters of a field: hold as many syllables
_LEAD_OF_BODY = 60  # syllables that stand for the lead where an article has none
_SHOUTED = 0.7  # where so many words are in capitals, capitals make no name

_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\ufeff\u00ad]")
_OPENS = re.compile(r"(?:^|[.!?…:;|“”\"'‘’(\[]|\s[-–])\s*\Z")
_JOINS_NAMES = frozenset((" ", "-", ".", "\u00a0"))
_DAY = re.compile(
    r"(?<![\d/.,-])(\d{1,2})\s?[-/.]\s?(\d{1,2})(?:\s?[-/.]\s?(?:19|20)\d\d)?(?!\d|[.,/-]\d|\s?%)"
)
_SCORE = re.compile(r"(?i)(?:thắng|thua|hòa|hoà|bại|dẫn|tỷ số|tỉ số|chung cuộc)(?: \w+){0,3}\s*\Z")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SERIES = {
    "vàng bạc": "giá vàng|giá bạc|vàng miếng|vàng nhẫn",
    "tiền": r"tỷ giá|tỉ giá|giá usd|giá đô|giá bitcoin|giá tiền số|lãi suất hôm nay",
    "hàng hóa": "giá (?:cà phê|hồ tiêu|tiêu|lúa|gạo|heo|lợn|cao su|sầu riêng|thép)",
    "chứng khoán": r"chứng khoán|vn-?index|phiên giao dịch|cổ phiếu hôm nay",
    "thời tiết": "thời tiết|dự báo thời tiết",
    "xổ số": "xổ số|kqxs|xsmb|xsmn|xsmt|vietlott|jackpot",
    "lịch đấu": "lịch thi đấu|lịch trực tiếp|lịch phát sóng|kết quả bóng đá|trực tiếp bóng đá hôm nay",
    "tử vi": "tử vi|lịch âm|12 con giáp|cung hoàng đạo|âm lịch hôm nay",
    "chiến sự": r"chiến sự .{0,30}ngày",
}
_COUNTED_ADVICE = (
    "sai lầm|cách|thói quen|dấu hiệu|món|mẹo|lợi ích|lý do|điều|bí quyết|thực phẩm|loại|bài tập|lưu ý"
    "|quan niệm|công thức|mẫu|gợi ý|việc|kiểu|thứ|địa điểm|điểm đến"
)
_ADVICE_WORDS = (
    "sai lầm khi|làm sao để|làm thế nào|có nên|có tốt|ăn gì|uống gì|nên ăn|nên uống|trắc nghiệm|đố vui"
    "|bạn có biết|mẹo|bí quyết|công thức|món ngon|thói quen|dấu hiệu|điều gì xảy ra|tác dụng|lợi ích"
)
_ADVICE = re.compile(
    rf"\A\W*(?:top )?\d+ (?:\w+ ){{0,2}}?(?:{_COUNTED_ADVICE})(?!\w)|(?<!\w)(?:{_ADVICE_WORDS})(?!\w)"
)
_SERIES_PATTERNS = {name: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for name, words in _SERIES.items()}


@dataclass(frozen=True, slots=True)
class Lead:
    """An article's headline and lead.

    `order`: for each syllable of headline and lead in turn its place in `hashes`, and that of the pair that
    it begins, -1 for none; it is empty in stored articles.
    """

    hashes: NDArray[np.uint32]  # ascending, distinct, (n,)
    flags: NDArray[np.uint8]  # (n,)
    meaning: NDArray[np.float32]  # a unit vector
    numbers: frozenset[str]  # the figures that are no days
    days: frozenset[tuple[int, int]]  # month and day
    series: frozenset[str]
    is_advice: bool  # "5 sai lầm khi …"
    day: tuple[int, int] | None  # month and day that a recurring report is about, if known
    order: NDArray[np.int16]  # (2, syllables)


NO_ORDER: NDArray[np.int16] = np.zeros((2, 0), np.int16)


def lead_of(title: str, sapo: str, body: str, published: dt.datetime | None) -> Lead:
    """Read the headline and lead of an article; without a lead the start of its body stands for it."""
    title, sapo = _clean(title), _clean(sapo)
    lead, limit = (sapo, _LEAD_SYLLABLES) if sapo.strip() else (_clean(body), _LEAD_OF_BODY)
    title_hashes, title_flags = _terms(
        _without_days(title), _LEAD_SYLLABLES, IN_TITLE, IS_NAME | NAME_IN_TITLE
    )
    lead_hashes, lead_flags = _terms(_without_days(lead), limit, IN_LEAD, IS_NAME)
    hashes, place = np.unique(np.concatenate((title_hashes, lead_hashes)), return_inverse=True)
    flags = np.zeros(hashes.size, np.uint8)
    np.bitwise_or.at(flags, place, np.concatenate((title_flags, lead_flags)))
    named = (flags & IS_NAME) > 0
    flags[named] &= ~IS_WORD  # written like a name once, it is a name
    text = f"{title} . {lead if sapo.strip() else ''}"
    days = _days(text)
    series = _series(title)
    return Lead(
        hashes,
        flags,
        meaning_of(hashes, (flags & IN_TITLE) > 0),
        frozenset(_numbers(text)),
        frozenset(days),
        series,
        _ADVICE.search(canonical(title)) is not None,
        _day_of(title, days, published) if series else None,
        np.hstack((_order(place[: title_hashes.size]), _order(place[title_hashes.size :]))),
    )


def _order(places: NDArray[np.int64]) -> NDArray[np.int16]:
    """Return the places of the syllables of a text, and of the pairs that they begin, -1 for the last."""
    syllables = (places.size + 1) // 2
    order = np.full((2, syllables), -1, np.int16)
    order[0] = places[:syllables]
    order[1, : places.size - syllables] = places[syllables:]
    return order


def _clean(text: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text[:_READ]))


def _terms(
    text: str, limit: int, where: np.uint8, named: np.uint8
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    words = list(_WORD.finditer(text))[:limit]
    names, runs_on = _capitals(text, words)
    single = np.where(names, named, IS_WORD)
    both = names[:-1] & names[1:] & runs_on[1:]
    neither = ~names[:-1] & ~names[1:]
    pairs = np.where(both, named, np.where(neither, IS_WORD, np.uint8(0)))
    flags = np.concatenate((single, pairs)).astype(np.uint8) | where
    return term_hashes([_syllable(word.group()) for word in words]), flags


_syllable = lru_cache(maxsize=1 << 14)(canonical)


def _capitals(text: str, words: list[re.Match[str]]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which words are written like names, and which go on with the name before them. Both: (n,)."""
    names, runs_on = np.zeros(len(words), np.bool_), np.zeros(len(words), np.bool_)
    upper = [word.group()[0].isupper() for word in words]
    if len(words) > 5 and sum(word.group().isupper() for word in words) > _SHOUTED * len(words):
        return names, runs_on
    for at, word in enumerate(words):
        if not upper[at]:
            continue
        before = text[words[at - 1].end() : word.start()] if at else ""
        runs_on[at] = at > 0 and upper[at - 1] and before in _JOINS_NAMES
        if runs_on[at]:
            names[at - 1 : at + 1] = True
        else:
            is_acronym = len(word.group()) > 1 and word.group().isupper()
            names[at] = is_acronym or not _OPENS.search(text, max(0, word.start() - 3), word.start())
    return names, runs_on


def _numbers(text: str) -> set[str]:
    found = (number.replace(".", "").replace(",", ".") for number in _NUMBER.findall(_without_days(text)))
    return {number for number in found if not _YEAR.fullmatch(number)}


def _without_days(text: str) -> str:
    """Return `text` with a space for each day, so that a day in common does not count as common words."""
    return _DAY.sub(lambda found: " " if _is_day(found) else found.group(), text)


def _days(text: str) -> list[tuple[int, int]]:
    return [(int(found[2]), int(found[1])) for found in _DAY.finditer(text) if _is_day(found)]


def _is_day(matched: re.Match[str]) -> bool:
    """Tell whether a match is a day of the calendar and not the score of a game."""
    before = matched.string[max(0, matched.start() - 20) : matched.start()]
    return 1 <= int(matched[1]) <= 31 and 1 <= int(matched[2]) <= 12 and not _SCORE.search(before)


def _series(title: str) -> frozenset[str]:
    head = canonical(title)
    return frozenset(name for name, pattern in _SERIES_PATTERNS.items() if pattern.search(head))


def _day_of(title: str, days: list[tuple[int, int]], published: dt.datetime | None) -> tuple[int, int] | None:
    """Return the day a recurring report is about: the headline's, else the only one named, else today."""
    named = _days(title) or (days if len(days) == 1 else [])
    if named:
        return named[0]
    if published is None:
        return None
    local = published.astimezone(VIETNAM)
    return local.month, local.day
