"""Keyword search over stored articles, with and without accents, by an index beside the database.

`changes` is the log that the index follows, `index` keeps it up, `rebuild` makes it anew, `search` asks it.
`summarizer.questions.query` reads the words of a question, `summarizer.questions.snippets` chooses the
sentence that a reader sees of an article found.
"""

from storage.search.by_day import matches_by_day
from storage.search.changes import prune_changes
from storage.search.generation import IndexUnusableError
from storage.search.index import record_changes
from storage.search.model import Filters
from storage.search.search import Found, search_articles

__all__ = [
    "Filters",
    "Found",
    "IndexUnusableError",
    "matches_by_day",
    "prune_changes",
    "record_changes",
    "search_articles",
]
