"""Parsing in a process that is killed when it is late or greedy: a hostile document costs itself only."""

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Literal

from storage.intake.model import UnreadableError

DEADLINE_SECONDS = 10.0
_MAX_ANSWER_BYTES = 32_000_000
_WORKER = Path(__file__).with_name("apart_worker.py")
_NAMES = {"feed_worker": "feed", "page_worker": "trang", "opml_worker": "OPML"}


def parse_apart(
    parser: Literal["feed_worker", "page_worker", "opml_worker"], document: bytes, deadline_seconds: float
) -> dict[str, Any]:
    """Return what the `parse` of the module `parser` makes of `document`, computed within the deadline.

    Raises:
        UnreadableError: its process was killed, or died.
    """
    with tempfile.TemporaryFile() as stdin:
        stdin.write(document)
        stdin.seek(0)
        worker = subprocess.Popen(  # noqa: S603 - our own program, and no word of the document in the command
            [sys.executable, "-P", str(_WORKER), parser, str(max(1, int(deadline_seconds)))],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},  # none of our secrets
        )
    with worker:
        return _answer(worker, _NAMES[parser], deadline_seconds)


def _answer(worker: subprocess.Popen[bytes], name: str, deadline_seconds: float) -> dict[str, Any]:
    assert worker.stdout is not None  # noqa: S101 - it was opened as a pipe
    alarm = threading.Timer(deadline_seconds, worker.kill)
    alarm.start()
    try:
        answer = worker.stdout.read(_MAX_ANSWER_BYTES + 1)
        worker.stdout.close()  # a worker with more to say dies of it
        worker.wait()
    finally:
        alarm.cancel()
        worker.kill()
    if worker.returncode < 0:
        raise UnreadableError(f"{name} không đọc xong trong {deadline_seconds:g} giây, đã dừng")
    if worker.returncode or len(answer) > _MAX_ANSWER_BYTES:
        raise UnreadableError(f"{name} quá lớn hoặc quá rối để đọc")
    parsed: dict[str, Any] = json.loads(answer)
    return parsed
