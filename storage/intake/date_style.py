"""How one feed writes its times, decided from the evidence of all its items.

The open questions are: which number is the day, is a printed UTC really UTC, are AM and PM missing. A single
value often leaves them open, a whole feed rarely does. If the evidence contradicts itself, ambiguous times
are not read.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from storage.intake.date_text import DateOrder, DateText, read_date_text

_ORDERS = tuple(DateOrder)
_AHEAD = dt.timedelta(days=1)  # a time further ahead is in the future in every zone
_SOON = dt.timedelta(minutes=10)  # how far two clocks may be apart
_NEAR_NUMBER = dt.timedelta(days=3)  # between the making of an article and its publication
_RECENT, _OLD = dt.timedelta(days=3), dt.timedelta(days=14)  # of a feed's newest item
_FEWEST_WITNESSES = 3
_SMALLEST_SHIFT = dt.timedelta(hours=1)
_MOST_SAMPLES = 200
_HALF_DAY = dt.timedelta(hours=12)
# Source: Tuổi Trẻ `100`, Thanh Niên `185`, GenK `165` + yyMMddHHmmss + milliseconds; others yyyyMMddHHmmss.
_ARTICLE_NUMBER = re.compile(r"(?<!\d)(?:\d{3}(\d{12})\d{2,5}|20(\d{12}))(?!\d)", re.ASCII)


class ClockZone(StrEnum):
    """In which zone a printed clock runs: the printed one (or the source's), the source's, UTC."""

    PRINTED = "printed"
    LOCAL = "local"
    UTC = "utc"


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How to read ambiguous times.

    `order` None: such dates stay unread. `has_lost_half`: afternoons are printed as 1 to 11 o'clock without
    AM or PM. `is_proven`: the order follows from evidence, so it is stored.
    """

    order: DateOrder | None = DateOrder.DAY_FIRST
    clock_zone: ClockZone = ClockZone.PRINTED
    has_lost_half: bool = False
    is_proven: bool = False


@dataclass(frozen=True, slots=True)
class DateSample:
    """One item's time as printed, and its address."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Sample:
    date: DateText
    made_at: dt.datetime | None  # from the article's number, aware

    def at(self, order: DateOrder, zone: ZoneInfo) -> dt.datetime | None:
        moment = self.date.moment(order)
        return moment.replace(tzinfo=moment.tzinfo or zone) if moment else None


def number_time(url: str, zone: ZoneInfo) -> dt.datetime | None:
    """Return when the article was made, if the number in its address is a time; aware, in `zone`.

    >>> str(number_time("https://tuoitre.vn/thong-xe-100261005091032857.htm", ZoneInfo("Asia/Ho_Chi_Minh")))
    '2026-10-05 09:10:32+07:00'
    """
    if len(url) > 2_000:
        return None
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    found = _ARTICLE_NUMBER.search(path.rsplit("/", 1)[-1])
    if found is None:
        return None
    try:
        return dt.datetime.strptime(f"20{found[1] or found[2]}", "%Y%m%d%H%M%S").replace(tzinfo=zone)
    except ValueError:
        return None


def decide_style(
    samples: Iterable[DateSample],
    zone: str,
    now: dt.datetime,
    *,
    built: str = "",
    is_feed: bool = False,
    remembered: DateStyle | None = None,
) -> DateStyle:
    """Decide how to read the times of one feed.

    `built` is the feed's own time (`lastBuildDate`), `is_feed` means that its newest item should be recent,
    `remembered` is an earlier decision for this source. Without any evidence: day first.
    """
    local = ZoneInfo(zone)
    read = [_sample(sample, local) for _, sample in zip(range(_MOST_SAMPLES), samples, strict=False)]
    known = [sample for sample in read if sample is not None]
    order, is_proven = _order(known, local, now, built=built, is_feed=is_feed, remembered=remembered)
    if order is None:
        return DateStyle(None)
    if _has_lost_half(known, order, local):
        return DateStyle(order, has_lost_half=True, is_proven=is_proven)
    return DateStyle(order, _clock_zone(known, order, local, now), is_proven=is_proven)


def _sample(sample: DateSample, zone: ZoneInfo) -> _Sample | None:
    date = read_date_text(sample.text)
    return _Sample(date, number_time(sample.url, zone)) if date else None


def _order(
    samples: Sequence[_Sample],
    zone: ZoneInfo,
    now: dt.datetime,
    *,
    built: str,
    is_feed: bool,
    remembered: DateStyle | None,
) -> tuple[DateOrder | None, bool]:
    """Return the order, and whether there was evidence for it."""
    open_ones = [sample for sample in samples if sample.date.order is None]
    if not open_ones:
        return DateOrder.DAY_FIRST, False
    newest_at = _reference(built, zone, now) if is_feed else None
    proofs: tuple[Callable[[], set[DateOrder]], ...] = (
        lambda: _by_value(open_ones),
        lambda: _by_number(open_ones, zone),
        lambda: _by_future(open_ones, zone, now),
        lambda: _by_newest(open_ones, zone, newest_at) if newest_at else set(),
    )
    for proof in proofs:
        proven = proof()
        if proven:
            return (proven.pop(), True) if len(proven) == 1 else (None, True)
    if remembered is not None and remembered.is_proven:
        return remembered.order, False
    if any(sample.date.is_us_clock for sample in open_ones):
        return DateOrder.MONTH_FIRST, False
    return DateOrder.DAY_FIRST, False


def _by_value(samples: Sequence[_Sample]) -> set[DateOrder]:
    """Return the orders proven by a number above 12, or by a written weekday."""
    possible = [sample.date.possible_orders for sample in samples]
    return {orders[0] for orders in possible if len(orders) == 1}


def _by_number(samples: Sequence[_Sample], zone: ZoneInfo) -> set[DateOrder]:
    """Return the orders that put a time near the making of its article, which the article's number tells."""
    proven: set[DateOrder] = set()
    for sample in samples:
        made_at = sample.made_at
        if made_at is None or sample.date.first == sample.date.second:
            continue
        near = [
            order for order in _ORDERS if (at := sample.at(order, zone)) and abs(at - made_at) <= _NEAR_NUMBER
        ]
        proven.update(near if len(near) == 1 else ())
    return proven


def _by_future(samples: Sequence[_Sample], zone: ZoneInfo, now: dt.datetime) -> set[DateOrder]:
    """Return the orders proven because the other order puts an item into the future."""
    proven: set[DateOrder] = set()
    for sample in samples:
        past = [order for order in _ORDERS if (at := sample.at(order, zone)) and at <= now + _AHEAD]
        proven.update(past if len(past) == 1 else ())
    return proven


def _by_newest(samples: Sequence[_Sample], zone: ZoneInfo, reference: dt.datetime) -> set[DateOrder]:
    """Return the orders proven because the other order makes the feed's newest item weeks old."""
    lags = {
        order: reference - max(moments)
        for order in _ORDERS
        if (moments := [at for sample in samples if (at := sample.at(order, zone))])
    }
    recent = {order for order, lag in lags.items() if -_AHEAD <= lag <= _RECENT}
    return recent if len(recent) == 1 and all(lags[o] > _OLD for o in lags.keys() - recent) else set()


def _reference(built: str, zone: ZoneInfo, now: dt.datetime) -> dt.datetime:
    """Return the feed's own time if it is unambiguous, else now."""
    date = read_date_text(built)
    orders = date.possible_orders if date else ()
    moment = date.moment(orders[0]) if date and len(orders) == 1 else None
    return moment.replace(tzinfo=moment.tzinfo or zone) if moment else now


def _clock_zone(samples: Sequence[_Sample], order: DateOrder, zone: ZoneInfo, now: dt.datetime) -> ClockZone:
    """Decide the real zone of the printed times, whatever offset is printed beside them."""
    ahead = zone.utcoffset(now.replace(tzinfo=None)) or dt.timedelta()
    timed = [sample for sample in samples if sample.date.precision == "minute"]
    moments = [(at, sample) for sample in timed if (at := sample.at(sample.date.order or order, zone))]
    if ahead < _SMALLEST_SHIFT or not moments:
        return ClockZone.PRINTED
    as_utc = [(at, sample) for at, sample in moments if sample.date.offset == dt.timedelta()]
    if len(as_utc) == len(moments):
        newest = max(at for at, _ in moments)
        lags = [at - sample.made_at for at, sample in moments if sample.made_at]
        is_late = len(lags) >= _FEWEST_WITNESSES and all(lag >= ahead - _SOON for lag in lags)
        is_future = newest > now + _SOON and newest - ahead <= now + _SOON
        return ClockZone.LOCAL if is_late or is_future else ClockZone.PRINTED
    lags = [at - sample.made_at for at, sample in moments if sample.made_at]
    is_early = len(lags) >= _FEWEST_WITNESSES and all(-ahead - _SOON <= lag < -_SOON for lag in lags)
    return ClockZone.UTC if is_early and not as_utc else ClockZone.PRINTED


def _has_lost_half(samples: Sequence[_Sample], order: DateOrder, zone: ZoneInfo) -> bool:
    """Tell whether AM and PM are missing: then some times are half a day before their articles were made."""
    if any(sample.date.hour > 12 or sample.date.has_half for sample in samples):
        return False
    witnesses = [sample for sample in samples if sample.date.precision == "minute" and sample.made_at]
    early = [sample for sample in witnesses if _is_half_day_early(sample, order, zone)]
    return len(early) >= _FEWEST_WITNESSES and len(early) < len(witnesses)


def _is_half_day_early(sample: _Sample, order: DateOrder, zone: ZoneInfo) -> bool:
    at, made_at = sample.at(sample.date.order or order, zone), sample.made_at
    if at is None or made_at is None or sample.date.hour >= 12:
        return False
    return _SOON < made_at - at <= _HALF_DAY + _SOON


def read_moment(
    date: DateText, style: DateStyle, zone: ZoneInfo, made_at: dt.datetime | None
) -> dt.datetime | None:
    """Return the aware moment of `date` in `style`, or None if it stays ambiguous; `made_at` is `number_time`
    of the article's address."""
    orders = date.possible_orders
    is_open = len(orders) > 1 and date.first != date.second
    order = style.order if is_open else next(iter(orders), None)
    moment = date.moment(order) if order else None
    if moment is None or order is None:
        return None
    if style.has_lost_half and date.precision == "minute":
        sample = _Sample(date, made_at)
        if made_at is None:
            return None  # morning or afternoon is unknown
        moment += _HALF_DAY if _is_half_day_early(sample, order, zone) else dt.timedelta()
    if style.clock_zone is ClockZone.LOCAL:
        return moment.replace(tzinfo=zone)
    if style.clock_zone is ClockZone.UTC:
        return moment.replace(tzinfo=dt.UTC)
    return moment.replace(tzinfo=moment.tzinfo or zone)
