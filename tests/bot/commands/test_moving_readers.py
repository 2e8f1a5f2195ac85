"""`diemtin readers`: what is written can be read into another database, whole or not at all."""

import asyncio
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage.alerts.watches import add_watch, find_watches
from storage.engine import Database
from storage.profiles import Choices, join_profile
from storage.subscribers import find_subscriber, set_columns, set_quiet, set_status, subscribe
from tests.bot.commands.conftest import Run

NOW = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)
CHOICES = Choices(
    "sang",
    ("thoi-su",),
    ("06:30", "18:00"),
    (0, 4),
    "Europe/Berlin",
    "gon",
    ("showbiz",),
    figures=("Vàng SJC",),
    more_editions=("chieu",),
)


@pytest.fixture
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The database that readers move to: SQLite, unless a test asks for PostgreSQL."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/khac.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def moved(run: Run, sqlite_url: str, tmp_path: Path) -> Path:
    """A file with two readers, one of them with a watch."""

    async def fill() -> None:
        database = Database(sqlite_url)
        async with database.write() as connection:
            own = await join_profile(connection, CHOICES, next_due_at=NOW, now=NOW)
            plain = await join_profile(connection, Choices("sang"), next_due_at=NOW, now=NOW)
            await subscribe(connection, 7, kind="private", profile_id=own, now=NOW)
            await subscribe(connection, -100, kind="supergroup", profile_id=plain, now=NOW, thread_id=3)
            await set_quiet(connection, 7, 60, 120, now=NOW)
            manner = {"silent": True, "breaking": 2, "weekly_at": NOW - dt.timedelta(days=1)}
            await set_columns(connection, 7, manner, now=NOW)
            await set_status(connection, 7, "paused", now=NOW, paused_until=NOW + dt.timedelta(days=3))
            reader = await find_subscriber(connection, 7)
            assert reader is not None
            await add_watch(connection, reader.id, key="giá vàng", text="giá vàng", most=20, now=NOW)
        await database.close()

    run("db", "upgrade")
    asyncio.run(fill())
    path = tmp_path / "ban-doc.jsonl"
    ran = run("readers", "export", str(path), "--json")
    assert (ran.code, ran.json["readers"]) == (0, 2), ran.err
    assert path.stat().st_mode & 0o077 == 0
    return path


@pytest.fixture
def moved_reader(other_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Any]:
    """Turn the commands to the other database; return a function that looks a chat up there."""
    monkeypatch.setenv("DIEMTIN_DATABASE_URL", other_url)

    async def find(chat: int) -> Any:
        database = Database(other_url)
        async with database.read() as connection:
            found = await find_subscriber(connection, chat), await find_watches(connection, chat)
        await database.close()
        return found

    return lambda chat: asyncio.run(find(chat))


@pytest.mark.parametrize("other_url", ["sqlite", "postgres"], indirect=True)
def test_readers_arrive_with_all_they_chose(
    run: Run, moved: Path, moved_reader: Callable[[int], Any]
) -> None:
    ran = run("readers", "import", str(moved), "--json")
    assert (ran.code, ran.json) == (0, {"added": 2, "known": 0, "refused": 0, "lines": []})
    reader, watches = moved_reader(7)
    assert (reader.choices, reader.quiet_start, reader.quiet_end) == (CHOICES, 60, 120)
    assert (reader.status, reader.paused_until, reader.is_silent) == (
        "paused",
        NOW + dt.timedelta(days=3),
        True,
    )
    assert (reader.is_weekly, reader.breaking) == (True, 2)
    assert [watch.text for watch in watches] == ["giá vàng"]
    group, _ = moved_reader(-100)
    assert (group.kind, group.thread_id, group.status) == ("supergroup", 3, "active")
    again = run("readers", "import", str(moved), "--json")
    assert (again.json["added"], again.json["known"]) == (0, 2)


def test_a_new_bot_waits_until_each_reader_opens_it(
    run: Run, moved: Path, moved_reader: Callable[[int], Any]
) -> None:
    assert run("readers", "import", str(moved), "--new-bot").code == 0
    reader, watches = moved_reader(7)
    assert (reader.status, reader.status_reason, reader.choices) == ("gone", "moved", CHOICES)
    assert len(watches) == 1
    assert "chờ người nhận mở bot này" in run("reader", "7").out


@pytest.mark.parametrize("cut", ["in a line", "after a line", "a letter changed"])
def test_a_file_that_is_not_whole_adds_nobody(
    run: Run, moved: Path, moved_reader: Callable[[int], Any], cut: str
) -> None:
    lines = moved.read_bytes().splitlines(keepends=True)
    whole = b"".join(lines)
    content = {
        "in a line": whole[: len(lines[0]) + 40],
        "after a line": b"".join(lines[:-1]),
        "a letter changed": whole.replace(b"showbiz", b"showbix"),
    }[cut]
    moved.write_bytes(content)
    ran = run("readers", "import", str(moved))
    assert ran.code == 1
    assert "không thêm ai cả" in ran.err
    assert moved_reader(7)[0] is None


def test_wrong_lines_are_refused_by_their_number(
    run: Run, moved: Path, moved_reader: Callable[[int], Any], jsonl: Any
) -> None:
    good = json.loads(moved.read_bytes().splitlines()[1])
    rows: list[Any] = [
        {**good, "edition": "khong-co"},
        {**good, "chat_id": "bảy"},
        {**good, "times": ["25:00"]},
        {**good, "zone": "Sao/Hoa"},
        {**good, "token": "123:abc"},
        {**good, "words_out": ["a" * 300]},
        [1],
        good,
        good,
    ]
    head = {"diemtin": "readers", "version": 1}
    body = jsonl(head, *rows) + b"khong phai json\n"

    moved.write_bytes(body + jsonl({"readers": len(rows) + 1, "sha256": hashlib.sha256(body).hexdigest()}))
    ran = run("readers", "import", str(moved), "--json")
    assert ran.code == 1
    assert (ran.json["added"], ran.json["known"], ran.json["refused"]) == (1, 1, 8)
    assert [one["line"] for one in ran.json["lines"]] == [2, 3, 4, 5, 6, 7, 8, 11]
    assert "không có bản tin" in ran.json["lines"][0]["reason"]


@pytest.mark.parametrize("other_url", ["sqlite", "postgres"], indirect=True)
def test_of_a_chat_that_comes_twice_the_first_line_counts(
    run: Run, moved: Path, moved_reader: Callable[[int], Any], jsonl: Any
) -> None:
    good = json.loads(moved.read_bytes().splitlines()[1])
    rows = [
        {**good, "chat_id": chat, "length": length, "watches": watches}
        for chat in (7, 8)
        for length, watches in (("gon", ["giá vàng", "Giá vàng", "mưa lũ"]), ("vua", ["bóng đá"]))
    ]
    body = jsonl({"diemtin": "readers", "version": 1}, *rows)
    moved.write_bytes(body + jsonl({"readers": len(rows), "sha256": hashlib.sha256(body).hexdigest()}))
    ran = run("readers", "import", str(moved), "--json")
    assert (ran.code, ran.json["added"], ran.json["known"]) == (0, 2, 2)
    for chat in (7, 8):
        reader, watches = moved_reader(chat)
        assert reader.choices.length == "gon"
        assert [watch.text.lower() for watch in watches] == ["giá vàng", "mưa lũ"]


def test_an_export_overwrites_nothing(run: Run, moved: Path) -> None:
    before = moved.read_bytes()
    assert run("readers", "export", str(moved)).code == 1
    assert moved.read_bytes() == before
