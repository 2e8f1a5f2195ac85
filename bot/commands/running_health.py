"""`diemtin health`: ask the running bot whether it is well, for people and for a container's health check."""

from http.client import HTTPException
from json import loads
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import typer

from bot.commands.preparing import newsroom_or_exit, settings_or_exit
from bot.commands.terminal import Json, fail, put, put_json
from bot.messages.markup import one_line
from bot.operators import notices
from bot.process.bot_id import Identity, identity_of
from config.newsroom import Health
from storage.engine import Database

_PATIENCE_SECONDS = 5.0
_LONGEST_ANSWER = 100_000  # bytes
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared with, not listened on


def health(json: Json = False) -> None:
    """Say whether the running bot is well; exit 1 when it is not, or does not answer."""
    settings = settings_or_exit()
    listens = newsroom_or_exit(settings).health
    if listens is None:
        fail("✗ Tệp cấu hình chưa có [health] nên không hỏi được bot; hãy thêm [health] rồi chạy lại bot.")
    token = settings.bot_token.get_secret_value() if settings.bot_token else ""
    ours = identity_of(token, Database(settings.database_url.get_secret_value()))
    told: dict[str, object] = {}
    problems = ask_health(listens, ours, told)
    if json:
        put_json({"ok": not problems, "problems": problems, "bot": told.get("username") or told.get("bot")})
        raise typer.Exit(1 if problems else 0)
    if problems:
        fail("\n".join(f"✗ {problem}" for problem in problems))
    put("✓ Bot đang chạy tốt.")


def ask_health(listens: Health, ours: Identity, told: dict[str, object]) -> list[str]:
    """Return what the bot says is wrong with it; what else it says is put into `told`."""
    address = f"http://{_ANYWHERE.get(listens.host, listens.host)}:{listens.port}/healthz"
    direct = build_opener(ProxyHandler({}))  # a proxy for Telegram must not be asked for this machine
    try:
        with direct.open(address, timeout=_PATIENCE_SECONDS) as answer:
            return _problems(answer.read(_LONGEST_ANSWER), ours, told)
    except HTTPError as refusal:
        return _problems(refusal.read(_LONGEST_ANSWER), ours, told) or [f"bot trả lời {refusal.code}"]
    except (OSError, HTTPException):
        return [f"không có bot nào trả lời ở {address}; xem bot có đang chạy không"]


def _problems(answer: bytes, ours: Identity, known: dict[str, object]) -> list[str]:
    try:
        told = loads(answer)
    except ValueError:
        return ["câu trả lời không phải của diemtin; có chương trình khác đang dùng cổng này"]
    if not isinstance(told, dict):
        return ["không rõ tình trạng"]
    known |= told
    theirs = Identity(str(told.get("bot", "")), str(told.get("database", "")))
    if theirs.database != ours.database or (ours.bot and theirs.bot != ours.bot):
        return [notices.other_bots_health(_name(told))]
    problems = told.get("problems")
    return [str(problem) for problem in problems] if isinstance(problems, list) else ["không rõ tình trạng"]


def _name(told: dict[str, object]) -> str:
    """Name the bot that answered, as far as it says."""
    username = one_line(str(told.get("username") or ""))
    return f"@{username}" if username else f"mã số {one_line(str(told.get('bot') or 'không rõ'))}"
