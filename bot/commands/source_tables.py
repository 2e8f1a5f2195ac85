"""Turn feeds into `[[sources]]` tables, and print them or append them to the newsroom file."""

import json
import re
import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.commands.terminal import fail, put, say
from config.newsroom import Newsroom
from config.reading import parse_newsroom
from config.values import ConfigError
from summarizer.text.repair import composed

_LONGEST_NAME = 32
_LONGEST_NUMBER = 6  # characters with the hyphen: enough for all feeds of an OPML file of 5 MB
_LONGEST_TITLE = 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """A feed that is to become a source; its name in the file is made from `name`, any text."""

    name: str
    title: str
    url: str
    topic: str | None = None


def tables_for(wanted: Sequence[Wanted], newsroom: Newsroom) -> list[str]:
    """Return a table for each feed that is not declared yet, with a unique name and a declared topic."""
    declared = {str(source.feed) for source in newsroom.sources}
    names = _FreeNames(source.name for source in newsroom.sources)
    topics = {topic.name for topic in newsroom.topics}
    tables = []
    for feed in wanted:
        if feed.url in declared:
            continue
        declared.add(feed.url)
        name = names.take(feed.name)
        tables.append(_table(name, feed, feed.topic if feed.topic in topics else None))
    return tables


def hand_over(tables: Sequence[str], path: Path, *, append: bool) -> None:
    """Print the tables, or append them to the newsroom file at `path` if it stays valid."""
    if not tables:
        say("Không có nguồn nào mới.")
        return
    if not append:
        put("\n".join(tables).rstrip())
        return
    try:
        before = path.read_text(encoding="utf-8")
        text = f"{before.rstrip()}\n\n\n" + "\n".join(tables)
        parse_newsroom(text.removeprefix("\ufeff"), base=path.absolute().parent)
        _replace(path, text)
    except (OSError, UnicodeDecodeError) as error:
        fail(f"✗ Không ghi thêm được vào {path} ({error}); hãy chạy diemtin init, hoặc bỏ --append để in ra.")
    except ConfigError as error:
        fail("\n".join(f"✗ {path}: {problem}" for problem in error.problems))
    say(f"✓ Đã thêm {len(tables)} nguồn vào cuối {path}; xem lại bằng: diemtin check")


def slug_of(text: str) -> str:
    """Return a name that the newsroom file accepts.

    >>> slug_of("Tuổi Trẻ – Đời sống"), slug_of("新闻")
    ('tuoi-tre-doi-song', 'nguon')
    """
    plain = (
        unicodedata.normalize("NFD", composed(text.lower()).replace("đ", "d"))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_NAME].strip("-") or "nguon"


class _FreeNames:
    """Gives each source a unique name: a number is added if the name is taken."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}  # the number to try next: a list may have one title a thousand times

    def take(self, text: str) -> str:
        """Return a free name made from `text`."""
        free = slug_of(text)
        start = free[: _LONGEST_NAME - _LONGEST_NUMBER].rstrip("-")
        number = self._next.get(start, 2)
        while free in self._taken:
            free, number = f"{start}-{number}", number + 1
            self._next[start] = number
        self._taken.add(free)
        return free


def _table(name: str, feed: Wanted, topic: str | None) -> str:
    readable = "".join(letter for letter in feed.title if letter.isprintable())
    title = readable.strip()[:_LONGEST_TITLE].strip() or name
    lines = ["[[sources]]", f"name = {_text(name)}", f"title = {_text(title)}", f"feed = {_text(feed.url)}"]
    lines += [f"topic = {_text(topic)}"] if topic else []
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """Return a TOML string: JSON's escapes are TOML's too."""
    return json.dumps(value, ensure_ascii=False)


def _replace(path: Path, text: str) -> None:
    """Replace the file in one step, because a running bot reads it."""
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(text, encoding="utf-8")
    shutil.copymode(path, unfinished)
    unfinished.replace(path)
