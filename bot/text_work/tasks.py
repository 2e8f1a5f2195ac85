"""The tasks of the text process, and the frames in which their messages are sent."""

import datetime as dt
import hashlib
import importlib.resources
import struct
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import Base64Bytes, TypeAdapter

from storage.intake.drafts import Draft, Incoming, Origin, Refusal, Taken, draft_hash, take
from storage.intake.parts import Part, read_part
from summarizer.extraction.summaries import summarize
from summarizer.model import Document, Place
from summarizer.stories.grouping import pack, pack_order
from summarizer.stories.neighbours import Arrival, features_of
from summarizer.stories.roundups import is_roundup
from summarizer.topics import classify_topic

# A frame is one letter, a length and so many bytes.
#
# To the process: a HEAD (task, number of items), the task's ABOUT, the ITEMs. Back: READY once it is
# loaded; a GOT when it has read a whole call; then for each item, in order, an ANSWER or a FAILURE with
# its traceback.

HEAD, ABOUT, ITEM = b"H", b"B", b"I"
READY, GOT, ANSWER, FAILURE = b"R", b"G", b"A", b"F"
FRAME = struct.Struct(">cI")
MOST_BYTES = 8_000_000  # of one frame: an article at the size limit is a tenth of it
OUT_OF_MEMORY = 71  # exit status


def frame(letter: bytes, content: bytes = b"") -> bytes:
    """Return a frame.

    >>> frame(ITEM, b"{}")
    b'I\\x00\\x00\\x00\\x02{}'
    """
    return FRAME.pack(letter, len(content)) + content


# Messages are JSON, checked on arrival. Each task works on one item at a time, so that the parent knows which
# item ended the process.

AboutT = TypeVar("AboutT")
ItemT = TypeVar("ItemT")
AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True)
class Task(Generic[AboutT, ItemT, AnswerT]):
    """Work on items. `about` holds what all items of a call have in common.

    When calls wait for a process, those with the highest `priority` go first.
    """

    name: str
    about: TypeAdapter[AboutT]
    item: TypeAdapter[ItemT]
    answer: TypeAdapter[AnswerT]
    work: Callable[[AboutT, ItemT], AnswerT]
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Processing:
    """How articles are to be processed."""

    ranker: str


@dataclass(frozen=True, slots=True)
class Processed:
    """What was found for an article: places in it (document 0), a topic, tracebacks of steps that failed."""

    places: tuple[Place, ...]
    topic: str | None
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DatedDocument:
    """An article to process. `published` is None if it is unknown, or known to the month only."""

    document: Document
    published: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ProcessedNew:
    """What was found for an article, and the bytes for grouping (`summarizer.stories.grouping.pack`).

    Those are missing for a round-up of several events, and where computing the features failed.
    """

    processed: Processed
    is_roundup: bool = False
    packed: Base64Bytes | None = None
    order: Base64Bytes = b""


@dataclass(frozen=True, slots=True)
class Taking:
    """From which source drafts are taken, and when."""

    origin: Origin
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class Read:
    """An article that a part of a file holds, with the hash of its draft, or what was refused there."""

    taken: Incoming | Refusal
    hash: str = ""


def _process(about: Processing, article: Document) -> Processed:
    """Summarise an article and find its topic; a step that fails leaves the other its result."""
    failures: list[str] = []

    def tried(step: Callable[[], Any]) -> Any:
        try:
            return step()
        except Exception:  # noqa: BLE001 - an article that breaks one step is processed without its result
            failures.append(traceback.format_exc())
            return None

    summary = tried(lambda: summarize([article], ranker=about.ranker, is_clean=True)) or ()
    topic = tried(lambda: classify_topic(article.title, article.sapo, article.body))
    return Processed(tuple(sentence.place for sentence in summary), topic, tuple(failures))


def _process_new(about: Processing, article: DatedDocument) -> ProcessedNew:
    """Process an article, and compute its features; a step that fails leaves the others their results."""
    found, text = _process(about, article.document), article.document
    try:
        if is_roundup(text.title, text.sapo):
            return ProcessedNew(found, is_roundup=True)
        features = features_of(Arrival(0, text.title, text.sapo, text.body, article.published))
        return ProcessedNew(found, packed=pack(features), order=pack_order(features))
    except Exception:  # noqa: BLE001 - it is a story of its own then
        return ProcessedNew(replace(found, failures=(*found.failures, traceback.format_exc())))


def _take(about: Taking, draft: Draft) -> Taken:
    return take(draft, about.origin, about.now)


def _read(about: Taking, part: Part) -> list[Read]:
    return [
        Read(_take(about, one), draft_hash(one)) if isinstance(one, Draft) else Read(one)
        for one in read_part(part, about.origin, about.now)
    ]


_PACKAGES = ("summarizer", "storage", "bot.text_work")  # whose code decides the answers


@cache
def code_version() -> str:
    """Return a name for the language code of this installation: the same code, the same answers."""
    found = hashlib.sha256()
    for package in _PACKAGES:
        top = Path(str(importlib.resources.files(package)))
        for file in sorted(one for one in top.rglob("*") if one.is_file() and "__pycache__" not in one.parts):
            found.update(file.relative_to(top).as_posix().encode())
            found.update(file.read_bytes())
    return found.hexdigest()[:16]


PROCESS = Task("process", TypeAdapter(Processing), TypeAdapter(Document), TypeAdapter(Processed), _process)
PROCESS_NEW: Task[Processing, DatedDocument, ProcessedNew] = Task(
    "new", TypeAdapter(Processing), TypeAdapter(DatedDocument), TypeAdapter(ProcessedNew), _process_new,
    priority=1,  # above reading, because the grouping of its results is the slowest part of an archive
)  # fmt: skip
TAKE: Task[Taking, Draft, Taken] = Task(
    "take", TypeAdapter(Taking), TypeAdapter(Draft), TypeAdapter(Incoming | Refusal), _take
)
READ = Task("read", TypeAdapter(Taking), TypeAdapter(Part), TypeAdapter(list[Read]), _read)
TASKS: dict[str, Task[Any, Any, Any]] = {task.name: task for task in (PROCESS, PROCESS_NEW, TAKE, READ)}
