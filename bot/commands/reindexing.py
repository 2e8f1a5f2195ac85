"""`diemtin db reindex`: the search index built anew, while the bot works."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.commands.opening import clock_of, open_database, run, settings_or_exit, upgrade_or_exit
from bot.commands.terminal import put
from config.settings import Settings
from storage.search.rebuild import rebuild_index


def reindex() -> None:
    """Build the search index anew; the bot may go on working, and a stopped rebuild goes on next time."""
    done = run(_reindex(settings_or_exit()))
    put(f"✓ Chỉ mục tìm kiếm đã được dựng lại ({done} bài trong lần chạy này).")


async def _reindex(settings: Settings) -> int:
    columns = (TextColumn("Dựng lại chỉ mục"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    clock = clock_of(settings)
    async with open_database(settings) as database:
        await upgrade_or_exit(database, clock)
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task("reindex", total=None)
            return await rebuild_index(
                database,
                now=clock.now(),
                on_progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
