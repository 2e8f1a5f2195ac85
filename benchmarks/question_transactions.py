"""How many transactions of PostgreSQL a question in chat makes, where several processes answer.

    python -m benchmarks.question_transactions [--questions N] [--list]

A server of the wheel is started, as for the tests, which logs every statement. One process with the role
`chat` is called by webhook with questions of different chats that find nothing, one after the other, after
some that warm it up. Printed are transactions, statements and CPU of the process a question, and the same a
second while nobody asks. `--list` prints the transactions of the last question.
"""

import argparse
import asyncio
import contextlib
import datetime as dt
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from sqlalchemy import text

from benchmarks.common import seconds_of, stat_of
from bot.emulator.client import Control, control, emulator_process
from storage.engine import Database
from storage.upkeep.upgrade import upgrade
from tests.bot.processes.conftest import NEWSROOM, TOKEN
from tests.bot.processes.test_webhook_process import SECRET, webhook_at
from tests.bot.telegram.handmade import raw_update
from tests.postgres_server import running_server

_PORT = 18_443
_WARM_UP, _IDLE_SECONDS = 20, 10.0
_RUN = "import sys; from bot.cli import main; sys.exit(main())"
_STATEMENT = re.compile(r"^(\d+) LOG:  (?:statement|execute [^:]*): (.*)$", re.MULTILINE)
Statements = list[tuple[str, str]]  # the connection's process, and the words


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--questions", type=int, default=100)
    ask.add_argument("--list", action="store_true")
    given = ask.parse_args()
    with running_server() as home:
        asyncio.run(_measure(home, given))


async def _measure(home: Path, given: argparse.Namespace) -> None:
    url = f"postgresql+asyncpg://postgres@/postgres?host={home}"
    database = Database(url)
    await upgrade(database, now=dt.datetime.now(dt.UTC))
    await database.close()
    await _log_statements(home)
    async with emulator_process() as server, control(server) as hands, _bot(server, url, home) as pid:
        asked = [await hands.user(f"Bạn {n}", id=1_000 + n, started=True) for n in range(given.questions)]
        for number, chat in enumerate(asked[:_WARM_UP]):
            await _ask(hands, chat, number)
        idle, idle_cpu = await _during(home, pid, asyncio.sleep(_IDLE_SECONDS))
        began = time.monotonic()
        seen, cpu = await _during(home, pid, _ask_all(hands, asked))
        seconds, count = time.monotonic() - began, len(asked)
        last, _ = await _during(home, pid, _ask(hands, asked[0], 2 * count))
    per_second = _transactions(idle) / _IDLE_SECONDS
    own = (_transactions(seen) - per_second * seconds) / count
    statements = (len(seen) - len(idle) / _IDLE_SECONDS * seconds) / count
    milliseconds = (cpu - idle_cpu / _IDLE_SECONDS * seconds) / count * 1e3
    print(f"a question: {own:.1f} transactions, {statements:.1f} statements, {milliseconds:.1f} ms of CPU")
    print(f"idle: {per_second:.1f} transactions a second, {idle_cpu / _IDLE_SECONDS:.1%} of a core")
    for pid_of, words in last if given.list else ():
        print(pid_of, words[:150])


async def _log_statements(home: Path) -> None:
    connection = Database(f"postgresql+asyncpg://postgres@/postgres?host={home}")
    async with connection.engine.connect() as raw:
        await raw.execution_options(isolation_level="AUTOCOMMIT")
        for setting in ("log_line_prefix = '%p '", "log_statement = 'all'"):
            await raw.execute(text(f"ALTER SYSTEM SET {setting}"))
        await raw.execute(text("SELECT pg_reload_conf()"))
    await connection.close()


@asynccontextmanager
async def _bot(server: str, url: str, home: Path) -> AsyncIterator[int]:
    """Run a process that answers; its number."""
    folder = Path(tempfile.mkdtemp(prefix="diemtin-bot-"))
    (folder / "diemtin.toml").write_text(f"{NEWSROOM}\n[limits]\nquestions_per_10_seconds = 100\n", "utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith("DIEMTIN_")}
    settings = {
        "DIEMTIN_BOT_TOKEN": TOKEN,
        "DIEMTIN_API_BASE_URL": server,
        "DIEMTIN_DATABASE_URL": url,
        "DIEMTIN_CONFIG": str(folder / "diemtin.toml"),
        "DIEMTIN_INDEX": str(folder / "index"),
        "PYTHONPATH": str(Path.cwd()),
    } | webhook_at(_PORT)
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _RUN, "run", "--role", "chat",
            env=own | settings, cwd=folder, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        await _until_listening()
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def _until_listening() -> None:
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", _PORT)
                writer.close()
                return
            await asyncio.sleep(0.1)


async def _during(home: Path, pid: int, work: Awaitable[object]) -> tuple[Statements, float]:
    """Return the statements that the server logs during some work, and the CPU seconds of the process."""
    process = Path(f"/proc/{pid}")
    log, began = home / "log", seconds_of(stat_of(process))
    size = log.stat().st_size
    await work
    cpu = seconds_of(stat_of(process)) - began
    with log.open("rb") as file:
        file.seek(size)
        return _STATEMENT.findall(file.read().decode(errors="replace")), cpu


def _transactions(seen: Statements) -> int:
    return sum(words.startswith("BEGIN") for _, words in seen)


async def _ask_all(hands: Control, chats: list[int]) -> None:
    for number, chat in enumerate(chats):
        await _ask(hands, chat, len(chats) + number)


async def _ask(hands: Control, chat: int, number: int) -> None:
    """Bring a question by the webhook, and wait until it is answered."""
    seen = (await hands.chat(chat))["messages"]
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    raw = raw_update(number + 1, chat, f"zq{chat}x{number}")
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{_PORT}/telegram", json=raw, headers=headers) as answer,
    ):
        answer.raise_for_status()
    assert await hands.wait(chat, after=seen[-1]["message_id"] if seen else 0, timeout=30)
    await asyncio.sleep(0.2)  # until it is marked


if __name__ == "__main__":
    main()
