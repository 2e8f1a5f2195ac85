"""What operators read about the processes of a bot: which process does what, and what they disagree in."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import escape

from bot.messages.markup import one_line
from storage.processes.registry import ProcessRow, SeenProcess

NEEDED = ("intake", "process", "schedule", "send", "chat")  # roles that a whole bot has
_NEWS = dt.timedelta(minutes=10)  # how long a silent process is named even if others have its roles
_MOST_NAMED = 5


class Status(StrEnum):
    """How good a checked thing is: `DOUBTFUL` may be a problem."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Statement:
    status: Status
    words: str


def say_processes(
    processes: Sequence[SeenProcess], *, is_gone: Callable[[str], bool], name_of: Callable[[str], str]
) -> list[Statement]:
    """Say what each process does, which are silent, which roles have none, and in what processes disagree.

    Empty without live processes. `is_gone`: a process has certainly ended; `name_of`: its name for people.
    """
    live = [one for one in processes if not one.is_silent and not is_gone(one.row.name)]
    if not live:
        return []
    said = [Statement(Status.GOOD, at_work(name_of(one.row.name), one)) for one in live]
    covered = {role for one in live for role in one.row.roles.split(",")}
    said += [
        Statement(
            Status.DOUBTFUL,
            f"{name_of(one.row.name)} không báo còn chạy từ {_length(one.unseen)} trước; hãy xem máy ấy",
        )
        for one in processes
        if one not in live and (one.unseen < _NEWS or not covered.issuperset(one.row.roles.split(",")))
    ]
    if missing := [role for role in NEEDED if role not in covered]:
        said.append(Statement(Status.BAD, nobody_does(missing)))
    return said + _misfits([one.row for one in live])


def _misfits(rows: Sequence[ProcessRow]) -> list[Statement]:
    versions = ", ".join(map(one_line, sorted({row.version for row in rows})))
    return [
        Statement(status, words.format(versions=versions))
        for field, status, words in _MUST_AGREE
        if len({getattr(row, field) for row in rows}) > 1
    ]


_MUST_AGREE = (  # fields of `ProcessRow`, and what to say where processes have several values
    (
        "version",
        Status.BAD,
        "các tiến trình chạy phiên bản khác nhau: {versions}; hãy cài cùng một bản trên mọi máy",
    ),
    (
        "revision",
        Status.BAD,
        "các tiến trình cần lược đồ khác nhau; hãy cài cùng một phiên bản trên mọi máy rồi chạy lại",
    ),
    (
        "bot",
        Status.BAD,
        "hai bot (hai token) đang dùng chung cơ sở dữ liệu này, nên bot này gửi cả tin của bot kia; "
        "hãy cho mỗi bot một cơ sở dữ liệu riêng",
    ),
    (
        "newsroom",
        Status.DOUBTFUL,
        "các tiến trình đọc tệp cấu hình khác nhau; hãy chép cùng một tệp tới mọi máy",
    ),
)


def disagreements(ours: ProcessRow, others: Sequence[SeenProcess]) -> list[str]:
    """Say in what `others` differ from our process although they should not."""
    return [one.words for one in _misfits([ours, *(other.row for other in others)])]


def at_work(name: str, one: SeenProcess) -> str:
    active = one.row.active.split(",") if one.row.active else []
    standby = [role for role in one.row.roles.split(",") if role not in active]
    parts = [f"làm {', '.join(active)}"] if active else []
    parts += [f"dự phòng {', '.join(standby)}"] if standby else []
    return one_line(f"{name}: {'; '.join(parts)} (phiên bản {one.row.version})")


def nobody_does(roles: Sequence[str]) -> str:
    named = ",".join(roles)
    return f"không tiến trình nào nhận phần việc {', '.join(roles)}; hãy chạy: diemtin run --role {named}"


def older_schema_at_work(names: Sequence[str]) -> str:
    """Say that a process of a new version waits before it upgrades the schema."""
    return (
        f"{_listed(names)} còn chạy với lược đồ cũ; hãy dừng các tiến trình ấy, "
        "tiến trình này sẽ nâng cấp cơ sở dữ liệu rồi chạy tiếp"
    )


def upgrade_refused(names: Sequence[str]) -> str:
    """Say that a command does not upgrade the schema while processes use it."""
    return f"{_listed(names)} còn chạy với lược đồ cũ; hãy dừng các tiến trình ấy rồi chạy lại lệnh này"


def different_versions(versions: Collection[str]) -> str:
    named = ", ".join(map(one_line, sorted(versions)))
    return f"các tiến trình chạy phiên bản khác nhau: {named}; hãy cài cùng một bản trên mọi máy"


DIFFERENT_SCHEMAS = (
    "các tiến trình cần lược đồ khác nhau; hãy cài cùng một phiên bản trên mọi máy rồi chạy lại"
)
TWO_BOTS = (
    "hai bot (hai token) đang dùng chung cơ sở dữ liệu này, nên bot này gửi cả tin của bot kia; "
    "hãy cho mỗi bot một cơ sở dữ liệu riêng"
)
TWO_NEWSROOMS = "các tiến trình đọc tệp cấu hình khác nhau; hãy chép cùng một tệp tới mọi máy"
ROLES_NEED_POSTGRES = (
    "với SQLite một tiến trình làm mọi việc, vì các tiến trình cùng ghi một tệp phải chờ nhau; "
    "hãy bỏ --role, hoặc chuyển sang PostgreSQL (xem docs/scale.md)"
)
SCHEMA_CHANGED = (
    "Lược đồ cơ sở dữ liệu đã được đổi khi tiến trình này đang chạy; hãy cài cùng một phiên bản diemtin "
    "trên mọi máy rồi chạy lại."
)


def from_process(html: str, roles: str, machine: str) -> str:
    """Add to a notice which process sends it. `html` is the notice; the others are plain text."""
    return f"{html}\n<i>{escape(f'Tiến trình {roles} trên máy {machine}')}</i>"


def _length(unseen: dt.timedelta) -> str:
    seconds = round(unseen.total_seconds())
    if seconds < 120:
        return f"{seconds} giây"
    minutes = seconds // 60
    return f"{minutes} phút" if minutes < 120 else f"{minutes // 60} giờ"


def _listed(names: Sequence[str]) -> str:
    more = f" và {len(names) - _MOST_NAMED} tiến trình nữa" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
