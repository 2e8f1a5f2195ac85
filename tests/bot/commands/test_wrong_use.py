"""Wrong input is answered in Vietnamese with exit code 2; nothing ends in a traceback."""

from pathlib import Path
from typing import Any

import pytest

from bot.cli import app
from bot.commands.preparing import explain_error
from bot.process.logs import Redactor
from storage.errors import StorageError

COMMANDS = [[name] for name in app.list_commands(None)] + [["db", "upgrade"]]
OPENING = ["ingest", "schedule", "digest", "stats", "search x", "show 1"]
ENGLISH = ("Usage", "Options", "Arguments", "Commands", "Show this", "default:", "required", "<")


@pytest.mark.parametrize("command", [[], *COMMANDS], ids=" ".join)
def test_help_is_vietnamese_and_fits_a_terminal(run: Any, command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.code == 0
    assert "Cách dùng: diemtin" in result.out
    assert not [word for word in ENGLISH if word in result.out]
    assert max(map(len, result.out.splitlines())) <= 80


def test_help_of_all_commands_imports_none_of_them(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.commands.terminal.import_module", lambda name: pytest.fail(f"imported {name}"))
    assert "summarize" in run("--help").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Lệnh:"),
        (["db"], "upgrade"),
        (["sumarize"], "Ý bạn là «summarize»?"),
        (["nope"], "Không có lệnh «nope»"),
        (["db", "downgrade"], "diemtin db --help"),
        (["show"], "Còn thiếu ID"),
        (["backup"], "Còn thiếu PATH"),
        (["stats", "thừa"], "phần thừa"),
        (["stats", "--nope"], "Không có tùy chọn --nope"),
        (["digest", "--at"], "Tùy chọn --at thiếu"),
        (["schedule", "--days", "nhiều"], "--days N"),
        (["schedule", "--days", "0"], "--days N"),
        (["schedule", "--days", "367"], "--days N"),
        (["summarize", "--sentences", "0"], "--sentences N"),
        (["summarize", "--max-syllables", "-5"], "--max-syllables N"),
        (["search"], "ví dụ"),
        (["search", "  "], "ví dụ"),
        (["search", "lũ", "--queries", "x"], "--queries FILE"),
        (["digest", "--edition", "nope"], "đang có: sang, chieu"),
        (["digest", "--edition", ""], "đang có: sang, chieu"),
        (["show", "\udcff"], "không phải UTF-8"),
        (["run"], "DIEMTIN_BOT_TOKEN"),
        (["run", "--role", "gui,send"], "không có phần việc «gui»; chọn trong: intake, process, schedule"),
        (["run", "--role", " , "], "thiếu tên; chọn trong: intake"),
        (["run", "--role", "send"], "với SQLite một tiến trình làm mọi việc"),
    ],
    ids=lambda value: " ".join(value).encode("ascii", "replace").decode() if isinstance(value, list) else "",
)
def test_wrong_use_is_reported_on_stderr(run: Any, arguments: list[str], told: str) -> None:
    answer = run(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err


@pytest.mark.parametrize("command", [*OPENING, "run", "stories"])
def test_a_wrong_variable_is_named(run: Any, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIEMTIN_CLOCK_RATE", "nhanh")
    answer = run(*command.split())
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("✗ DIEMTIN_CLOCK_RATE: ")


@pytest.mark.parametrize("command", [*OPENING, "run"])
def test_a_missing_newsroom_file_is_named(run: Any, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIEMTIN_CONFIG", "khong-co.toml")
    monkeypatch.setenv("DIEMTIN_BOT_TOKEN", "1000000001:thu")
    answer = run(*command.split())
    assert (answer.code, answer.out) == (1, "")
    assert "khong-co.toml" in answer.err


UNUSABLE = {
    "folder": "là thư mục",
    "no-folder/a.db": "Không có thư mục",
    "text.db": "không dùng được",
    "newer.db": "bản diemtin mới hơn",
}


@pytest.mark.parametrize("command", [*OPENING, "db upgrade", "doctor"])
@pytest.mark.parametrize("file", UNUSABLE)
def test_a_database_that_cannot_be_used_is_one_line(
    run: Any,
    command: str,
    file: str,
    newsroom_folder: Path,
    newer_database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (newsroom_folder / "folder").mkdir()
    (newsroom_folder / "text.db").write_text("không phải cơ sở dữ liệu\n" * 100, encoding="utf-8")
    monkeypatch.setenv("DIEMTIN_DATABASE_URL", f"sqlite:///{file}")
    before = newer_database.read_bytes()
    answer = run(*command.split())
    assert answer.code == 1
    assert UNUSABLE[file] in answer.err + answer.out
    assert "Traceback" not in answer.err
    assert newer_database.read_bytes() == before


@pytest.mark.parametrize("command", ["stats", "db upgrade", "doctor"])
def test_a_server_that_does_not_answer_is_reported_without_the_password(
    run: Any, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIEMTIN_DATABASE_URL", "postgresql://an:mat-khau@127.0.0.1:1/tin")
    answer = run(*command.split())
    assert answer.code == 1
    assert "Cơ sở dữ liệu không dùng được (no connection" in answer.err + answer.out
    assert "ở 127.0.0.1:1/tin; hãy xem DIEMTIN_DATABASE_URL" in answer.err + answer.out
    assert "mat-khau" not in answer.err + answer.out


def test_a_full_disk_is_reported_with_what_to_do() -> None:
    error = StorageError("OperationalError: database or disk is full", is_disk_full=True)
    result = explain_error(error, Redactor(), "/tin/diemtin.db")
    assert "hết chỗ" in result
    assert "/tin/diemtin.db" in result
    assert "giải phóng" in result
    assert "DIEMTIN_DATABASE_URL" not in result
