"""The newsroom: what an operator publishes, as the newsroom file declares it.

Each model checks its own values. `consistency` checks rules between tables, and `reading` turns text into a
`Newsroom`. Paths become absolute: relative ones start at the file's folder.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from config.defaults import BUILT_IN_TOPICS, FREE_MESSAGES_PER_SECOND
from config.values import (
    Alias,
    ApprovalSpan,
    Contact,
    Host,
    Listed,
    LocalTime,
    Slug,
    Title,
    WebAddress,
    Weekday,
    Zone,
    bare_address,
    lacks_scheme,
    web_address,
)

ReadingMinutes = Annotated[int, Field(ge=1, le=30)]
MaxAgeHours = Annotated[int, Field(ge=1, le=720)]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=True)


class General(_Table):
    """`[newsroom]`: defaults for sources and editions, and general values."""

    zone: Zone = "Asia/Ho_Chi_Minh"
    keep_days: int = Field(default=90, ge=1, le=3650)
    late_window_minutes: int = Field(default=120, ge=0, le=1440)
    reading_minutes: ReadingMinutes = 3
    max_age_hours: MaxAgeHours = 48
    ranker: Literal["diemtin", "lexrank", "textrank", "lsa", "edmundson"] = "diemtin"
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class FileContext:
    """What the validation of a table needs: the folder of the file and the newsroom's general values."""

    base: Path = field(default_factory=Path)
    general: General = field(default_factory=General)


def _context(info: ValidationInfo) -> FileContext:
    return info.context if isinstance(info.context, FileContext) else FileContext()


class _Inheriting(_Table):
    """A table whose absent keys take the value of the same key in `[newsroom]`."""

    @model_validator(mode="before")
    @classmethod
    def _inherit(cls, written: Any, info: ValidationInfo) -> Any:
        if not isinstance(written, dict):
            return written
        general = _context(info).general
        shared = cls.model_fields.keys() & General.model_fields.keys()
        return {**{key: getattr(general, key) for key in shared}, **written}


def _path(value: object, info: ValidationInfo) -> Path:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError('phải là một đường dẫn trong ngoặc kép, ví dụ "tin-vao"')
    if "://" in value:
        raise ValueError("phải là thư mục hoặc tệp trên máy; địa chỉ mạng ghi ở khóa feed hoặc page")
    try:
        return _context(info).base / Path(value).expanduser()
    except RuntimeError:
        raise ValueError("không rõ thư mục của người dùng sau dấu ~; hãy ghi đường dẫn đầy đủ") from None


def _file_or_address(value: object, info: ValidationInfo) -> Path | str:
    if isinstance(value, str) and "://" in value:
        return web_address(value)
    path = _path(value, info)
    if lacks_scheme(str(value)) and not path.exists():
        raise ValueError(
            f'địa chỉ mạng phải có https:// ở đầu: "https://{bare_address(str(value))}"; '
            f'nếu đây là tên tệp thì ghi "./{value}"'
        )
    return path


FilePath = Annotated[Path, BeforeValidator(_path)]
FeedPlace = Annotated[Path | str, BeforeValidator(_file_or_address)]


class Source(_Inheriting):
    """`[[sources]]`: a paper with exactly one origin.

    The origin is an `inbox` folder, a `feed` (a file or a polled address), a polled `page`, or daily
    `figures` (JSON in a file or at a polled address; old after `stale_hours`).

    `quote` limits how much of an article may be shown; `preview` lets the paper's picture open a digest.
    `topic` is for articles that name none. `every_minutes`, `full_text` and `allow_private` are for
    addresses, `move_files` for an inbox.
    """

    name: Slug
    title: Title
    inbox: FilePath | None = None
    feed: FeedPlace | None = None
    page: WebAddress | None = None
    figures: FeedPlace | None = None
    stale_hours: int = Field(default=24, ge=1, le=744)
    every_minutes: int = Field(default=10, ge=1, le=1440)
    full_text: bool = False
    allow_private: bool = False
    move_files: bool = False
    zone: Zone
    topic: Slug | None = None
    quote: Literal["full", "headline", "none"] = "full"
    preview: bool = False


class Topic(_Table):
    """`[[topics]]`: a subject readers choose by; `aliases` are feed categories and words of addresses."""

    name: Slug
    title: Title
    aliases: Listed[Alias] = ()


class Edition(_Inheriting):
    """`[[editions]]`: a digest at set local times. No `topics` means all of them.

    While it is `paused` its slots are skipped. With `approve` operators get each issue that long before its
    time; without their answer `approve_else` says whether it is sent or waits.
    """

    name: Slug
    title: Title
    times: Listed[LocalTime] = Field(min_length=1, max_length=48)
    days: Annotated[frozenset[Weekday], Field(strict=False, min_length=1)] = frozenset(range(7))
    zone: Zone
    topics: Listed[Slug] = ()
    reading_minutes: ReadingMinutes
    max_age_hours: MaxAgeHours
    default: bool = False
    paused: bool = False
    approve: ApprovalSpan | None = None
    approve_else: Literal["send", "wait"] = "send"


class Health(_Table):
    """`[health]`: where `/healthz`, `/metrics` and the console listen.

    `console` is the address by which operators reach the console. Without it the console is served only if
    `host` is the loopback.
    """

    host: Host = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    console: WebAddress | None = None

    @property
    def console_url(self) -> str | None:
        """Return the console's address for operators, None if it is not served."""
        if self.console is not None or self.host not in ("127.0.0.1", "localhost", "::1"):
            return self.console
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


class Feeds(_Table):
    """`[feeds]`: each edition as pages and an Atom feed, served beside `/healthz` under `/tin`.

    `address` is the public address of that path, which the feeds contain.
    """

    address: WebAddress


class Breaking(_Table):
    """`[breaking]`: stories that are sent at once to readers who want them.

    At least `papers` papers reported the story within `minutes`. If there are `topics` or `words`, it must
    also have one of them.
    """

    papers: int = Field(ge=2, le=50)
    minutes: int = Field(default=60, ge=5, le=720)
    topics: Listed[Slug] = ()
    words: Annotated[Listed[Alias], Field(max_length=100)] = ()


class Sending(_Table):
    """`[sending]`: the most messages in any second. More than 30 cost Telegram Stars and need `paid`."""

    messages_per_second: int = Field(default=FREE_MESSAGES_PER_SECOND, ge=1, le=1000)
    paid: bool = False


class Limits(_Table):
    """`[limits]`: how many questions one chat may ask."""

    questions_per_10_seconds: int = Field(default=5, ge=1, le=100)
    questions_per_hour: int = Field(default=60, ge=1, le=10_000)


def _built_in_topics() -> tuple[Topic, ...]:
    declared = BUILT_IN_TOPICS.items()
    return tuple(Topic(name=name, title=title, aliases=aliases) for name, (title, aliases) in declared)


class Newsroom(_Table):
    """The whole file.

    Without `[health]` no port is opened, without `[breaking]` there is no breaking news, without `[feeds]` no
    web copy, and without `[[topics]]` there are the ten built-in topics.
    """

    general: General = Field(default_factory=General, alias="newsroom")
    sources: Listed[Source] = ()
    topics: Listed[Topic] = Field(default_factory=_built_in_topics)
    editions: Listed[Edition] = Field(min_length=1)
    health: Health | None = None
    limits: Limits = Field(default_factory=Limits)
    breaking: Breaking | None = None
    feeds: Feeds | None = None
    sending: Sending = Field(default_factory=Sending)

    @property
    def default_edition(self) -> Edition:
        """Return the edition a new subscriber gets: the one marked `default`, else the first."""
        return next((edition for edition in self.editions if edition.default), self.editions[0])
