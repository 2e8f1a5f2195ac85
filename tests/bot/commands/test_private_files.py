"""What readers wrote lies in files that only their owner can open, whatever the umask."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.engine import Database
from storage.private_files import companions_of


@pytest.fixture(autouse=True)
def _generous_umask(run: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let new files be open to everybody, and the database be one that the commands make."""
    assert run, "its own settings come first"
    monkeypatch.setenv("DIEMTIN_DATABASE_URL", "sqlite:///diemtin.db")
    before = os.umask(0)
    yield
    os.umask(before)


def mode(file: Path) -> str:
    """Return the rights on a file, as `chmod` takes them."""
    return f"{stat.S_IMODE(file.stat().st_mode):o}"


def exposed(folder: Path) -> dict[str, str]:
    """Return the files of the database in `folder` that others have rights on."""
    return {
        file.name: mode(file)
        for file in folder.rglob("*")
        if file.is_file() and not file.name.endswith((".toml", ".jsonl", ".sqlite3")) and mode(file) != "600"
    }


async def test_a_database_is_private_from_its_first_byte_with_all_that_sqlite_keeps_beside_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "new.db"
    database = Database(f"sqlite+aiosqlite:///{file}")
    async with database.write() as connection:
        await connection.exec_driver_sql("CREATE TABLE t (a)")
        await connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    names = {found.name for found in companions_of(file)}
    assert {"new.db", "new.db-wal", "new.db-shm"} <= names
    assert exposed(tmp_path) == {}
    await database.close()


def test_whatever_the_commands_write_of_readers_is_private(run: Any, newsroom_folder: Path) -> None:
    run("db", "upgrade")
    run("backup", "mot.db")
    run("backup", "hai.db")
    run("restore", "mot.db")
    written = {file.name.partition(".before-")[0] for file in newsroom_folder.iterdir()}
    assert {"mot.db", "hai.db", "diemtin.db", "diemtin.db.backups"} <= written
    assert exposed(newsroom_folder) == {}


def test_files_that_were_open_to_others_are_tightened_at_the_start(run: Any, newsroom_folder: Path) -> None:
    run("db", "upgrade")
    (newsroom_folder / "sao-luu").mkdir()
    run("backup", "sao-luu/mot.db")
    old = [newsroom_folder / name for name in ("diemtin.db", "diemtin.db.backups", "sao-luu/mot.db")]
    old += [newsroom_folder / "diemtin.db.0009-20260101T000000Z.bak", newsroom_folder / "diemtin.db.before-x"]
    for file in old:
        file.touch()
        file.chmod(0o644)
    result = [line for line in run("doctor").out.splitlines() if "chmod 600 " in line]
    assert {Path(line.rpartition("chmod 600 ")[2]).name for line in result} == {file.name for file in old}
    run("stats")
    assert exposed(newsroom_folder) == {}
    assert "chmod" not in run("doctor").out


def test_the_doctor_reports_a_file_of_another_user(
    run: Any, newsroom_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("db", "upgrade")
    file = newsroom_folder / "diemtin.db.before-x"
    file.touch(0o644)
    file.chmod(0o644)

    def refuse(*_given: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refuse)
    run("stats")
    assert f"chmod 600 {file.name}" in run("doctor").out
