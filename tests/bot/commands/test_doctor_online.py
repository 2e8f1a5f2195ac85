"""`doctor --online`: its checks against a Bot API server with scripted answers."""

import asyncio
import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.process.health import identity_of
from storage.engine import Database
from storage.sources import SourceState, save_source_state

TOKEN = "1000000001:thu"  # noqa: S105 - invented
NOW = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)
Telegram = Callable[..., str]


@pytest.fixture
def telegram(newsroom_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Telegram]:
    """Return a function that starts a server which answers each path with (status, JSON) and is ours."""
    servers: list[HTTPServer] = []

    def start(answers: dict[str, tuple[int, Any]] | None = None, *, ahead: float = 0, **given: Any) -> str:
        known = {"getMe": (200, {"ok": True, "result": {"username": "tin_bot"}})}
        known["getWebhookInfo"] = (200, {"ok": True, "result": {"url": given.get("webhook", "")}})
        known |= answers or {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = known.get(self.path.rpartition("/")[2], (404, {"ok": False}))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode() if isinstance(body, dict) else body)

            def date_time_string(self, timestamp: float | None = None) -> str:
                moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=ahead)
                return format_datetime(moment, usegmt=True)

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("DIEMTIN_API_BASE_URL", url)
        return url

    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DIEMTIN_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("DIEMTIN_ADMINS", "1")
    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def checks_of(admin_chat: Any) -> dict[str, tuple[str, str]]:
    return {check["name"]: (check["status"], check["words"]) for check in admin_chat.json["checks"]}


def test_a_sound_installation_is_reported_with_its_parts(run: Any, telegram: Telegram) -> None:
    telegram()
    assert run("db", "reindex", "--json").code == 0
    result = run("doctor", "--online", "--json")
    checks = checks_of(result)
    assert result.json["problems"] == []
    assert checks["telegram"][0] == checks["clock"][0] == checks["webhook"][0] == "good"
    assert checks["telegram"][1].startswith("@tin_bot ở 127.0.0.1, trả lời sau ")
    assert checks["folders"] == ("good", "đủ quyền")
    assert checks["proxy"] == ("good", "không dùng")
    assert checks["port"] == ("good", "không mở cổng nào: tệp cấu hình không có [health]")
    assert (result.code, result.json["ok"]) == (0, True)


@pytest.mark.parametrize(
    ("given", "name", "status", "words"),
    [
        ({"answers": {"getMe": (401, {"ok": False})}}, "telegram", "bad", "không nhận token này"),
        ({"answers": {"getMe": (200, b"<html>")}}, "telegram", "bad", "không phải máy chủ Bot API"),
        ({"answers": {"getMe": (502, {"ok": False})}}, "telegram", "bad", "trả lời 502"),
        ({"ahead": 3_600}, "clock", "bad", "lệch 1 giờ"),
        ({"ahead": 100}, "clock", "doubtful", "lệch "),
        ({"webhook": "https://cu.example/x"}, "webhook", "doubtful", "webhook ở cu.example"),
    ],
)
def test_the_answers_of_telegram_are_reported(
    run: Any, telegram: Telegram, given: dict[str, Any], name: str, status: str, words: str
) -> None:
    telegram(**given)
    run("db", "reindex", "--json")  # which takes others' rights, and makes the index
    result = run("doctor", "--online", "--json")
    found = checks_of(result)[name]
    assert found[0] == status
    assert words in found[1]
    assert (result.code == 1) == (status == "bad")
    assert TOKEN not in result.out + result.err


def test_an_unreachable_telegram_is_named_with_its_host_and_never_the_token(
    run: Any, telegram: Telegram, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("DIEMTIN_API_BASE_URL", f"http://127.0.0.1:{unused_tcp_port}")
    result = run("doctor", "--online")
    assert result.code == 1
    assert f"✗ Telegram: Telegram không trả lời (127.0.0.1:{unused_tcp_port}" in result.out
    assert "1000000001" not in result.out


def test_a_proxy_is_named_without_its_password(
    run: Any, telegram: Telegram, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    telegram()
    monkeypatch.setenv("http_proxy", f"http://lan:mat-khau@127.0.0.1:{unused_tcp_port}")
    result = run("doctor", "--online", "--json")
    assert f"127.0.0.1:{unused_tcp_port}, theo HTTPS_PROXY" in checks_of(result)["proxy"][1]
    assert "mat-khau" not in result.out
    assert checks_of(result)["telegram"][0] == "bad"


def test_the_doctor_asks_which_process_has_the_port(
    run: Any, telegram: Telegram, newsroom_folder: Path, sqlite_url: str, unused_tcp_port: int
) -> None:
    database = identity_of("", Database(sqlite_url)).database
    ours = {"problems": [], "bot": "1000000001", "database": database, "username": "tin_bot"}
    port = int(telegram({"healthz": (200, ours)}).rpartition(":")[2])
    text = (newsroom_folder / "diemtin.toml").read_text(encoding="utf-8")

    def port_check(number: int) -> tuple[str, str]:
        (newsroom_folder / "diemtin.toml").write_text(
            f"{text}\n[health]\nport = {number}\n", encoding="utf-8"
        )
        return checks_of(run("doctor", "--online", "--json"))["port"]

    assert port_check(port) == ("good", f"{port}, bot đang chạy tốt")
    assert port_check(unused_tcp_port)[0] == "doubtful"
    other = int(telegram({"healthz": (200, ours | {"bot": "77"})}).rpartition(":")[2])
    assert port_check(other)[0] == "bad"


def test_each_failing_source_is_named_with_its_last_poll(
    run: Any, telegram: Telegram, newsroom_folder: Path, sqlite_url: str
) -> None:
    telegram()
    file = newsroom_folder / "diemtin.toml"
    source = '\n[[sources]]\nname = "{0}"\ntitle = "Báo {0}"\nfeed = "https://{0}.example/rss"\n'
    tables = "".join(source.format(name) for name in ("hong", "tot", "moi"))
    file.write_text(file.read_text(encoding="utf-8") + tables, encoding="utf-8")

    async def save() -> None:
        database = Database(sqlite_url)
        async with database.write() as connection:
            for name, trouble in (("hong", "missing"), ("tot", None)):
                state = SourceState(name, f"https://{name}.example/rss", NOW, fetched_at=NOW, trouble=trouble)
                await save_source_state(connection, state)
        await database.close()

    asyncio.run(save())
    result = run("doctor", "--online")
    assert result.code == 1
    assert "✗ Nguồn: Báo hong: không có trang này; lần cuối được 12:00; tìm địa chỉ RSS mới" in result.out
    assert "! Nguồn: Báo moi: chưa hỏi lần nào" in result.out
    assert "✓ Nguồn: 1 nguồn mạng trả lời tốt" in result.out
