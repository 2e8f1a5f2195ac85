"""Parsing of hostile documents in a child process, which is killed if it takes too much time or memory.

The child's answer is read up to a limit and checked against the parser's type, because a document may have
taken over the parser.
"""

import importlib
import json
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from storage.intake.drafts import UnreadableError
from storage.off_loop import Program, for_hostile_input, start

DEADLINE_SECONDS = 10.0
_MAX_ANSWER_BYTES = 32_000_000
_WORKER = Path(__file__).with_name("child_worker.py")


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FeedItem(_Exact):
    """An item of a feed, its markup taken away."""

    title: str
    summary: str
    contents: list[str]
    url: str
    id: str
    topic: str
    source: str
    source_url: str
    published: str


class Feed(_Exact):
    """A parsed feed."""

    is_feed: bool
    is_well_formed: bool
    title: str
    home: str
    built: str
    items: list[FeedItem]


class Page(_Exact):
    """The parts of the article on a page, all empty if there is none, and evidence of the kind of page.

    `names` are the names of the site. `is_dated`: the page states when it was published as a whole.
    `headline_links` is the number of links of four words and more. Shares are in percent: `linked_share` of
    the body's lines are links, `teaser_share` of all paragraphs are beside a headline that links to another
    page.
    """

    title: str
    sapo: str
    body: str
    url: str
    topic: str
    published: str
    canonical: str
    og_url: str
    og_type: str
    names: list[str]
    is_dated: bool
    headline_links: int
    linked_share: int
    teaser_share: int


class OpmlFeed(_Exact):
    """A feed of an OPML file, with the names of the folders around it."""

    title: str
    url: str
    folders: list[str]


class Opml(_Exact):
    """A parsed OPML file."""

    is_opml: bool
    feeds: list[OpmlFeed]


class FeedLink(_Exact):
    """A feed that a page names; from the parser with its address as written there."""

    title: str
    url: str


class Links(_Exact):
    """The feeds that a page names; `base` is its base address for relative links, "" if it states none."""

    base: str
    feeds: list[FeedLink]


_Answer = TypeVar("_Answer", bound=_Exact)


@dataclass(frozen=True, slots=True)
class Parser(Generic[_Answer]):
    """A function of a module beside this one; `name` is the users' word for what it reads."""

    module: str
    name: str
    answer: type[_Answer]
    function: str = "parse"


FEED = Parser("feed_worker", "feed", Feed)
PAGE = Parser("page_worker", "trang", Page)
OPML = Parser("feed_lists_worker", "OPML", Opml, "parse_opml")
LINKS = Parser("feed_lists_worker", "trang", Links, "parse_page")


_here: set[None] = set()


def parse_here() -> None:
    """Parse in this process from now on: it is a child itself, with its own limits."""
    _here.add(None)


def parse_in_child(parser: Parser[_Answer], document: bytes, deadline_seconds: float) -> _Answer:
    """Return the parsed `document`.

    Raises:
        UnreadableError: the child passed the deadline, died, or gave an invalid answer.
    """
    if _here:
        return _parsed_here(parser, document)
    limits = for_hostile_input(max(1, int(deadline_seconds)))
    program = Program(str(_WORKER), (parser.module, parser.function), limits)
    with tempfile.TemporaryFile() as stdin:
        stdin.write(document)
        stdin.seek(0)
        worker = start(program, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with worker:
        answer = _read(worker, parser.name, deadline_seconds)
    try:
        return parser.answer.model_validate_json(answer)
    except ValidationError as error:
        raise UnreadableError(f"{parser.name} không đọc được: bộ đọc trả lời sai dạng") from error


def _parsed_here(parser: Parser[_Answer], document: bytes) -> _Answer:
    module = importlib.import_module(f"storage.intake.{parser.module}")
    try:
        answer = json.dumps(getattr(module, parser.function)(document), ensure_ascii=False).encode(
            errors="replace"
        )
    except MemoryError:
        raise
    except Exception as error:
        raise UnreadableError(f"{parser.name} quá lớn hoặc quá rối để đọc") from error
    return parser.answer.model_validate_json(answer)


def _read(worker: subprocess.Popen[bytes], name: str, deadline_seconds: float) -> bytes:
    assert worker.stdout is not None  # noqa: S101 - it was opened as a pipe
    alarm = threading.Timer(deadline_seconds, worker.kill)
    alarm.start()
    try:
        answer = worker.stdout.read(_MAX_ANSWER_BYTES + 1)
        worker.stdout.close()  # a worker that writes more dies of it
        worker.wait()
    finally:
        alarm.cancel()
        worker.kill()
    if worker.returncode < 0:
        raise UnreadableError(f"{name} không đọc xong trong {deadline_seconds:g} giây, đã dừng")
    if worker.returncode or len(answer) > _MAX_ANSWER_BYTES:
        raise UnreadableError(f"{name} quá lớn hoặc quá rối để đọc")
    return answer
