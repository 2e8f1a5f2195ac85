"""`diemtin run` and `diemtin demo`: the bot itself, and the bot with everything around it."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from bot import notices
from bot.application import Address, Bot, Listen, TokenRefusedError
from bot.assembly import assemble, find_newsroom
from bot.commands.opening import fail, open_desk, run, say, settings_or_exit
from bot.demo import run_demo
from bot.jobs.reload import NewsroomWatch
from bot.logs import configure_logging
from bot.newsroom import Newsroom
from config.problems import ConfigError
from config.reading import content_hash, load_newsroom
from config.settings import Settings


def run_bot(
    verbose: Annotated[bool, typer.Option("--verbose", help="Ghi nhật ký chi tiết.")] = False,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Nhật ký dạng JSON.")] = False,
) -> None:
    """Chạy bot: nhận tin, soạn số, gửi bản tin và trả lời."""
    settings = settings_or_exit()
    if settings.bot_token is None:
        fail(
            "✗ Chưa có DIEMTIN_BOT_TOKEN. Lấy token từ @BotFather; muốn thử không cần token: diemtin demo", 2
        )
    configure_logging("DEBUG" if verbose else "INFO", json_logs, settings.secrets)
    if not settings.config.exists():
        say(f"Không có {settings.config}, dùng cấu hình mẫu; tạo tệp của bạn bằng: diemtin init")
    with contextlib.suppress(KeyboardInterrupt):
        run(_run(settings, settings.bot_token.get_secret_value()))


async def _run(settings: Settings, token: str) -> None:
    health = find_newsroom(settings).health
    listen = Listen(health.host, health.port) if health else None
    watch = NewsroomWatch(settings.config, _read, content_hash)
    async with open_desk() as desk:
        bot = Bot(desk, Address(settings.api_base_url, token), watch=watch, listen=listen)
        try:
            await bot.run()
        except TokenRefusedError:
            fail(f"✗ {notices.token_refused()}")


def _read(path: Path) -> Newsroom | str:
    try:
        return assemble(load_newsroom(path))
    except ConfigError as error:
        return "\n".join(map(str, error.problems))


def demo(
    once: Annotated[bool, typer.Option("--once", help="In một bản tin, một câu hỏi đáp, rồi thôi.")] = False,
) -> None:
    """Chạy thử mọi thứ không cần token: máy chủ giả lập, bài mẫu và bot thật."""
    with contextlib.suppress(KeyboardInterrupt):
        run(run_demo(once=once))
