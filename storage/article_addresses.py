"""Which article a normalised address leads to: the doors of one site, and the number behind a headline.

A paper that puts the headline into the address changes the address with it; the number behind the headline
stays. Only the form tells which hosts do so. Where it leaves a doubt, the whole address is the identity: an
article stored twice is a smaller fault than two articles taken for one.
"""

import re
from datetime import date

_DOORS = ("www.", "m.", "mobile.", "amp.")
_AMP_ENDING = re.compile(r"(?P<before>\.\w{2,5})?\.amp(?P<after>\.\w{2,5})?$", re.ASCII)
_NUMBERED = re.compile(
    r"[-_](?P<letters>[a-z]{0,4})(?P<number>\d{7,20})(?:-tong-thuat)?(?:\.[a-z]{2,5})?$",
    re.ASCII | re.IGNORECASE,
)
_AMOUNT_ZEROS = "00000"  # a number that ends in these counts something: 1000000 dong
_FIRST_YEAR, _LAST_YEAR = 1990, 2099


def article_address(authority: str, path: str, query: str) -> str:
    """Return what tells an article apart from all others: host and number, else the whole address.

    The arguments are the parts of a normalised address: no tracking fields, no slash at the path's end.

    >>> article_address("m.bao.example", "/amp/cau-moi-5999301.html", "")
    'bao.example#5999301'
    >>> article_address("bao.example", "/gia/gia-rau-20261004.html", "")
    'bao.example/gia/gia-rau-20261004.html'
    """
    host, path = _without_door(authority), _without_amp(path)
    query = "&".join(field for field in query.split("&") if field.partition("=")[0].lower() != "amp")
    if number := article_number(path):
        # A field with a digit may say which article, or which page of one; any other says how to show it.
        kept = "&".join(field for field in query.split("&") if any(map(str.isdigit, field)))
        return f"{host}#{number}" + (f"?{kept}" if kept else "")
    return f"{host}{path}" + (f"?{query}" if query else "")


def article_number(path: str) -> str | None:
    """Return the number behind the headline at the end of a path, with the letters before it.

    Seven to twenty digits that are neither a date nor a round amount.

    >>> article_number("/thoi-su/cau-moi-post5999301.html"), article_number("/thoi-su-1001005/cau-moi.html")
    ('post5999301', None)
    """
    slug = path.rpartition("/")[2]
    found = _NUMBERED.search(slug)
    if found is None or not any(map(str.isalpha, slug[: found.start()])):
        return None
    digits = found["number"]
    if digits.endswith(_AMOUNT_ZEROS) or _is_date(digits):
        return None
    return found["letters"].lower() + digits


def _without_door(authority: str) -> str:
    for door in _DOORS:
        rest = authority.removeprefix(door)
        if "." in rest:
            authority = rest
    return authority


def _without_amp(path: str) -> str:
    """Return the path of the page itself for that of its light copy: /amp/…, …/amp, ….amp."""
    if path.lower().startswith("/amp/"):
        path = path[4:]
    if path.lower().endswith("/amp"):
        path = path[:-4].rstrip("/") or "/"
    ending = _AMP_ENDING.search(path)
    if ending is None:
        return path
    return path[: ending.start()] + (ending["after"] or ending["before"] or ".html")


def _is_date(digits: str) -> bool:
    """Tell whether digits are a date, with hour and minute or without, or two years: 20261004, 20252026."""
    count = len(digits)
    if count == 7:  # 4102026
        return _is_day(digits[3:], digits[1:3], digits[0])
    if count == 8:
        return (
            _is_day(digits[:4], digits[4:6], digits[6:])
            or _is_day(digits[4:], digits[2:4], digits[:2])
            or (_is_year(digits[:4]) and _is_year(digits[4:]))
        )
    if count in (10, 12):  # hours, and minutes; a time to the second is one article's
        is_clock = int(digits[8:10]) < 24 and int(digits[10:] or 0) < 60
        return is_clock and _is_day(digits[:4], digits[4:6], digits[6:8])
    return False


def _is_year(digits: str) -> bool:
    return _FIRST_YEAR <= int(digits) <= _LAST_YEAR


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return _is_year(year)
