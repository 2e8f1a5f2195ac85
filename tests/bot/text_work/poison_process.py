"""The text process with one more task: what a hostile text may do to it."""

import os
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot.text_work.__main__ import main
from bot.text_work.tasks import ANSWER, TASKS, DatedDocument, Task, frame

_OUT = os.dup(1)  # where the frames go


def poison(_about: object, item: str) -> object:
    """Do what `item` says; return any other text as it is."""
    if item == "regex":
        return re.fullmatch(r"(a+)+b", "a" * 100) is not None
    if item == "memory":
        return len(bytearray(10**12))
    if item == "crash":
        os.abort()
    if item == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if item.startswith("kill once ") and not (mark := Path(item.removeprefix("kill once "))).exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if item == "lie":
        os.write(_OUT, frame(ANSWER, b"{not JSON"))
    if item == "error":
        return 1 / 0
    return os.getpid() if item == "pid" else item


def poisoned(task: Task[Any, Any, Any]) -> Task[Any, Any, Any]:
    """Let a text with the title "độc: …" do what stands there before the task is done."""

    def work(about: Any, item: Any) -> Any:
        title = item.document.title if isinstance(item, DatedDocument) else getattr(item, "title", "")
        if title.startswith("độc: "):
            poison(None, title.removeprefix("độc: "))
        return task.work(about, item)

    return replace(task, work=work)


if __name__ == "__main__":
    TASKS |= {name: poisoned(task) for name, task in TASKS.items()}
    anything: TypeAdapter[Any] = TypeAdapter(Any)
    TASKS["poison"] = Task("poison", anything, anything, anything, poison)
    sys.exit(main())
