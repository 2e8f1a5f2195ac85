"""The search index on PostgreSQL: a row of tsvectors for each article, built from words cut in Python.

PostgreSQL's own parser and dictionaries are never used: words arrive ready, with their positions. Ranking
every match of a frequent word costs seconds on a large store, so only the newest matches are ranked.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Executable, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.search.model import Hit, IndexedWords, Layer, Match, Page
from storage.times import UtcTime
from summarizer.query import Run

_WINDOW = 500
_FIELD_GAP = 10  # positions between title and sapo, so that no phrase spans both

# A plan made without seeing the words walks the whole table for a rare one; and where the planner is wrong
# about words that seldom meet, the server itself ends the work.
_BOUND = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
    " set_config('statement_timeout', '5s', true)"
)
_FIND = text("SELECT article_id FROM article_search WHERE article_id = ANY(:ids)")
_REMOVE = text("DELETE FROM article_search WHERE article_id = ANY(:ids)")
_PUT = text(
    "INSERT INTO article_search (article_id, accented, folded, body) VALUES (:article_id,"
    " CAST(CAST(:accented AS text) AS tsvector), CAST(CAST(:folded AS text) AS tsvector),"
    " CAST(CAST(:body AS text) AS tsvector))"
)


_LOOK_UP_SQL = """
    SELECT id, score, matches, title, sapo, coalesce(published_at, stored_at) AS at
    FROM (
        SELECT article_id, ts_rank_cd('{0, 0, 0.33, 1}', words, query) AS score, count(*) OVER () AS matches
        FROM (
            SELECT article_id, COLUMN AS words, query
            FROM article_search, CAST(CAST(:match AS text) AS tsquery) AS query
            WHERE COLUMN @@ query
            ORDER BY article_id DESC LIMIT :window
        ) AS newest
        ORDER BY score DESC, article_id DESC LIMIT :limit
    ) AS best
    JOIN articles ON id = article_id
    ORDER BY score DESC, id DESC
"""  # weights of D, C, B (sapo), A (title)


def _look_up_statement(column: str) -> Executable:
    return text(_LOOK_UP_SQL.replace("COLUMN", column)).columns(at=UtcTime())


_LOOK_UP: dict[Layer, Executable] = {
    "accented": _look_up_statement("accented"),
    "folded": _look_up_statement("folded"),
    "whole": _look_up_statement("body"),
}


async def find_indexed(connection: AsyncConnection, ids: Iterable[int]) -> set[int]:
    """Return those of `ids` that are in the index."""
    return set((await connection.execute(_FIND, {"ids": list(ids)})).scalars())


async def put(connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
    """Add rows that are not in the index."""
    values = [
        {
            "article_id": row.article_id,
            "accented": vector(row.title, row.sapo),
            "folded": vector(row.folded_title, row.folded_sapo),
            "body": vector("", row.whole),
        }
        for row in rows
    ]
    if values:
        await connection.execute(_PUT, values)


async def remove(connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
    """Take out rows that are in the index."""
    await connection.execute(_REMOVE, {"ids": [row.article_id for row in rows]})


async def look_up(connection: AsyncConnection, layer: Layer, match: Match, limit: int) -> Page:
    """Return at most `limit` hits, best first, looking at a bounded number of the newest matches."""
    values = {"match": expression(match), "window": _WINDOW, "limit": limit}
    await connection.execute(_BOUND)
    rows = (await connection.execute(_LOOK_UP[layer], values)).all()
    matches = rows[0].matches if rows else 0
    hits = tuple(Hit(row.id, row.score, row.title, row.sapo, row.at) for row in rows)
    return Page(hits, matches, matches == _WINDOW)


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

    >>> print(expression(Match(((("ha",), ("du", "lich")),), excluded=(("tau",),))))
    ('ha' & ('du' <-> 'lich')) & !'tau'
    """
    wanted = " | ".join(f"({' & '.join(map(_quoted, runs))})" for runs in match.alternatives)
    if len(match.alternatives) > 1:
        wanted = f"({wanted})"
    return " & ".join((wanted, *(f"!{_quoted(run)}" for run in match.excluded)))


def _quoted(run: Run) -> str:
    lexemes = [f"'{word}'" for word in run]
    return lexemes[0] if len(lexemes) == 1 else f"({' <-> '.join(lexemes)})"
