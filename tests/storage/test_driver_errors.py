"""A driver's error is understood by its code, in any language, and never shows the values it is about."""

import datetime as dt
import errno
import sqlite3
import traceback
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from bot.process.logs import configure_logging
from bot.process.metrics import log_errors
from storage.engine import Database, insert_new
from storage.errors import StorageError
from storage.profiles import Choices, join_profile
from storage.tables import notes, subscribers
from storage.upkeep.backup import back_up
from tests.bot.process.test_logs import _logging_as_it_was

__all__ = ["_logging_as_it_was"]  # a fixture

WORDS = "bệnh viện nào gần nhà tôi"
CHAT = 1_234_567_890_123
NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
NOTED = {"name": WORDS, "value": WORDS}


def sqlite_error(code: int) -> OperationalError:
    """Return an error as the driver raises it, its words in no language that we know."""
    error = sqlite3.OperationalError("có trục trặc")
    error.sqlite_errorcode = code
    return OperationalError(None, None, error)


@pytest.mark.parametrize(
    ("code", "passes"),
    [
        (sqlite3.SQLITE_BUSY, True),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, True),
        (sqlite3.SQLITE_LOCKED_SHAREDCACHE, True),
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_IOERR_FSYNC, True),
        (sqlite3.SQLITE_CANTOPEN, True),
        (sqlite3.SQLITE_CORRUPT, False),
        (sqlite3.SQLITE_NOTADB, False),
        (sqlite3.SQLITE_READONLY_DBMOVED, False),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, False),
        (sqlite3.SQLITE_ERROR, False),
    ],
)
def test_sqlites_errors_are_told_apart_by_their_code(code: int, passes: bool) -> None:
    error = StorageError.of(sqlite_error(code))
    assert error.is_transient is passes
    assert error.is_disk_full is (code == sqlite3.SQLITE_FULL)


async def test_only_the_same_row_is_left_out_and_a_number_given_twice_is_an_error(database: Database) -> None:
    """As by a sequence that stands behind its table: what cannot be stored is never taken for known."""
    row = {"kind": "private", "status": "active", "quiet_start": 0, "quiet_end": 0}
    row |= {"created_at": NOW, "changed_at": NOW}
    async with database.write() as connection:
        row["profile_id"] = await join_profile(connection, Choices("sang"), next_due_at=NOW, now=NOW)
        statement = insert_new(connection, subscribers, "chat_id")
        await connection.execute(statement, row | {"id": 7, "chat_id": 1})
        await connection.execute(statement, row | {"id": 8, "chat_id": 1})
    with pytest.raises(StorageError):
        async with database.write() as connection:
            await connection.execute(statement, row | {"id": 7, "chat_id": 2})


def test_words_that_sound_like_a_passing_error_do_not_make_one() -> None:
    error = sqlite3.OperationalError("no such column: connection_full_locked")
    error.sqlite_errorcode = sqlite3.SQLITE_ERROR
    assert not StorageError.of(OperationalError(None, None, error)).is_transient


@pytest.mark.parametrize(
    ("state", "passes"),
    [
        ("08006", True),
        ("40001", True),
        ("40P01", True),
        ("53100", True),
        ("53300", True),
        ("55P03", True),
        ("57014", True),
        ("57P01", True),
        ("57P03", True),
        ("57P04", False),
        ("22001", False),
        ("23505", False),
        ("28P01", False),
        ("3D000", False),
        ("42P01", False),
        ("XX001", False),
    ],
)
async def test_postgres_errors_are_told_apart_by_their_state_in_any_language(
    postgres_database: Database, state: str, passes: bool
) -> None:
    words = f"DO $$ BEGIN RAISE EXCEPTION 'quá nhiều máy khách rồi' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(StorageError, match=state) as caught:
        async with postgres_database.write() as connection:
            await connection.execute(text(words))
    assert caught.value.is_transient is passes
    assert caught.value.is_disk_full is (state == "53100")


async def refusal_of(url: str) -> StorageError:
    """Return how a server refuses a connection."""
    database = Database(url)
    try:
        async with database.read() as connection:
            await connection.execute(text("SELECT 1"))
    except StorageError as error:
        return error
    finally:
        await database.close()
    raise AssertionError("it was not refused")


async def test_a_server_with_too_many_clients_may_have_room_later(postgres_database: Database) -> None:
    async with postgres_database.write() as connection:
        await connection.execute(text("DROP ROLE IF EXISTS crowd"))
        await connection.execute(text("CREATE ROLE crowd LOGIN CONNECTION LIMIT 0"))
    url = postgres_database.url.set(username="crowd").render_as_string(hide_password=False)
    error = await refusal_of(url)
    assert "53300" in str(error)
    assert error.is_transient


async def test_a_database_that_is_not_there_is_final_and_named(postgres_url: str) -> None:
    error = await refusal_of(make_url(postgres_url).set(database="khac").render_as_string(False))
    assert "khac" in str(error)
    assert not error.is_transient


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
async def test_a_full_disk_under_a_backup_is_told_as_such(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(*_given: object) -> None:
        raise OSError(number, "hết chỗ")

    monkeypatch.setattr("storage.upkeep.backup._copy", full)
    with pytest.raises(StorageError) as caught:
        await back_up(sqlite_database, tmp_path / "copy.db")
    assert caught.value.is_disk_full
    assert caught.value.is_transient


async def offend(database: Database, way: str) -> None:
    """Make the database refuse something with a reader's words, or a chat, in it."""
    chat: dict[str, Any] = {"chat_id": CHAT, "kind": WORDS}
    async with database.write() as connection:
        if way == "a constraint":
            await connection.execute(insert(notes), [NOTED, NOTED])
        elif way == "a chat twice":
            await connection.execute(insert(subscribers), [chat, chat])
        elif way == "a wrong type":
            await connection.execute(insert(notes), {"name": WORDS, "value": {WORDS}})
        elif way == "a wrong time":
            await connection.execute(insert(notes), {**NOTED, "updated_at": WORDS})
        elif way == "no statement":
            await connection.execute(text("SELECT :words FROM nowhere"), {"words": WORDS})
        else:
            await connection.execute(text("SELECT CAST(:words AS INTEGER) + nowhere"), {"words": WORDS})


WAYS = ["a constraint", "a chat twice", "a wrong type", "a wrong time", "no statement", "a cast"]


@pytest.mark.parametrize("way", WAYS)
async def test_no_error_and_no_traceback_of_it_shows_what_a_reader_typed(
    database: Database, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("DEBUG")
    with pytest.raises(StorageError) as caught:
        await offend(database, way)
    with log_errors("offending"):
        raise caught.value
    log = capsys.readouterr().err
    told = "".join(traceback.format_exception(caught.value)) + str(caught.value) + log
    assert "Traceback" in log
    for secret in (WORDS, str(CHAT), WORDS.encode("unicode_escape").decode()):
        assert secret not in told
    assert "in offend" in told  # the traceback still leads to the place
    assert "SQL: " in told


@pytest.mark.parametrize("name", ["words", "nowhere"])
async def test_what_was_hidden_is_the_value_and_not_the_fault(database: Database, name: str) -> None:
    with pytest.raises(StorageError) as caught:
        await offend(database, "no statement")
    assert ("nowhere" in str(caught.value.__cause__)) is True


async def test_a_busy_log_of_the_libraries_shows_no_value_and_no_row(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("DEBUG")
    async with database.write() as connection:
        found = await connection.execute(text("SELECT CAST(:words AS TEXT)"), {"words": WORDS})
        assert found.scalar_one() == WORDS
    assert WORDS not in capsys.readouterr().err
