"""Times that people type: numbers, hours, days of the week, zones. Diacritics are optional. Pure."""

import datetime as dt
import difflib
import functools
import re
import zoneinfo
from typing import Literal

from bot.times.schedule import EVERY_DAY
from summarizer.text.syllables import folded

_ONE_TO_TEN = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
NUMERALS = {numeral: number for number, numeral in enumerate(_ONE_TO_TEN, start=1)}
_ONES = {numeral: number for numeral, number in NUMERALS.items() if number < 10} | {"lăm": 5, "mốt": 1}
_TENS = {"mười": 10, "hai mươi": 20, "ba mươi": 30, "bốn mươi": 40, "năm mươi": 50}
_TO_59 = {
    **NUMERALS,
    **_TENS,
    **{f"{ten} {one}": tens + ones for ten, tens in _TENS.items() for one, ones in _ONES.items()},
}


def _pattern(numerals: dict[str, int]) -> re.Pattern[str]:
    said = "|".join(sorted(numerals, key=len, reverse=True))
    return re.compile(
        rf"\b(?P<hour>{said})(?= (?:giờ|gio)\b)|(?<=\bgiờ )(?P<minute>{said})\b|(?<=\bkém )(?P<to>{said})\b"
        rf"|(?<=\bgio )(?P<plain>{said})\b(?! (?:sang|trua|chieu|toi)\b)"
    )


_WRITTEN = _pattern(_TO_59)
_TO_59_FOLDED = {folded(said): number for said, number in _TO_59.items() if said != "sáu"}  # "sau": after
_FOLDED = _pattern(_TO_59_FOLDED)


def with_digits(plain: str) -> str:
    """Return a prepared text with the hours that are spelled out as digits.

    >>> with_digits("gửi lúc bảy giờ kém mười lăm"), with_digits("muoi hai gio trua")
    ('gửi lúc 7 giờ kém 15', '12 gio trua')
    """
    pattern, numbers = (_FOLDED, _TO_59_FOLDED) if plain.isascii() else (_WRITTEN, _TO_59)
    return pattern.sub(lambda found: str(numbers[found[0]]), plain)


# A misreading is worse than a question back, so ambiguous text is refused. The error carries the reason and
# suggestions; the chat's texts make a message of them.

Reason = Literal["unreadable", "impossible", "offset"]
_LONGEST = 64  # no time, days or zone is longer


class TypedTimeError(ValueError):
    """The text is no time, no days or no zone we know.

    `reason`: `impossible` can be read but does not exist (`24:00`); `offset` is a zone given as `GMT+7`.
    `suggestions` are zones to offer instead, best first, perhaps none.
    """

    def __init__(self, text: str, reason: Reason = "unreadable", suggestions: tuple[str, ...] = ()) -> None:
        self.text = text
        self.reason = reason
        self.suggestions = suggestions
        super().__init__(f"{reason}: {text[:_LONGEST]!r}")


def _hours(*, as_written: tuple[int, int], after_noon: tuple[int, int] = (0, 0)) -> dict[int, int]:
    later = {hour: hour + 12 for hour in range(*after_noon)}
    return {hour: hour for hour in range(*as_written)} | later


_PERIODS = {  # part of the day → the hours that may precede it, and the meaning of each
    "am": _hours(as_written=(1, 12)) | {12: 0},
    "sang": _hours(as_written=(0, 12)),
    "trua": _hours(as_written=(10, 15), after_noon=(1, 3)),
    "chieu": _hours(as_written=(12, 19), after_noon=(1, 7)),
    "toi": _hours(as_written=(17, 24), after_noon=(5, 12)),
    "dem": _hours(as_written=(0, 6)) | _hours(as_written=(20, 24), after_noon=(8, 12)) | {12: 0},
    "pm": _hours(as_written=(12, 13), after_noon=(1, 12)),
    "": _hours(as_written=(0, 24)),
}
_TIME = re.compile(
    r"(?:luc )?(?P<hour>[0-9]{1,2}) ?(?:: ?(?=[0-9]{2})|h|gio|g)"
    r"(?: ?(?P<to>kem)? ?(?P<minute>[0-9]{1,2})(?: ?(?:phut|p|'|’))?| ?(?P<half>ruoi))?"
    r"(?: ?(?P<period>am|pm|sang|trua|chieu|toi|dem))?"
)


def parse_local_time(text: str) -> dt.time:
    """Read a time of day: `6h30`, `18:00`, `7 giờ rưỡi`, `8h kém 15`, `7h tối`.

    Raises:
        TypedTimeError: no time, or an impossible one (`24:00`, `25h61`, `13h sáng`).

    >>> parse_local_time("7 giờ rưỡi tối")
    datetime.time(19, 30)
    """
    match = _TIME.fullmatch(_plain(text))
    if match is None:
        raise TypedTimeError(text)
    hour = _PERIODS[match["period"] or ""].get(int(match["hour"]))
    minute = 30 if match["half"] else int(match["minute"] or 0)
    if hour is None or minute > 59:
        raise TypedTimeError(text, "impossible")
    minutes = hour * 60 + (-minute if match["to"] else minute)
    return dt.time(*divmod(minutes % (24 * 60), 60))


_DAY_GROUPS = {
    "hang ngay": EVERY_DAY,
    "moi ngay": EVERY_DAY,
    "ca tuan": EVERY_DAY,
    "tat ca": EVERY_DAY,
    "cuoi tuan": frozenset({5, 6}),
    "trong tuan": frozenset(range(5)),
    "ngay thuong": frozenset(range(5)),
    "ngay lam viec": frozenset(range(5)),
}
_DAY_WORDS = {"hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7} | {str(n): n for n in range(2, 8)}
_NAMED_DAY = re.compile(r"\b(?:(?:thu|t) ?(?P<day>[2-7]|hai|ba|tu|nam|sau|bay)|chu nhat|cn)\b")
_DAY_LIST = re.compile(r"d[2-8](?: ?- ?d?[2-8])?(?:(?: ?[,;+&] ?| va | )d?[2-8](?: ?- ?d?[2-8])?)*")
_DAY_RANGE = re.compile(r"([2-8])(?: ?- ?d?([2-8]))?")


def parse_days(text: str) -> frozenset[int]:
    """Read days of the week, 0 = Monday: `T2-T6`, `thứ 2 đến thứ 6`, `t7, cn`, `thứ 2,4,6`, `cuối tuần`,
    `hằng ngày`. A range may run over Sunday (`T7-T2`).

    Raises:
        TypedTimeError: no days.

    >>> sorted(parse_days("thứ bảy, chủ nhật"))
    [5, 6]
    """
    plain = _plain(text).replace("–", "-").replace("—", "-")
    if plain in _DAY_GROUPS:
        return _DAY_GROUPS[plain]
    # Each named day becomes d2 … d8, Sunday being 8; numbers after the first may stand alone ("thứ 2,4").
    coded = _NAMED_DAY.sub(lambda match: f"d{_DAY_WORDS[match['day']] if match['day'] else 8}", plain)
    coded = re.sub(r" ?\b(?:den|toi)\b ?", "-", coded.removeprefix("tu "))
    if not _DAY_LIST.fullmatch(coded):
        raise TypedTimeError(text)
    ranges = ((int(match[1]), int(match[2] or match[1])) for match in _DAY_RANGE.finditer(coded))
    return frozenset(
        (first - 2 + step) % 7 for first, last in ranges for step in range((last - first) % 7 + 1)
    )


_HOME = "Asia/Ho_Chi_Minh"
_PLACES = {  # names of places that are no keys of the zone tables, as our readers write them
    _HOME: "ha noi, hanoi, sai gon, saigon, tp hcm, hcm, da nang, hue, can tho, hai phong, viet nam, vietnam",
    "Asia/Tokyo": "nhat ban, nhat, osaka",
    "Asia/Seoul": "han quoc, busan",
    "Asia/Taipei": "dai loan, dai bac, cao hung",
    "Asia/Shanghai": "trung quoc, bac kinh, thuong hai",
    "Asia/Bangkok": "thai lan, bang coc",
    "Asia/Vientiane": "lao, vieng chan",
    "Asia/Phnom_Penh": "campuchia, nam vang",
    "Europe/Berlin": "duc, munich, frankfurt, hamburg",
    "Europe/Paris": "phap",
    "Europe/London": "anh, luan don",
    "Europe/Prague": "sec, tiep, praha",
    "Europe/Warsaw": "ba lan, warszawa",
    "Europe/Moscow": "mat xco va, matxcova, moskva",
    "America/Los_Angeles": "california, san jose, san francisco, seattle, little saigon",
    "America/Chicago": "houston, dallas, texas",
    "America/New_York": "washington, boston",
}
_OFFSET = re.compile(r"(?:etc/)?(?:gmt|utc|z)? ?[+-] ?[0-9]{1,2}(?::?[0-9]{2})?|gmt")


def parse_zone(text: str) -> str:
    """Read a place as an IANA zone: its key in any case, its city, or a Vietnamese name (`Hà Nội`, `Đức`).

    Raises:
        TypedTimeError: no such place; `offset` for `GMT+7`, which would go wrong when the clocks change.

    >>> parse_zone("hà nội"), parse_zone("berlin")
    ('Asia/Ho_Chi_Minh', 'Europe/Berlin')
    """
    plain = _plain(text)
    if _OFFSET.fullmatch(plain):
        ours = re.search(r"\+ ?0?7(?::?00)?$", plain)
        raise TypedTimeError(text, "offset", (_HOME,) if ours else ())
    places, plain = _places(), _spaced(plain)
    if plain not in places:
        near = difflib.get_close_matches(plain, places, n=3, cutoff=0.75)
        raise TypedTimeError(text, "unreadable", tuple(dict.fromkeys(places[place] for place in near)))
    return places[plain]


@functools.cache
def _places() -> dict[str, str]:
    """Map folded places to keys: our own names before cities, and of two keys with one city the shorter."""
    # Etc/GMT+7 lies seven hours west of Greenwich; "EST" and "localtime" are no places.
    keys = [key for key in zoneinfo.available_timezones() if "/" in key and not key.startswith("Etc/")]
    places = {"utc": "UTC"}
    for key in sorted(keys, key=lambda key: (-len(key), key)):
        places[_spaced(folded(key.rsplit("/", 1)[1]))] = key
    places |= {_spaced(folded(key)): key for key in keys}
    return places | {name: key for key, names in _PLACES.items() for name in names.split(", ")}


def _spaced(place: str) -> str:
    return place.replace("_", " ").replace("-", " ")


def _plain(text: str) -> str:
    if len(text) > _LONGEST:
        raise TypedTimeError(text)
    return " ".join(folded(text).split())
