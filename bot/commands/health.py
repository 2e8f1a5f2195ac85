"""`diemtin health`: ask the running bot whether it is well, for people and for a container's health check."""

import json
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from bot.commands.opening import newsroom_or_exit, settings_or_exit
from bot.commands.terminal import fail, put
from config.newsroom import Health

_PATIENCE_SECONDS = 5.0
_LONGEST_ANSWER = 100_000  # bytes
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared with, not listened on


def health() -> None:
    """Say whether the running bot is well; exit 1 when it is not, or does not answer."""
    listens = newsroom_or_exit(settings_or_exit()).health
    if listens is None:
        fail("✗ Tệp cấu hình chưa có [health] nên không hỏi được bot; hãy thêm [health] rồi chạy lại bot.")
    problems = _ask(listens)
    if problems:
        fail("\n".join(f"✗ {problem}" for problem in problems))
    put("✓ Bot đang chạy tốt.")


def _ask(listens: Health) -> list[str]:
    """Return what the bot says is wrong with it."""
    address = f"http://{_ANYWHERE.get(listens.host, listens.host)}:{listens.port}/healthz"
    direct = build_opener(ProxyHandler({}))  # a proxy for Telegram must not be asked for this machine
    try:
        with direct.open(address, timeout=_PATIENCE_SECONDS) as answer:
            return _problems(answer.read(_LONGEST_ANSWER))
    except HTTPError as refusal:
        return _problems(refusal.read(_LONGEST_ANSWER)) or [f"bot trả lời {refusal.code}"]
    except (OSError, HTTPException):
        return [f"không có bot nào trả lời ở {address}; xem bot có đang chạy không"]


def _problems(answer: bytes) -> list[str]:
    try:
        told = json.loads(answer)
    except ValueError:
        return ["câu trả lời không phải của diemtin; có chương trình khác đang dùng cổng này"]
    problems = told.get("problems") if isinstance(told, dict) else None
    return [str(problem) for problem in problems] if isinstance(problems, list) else ["không rõ tình trạng"]
