"""How much of one answer is taken: a feed's newest items, and a word for the rest. Pure."""

import datetime as dt
from collections.abc import Sequence

from storage.intake import Draft, Refusal
from storage.intake.dates import parse_published

MOST_ITEMS = 500  # a poll; papers' feeds have 20 to 100


def newest(
    found: Sequence[Draft | Refusal], zone: str, now: dt.datetime, *, most: int = MOST_ITEMS
) -> list[Draft | Refusal]:
    """Return the `most` newest items in the order in which they came; one without a time counts as new."""
    if len(found) <= most:
        return list(found)

    def moment(number: int) -> dt.datetime:
        one = found[number]
        if isinstance(one, Refusal):
            return now
        published = parse_published(one.published, zone, now, url=one.url, style=one.date_style)
        return published.at if published else now

    by_time = sorted(range(len(found)), key=moment, reverse=True)  # keeps the order of those alike
    return [found[number] for number in sorted(by_time[:most])]


def refusal_of_the_rest(place: str, found: int, *, most: int = MOST_ITEMS) -> Refusal:
    """Return what is kept of the items that were too many."""
    return Refusal(place, f"feed có {found} bài một lần, chỉ đọc {most} bài mới nhất")
