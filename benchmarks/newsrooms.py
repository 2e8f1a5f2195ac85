"""A newsroom with the usual limits and at most one edition, for benchmarks of slots and deliveries."""

import datetime as dt

from bot.news.newsroom import Edition, Newsroom
from bot.times.schedule import Schedule

MORNING = Edition("sang", "Bản tin sáng", Schedule((dt.time(6, 30),)), (), 3, dt.timedelta(hours=48))


def newsroom(*editions: Edition, topics: dict[str, str] | None = None) -> Newsroom:
    """Return a newsroom without sources."""
    return Newsroom(
        zone="Asia/Ho_Chi_Minh", editions=editions, sources=(), topics=topics or {}, topic_aliases={},
        keep_days=90, late_window=dt.timedelta(hours=2), questions_per_10_seconds=5, questions_per_hour=60,
    )  # fmt: skip
