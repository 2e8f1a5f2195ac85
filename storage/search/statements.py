"""The one statement that a look-up is, shared by SQLite and PostgreSQL: which matches, how many, their texts.

The newest matches are counted and the newest of these read. Nothing is ranked in the database: its scores
cost a pass over every match of every word. Sources, topics and times are looked at in a bounded number of
matches.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage.search.model import Extent, Filters, Hit, Page

WINDOW = 300  # matches that are counted
_PROBED = 3_000  # matches whose source, topic and time are looked at

# Ids are given in the order of storing, and nothing is stored before it is published, faults of clocks aside.
_BOUNDS = """timely AS (
    SELECT min(id) AS first_id, max(id) AS last_id FROM articles WHERE published_at BETWEEN :since AND :until
    UNION ALL
    SELECT
        (SELECT id FROM articles WHERE stored_at >= :stored_since ORDER BY stored_at, id LIMIT 1),
        (SELECT id FROM articles WHERE stored_at <= :until ORDER BY stored_at DESC, id DESC LIMIT 1)
),
bounds AS MATERIALIZED (SELECT min(first_id) AS first_id, max(last_id) AS last_id FROM timely),
"""
_LOOK_UP = """WITH {bounds}
newest AS MATERIALIZED ({newest} LIMIT :probed),
found AS MATERIALIZED (
    SELECT a.id, {came_out} AS at FROM newest CROSS JOIN articles AS a
    WHERE a.id = newest.id{conditions} ORDER BY newest.id DESC LIMIT :window
)
SELECT a.id, a.title, a.sapo, {came_out} AS at, {body} AS body, probed, matches, first_at, last_at, depth
FROM (SELECT id FROM found ORDER BY id DESC LIMIT :shown) AS shown
CROSS JOIN articles AS a
CROSS JOIN (
    SELECT count(*) AS matches, min(at) AS first_at, max(at) AS last_at,
        (SELECT max(id) FROM articles) - min(id) + 1 AS depth
    FROM found
) AS span
CROSS JOIN (SELECT count(*) AS probed FROM newest) AS looked_at
WHERE a.id = shown.id ORDER BY a.id DESC"""

# The newest articles of all, where no word is asked for.
_ALL = "SELECT a.id FROM articles AS a WHERE a.worked_at IS NOT NULL{sources}{between} ORDER BY a.id DESC"
_WITHIN_REACH = " AND {id} > (SELECT max(id) - :reach FROM articles)"
_BETWEEN = " AND {id} BETWEEN (SELECT first_id FROM bounds) AND (SELECT last_id FROM bounds)"

_EARLY = dt.timedelta(days=1)  # an article may be stored so long before the time it gives for itself
_EARLIEST = dt.datetime(1, 1, 2, tzinfo=dt.UTC)
_LATEST = dt.datetime(9999, 12, 30, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with named parameters, and their values; moments are `datetime`."""

    sql: str
    values: Mapping[str, Any]


def look_up_statement(
    newest: str, id_column: str, match: str, filters: Filters, extent: Extent, *, with_body: bool
) -> Statement:
    """Return the statement for the matches that `newest` selects.

    `newest` is a SELECT of an `id`, newest first, of what matches `:match`; `{between}` stands where it takes
    a further condition on `id_column`.
    """
    body = "a.body" if with_body else "''"
    return _statement(newest, id_column, filters, extent, {"match": match}, body)


def newest_statement(filters: Filters, limit: int) -> Statement:
    """Return the statement for the newest articles that pass `filters`, whatever their words."""
    return _statement(_ALL, "a.id", filters, Extent(limit, WINDOW, _PROBED), {}, "''")


def _statement(
    newest: str,
    id_column: str,
    filters: Filters,
    extent: Extent,
    values: dict[str, Any],
    body: str,
) -> Statement:
    sources, source_values = _one_of("a.source", "source", filters.source_names)
    topics, topic_values = _one_of("a.topic", "topic", filters.topics)
    is_timed = filters.since is not None or filters.until is not None
    came_out = "coalesce(a.published_at, a.stored_at)"
    conditions = sources + topics + (f" AND {came_out} BETWEEN :since AND :until" if is_timed else "")
    between = _WITHIN_REACH + (_BETWEEN if is_timed else "")
    sql = _LOOK_UP.format(
        bounds=_BOUNDS if is_timed else "",
        newest=newest.format(between=between.format(id=id_column), sources=sources),
        came_out=came_out,
        conditions=conditions,
        body=body,
    )
    since, until = filters.since or _EARLIEST, filters.until or _LATEST
    stored_since = since - _EARLY if filters.since else since
    times = {"since": since, "until": until, "stored_since": stored_since} if is_timed else {}
    probed = _PROBED if conditions else extent.window
    bounds = {"shown": extent.limit, "window": extent.window, "probed": probed, "reach": extent.reach}
    return Statement(sql, values | source_values | topic_values | times | bounds)


def _one_of(column: str, name: str, values: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    if not values:
        return "", {}
    named = {f"{name}_{number}": value for number, value in enumerate(values)}
    return f" AND {column} IN ({', '.join(f':{one}' for one in named)})", named


def page_of(
    rows: Sequence[Sequence[Any]], values: Mapping[str, Any], moment: Callable[[Any], dt.datetime]
) -> Page:
    """Return what the statement with these values found; `moment` reads a time as the engine gives it."""
    if not rows:
        return Page()
    hits = tuple(Hit(number, title, sapo, moment(at), body) for number, title, sapo, at, body, *_ in rows)
    probed, matches, first_at, last_at, depth = rows[0][5:]
    has_more = matches == values["window"] or probed == values["probed"]
    return Page(hits, matches, has_more, moment(first_at), moment(last_at), depth)
