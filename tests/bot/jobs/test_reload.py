"""A changed newsroom file: taken over when valid, refused once when broken, left alone while written."""

import datetime as dt
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.jobs import reload
from bot.jobs.reload import NewsroomWatch, take_over
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.startup.assembly import assemble
from config.reading import content_hash, load_newsroom, parse_newsroom
from config.values import ConfigError
from storage.engine import Database
from storage.errors import StorageError
from storage.profiles import find_profile
from storage.subscribers import set_quiet
from storage.tables import deliveries, messages, subscribers

FILE = """\
[[editions]]
name = "sang"
title = "Bản tin sáng"
times = ["{time}"]
"""
OLD, NEW = FILE.format(time="06:45"), FILE.format(time="09:00")


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


def read(path: Path) -> Newsroom | str:
    """Read the file as `diemtin run` does."""
    try:
        return assemble(load_newsroom(path))
    except ConfigError as error:
        return "\n".join(map(str, error.problems))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A newsroom file with one edition at 6:45."""
    file = tmp_path / "diemtin.toml"
    file.write_text(OLD, encoding="utf-8")
    return file


@pytest.fixture
def watch(file: Path) -> NewsroomWatch:
    """A watch that knows the file as it is."""
    return NewsroomWatch(file, read, content_hash)


def write(file: Path, content: str) -> None:
    """Write as an editor does."""
    file.write_text(content, encoding="utf-8")


def vanish(file: Path) -> None:
    """Take the file away."""
    file.unlink()


def times(services: Services) -> tuple[dt.time, ...]:
    """Return when the edition comes out."""
    return services.newsroom.default_edition.schedule.times


async def checks(watch: NewsroomWatch, services: Services, admin_chat: Any, count: int = 3) -> list[bool]:
    """Check the file several times."""
    return [await watch.check(services, admin_chat) for _ in range(count)]


async def test_an_unchanged_file_is_no_news(
    watch: NewsroomWatch, services: Services, admin_chat: Any
) -> None:
    before = services.newsroom
    assert await checks(watch, services, admin_chat) == [False] * 3
    assert services.newsroom is before
    assert admin_chat == []


async def test_a_valid_change_is_taken_over_and_moves_the_slots(
    watch: NewsroomWatch,
    file: Path,
    services: Services,
    admin_chat: Any,
    reader: Callable[..., Awaitable[int]],
) -> None:
    profile_id = await reader(1)
    write(file, NEW)
    assert await checks(watch, services, admin_chat) == [False, True, False]
    assert times(services) == (dt.time(9),)
    async with services.database.read() as connection:
        profile = await find_profile(connection, profile_id)
    assert profile is not None
    assert profile.next_due_at == services.clock.now() + dt.timedelta(hours=4)
    assert [line[:1] for line in admin_chat] == ["✓"]


@pytest.mark.parametrize(
    "broken", ["times = [", OLD.replace("06:45", "24:00"), ""], ids=["syntax", "time", "empty"]
)
async def test_a_broken_change_is_refused_and_told_once(
    watch: NewsroomWatch, file: Path, services: Services, admin_chat: Any, broken: str
) -> None:
    before = services.newsroom
    write(file, broken)
    assert await checks(watch, services, admin_chat, 5) == [False] * 5
    assert services.newsroom is before
    assert len(admin_chat) == 1
    assert "bot vẫn dùng cấu hình cũ" in admin_chat[0]


async def test_another_broken_content_is_told_again_and_the_mended_file_is_taken(
    watch: NewsroomWatch, file: Path, services: Services, admin_chat: Any
) -> None:
    for content in ("times = [", "times = [[", NEW):
        write(file, content)
        await checks(watch, services, admin_chat)
    assert [line[:1] for line in admin_chat] == ["⚠", "⚠", "✓"]
    assert times(services) == (dt.time(9),)


async def test_a_file_that_vanishes_counts_as_broken(
    watch: NewsroomWatch, file: Path, services: Services, admin_chat: Any
) -> None:
    vanish(file)
    await checks(watch, services, admin_chat)
    assert len(admin_chat) == 1
    assert str(file) in admin_chat[0]


async def test_a_file_in_the_middle_of_being_written_alarms_nobody(
    watch: NewsroomWatch, file: Path, services: Services, admin_chat: Any
) -> None:
    for content in ("", NEW[:30]):
        write(file, content)
        assert not await watch.check(services, admin_chat)
    write(file, NEW)
    await checks(watch, services, admin_chat)
    assert [line[:1] for line in admin_chat] == ["✓"]


async def test_a_takeover_that_the_database_undid_is_tried_again(
    watch: NewsroomWatch, file: Path, services: Services, admin_chat: Any
) -> None:
    write(file, NEW)
    async with services.database.write() as connection:
        await connection.execute(text("ALTER TABLE profiles RENAME TO away"))
    await watch.check(services, admin_chat)
    with pytest.raises(StorageError):
        await watch.check(services, admin_chat)
    async with services.database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO profiles"))
    assert await watch.check(services, admin_chat)
    assert times(services) == (dt.time(9),)


TWO = OLD + FILE.format(time="19:00").replace('"sang"', '"toi"').replace("sáng", "tối")
EARLY = FILE.format(time="05:00").replace('"sang"', '"som"').replace("sáng", "sớm")


@pytest.fixture
def moving(
    services: Services, reader: Callable[..., Awaitable[int]], admin_chat: Any
) -> Callable[[str], Awaitable[list[tuple[int, str, Any, dt.datetime]]]]:
    """Return a function that takes a newsroom file over and returns what readers were queued."""

    async def take(content: str) -> list[tuple[int, str, Any, dt.datetime]]:
        services.newsroom = assemble(parse_newsroom(content, base=Path("/srv")))
        await take_over(services)
        s, d, m = subscribers.c, deliveries.c, messages.c
        query = select(s.chat_id, m.html, m.buttons, d.not_before).select_from(deliveries)
        query = query.join(subscribers, s.id == d.subscriber_id).join(messages, m.id == d.message_id)
        async with services.database.read() as connection:
            return [tuple(row) for row in await connection.execute(query.order_by(d.id))]

    return take


async def test_readers_of_an_edition_taken_out_are_told_where_they_went_once(
    services: Services, clock: Any, reader: Callable[..., Awaitable[int]], moving: Any
) -> None:
    await moving(TWO)
    await reader(1, edition="toi")
    await reader(2, edition="sang")
    await reader(3, edition="toi", times=("12:00",))
    async with services.database.write() as connection:
        await set_quiet(connection, 3, 4 * 60, 7 * 60, now=clock.now())  # it is 5:00
    [(first, html, buttons, _), (third, own, _, held)] = await moving(OLD + EARLY)
    assert (first, third) == (1, 3)
    assert html.startswith(
        "Bản tin bạn đang nhận không còn phát nữa. Từ nay bạn nhận <b>Bản tin sáng</b> lúc 06:45"
    )
    assert "12:00" in own, "an own time is kept"
    assert held == clock.now() + dt.timedelta(hours=2), "quiet hours hold"
    assert buttons == [[["Bản tin sớm", "bantin:som"]], [["Giờ nhận", "lich"]]]
    assert len(await moving(OLD + EARLY)) == 2, "once"
    await moving(TWO)
    assert len(await moving(OLD)) == 4, "again when it goes again"


async def test_who_took_several_editions_keeps_the_others(
    reader: Callable[..., Awaitable[int]], moving: Any
) -> None:
    await moving(TWO + EARLY)
    await reader(1, edition="sang", more_editions=("toi",))
    [(_, html, buttons, _)] = await moving(OLD + EARLY)
    assert html.startswith(
        "Một bản tin bạn đang nhận không còn phát nữa. Từ nay bạn nhận <b>Bản tin sáng</b>"
    )
    assert buttons == [[["Bản tin sớm", "bantin:+som"]], [["Giờ nhận", "lich"]]]


async def test_a_time_in_quiet_hours_is_told_with_the_true_hour(
    services: Services, clock: Any, reader: Callable[..., Awaitable[int]], moving: Any
) -> None:
    await moving(TWO)
    await reader(1, edition="toi", quiet=(22 * 60, 6 * 60 + 30))
    [(_, html, _, _)] = await moving(EARLY)
    assert "Giờ 05:00 nằm trong giờ yên tĩnh (22:00–06:30), nên bản tin đó sẽ đến lúc 06:30." in html


async def test_a_kill_while_readers_are_told_tells_nobody_twice(
    services: Services, reader: Callable[..., Awaitable[int]], moving: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await moving(TWO)
    for chat in (1, 2, 3):
        await reader(chat, edition="toi", times=(f"1{chat}:00",))
    monkeypatch.setattr(reload, "_PROFILES", 1)
    real, calls = reload.write_note, []

    async def dies_at_the_second(*given: Any, **named: Any) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise StorageError("killed")
        await real(*given, **named)

    monkeypatch.setattr(reload, "write_note", dies_at_the_second)
    with pytest.raises(StorageError):
        await moving(OLD)
    assert [row[0] for row in await moving(OLD)] == [1, 2, 3]
