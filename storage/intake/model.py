"""What intake hands on: an article ready to be stored, or a refusal that names what was refused and why."""

from dataclasses import dataclass

from storage.intake.date_style import DateStyle
from storage.speakers import Standing
from storage.times import Published


@dataclass(frozen=True, slots=True)
class Incoming:
    """One article, cleaned and ready to be stored.

    `key` is its identity and `text_hash` its text (see `storage.identity`); `topic` is what its row or
    feed calls it, or None;
    `place` says where it was found: `path`, `path:line` or `path#item`. `speaker` is the declared source, ""
    the command `ingest`; `standing` is for whom it speaks (see `storage.speakers`).
    """

    key: str
    external_id: str
    url: str | None
    source: str
    topic: str | None
    title: str
    sapo: str
    body: str
    published: Published | None
    text_hash: str
    advertorial: bool
    place: str
    speaker: str = ""
    standing: Standing = "files"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not taken in: `path`, `path:line` or `path#item`, and the reason in Vietnamese."""

    path: str
    reason: str


Taken = Incoming | Refusal


@dataclass(frozen=True, slots=True)
class Origin:
    """What the declared source says where an article itself does not; `zone` is an IANA name.

    `papers` are the names that an article may bear instead of `source`; None means any. `date_style` is how
    the source was seen to write its times before. `sites` are those whose articles it may speak for (see
    `storage.identity.site_of`); None, as for the operator's files: any.
    """

    source: str = ""
    zone: str = "Asia/Ho_Chi_Minh"
    papers: frozenset[str] | None = None
    date_style: DateStyle | None = None
    sites: frozenset[str] | None = None


class UnreadableError(Exception):
    """These bytes, or this row, hold no article; the message is the reason in Vietnamese."""
