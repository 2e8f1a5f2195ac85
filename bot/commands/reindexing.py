"""`diemtin db reindex`: the search index built anew, while the bot works."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.commands.opening import clock_of, open_database, run, settings_or_exit, upgrade_or_exit
from bot.commands.terminal import Json, put, put_json, say
from config.settings import Settings
from storage.search.rebuild import rebuild_index

_TITLE = "Dựng lại chỉ mục"
Show = Callable[[int, int], None]  # how many of how many articles are done


def reindex(json: Json = False) -> None:
    """Build the search index anew; the bot may go on working, and a stopped build leaves the old index."""
    done = run(_reindex(settings_or_exit()))
    if json:
        put_json({"articles": done})
    else:
        put(f"✓ Chỉ mục tìm kiếm đã được dựng lại ({done} bài).")


async def _reindex(settings: Settings) -> int:
    clock = clock_of(settings)
    async with open_database(settings) as database:
        await upgrade_or_exit(database, clock)
        with _bar() if sys.stderr.isatty() else _lines() as show:
            return await rebuild_index(database, on_progress=show)


@contextmanager
def _bar() -> Iterator[Show]:
    columns = (TextColumn(_TITLE), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("reindex", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def _lines() -> Iterator[Show]:
    """Write a line for each tenth: a log is no place for a bar."""
    tenth = 0

    def show(done: int, total: int) -> None:
        nonlocal tenth
        if done * 10 // total > tenth:
            tenth = done * 10 // total
            say(f"{_TITLE}: {done}/{total} bài")

    yield show
