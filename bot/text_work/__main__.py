"""The text process: frames in on stdin, frames out on stdout (`bot.text_work.tasks`), until stdin ends.

Its first argument is how many seconds of CPU an item may take. After that the kernel ends the process, even
in the middle of a regular expression, and the parent knows which item it was. The second is its niceness.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from typing import Any, BinaryIO

from bot.text_work.tasks import ANSWER, FAILURE, FRAME, GOT, OUT_OF_MEMORY, READY, TASKS, Task, frame
from storage.intake.child_parsing import parse_here


def main() -> None:
    """Work until the parent closes the pipe."""
    cpu_seconds = float(sys.argv[1])
    os.nice(int(sys.argv[2]))
    parse_here()
    stdin, stdout = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints must not get between the frames
    stdout.write(frame(READY))
    while head := _read(stdin):
        call = json.loads(head)
        task = TASKS[call["task"]]
        about = task.about.validate_json(_read(stdin))
        items = [_read(stdin) for _ in range(call["items"])]
        stdout.write(frame(GOT))
        for answer in _answers(task, about, items, cpu_seconds):
            stdout.write(answer)


def _answers(
    task: Task[Any, Any, Any], about: Any, items: list[bytes], cpu_seconds: float
) -> Iterator[bytes]:
    for item in items:
        # ITIMER_PROF counts this process's CPU time; its signal, which nobody handles, ends the process.
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        try:
            found = task.work(about, task.item.validate_json(item))
            answer = frame(ANSWER, task.answer.dump_json(found))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except Exception:  # noqa: BLE001 - one item that breaks its task says nothing about the others
            answer = frame(FAILURE, traceback.format_exc().encode(errors="replace"))
        signal.setitimer(signal.ITIMER_PROF, 0)
        yield answer


def _read(stdin: BinaryIO) -> bytes:
    """Return the content of the next frame; b"" at the end of the stream."""
    header = stdin.read(FRAME.size)
    return stdin.read(FRAME.unpack(header)[1]) if len(header) == FRAME.size else b""


if __name__ == "__main__":
    main()
