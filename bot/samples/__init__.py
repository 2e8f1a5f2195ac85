"""The articles that ship with the product, so that a demo has news without a network.

Every paper, person and firm in them is invented. Storing them is left to the intake.
"""

import datetime as dt
import json
from importlib.resources import files
from typing import Any

_VIETNAM = dt.timezone(dt.timedelta(hours=7))


def load_samples(now: dt.datetime) -> list[dict[str, Any]]:
    """Return the sample articles as intake rows published 10 minutes to 2 days before `now`, oldest first.

    `published` is RFC 3339 at +07:00; `body` is a list of paragraphs.

    Raises:
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError(f"naive time {now}: sample articles are dated from an aware moment")
    lines = files(__name__).joinpath("articles.jsonl").read_text(encoding="utf-8").splitlines()
    return [_dated(json.loads(line), now) for line in lines]


def _dated(row: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    published = now - dt.timedelta(minutes=row.pop("age_minutes"))
    return {**row, "published": published.astimezone(_VIETNAM).isoformat(timespec="seconds")}
