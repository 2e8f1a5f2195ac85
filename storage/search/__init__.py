"""Keyword search over stored articles, with and without accents, on SQLite and PostgreSQL.

`schema` makes the index, `index` fills and clears it, `search` asks it. What the words mean is
`summarizer.questions.query`'s business, what a hit looks like `summarizer.questions.snippets`'.
"""

from storage.search.by_day import matches_by_day
from storage.search.index import SearchRow, index_articles, unindex_articles
from storage.search.model import Filters
from storage.search.search import Found, search_articles

__all__ = [
    "Filters",
    "Found",
    "SearchRow",
    "index_articles",
    "matches_by_day",
    "search_articles",
    "unindex_articles",
]
