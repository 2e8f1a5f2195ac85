"""The intake tick: each file is read once, also when files, folders or the database change or fail."""

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
from storage.sources import find_refusals
from tests.manual_clock import ManualClock
from tests.waiting import find_waiting

Declare = Callable[..., Source]
TEXT = "Hôm qua bà con trong xóm kéo lưới từ sáng sớm. Ghe về bến khi trời còn mờ sương, cá đầy khoang."
LONG_AGO = 1_700_000_000.0
DECLARED: dict[str, Any] = {"mo": "full", "tit": "headline", "kin": "none"}


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


def put(source: Source, name: str, *titles: str, body: str = TEXT, at: float = LONG_AGO) -> Path:
    """Put a file of articles into an inbox, last changed at `at`."""
    file = source.path / name
    rows = [{"id": title, "title": title, "body": body} for title in titles]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    os.utime(file, (at, at))
    return file


def put_named(source: Source, *papers: str) -> None:
    """Put an article of each of these papers into an inbox."""
    file = source.path / "bao.jsonl"
    rows = [{"id": paper, "title": f"Tin {paper}", "body": TEXT, "source": paper} for paper in papers]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    os.utime(file, (LONG_AGO, LONG_AGO))


def watch(services: Services, make_newsroom: Callable[..., Newsroom], *sources: Source) -> None:
    """Declare these sources."""
    services.newsroom = make_newsroom(sources=sources)


@pytest.fixture
def inbox(services: Services, source: Declare, make_newsroom: Callable[..., Newsroom]) -> Source:
    """The only declared source: an inbox."""
    declared = source()
    watch(services, make_newsroom, declared)
    return declared


async def tally(services: Services, admin_chat: Any) -> Tally:
    """Look once and return what came."""
    return (await poll_sources(services, admin_chat)).tally


async def refusals(services: Services) -> list[tuple[str, str]]:
    """Return place and reason of what was refused."""
    async with services.database.read() as connection:
        return [(path, reason) for _, path, reason, _ in await find_refusals(connection)]


async def test_a_file_is_read_once(services: Services, inbox: Source, admin_chat: Any) -> None:
    put(inbox, "a.jsonl", "Ghe về bến", "Chợ họp sớm")
    assert await tally(services, admin_chat) == Tally(new=2)
    assert await poll_sources(services, admin_chat) == Intake()


async def test_a_changed_file_is_read_again_and_its_articles_updated(
    services: Services, inbox: Source, admin_chat: Any
) -> None:
    put(inbox, "a.jsonl", "Ghe về bến")
    await poll_sources(services, admin_chat)
    put(inbox, "a.jsonl", "Ghe về bến", "Chợ họp sớm", body=f"{TEXT} Có thêm tin mới.", at=LONG_AGO + 5)
    assert await tally(services, admin_chat) == Tally(new=1, updated=1)


async def test_a_file_that_may_still_be_written_to_waits(
    services: Services, inbox: Source, admin_chat: Any
) -> None:
    file = put(inbox, "a.jsonl", "Ghe về bến")
    os.utime(file)
    assert await tally(services, admin_chat) == Tally()
    os.utime(file, (LONG_AGO, LONG_AGO))
    assert await tally(services, admin_chat) == Tally(new=1)


async def test_a_file_from_a_machine_whose_clock_is_ahead_is_read(
    services: Services, inbox: Source, admin_chat: Any
) -> None:
    put(inbox, "a.jsonl", "Ghe về bến", at=4_000_000_000.0)
    assert await tally(services, admin_chat) == Tally(new=1)


@pytest.mark.parametrize("name", [".a.jsonl", "a.jsonl.tmp", "a.part", "a.jsonl~"])
async def test_hidden_and_temporary_files_are_passed_over(
    services: Services, inbox: Source, admin_chat: Any, name: str
) -> None:
    put(inbox, name, "Ghe về bến")
    assert await poll_sources(services, admin_chat) == Intake()


async def test_folders_inside_an_inbox_are_read(services: Services, inbox: Source, admin_chat: Any) -> None:
    (inbox.path / "2026" / "03").mkdir(parents=True)
    put(inbox, "2026/03/a.jsonl", "Ghe về bến")
    assert await tally(services, admin_chat) == Tally(new=1)


async def test_a_link_out_of_the_inbox_is_refused_once(
    services: Services, inbox: Source, admin_chat: Any, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text(TEXT, encoding="utf-8")
    (inbox.path / "a.txt").symlink_to(tmp_path / "secret.txt")
    (inbox.path / "b.txt").symlink_to(inbox.path / "nowhere")
    first, second = await poll_sources(services, admin_chat), await poll_sources(services, admin_chat)
    assert [refusal.reason for refusal in first.refused] == ["liên kết trỏ ra ngoài thư mục"]
    assert second == Intake()


async def test_a_bad_file_is_refused_by_name_and_the_others_are_read(
    services: Services, inbox: Source, admin_chat: Any
) -> None:
    bad = inbox.path / "a.bin"
    bad.write_bytes(bytes(range(256)) * 4)
    os.utime(bad, (LONG_AGO, LONG_AGO))
    put(inbox, "b.jsonl", "Ghe về bến")
    assert await tally(services, admin_chat) == Tally(new=1)
    [(path, reason)] = await refusals(services)
    assert path == str(bad)
    assert reason
    assert await poll_sources(services, admin_chat) == Intake()


async def test_a_name_that_is_no_text_does_not_stop_the_tick(
    services: Services, inbox: Source, admin_chat: Any
) -> None:
    put(inbox, "b.jsonl", "Ghe về bến")
    put(inbox, os.fsdecode(b"\xff\xfe.jsonl"), "Chợ họp sớm")
    assert await tally(services, admin_chat) == Tally(new=2)
    assert await poll_sources(services, admin_chat) == Intake()


async def test_a_folder_that_vanishes_is_told_once_even_over_a_restart_and_anew_after_it_was_well(
    services: Services, clock: ManualClock, inbox: Source, admin_chat: Any
) -> None:
    away = inbox.path.with_name("away")
    counts = []
    for is_there in (True, False, False, True, False, True):
        if is_there != inbox.path.exists():
            (away if is_there else inbox.path).rename(inbox.path if is_there else away)
        restarted = Services(services.database, clock, services.newsroom)
        await poll_sources(restarted, admin_chat)
        counts.append(len(admin_chat))
    assert counts == [0, 1, 1, 1, 2, 2]
    assert str(inbox.path) in admin_chat[0]
    assert (str(inbox.path), "không đọc được; hãy kiểm tra đường dẫn và quyền") in await refusals(services)


async def test_a_source_that_cannot_be_read_leaves_the_others_alone(
    services: Services, source: Declare, make_newsroom: Callable[..., Newsroom], admin_chat: Any
) -> None:
    gone, feed, well = source("mat"), source("rss", feed="khong-co.xml"), source("con")
    gone.path.rmdir()
    watch(services, make_newsroom, gone, feed, well)
    put(well, "a.jsonl", "Ghe về bến")
    assert await tally(services, admin_chat) == Tally(new=1)
    assert len(admin_chat) == 2


async def test_a_file_that_breaks_its_reader_is_refused_and_not_read_at_every_tick(
    services: Services, inbox: Source, admin_chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = put(inbox, "a.jsonl", "Ghe về bến")
    put(inbox, "b.jsonl", "Chợ họp sớm")
    path_drafts = intake.path_drafts

    def read(path: Path, *args: Any, **how: Any) -> Any:
        if path == broken:
            raise ZeroDivisionError
        return path_drafts(path, *args, **how)

    monkeypatch.setattr(intake, "path_drafts", read)
    assert await tally(services, admin_chat) == Tally(new=1)
    assert [path for path, _ in await refusals(services)] == [str(broken)]
    assert await poll_sources(services, admin_chat) == Intake()


async def test_a_database_that_fails_costs_no_article(
    services: Services, inbox: Source, admin_chat: Any
) -> None:
    put(inbox, "a.jsonl", "Ghe về bến")
    async with services.database.write() as connection:
        await connection.execute(text("ALTER TABLE articles RENAME TO away"))
    assert await poll_sources(services, admin_chat) == Intake()
    async with services.database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO articles"))
    assert await tally(services, admin_chat) == Tally(new=1)


async def test_a_large_file_comes_in_batches_and_whole(
    services: Services, inbox: Source, admin_chat: Any
) -> None:
    put(inbox, "a.jsonl", *(f"Chuyện số {number}" for number in range(450)))
    assert await tally(services, admin_chat) == Tally(new=450)
    async with services.database.read() as connection:
        assert len(await find_waiting(connection, 1_000)) == 450


@pytest.mark.parametrize(
    ("quote", "names"),
    [
        ("full", ["Báo Khách", "bao-kin", "bao-mo", "bao-tit"]),
        ("headline", ["bao-kin", "bao-tit", "dai-ly", "dai-ly"]),
        ("none", ["bao-kin", "dai-ly", "dai-ly", "dai-ly"]),
    ],
)
async def test_no_row_is_shown_more_of_than_its_inbox_allows(
    services: Services,
    source: Declare,
    make_newsroom: Callable[..., Newsroom],
    admin_chat: Any,
    quote: Any,
    names: list[str],
) -> None:
    """Of the inbox's `quote` and that of the source a row names, the stricter holds."""
    agency = replace(source("dai-ly"), quote=quote)
    others = [replace(source(f"bao-{name}"), quote=how) for name, how in DECLARED.items()]
    watch(services, make_newsroom, agency, *others)
    put_named(agency, "Báo Khách", "bao-mo", "bao-tit", "bao-kin")
    await poll_sources(services, admin_chat)
    async with services.database.read() as connection:
        assert sorted(one.source for one in await find_waiting(connection, limit=9)) == names
