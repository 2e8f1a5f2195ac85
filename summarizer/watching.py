"""Which watches an article is news for. Pure.

A watch is a question that stays; here it is only its words.
"""

from summarizer.query import Query, Run


def watch_key(query: Query) -> str:
    """Return `query` in the form in which two watches are the same: what is typed in another order is.

    >>> from summarizer.query import parse_query
    >>> watch_key(parse_query('xăng "Giá Dầu" -thô')), watch_key(parse_query("-"))
    ('"giá dầu" xăng -thô', '')
    """
    wanted, excluded = (sorted(map(_written, runs)) for runs in (query.wanted, query.excluded))
    return " ".join(wanted + [f"-{run}" for run in excluded]) if wanted else ""


def _written(run: Run) -> str:
    return f'"{" ".join(run)}"' if len(run) > 1 else run[0]
