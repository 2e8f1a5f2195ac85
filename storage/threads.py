"""Threads for work that would hold the event loop up: some for each purpose, so none can use up another's.

Work in a thread cannot be ended. What is given to these is bounded in its size; language work on whole
articles runs in the text process (`bot.text_work`).
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Threads:
    """At most `most` threads, made when they are first needed."""

    def __init__(self, name: str, most: int) -> None:
        self._executor = ThreadPoolExecutor(most, name)

    async def run(self, work: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what `work` returns, computed in one of the threads; it sees the caller's context."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(
            self._executor, lambda: context.run(work, *args, **kwargs)
        )


SEARCH = Threads("search", 2)  # ranking what the index found
INDEXING = Threads("indexing", 1)  # cutting articles into words


# The bot's threads by purpose; those of the search are `storage.threads.SEARCH`.

CHAT = Threads("chat", 4)  # answers to people
INTAKE = Threads("intake", 2)  # reading files, grouping, matching watches
DIGESTS = Threads("digests", 2)  # composing
