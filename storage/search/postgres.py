"""The search index on PostgreSQL: a row of tsvectors for each article, built from words cut in Python.

PostgreSQL's own parser, dictionaries and ranking are never used: words arrive ready, with their positions.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.search.model import AllOf, Extent, Filters, IndexedWords, Layer, Match, Page
from storage.search.statements import Statement, look_up_statement, newest_statement, page_of
from storage.times import UtcTime
from summarizer.questions.query import Run

_FIELD_GAP = 10  # positions between title and sapo, so that no phrase spans both

# A plan made without seeing the words walks the whole table for a rare one; and where the planner is wrong
# about words that seldom meet, the server itself ends the work.
_BOUND = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
    " set_config('statement_timeout', '5s', true)"
)
_FIND = text("SELECT article_id FROM article_search WHERE article_id = ANY(:ids)")
# Articles first, then their words, as everybody does: else two could wait for each other.
_LOCK = text("SELECT id FROM articles WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_REMOVE = text("DELETE FROM article_search WHERE article_id = ANY(:ids)")
_PUT = text(
    "INSERT INTO article_search (article_id, accented, folded, body) VALUES (:article_id,"
    " CAST(CAST(:accented AS text) AS tsvector), CAST(CAST(:folded AS text) AS tsvector),"
    " CAST(CAST(:body AS text) AS tsvector))"
)

_REPLACE = text(
    f"{_PUT.text} ON CONFLICT (article_id) DO UPDATE"
    " SET accented = excluded.accented, folded = excluded.folded, body = excluded.body"
)
_CLEAR = text(
    "DELETE FROM article_search USING articles WHERE articles.id = article_id AND articles.worked_at IS NULL"
)

_NEWEST_SQL = """SELECT article_id AS id
    FROM article_search, CAST(CAST(:match AS text) AS tsquery) AS query
    WHERE COLUMN @@ query{between} ORDER BY article_id DESC"""
_NEWEST: dict[Layer, str] = {
    "accented": _NEWEST_SQL.replace("COLUMN", "accented"),
    "folded": _NEWEST_SQL.replace("COLUMN", "folded"),
    "whole": _NEWEST_SQL.replace("COLUMN", "body"),
}
# Of a large store the newer part tells the words well enough: reading every vector would take seconds.
_COUNT_WORDS = text(
    "SELECT word, ndoc FROM ts_stat('SELECT folded FROM article_search ORDER BY article_id DESC LIMIT 20000')"
)


async def find_indexed(connection: AsyncConnection, ids: Iterable[int]) -> set[int]:
    """Return those of `ids` that are in the index."""
    return set((await connection.execute(_FIND, {"ids": list(ids)})).scalars())


async def put(connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
    """Add rows that are not in the index."""
    if rows:
        await connection.execute(_PUT, _values(rows))


def _values(rows: Sequence[IndexedWords]) -> list[dict[str, object]]:
    return [
        {
            "article_id": row.article_id,
            "accented": vector(row.title, row.sapo),
            "folded": vector(row.folded_title, row.folded_sapo),
            "body": vector("", row.whole),
        }
        for row in rows
    ]


async def remove(connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
    """Take out rows that are in the index; the articles are then this transaction's to change or delete."""
    ids = [row.article_id for row in rows]
    await connection.execute(_LOCK, {"ids": ids})
    await connection.execute(_REMOVE, {"ids": ids})


async def look_up(
    connection: AsyncConnection, layer: Layer, match: Match, filters: Filters, extent: Extent
) -> Page:
    """Look at the newest matches, as far as `extent` goes, and return the newest of these first."""
    asked = look_up_statement(
        _NEWEST[layer], "article_id", expression(match), filters, extent, with_body=layer == "whole"
    )
    return await _page(connection, asked)


async def newest(connection: AsyncConnection, filters: Filters, limit: int) -> Page:
    """Return the newest articles that pass `filters`."""
    return await _page(connection, newest_statement(filters, limit))


async def count_words(connection: AsyncConnection) -> dict[str, int]:
    """Return the folded words of titles and sapos and in how many articles each occurs."""
    return {row.word: row.ndoc for row in await connection.execute(_COUNT_WORDS)}


async def begin_rebuild(_connection: AsyncConnection) -> None:
    """Nothing to prepare: rows are replaced one by one."""


async def put_rebuilt(connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
    """Replace rows of the index, or add them."""
    await connection.execute(_REPLACE, _values(rows))


async def finish_rebuild(connection: AsyncConnection) -> None:
    """Take out the rows of articles that wait to be worked up, which should not be there."""
    await connection.execute(_CLEAR)


async def _page(connection: AsyncConnection, asked: Statement) -> Page:
    await connection.execute(_BOUND)
    moments = [
        bindparam(name, type_=UtcTime())
        for name in ("since", "until", "stored_since")
        if name in asked.values
    ]
    rows = (await connection.execute(text(asked.sql).bindparams(*moments), asked.values)).all()
    return page_of(rows, asked.values, lambda stored: stored.astimezone(dt.UTC))


def vector(title: str, sapo: str) -> str:
    """Write words as a tsvector, those of the title with weight A, those of the sapo with B.

    >>> vector("hạ long", "hạ")
    "'hạ':1A,13B 'long':2A"
    """
    places: dict[str, list[str]] = defaultdict(list)
    words = title.split()
    for position, word in enumerate(words, 1):
        places[word].append(f"{position}A")
    for position, word in enumerate(sapo.split(), 1 + len(words) + _FIELD_GAP):
        places[word].append(f"{position}B")
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())


def expression(match: Match) -> str:
    """Write `match` as a tsquery, every word quoted so that none is an operator.

    >>> wanted = AllOf(((("ha",),), (("du", "lich"), ("dl",))))
    >>> print(expression(Match((wanted,), excluded=(("tau",),))))
    ('ha' & (('du' <-> 'lich') | 'dl')) & !'tau'
    """
    wanted = " | ".join(map(_all_of, match.alternatives))
    if len(match.alternatives) > 1:
        wanted = f"({wanted})"
    return " & ".join((wanted, *(f"!{_quoted(run)}" for run in match.excluded)))


def _all_of(wanted: AllOf) -> str:
    groups = (_any_of(group, ":A" if wanted.in_title else "") for group in wanted.groups)
    return f"({' & '.join(groups)})"


def _any_of(group: Sequence[Run], field: str) -> str:
    runs = [_quoted(run, field) for run in group]
    return runs[0] if len(runs) == 1 else f"({' | '.join(runs)})"


def _quoted(run: Run, field: str = "") -> str:
    lexemes = [f"'{word}'{field}" for word in run]
    return lexemes[0] if len(lexemes) == 1 else f"({' <-> '.join(lexemes)})"
