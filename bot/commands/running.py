"""`diemtin run` and `health`: the bot itself, and whether the running one is well."""

import threading
from functools import partial
from http.client import HTTPException
from json import loads
from pathlib import Path
from typing import Annotated
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import typer

from bot.commands.newsroom_editing import newsroom_file
from bot.commands.preparing import clock_of, newsroom_or_exit, open_database, run, settings_or_exit
from bot.commands.terminal import Json, fail, hidden, put, put_json, say
from bot.jobs.reload import NewsroomWatch
from bot.messages.markup import one_line
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.operators import notices
from bot.process.health import Identity, identity_of
from bot.process.lifetime import end_process_if_threads_remain, leave_threads_behind, shorten_pauses
from bot.process.logs import configure_logging
from bot.process.metrics import Listen
from bot.startup.application import Address, Bot, TokenRefusedError
from bot.startup.assembly import assemble
from bot.telegram.incoming import ListenError, Webhook
from bot.telegram.lease import LeaseLostError
from config.newsroom import Health
from config.reading import content_hash, load_newsroom
from config.settings import Settings
from config.values import ConfigError
from storage.engine import Database

# `diemtin run`: the bot itself.


def run_bot(
    verbose: Annotated[bool, typer.Option("--verbose", help="Ghi nhật ký chi tiết.")] = False,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Ghi nhật ký dạng JSON.")] = False,
) -> None:
    """Run the bot until it is stopped."""
    settings = settings_or_exit()
    if settings.bot_token is None:
        fail(
            "✗ Chưa có DIEMTIN_BOT_TOKEN. Lấy token từ @BotFather; muốn thử không cần token: diemtin demo", 2
        )
    configure_logging("DEBUG" if verbose else "INFO", json_logs, settings.secrets)
    code, before = 0, threading.enumerate()
    try:
        run(_run(settings, settings.bot_token.get_secret_value()))
    except typer.Exit as end:
        code = end.exit_code
    end_process_if_threads_remain(code, before)
    raise typer.Exit(code)


async def _run(settings: Settings, token: str) -> None:
    leave_threads_behind()
    declared = newsroom_or_exit(settings)
    if not settings.config.exists():
        say(f"Không có {settings.config}, dùng cấu hình mẫu; tạo tệp của bạn bằng: diemtin init")
    health = declared.health
    listen = Listen(health.host, health.port, health.console_url) if health else None
    watch = NewsroomWatch(settings.config, _read, content_hash)
    async with open_database(settings) as database:
        services = Services(database, clock_of(settings), assemble(declared), settings.admins)
        address = Address(settings.api_base_url, token, _webhook(settings))
        if settings.config.exists():
            services.file = newsroom_file(settings.config, partial(watch.adopt, services))
        bot = Bot(services, address, watch=watch, listen=listen)
        shorten_pauses()
        try:
            await bot.run()
        except TokenRefusedError:
            fail(f"✗ {notices.token_refused()}")
        except ListenError as error:
            host, port = settings.webhook_listen
            fail(f"✗ DIEMTIN_WEBHOOK_LISTEN: không mở được {host}:{port} ({error}); hãy chọn cổng khác.")
        except LeaseLostError:
            fail(f"✗ {notices.lease_lost()}")


def _webhook(settings: Settings) -> Webhook | None:
    if settings.webhook_url is None or settings.webhook_secret is None:
        return None
    return Webhook(settings.webhook_url, *settings.webhook_listen, settings.webhook_secret.get_secret_value())


def _read(path: Path) -> Newsroom | str:
    try:
        return assemble(load_newsroom(path))
    except ConfigError as error:
        return hidden("\n".join(map(str, error.problems)))  # it goes to a chat


# `diemtin health`: ask the running bot whether it is well, for people and for a container's health check.

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
