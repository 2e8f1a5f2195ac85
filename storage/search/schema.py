"""The full-text tables: what the migrations execute to make them.

SQLite: contentless FTS5 tables, so no text is stored twice; a row leaves them by being told the same words
again, which `storage.search.index` derives from the article's text. PostgreSQL: one row of tsvectors for each
article, which leaves with it. Both hold words that were cut and folded in Python, separated by blanks.
"""

SQLITE_TABLES = ("fts_acc", "fts_fold", "fts_body")
_SQLITE = (
    # ASCII: only blanks separate and no letter is touched, since the words arrive ready.
    "CREATE VIRTUAL TABLE fts_acc USING fts5(title, sapo, content='', tokenize='ascii')",
    "CREATE VIRTUAL TABLE fts_fold USING fts5(title, sapo, content='', tokenize='ascii')",
    # The whole text stands apart: a long column drowns titles whatever its weight.
    "CREATE VIRTUAL TABLE fts_body USING fts5(body, content='', tokenize='ascii')",
)
_SQLITE_WORDS = ("CREATE VIRTUAL TABLE fts_words USING fts5vocab('fts_fold', 'row')",)
_POSTGRES = (
    "CREATE TABLE article_search ("
    "article_id BIGINT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, "
    "accented TSVECTOR NOT NULL, folded TSVECTOR NOT NULL, body TSVECTOR NOT NULL)",
    "CREATE INDEX article_search_accented ON article_search USING gin (accented)",
    "CREATE INDEX article_search_folded ON article_search USING gin (folded)",
    "CREATE INDEX article_search_body ON article_search USING gin (body)",
)


def search_ddl(dialect_name: str) -> tuple[str, ...]:
    """Return the statements that make the search index on `dialect_name` ("sqlite" or "postgresql").

    >>> len(search_ddl("sqlite")), len(search_ddl("postgresql"))
    (3, 4)
    """
    return {"sqlite": _SQLITE, "postgresql": _POSTGRES}[dialect_name]


def words_ddl(dialect_name: str) -> tuple[str, ...]:
    """Return the statements that let the words of titles and sapos be counted; PostgreSQL needs none.

    >>> words_ddl("sqlite")
    ("CREATE VIRTUAL TABLE fts_words USING fts5vocab('fts_fold', 'row')",)
    """
    return {"sqlite": _SQLITE_WORDS, "postgresql": ()}[dialect_name]
