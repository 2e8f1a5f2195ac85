"""`health`: what a container's health check asks."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.process.health import identity_of
from storage.engine import Database

Answering = Callable[[int, bytes], int]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """Start a server on loopback that answers everything alike; give its port."""
    servers = []

    def _start(status: int, body: bytes) -> int:
        class _Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        server = HTTPServer(("127.0.0.1", 0), _Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server.server_port

    yield _start
    for server in servers:
        server.shutdown()
        server.server_close()


def body_of(url: str, *problems: str, bot: str = "42") -> bytes:
    """Answer as the bot with this number and database does."""
    database = identity_of("", Database(url)).database
    result = {
        "ok": not problems,
        "problems": problems,
        "bot": bot,
        "database": database,
        "username": "tin_bot",
    }
    return json.dumps(result).encode()


def listen_at(folder: Path, port: int) -> None:
    """Declare where the bot listens."""
    newsroom = folder / "diemtin.toml"
    newsroom.write_text(
        f"{newsroom.read_text(encoding='utf-8')}\n[health]\nport = {port}\n", encoding="utf-8"
    )


def test_a_healthy_bot_is_reported_as_healthy(
    run: Any, newsroom_folder: Path, answering: Answering, sqlite_url: str
) -> None:
    listen_at(newsroom_folder, answering(200, body_of(sqlite_url)))
    result = run("health")
    assert (result.code, result.out) == (0, "✓ Bot đang chạy tốt.\n")


def test_a_process_of_some_roles_says_which_at_an_address_of_its_own(
    run: Any, newsroom_folder: Path, answering: Answering, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = json.loads(body_of(sqlite_url)) | {"roles": "send", "standby": "chat"}
    port = answering(200, json.dumps(body).encode())
    listen_at(newsroom_folder, port + 1 if port < 65535 else port - 1)
    monkeypatch.setenv("DIEMTIN_HEALTH_LISTEN", f"127.0.0.1:{port}")
    assert run("health").out == "✓ Bot đang chạy tốt (làm send; dự phòng chat).\n"


def test_what_is_wrong_is_named(
    run: Any, newsroom_folder: Path, answering: Answering, sqlite_url: str
) -> None:
    listen_at(newsroom_folder, answering(503, body_of(sqlite_url, "Telegram không trả lời")))
    result = run("health")
    assert (result.code, result.err) == (1, "✗ Telegram không trả lời\n")


def test_another_bots_health_is_not_taken_for_ours(
    run: Any, newsroom_folder: Path, answering: Answering, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIEMTIN_BOT_TOKEN", "43:AAbbccddeeffgghhiijjkkllmmnnooppqqr")
    listen_at(newsroom_folder, answering(200, body_of(sqlite_url, bot="42")))
    result = run("health")
    assert (result.code, result.out) == (1, "")
    assert "là một bot khác (@tin_bot)" in result.err


def test_a_bot_with_another_database_is_another_bot(
    run: Any, newsroom_folder: Path, answering: Answering
) -> None:
    listen_at(newsroom_folder, answering(200, body_of("sqlite+aiosqlite:///khac.db")))
    result = run("health")
    assert (result.code, result.out) == (1, "")
    assert "là một bot khác" in result.err


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"problems": 3}', b"\xff\xfe"])
def test_a_stranger_on_the_port_is_not_taken_for_the_bot(
    run: Any, newsroom_folder: Path, answering: Answering, body: bytes
) -> None:
    listen_at(newsroom_folder, answering(200, body))
    assert run("health").code == 1


def test_no_bot_and_no_address_get_different_messages(
    run: Any, newsroom_folder: Path, unused_tcp_port: int
) -> None:
    assert "chưa có [health]" in run("health").err
    listen_at(newsroom_folder, unused_tcp_port)
    assert "không có bot nào trả lời" in run("health").err


@pytest.mark.parametrize(("problems", "code"), [((), 0), (("đĩa đầy",), 1)])
def test_the_same_as_one_json_value(
    run: Any,
    newsroom_folder: Path,
    answering: Answering,
    sqlite_url: str,
    problems: tuple[str, ...],
    code: int,
) -> None:
    listen_at(newsroom_folder, answering(503 if problems else 200, body_of(sqlite_url, *problems)))
    result = run("health", "--json")
    assert result.json == {"ok": not problems, "problems": list(problems), "bot": "tin_bot"}
    assert result.code == code
