"""Keyword search over stored articles, with and without accents, by an index beside the database.

`generation` is one build of the index with its log of changes. `index` applies the changes, `rebuild` makes a
new build, `search` searches it. `summarizer.questions.query` reads the words of a question,
`summarizer.questions.snippets` chooses the sentence that a reader sees of a result.
"""

from storage.search.generation import IndexUnusableError, prune_changes
from storage.search.index import record_changes
from storage.search.search import SearchResults, explain_articles, matches_by_day, search_articles
from summarizer.questions.hits import Filters

__all__ = [
    "Filters",
    "IndexUnusableError",
    "SearchResults",
    "explain_articles",
    "matches_by_day",
    "prune_changes",
    "record_changes",
    "search_articles",
]
