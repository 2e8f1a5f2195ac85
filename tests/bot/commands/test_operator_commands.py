"""`init`, `check`, `schedule`, `stats`, `db upgrade`, `doctor`: an operator's own commands."""

import asyncio
import datetime as dt
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from bot.jobs.upkeep_jobs import ALLOWED
from config.reading import TEMPLATE
from storage.engine import Database
from storage.profiles import Choices, join_profile
from storage.subscribers import subscribe

NOON = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)


def test_init_writes_a_file_that_check_accepts_and_never_overwrites(run: Any, newsroom_folder: Path) -> None:
    assert run("init", "moi.toml").code == 0
    assert (newsroom_folder / "moi.toml").read_text(encoding="utf-8") == TEMPLATE
    (newsroom_folder / "moi.toml").write_text("của tôi", encoding="utf-8")
    again = run("init", "moi.toml")
    assert again.code == 1
    assert "moi.toml đã có" in again.err
    assert (newsroom_folder / "moi.toml").read_text(encoding="utf-8") == "của tôi"


def test_init_writes_where_the_environment_says(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIEMTIN_CONFIG", "moi.toml")
    assert run("init").code == 0
    assert run("check", "--json").json == {"ok": True, "errors": []}
    monkeypatch.setenv("DIEMTIN_CONFIG", "khong-co/moi.toml")
    assert "Không ghi được khong-co/moi.toml" in run("init").err


def test_check_says_what_runs_when(run: Any) -> None:
    result = run("check")
    assert result.code == 0
    assert "Bản tin sáng: số tới lúc 06:45 21/11/2026" in result.out
    assert "Bản tin chiều: số tới lúc 17:00 20/11/2026" in result.out


def test_times_in_the_usual_quiet_hours_are_shown_with_the_true_hour(run: Any, newsroom_folder: Path) -> None:
    newsroom = newsroom_folder / "diemtin.toml"
    newsroom.write_text(newsroom.read_text("utf-8").replace("06:45", "05:00"), encoding="utf-8")
    result = run("check").out
    assert "05:00 nằm trong giờ yên tĩnh mặc định (22:00–06:30); ai giữ mặc định thì nhận lúc 06:30" in result
    assert "17:00 nằm" not in result
    rows = run("schedule", "--days", "2").out.splitlines()
    assert "2026-11-21 05:00  sang  0 người nhận; trong giờ yên tĩnh mặc định, đến lúc 06:30" in rows
    assert [row["held"] for row in run("schedule", "--days", "1", "--json").json] == [False, True]


def test_check_names_key_and_line(run: Any, newsroom_folder: Path) -> None:
    newsroom = newsroom_folder / "diemtin.toml"
    newsroom.write_text(newsroom.read_text(encoding="utf-8").replace("06:45", "24:00"), encoding="utf-8")
    result = run("check", "--json")
    assert result.code == 1
    ((error,), ok) = result.json["errors"], result.json["ok"]
    assert (ok, error["key"], error["line"]) == (False, "editions[0].times[0]", 9)
    plain = run("check")
    assert plain.code == 1
    assert "diemtin.toml: 1 chỗ phải sửa" in plain.out
    assert "dòng 9" in plain.out


def test_check_reports_the_environment_as_json_too(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIEMTIN_ADMINS", "@toi")
    result = run("check", "--json")
    assert result.code == 1
    assert [error["key"] for error in result.json["errors"]] == ["DIEMTIN_ADMINS"]


@pytest.mark.parametrize(("command", "code"), [("check", 1), ("doctor", 1), ("run", 2)])
def test_a_groups_number_among_the_admins_is_refused_by_check_by_doctor_and_at_the_start(
    run: Any, monkeypatch: pytest.MonkeyPatch, command: str, code: int
) -> None:
    """Every member of the group would be an operator."""
    monkeypatch.setenv("DIEMTIN_BOT_TOKEN", "1000000001:thu")
    monkeypatch.setenv("DIEMTIN_ADMINS", "1 -1001234567890")
    result = run(command)
    assert result.code == code
    assert "«-1001234567890» là mã số của một nhóm hay kênh" in result.out + result.err


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"", b"x" * 1_100_000])
def test_check_answers_any_file(
    run: Any, newsroom_folder: Path, monkeypatch: pytest.MonkeyPatch, content: Any
) -> None:
    monkeypatch.setenv("DIEMTIN_CONFIG", "la.toml")
    if content is not None:
        (newsroom_folder / "la.toml").write_bytes(content)
    result = run("check", "--json")
    assert result.code == 1
    assert result.json["errors"]


def test_schedule_lists_real_slots_and_their_listeners(run: Any, sqlite_url: str) -> None:
    asyncio.run(_subscribe(sqlite_url, Choices("sang"), Choices("sang", times=("21:00",)), Choices("sang")))
    asyncio.run(_leave_behind(sqlite_url, Choices("sang", times=("20:00",))))
    result = run("schedule", "--days", "2", "--json")
    assert result.code == 0
    assert [(row["edition"], row["local"], row["subscribers"]) for row in result.json] == [
        ("chieu", "2026-11-20 17:00", 0),  # Friday only
        ("sang", "2026-11-20 21:00", 1),
        ("sang", "2026-11-21 06:45", 2),
        ("sang", "2026-11-21 21:00", 1),
        ("sang", "2026-11-22 06:45", 2),
    ]
    assert result.json[0]["slot"] == "2026-11-20T17:00:00+07:00"
    assert run("schedule", "--days", "1").out.splitlines()[0] == "2026-11-20 17:00  chieu  0 người nhận"


def test_what_telegram_may_take_for_each_issue_is_shown_before(
    run: Any, newsroom_folder: Path, sqlite_url: str
) -> None:
    asyncio.run(_subscribe(sqlite_url, *[Choices("sang")] * 25))
    assert "Sao" not in run("check").out + run("schedule", "--days", "1").out
    assert "stars" not in run("schedule", "--days", "1", "--json").json[0]
    with (newsroom_folder / "diemtin.toml").open("a", encoding="utf-8") as file:
        file.write("\n[sending]\nmessages_per_second = 200\npaid = true\n")
    assert "Gửi tới 200 tin mỗi giây: Telegram tính nhiều nhất 0,1 Sao một tin" in run("check").out
    result = run("schedule", "--days", "1").out.splitlines()
    assert "2026-11-21 06:45  sang  25 người nhận; nhiều nhất 3 Sao" in result
    assert result[-1].startswith("Cả 1 ngày: nhiều nhất 3 Sao")
    rows = run("schedule", "--days", "1", "--json").json
    assert [row["stars"] for row in rows if row["edition"] == "sang"] == [3]


async def _subscribe(url: str, *chosen: Choices) -> None:
    database = Database(url)
    async with database.write() as connection:
        for chat, choices in enumerate(chosen, start=1):
            profile = await join_profile(connection, choices, next_due_at=NOON, now=NOON)
            await subscribe(connection, chat, kind="private", profile_id=profile, now=NOON)
    await database.close()


async def _leave_behind(url: str, choices: Choices) -> None:
    """Make a profile without active subscribers."""
    database = Database(url)
    async with database.write() as connection:
        await join_profile(connection, choices, next_due_at=NOON, now=NOON)
    await database.close()


def test_stats_count_what_is_stored(stocked: Any, sqlite_url: str) -> None:
    asyncio.run(_subscribe(sqlite_url, Choices("sang")))
    result = stocked("stats", "--json").json
    assert (result["articles"], result["articles_waiting"], result["stories"]) == (2, 0, 2)
    assert result["subscribers"] == {"active": 1}
    assert "Người nhận: 1 đang nhận bản tin" in stocked("stats").out


def test_stats_name_the_command_that_refused(stocked: Any, newsroom_folder: Path) -> None:
    (newsroom_folder / "hong.jsonl").write_text("{\n", encoding="utf-8")
    stocked("ingest", "hong.jsonl")
    assert "Từ chối: lệnh ingest · hong.jsonl:1: " in stocked("stats").out


def test_the_doctor_finds_what_an_upgrade_repairs(
    run: Any, newsroom_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIEMTIN_BOT_TOKEN", "1000000001:thu")
    monkeypatch.setenv("DIEMTIN_ADMINS", "1")
    monkeypatch.setenv("DIEMTIN_DATABASE_URL", "sqlite:///chua-co.db")
    result = run("doctor")
    assert result.code == 1
    assert [line for line in result.out.splitlines() if line.startswith("✗")] == [
        "✗ chưa có cơ sở dữ liệu chua-co.db; chạy: diemtin db upgrade"
    ]
    assert not (newsroom_folder / "chua-co.db").exists()
    assert run("db", "upgrade").code == 0
    healthy = run("doctor")
    assert (healthy.code, healthy.out.splitlines()[-1]) == (0, "✓ Mọi thứ ổn.")


def test_the_doctor_names_the_engine_that_is_used(
    run: Any, newsroom_folder: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    assert re.search(r" · SQLite 3[.0-9]+$", run("doctor").out.splitlines()[0])
    monkeypatch.setenv("DIEMTIN_DATABASE_URL", postgres_url)
    assert re.search(r" · PostgreSQL [1-9][0-9]+\.[0-9]+$", run("doctor").out.splitlines()[0])


def test_the_doctor_names_all_that_is_missing(run: Any, newsroom_folder: Path) -> None:
    (newsroom_folder / "tin").rmdir()
    result = run("doctor")
    assert result.code == 1
    for missing in ("DIEMTIN_BOT_TOKEN", "DIEMTIN_ADMINS", "nguồn Báo Biển: chưa có"):
        assert missing in result.out


def test_run_needs_a_sound_newsroom_file(
    run: Any, newsroom_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIEMTIN_BOT_TOKEN", "1000000001:thu")
    (newsroom_folder / "diemtin.toml").write_text("[[editions", encoding="utf-8")
    result = run("run")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("✗ diemtin.toml: dòng 1")


def test_the_next_clean_up_is_shown_allowed_and_held(stocked: Any, sqlite_url: str) -> None:
    result = stocked("db", "prune")
    assert (result.code, result.out) == (0, "Sẽ xóa: 0/2 bài, 0/0 lượt gửi\n")
    allowed = stocked("db", "prune", "--allow")
    assert "✓ Bot đang chạy sẽ dọn" in allowed.out
    assert "--hold" in allowed.out
    assert has_note(sqlite_url, ALLOWED)
    for options in (("--hold",), ("--allow", "--hold")):  # the careful word counts
        assert "✓ Bot sẽ không dọn nhiều hơn thường lệ." in stocked("db", "prune", *options).out
        assert not has_note(sqlite_url, ALLOWED)


def test_a_clean_up_beyond_the_usual_says_how_to_allow_it(
    run: Any, jsonl: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Nước lũ ở hạ lưu sông Trà rút chậm, bà con dọn bùn từ sáng sớm để kịp mở chợ."
    rows = [
        {"id": str(n), "title": f"Bản tin nước số {n}", "body": f"{text} Lần đo {n}."} for n in range(250)
    ]
    assert run("ingest", "--json", stdin=jsonl(*rows)).json["new"] == 250
    monkeypatch.setenv("DIEMTIN_NOW", "2027-11-20T12:00:00+07:00")
    result = run("db", "prune")
    assert result.out.splitlines() == [
        "Sẽ xóa: 250/250 bài, 0/0 lượt gửi",
        "Nhiều hơn thường lệ nên bot chưa dọn. Nếu đúng ý: diemtin db prune --allow",
    ]


def has_note(url: str, name: str) -> bool:
    """Tell whether the database holds a note."""
    with closing(sqlite3.connect(str(make_url(url).database))) as connection:
        return connection.execute("SELECT 1 FROM notes WHERE name = ?", (name,)).fetchone() is not None


def test_check_explains_the_rule_for_breaking_news(run: Any, newsroom_folder: Path) -> None:
    assert "Tin nóng: không có" in run("check").out
    file = newsroom_folder / "diemtin.toml"
    rule = '\n[breaking]\npapers = 4\nminutes = 45\ntopics = ["thoi-su"]\nwords = ["bão", "động đất"]\n'
    file.write_text(file.read_text("utf-8") + rule, encoding="utf-8")
    said = run("check").out
    assert "chuyện được 4 báo đăng trong 45 phút, chủ đề Thời sự, có «bão» hoặc «động đất»" in said
    assert "! mới khai báo 1 báo" in said
    file.write_text(file.read_text("utf-8").replace('"thoi-su"', '"thoi-xu"'), encoding="utf-8")
    refused = run("check")
    assert refused.code == 1
    assert "breaking.topics[0]" in refused.out
