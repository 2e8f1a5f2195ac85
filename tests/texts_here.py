"""The text process's work done in the test's own process, where a test can change what it does."""

from collections.abc import Sequence
from typing import Any

from bot.text_work.tasks import Task
from bot.text_work.worker import Failure


class TextsHere:
    """Runs tasks at once, without a process."""

    width = 1

    async def start(self) -> None:
        """There is nothing to start."""

    async def run(self, task: Task[Any, Any, Any], about: Any, items: Sequence[Any]) -> list[Any | Failure]:
        """Return the task's answer to each item."""
        return [task.work(about, item) for item in items]
