"""`diemtin run`: the bot itself."""

import threading
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.doctoring import examine_online
from bot.commands.newsroom_writing import newsroom_file
from bot.commands.preparing import clock_of, health_of, newsroom_or_exit, open_database, run, settings_or_exit
from bot.commands.terminal import fail, hidden, say
from bot.jobs.reload import NewsroomWatch
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.operators import notices
from bot.operators.fleet_notices import ROLES_NEED_POSTGRES, SCHEMA_CHANGED
from bot.process.lifetime import end_process_if_threads_remain, leave_threads_behind, shorten_pauses
from bot.process.logs import configure_logging
from bot.process.metrics import Listen
from bot.startup.application import Bot
from bot.startup.assembly import assemble
from bot.startup.fleet import SchemaChangedError
from bot.startup.roles import ALL, NAMES, Role, RolesError, parse_roles
from bot.telegram.connection import Address, TokenRefusedError
from bot.telegram.incoming import ListenError, Webhook
from bot.telegram.lease import LeaseLostError
from config.reading import content_hash, load_newsroom
from config.settings import Settings
from config.values import ConfigError
from storage.off_loop import end_threads


def run_bot(
    verbose: Annotated[bool, typer.Option("--verbose", help="Ghi nhật ký chi tiết.")] = False,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Ghi nhật ký dạng JSON.")] = False,
    role: Annotated[
        str,
        typer.Option("--role", metavar="TÊN,...", help=f"Chỉ làm những phần việc này: {', '.join(NAMES)}."),
    ] = ",".join(NAMES),
) -> None:
    """Run the bot until it is stopped; with PostgreSQL several processes may share its roles."""
    roles = _roles_or_exit(role)
    settings = settings_or_exit()
    if roles != ALL and not settings.uses_postgres:
        fail(f"✗ --role: {ROLES_NEED_POSTGRES}", 2)
    if settings.bot_token is None:
        fail(
            "✗ Chưa có DIEMTIN_BOT_TOKEN. Lấy token từ @BotFather; muốn thử không cần token: diemtin demo", 2
        )
    configure_logging("DEBUG" if verbose else "INFO", json_logs, settings.secrets)
    code, before = 0, threading.enumerate()
    try:
        run(_run(settings, settings.bot_token.get_secret_value(), roles))
    except typer.Exit as end:
        code = end.exit_code
    end_threads()
    end_process_if_threads_remain(code, before)
    raise typer.Exit(code)


def _roles_or_exit(text: str) -> frozenset[Role]:
    try:
        return parse_roles(text)
    except RolesError as error:
        fail(f"✗ --role: {error}", 2)


async def _run(settings: Settings, token: str, roles: frozenset[Role]) -> None:
    leave_threads_behind()
    declared = newsroom_or_exit(settings)
    if not settings.config.exists():
        say(f"Không có {settings.config}, dùng cấu hình mẫu; tạo tệp của bạn bằng: diemtin init")
    health = health_of(settings, declared)
    served = health if Role.CONSOLE in roles else declared.health  # here, or by another process
    url = served.console_url if served else None
    listen = Listen(health.host, health.port, url) if health else None
    watch = NewsroomWatch(settings.config, _read, content_hash)
    async with open_database(settings) as database:
        services = Services(database, clock_of(settings), assemble(declared), settings.admins)
        address = Address(settings.api_base_url, token, _webhook(settings))
        if settings.config.exists():
            services.file = newsroom_file(settings.config, partial(watch.adopt, services))
        services.examine = examine_online
        services.shares_chats = database.is_postgres and address.webhook is not None
        bot = Bot(services, address, watch=watch, listen=listen, roles=roles)
        shorten_pauses()
        try:
            await bot.run()
        except TokenRefusedError:
            fail(f"✗ {notices.UNAUTHORIZED}")
        except ListenError as error:
            host, port = settings.webhook_listen
            fail(f"✗ DIEMTIN_WEBHOOK_LISTEN: không mở được {host}:{port} ({error}); hãy chọn cổng khác.")
        except LeaseLostError:
            fail(f"✗ {notices.LEASE_LOST}")
        except SchemaChangedError:
            fail(f"✗ {SCHEMA_CHANGED}")


def _webhook(settings: Settings) -> Webhook | None:
    if settings.webhook_url is None or settings.webhook_secret is None:
        return None
    return Webhook(settings.webhook_url, *settings.webhook_listen, settings.webhook_secret.get_secret_value())


def _read(path: Path) -> Newsroom | str:
    try:
        return assemble(load_newsroom(path))
    except ConfigError as error:
        return hidden("\n".join(map(str, error.problems)))  # admins read it in a chat
