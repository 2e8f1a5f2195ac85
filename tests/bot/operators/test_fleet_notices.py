"""What operators read about the processes: who does what, who is silent, what nobody does, what misfits."""

import datetime as dt
from dataclasses import replace

from bot.operators.fleet_notices import Status, say_processes
from storage.processes.registry import ProcessRow, SeenProcess

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
ALL = "intake,process,schedule,send,chat,console"


def seen(
    name: str, roles: str = ALL, *, active: str | None = None, ago: float = 1, **row: str
) -> SeenProcess:
    """Build a process as it was seen so many seconds ago."""
    values = {"bot": "b", "version": "1.0", "revision": "0270", "newsroom": "n"} | row
    made = ProcessRow(name, roles=roles, active=roles if active is None else active, **values)
    return SeenProcess(made, NOW, dt.timedelta(seconds=ago))


def said(*found: SeenProcess, gone: tuple[str, ...] = ()) -> list[tuple[Status, str]]:
    """Return what is said of these."""
    told = say_processes(found, is_gone=lambda name: name in gone, name_of=lambda name: f"máy {name}")
    return [(one.status, one.words) for one in told]


def test_without_a_live_process_nothing_is_said() -> None:
    assert said() == said(seen("a", ago=60)) == said(seen("a"), gone=("a",)) == []


def test_each_process_says_its_roles_and_those_it_stands_by_for() -> None:
    told = said(seen("a"), seen("b", "send,chat", active=""), seen("c", "send,chat", active="chat"))
    assert told == [
        (Status.GOOD, f"máy a: làm {ALL.replace(',', ', ')} (phiên bản 1.0)"),
        (Status.GOOD, "máy b: dự phòng send, chat (phiên bản 1.0)"),
        (Status.GOOD, "máy c: làm chat; dự phòng send (phiên bản 1.0)"),
    ]


def test_roles_that_nobody_does_are_named_with_what_to_run() -> None:
    (status, words) = said(seen("a", "intake,process,schedule"))[-1]
    assert status is Status.BAD
    assert words.endswith("send, chat; hãy chạy: diemtin run --role send,chat")


def test_a_silent_process_is_named_until_others_have_long_done_its_work() -> None:
    assert said(seen("a"), seen("b", "send", ago=90))[-1] == (
        Status.DOUBTFUL, "máy b không báo còn chạy từ 90 giây trước; hãy xem máy ấy",
    )  # fmt: skip
    assert len(said(seen("a"), seen("b", "send", ago=3_600))) == 1
    assert [status for status, _ in said(seen("a", "intake"), seen("b", "send", ago=7_200))] == [
        Status.GOOD, Status.DOUBTFUL, Status.BAD,
    ]  # fmt: skip


def test_what_differs_and_should_not_is_named() -> None:
    one = seen("a")
    for row, words in (
        ({"version": "2.0"}, "phiên bản khác nhau: 1.0, 2.0"),
        ({"revision": "0300"}, "lược đồ khác nhau"),
        ({"bot": "c"}, "hai bot"),
        ({"newsroom": "m"}, "tệp cấu hình khác nhau"),
    ):
        other = replace(seen("b"), row=replace(seen("b").row, **row))
        [_, _, (status, told)] = said(one, other)
        assert status is not Status.GOOD
        assert words in told
