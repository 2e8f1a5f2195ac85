"""An inbox that is emptied: each file is whole in one place at every moment, its articles stored once."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.jobs.intake import intake
from bot.jobs.intake.intake import Intake, poll_sources
from bot.news.newsroom import Newsroom, Source
from bot.news.services import Services
from storage.articles import Tally
from storage.engine import Database
from storage.intake.files import requeue_quarantined

TEXT = "Hôm qua bà con trong xóm kéo lưới từ sáng sớm. Ghe về bến khi trời còn mờ sương, cá đầy khoang."
LONG_AGO = 1_700_000_000.0


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


@pytest.fixture
def box(services: Services, source: Callable[..., Source], make_newsroom: Callable[..., Newsroom]) -> Path:
    """The folder of the only source, an inbox whose files move."""
    declared = replace(source(), moves_files=True)
    services.newsroom = make_newsroom(sources=(declared,))
    return declared.path


def put(box: Path, name: str, *titles: str, at: float = LONG_AGO) -> Path:
    """Put a file of articles into the inbox; an empty title makes a bad row."""
    file = box / name
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"title": title, "body": TEXT if title else ""} for title in titles]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    os.utime(file, (at, at))
    return file


def lying(box: Path) -> list[str]:
    """Return the files under the inbox."""
    return sorted(str(path.relative_to(box)) for path in box.rglob("*") if path.is_file())


async def tally(services: Services, admin_chat: Any) -> Tally:
    """Look once and return what came."""
    return (await poll_sources(services, admin_chat)).tally


async def test_a_file_that_was_read_moves_and_is_not_read_again(
    services: Services, box: Path, admin_chat: Any
) -> None:
    put(box, "a.jsonl", "Ghe về bến")
    put(box, "2026/b.jsonl", "Chợ họp sớm")
    assert await tally(services, admin_chat) == Tally(new=2)
    assert lying(box) == ["processed/2026/b.jsonl", "processed/a.jsonl"]
    assert await poll_sources(services, admin_chat) == Intake()


async def test_a_bad_file_is_quarantined_with_the_reason_beside_it(
    services: Services, box: Path, admin_chat: Any
) -> None:
    put(box, "a.jsonl", "Ghe về bến", "", "Chợ họp sớm")
    (box / "b.bin").write_bytes(bytes(range(256)) * 4)
    os.utime(box / "b.bin", (LONG_AGO, LONG_AGO))
    assert await tally(services, admin_chat) == Tally(new=2)
    kept = ["a.jsonl", "a.jsonl.reason.txt", "b.bin", "b.bin.reason.txt"]
    assert lying(box) == [f"quarantine/{name}" for name in kept]
    reason = (box / "quarantine/a.jsonl.reason.txt").read_text(encoding="utf-8")
    assert reason == f"{box}/a.jsonl:2: không có tiêu đề và nội dung\n"
    assert "nhị phân" in (box / "quarantine/b.bin.reason.txt").read_text(encoding="utf-8")


async def test_a_quarantined_file_that_was_mended_is_taken_when_it_is_brought_back(
    services: Services, box: Path, admin_chat: Any
) -> None:
    put(box, "a.jsonl", "Ghe về bến", "")
    await poll_sources(services, admin_chat)
    put(box, "quarantine/a.jsonl", "Ghe về bến", "Chợ họp sớm")
    assert list(requeue_quarantined(box)) == [box / "a.jsonl"]
    assert await tally(services, admin_chat) == Tally(new=1, duplicate=1)
    assert lying(box) == ["processed/a.jsonl"]


async def test_one_that_an_operator_moves_back_unchanged_is_read_again(
    services: Services, box: Path, admin_chat: Any
) -> None:
    put(box, "a.jsonl", "Ghe về bến", "")
    for _ in range(2):
        assert len((await poll_sources(services, admin_chat)).refused) == 1
        for file in (box / "quarantine").iterdir():
            file.rename(box / file.name)


async def test_a_file_of_a_name_that_was_there_before_takes_no_place_of_it(
    services: Services, box: Path, admin_chat: Any
) -> None:
    for title in ("Ghe về bến", "Chợ họp sớm", "Lúa chín vàng"):
        put(box, "a.jsonl", title)
        await poll_sources(services, admin_chat)
    assert lying(box) == ["processed/a-2.jsonl", "processed/a-3.jsonl", "processed/a.jsonl"]


async def test_a_file_that_may_still_grow_waits(services: Services, box: Path, admin_chat: Any) -> None:
    file = put(box, "a.jsonl", "Ghe về bến")
    os.utime(file)
    assert await poll_sources(services, admin_chat) == Intake()
    assert lying(box) == ["a.jsonl"]


async def test_a_file_that_grew_while_it_was_read_stays_and_is_read_again(
    services: Services, box: Path, admin_chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(box, "a.jsonl", "Ghe về bến")
    path_drafts = intake.path_drafts

    def read(path: Path, *args: Any, **how: Any) -> Any:
        yield from list(path_drafts(path, *args, **how))
        put(box, "a.jsonl", "Ghe về bến", "Chợ họp sớm", at=LONG_AGO + 9)

    monkeypatch.setattr(intake, "path_drafts", read)
    assert await tally(services, admin_chat) == Tally(new=1)
    assert lying(box) == ["a.jsonl"]
    monkeypatch.undo()
    assert await tally(services, admin_chat) == Tally(new=1, duplicate=1)


@pytest.mark.parametrize("name", [".a.jsonl", "a.jsonl.tmp", "a.part", "a.jsonl~", "~$a.jsonl"])
async def test_hidden_and_temporary_files_stay(
    services: Services, box: Path, admin_chat: Any, name: str
) -> None:
    put(box, name, "Ghe về bến")
    assert await poll_sources(services, admin_chat) == Intake()
    assert lying(box) == [name]


async def test_a_database_that_fails_leaves_the_file_in_the_inbox(
    services: Services, box: Path, admin_chat: Any
) -> None:
    put(box, "a.jsonl", "Ghe về bến")
    async with services.database.write() as connection:
        await connection.execute(text("ALTER TABLE articles RENAME TO away"))
    await poll_sources(services, admin_chat)
    assert lying(box) == ["a.jsonl"]
    async with services.database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO articles"))
    assert await tally(services, admin_chat) == Tally(new=1)


@pytest.mark.parametrize("step", ["_write_whole", "rename"])
async def test_one_killed_before_a_file_has_moved_finds_it_and_its_articles(
    services: Services, box: Path, admin_chat: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A kill is told by an error that nothing in here expects."""
    put(box, "a.jsonl", "Ghe về bến", "")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    where: Any = "storage.intake.files._write_whole" if step == "_write_whole" else "pathlib.Path.rename"
    monkeypatch.setattr(where, killed)
    with pytest.raises(KeyboardInterrupt):
        await poll_sources(services, admin_chat)
    monkeypatch.undo()
    assert "a.jsonl" in lying(box)
    assert await tally(services, admin_chat) == Tally(duplicate=1)
    assert lying(box) == ["quarantine/a.jsonl", "quarantine/a.jsonl.reason.txt"]


async def test_where_nothing_can_be_moved_files_are_read_once_and_stay(
    services: Services, box: Path, admin_chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a folder that is mounted for reading only; `check` says so."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    file = put_without_folder(box)
    assert await tally(services, admin_chat) == Tally(new=1)
    assert await poll_sources(services, admin_chat) == Intake()
    assert lying(box) == [file.name]


def put_without_folder(box: Path) -> Path:
    """Put a file where no folder may be made."""
    file = box / "a.jsonl"
    file.write_text(json.dumps({"title": "Ghe về bến", "body": TEXT}), encoding="utf-8")
    os.utime(file, (LONG_AGO, LONG_AGO))
    return file


async def test_an_inbox_that_does_not_move_its_files_reads_folders_of_any_name(
    services: Services, source: Callable[..., Source], make_newsroom: Callable[..., Newsroom], admin_chat: Any
) -> None:
    plain = source()
    services.newsroom = make_newsroom(sources=(plain,))
    put(plain.path, "processed/a.jsonl", "Ghe về bến")
    assert await tally(services, admin_chat) == Tally(new=1)
    assert lying(plain.path) == ["processed/a.jsonl"]
