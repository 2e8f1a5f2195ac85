"""No secret reaches a log: proven with the real libraries, all of them talking at DEBUG."""

import asyncio
import json
import logging
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote, quote_plus

import aiohttp
import pytest
import structlog
import telegram
from aiohttp import web
from apscheduler.events import EVENT_JOB_ERROR
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.process.logs import REDACTED, Redactor, configure_logging
from tests.hostile.texts import pumped
from tests.hostile.timing import find_growth

SECRET = "AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"  # noqa: S105 - invented
TOKEN = f"123456789:{SECRET}"
OTHER_TOKEN = f"987654321:{SECRET[::-1]}"
PASSWORD = 'mật "khẩu"/\\@:'  # noqa: S105 - invented
LEAKING = {"telegram", "httpx", "aiohttp", "apscheduler", "sqlalchemy", "aiosqlite", "asyncio"}


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    loggers = [root, *map(logging.getLogger, LEAKING | {"httpcore"})]
    handlers, levels, hook = [*root.handlers], [logger.level for logger in loggers], sys.excepthook
    root.handlers.clear()  # configure_logging closes the handlers it finds; pytest needs its own again
    yield
    root.handlers[:] = handlers
    sys.excepthook = hook
    structlog.reset_defaults()
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """Serve refusals, and one page that fails with the token in its exception."""

    async def refuse(_request: web.Request) -> web.Response:
        return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)

    async def fail(request: web.Request) -> web.Response:
        raise RuntimeError(f"cannot serve {request.path}")

    app = web.Application()
    app.router.add_route("*", "/fail/{rest:.*}", fail)
    app.router.add_route("*", "/{rest:.*}", refuse)
    runner = web.AppRunner(app, access_log=logging.getLogger("aiohttp.access"))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def talk_to_telegram(server: str) -> None:
    bot = telegram.Bot(TOKEN, base_url=f"{server}/bot")
    try:
        await bot.initialize()
    except telegram.error.InvalidToken:
        structlog.get_logger("bot.test").exception("refused", bot=bot, tried=[{"token": TOKEN}])
    await bot.shutdown()


async def talk_over_http(server: str) -> None:
    async with aiohttp.ClientSession() as session:
        await session.get(f"{server}/fail/bot{TOKEN}/getMe")
        try:
            await session.get(f"{server}/bot{quote(TOKEN)}/getMe", raise_for_status=True)
        except aiohttp.ClientResponseError as error:
            logging.getLogger("aiohttp.client").exception("cannot %s %r", error.request_info.url, error)


async def run_a_failing_job() -> None:
    async def fail(token: str) -> None:
        raise RuntimeError(f"job failed with {token}")

    failed = asyncio.Event()
    scheduler = AsyncIOScheduler()
    scheduler.add_listener(lambda _event: failed.set(), EVENT_JOB_ERROR)
    scheduler.add_job(fail, args=[TOKEN], name=f"job of {TOKEN}")
    scheduler.start()
    await failed.wait()
    scheduler.shutdown()


async def keep_it_in_a_database() -> None:
    threads_before = set(threading.enumerate())
    engine = create_async_engine("sqlite+aiosqlite:///:memory:")
    async with engine.connect() as connection:
        row = await connection.execute(text("SELECT :token"), {"token": TOKEN})
        assert row.scalar_one() == TOKEN
    await engine.dispose()
    for thread in set(threading.enumerate()) - threads_before:
        thread.join()  # aiosqlite's logs once more after it has said that it is closed


async def all_that_the_libraries_say(server: str) -> None:
    for name in LEAKING:  # some are held back, for they speak of people
        logging.getLogger(name).setLevel(logging.DEBUG)
    await talk_to_telegram(server)
    await talk_over_http(server)
    await run_a_failing_job()
    await keep_it_in_a_database()
    asyncio.get_running_loop().call_exception_handler({"message": "lost", "exception": ValueError(TOKEN)})


async def test_no_library_gets_the_token_into_the_log_at_debug(
    server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each must have tried to: a library that says nothing here would prove nothing."""
    configure_logging("DEBUG", json=True, secrets=[TOKEN])
    await all_that_the_libraries_say(server)
    output = capsys.readouterr().err
    assert SECRET not in output
    redacted = [json.loads(line)["logger"] for line in output.splitlines() if REDACTED in line]
    assert {name.split(".")[0] for name in redacted} == LEAKING | {"bot"}


async def test_a_token_nobody_told_of_is_hidden_by_its_looks_and_in_lines_for_people_too(
    server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("DEBUG", secrets=[])
    await all_that_the_libraries_say(server)
    output = capsys.readouterr().err
    assert SECRET not in output
    assert output.count(REDACTED) > 10
    assert "Traceback" in output


def test_a_secret_is_hidden_in_every_part_of_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", json=True, secrets=[PASSWORD])
    log, own = logging.getLogger("some.library"), structlog.get_logger("bot.test")
    log.error(PASSWORD)
    log.error("%s %r %s", PASSWORD, [PASSWORD], {"nested": (PASSWORD,)})
    log.error("%(key)s", {"key": PASSWORD})
    log.error("%d and %d", PASSWORD, stack_info=True)  # does not fit: said all the same
    own.error(PASSWORD, key=PASSWORD, nested={PASSWORD: [PASSWORD, {PASSWORD}, (b"bytes", PASSWORD)]})
    with structlog.contextvars.bound_contextvars(bound=PASSWORD):
        own.error("bound")
    try:
        raise ValueError(PASSWORD) from KeyError(PASSWORD)
    except ValueError:
        log.exception("failed")
        own.exception("failed", error=ValueError(PASSWORD))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 8
    assert all(REDACTED in line for line in lines)
    assert all("khẩu" not in line and "kh\\u1ea9u" not in line for line in lines)
    assert all("Traceback" in json.loads(line)["exception"] for line in lines[-2:])


def test_other_values_of_an_event_keep_their_shape(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", json=True, secrets=[TOKEN])
    structlog.get_logger("bot.test").info("sent", chat=-1001234567890, ok=True, parts=[1, 2.5, None])
    said = json.loads(capsys.readouterr().err)
    assert (said["event"], said["level"], said["logger"]) == ("sent", "info", "bot.test")
    assert (said["chat"], said["ok"], said["parts"]) == (-1001234567890, True, [1, 2.5, None])


def test_long_runs_of_digits_take_time_in_proportion_to_their_length() -> None:
    redactor = Redactor([TOKEN])
    for before, pump, after in (
        ("", "1", ""),
        ("", "123456:a", ""),
        ("http://", "a:", ""),
        ("1" * 6, ":", ""),
    ):
        assert find_growth(redactor.text, pumped(before, pump, after), 131_072) is None


def test_a_later_handler_gets_nothing_but_the_redacted_record(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", secrets=[TOKEN])
    records: list[logging.LogRecord] = []

    class Later(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    logging.getLogger().addHandler(Later())
    try:
        raise ValueError(TOKEN)
    except ValueError:
        logging.getLogger("some.library").exception("failed with %s", TOKEN)
    assert SECRET not in logging.Formatter().format(records[0])
    assert SECRET not in repr(vars(records[0]))


def test_at_info_the_libraries_do_not_tell_every_request(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    logging.getLogger("httpx").info("HTTP Request")
    logging.getLogger("apscheduler.executors.default").info("Running job")
    logging.getLogger("httpx").warning("slow")
    assert capsys.readouterr().err.count("\n") == 1


def test_setting_up_again_replaces_the_handler(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    configure_logging("INFO", secrets=[TOKEN])
    logging.getLogger("bot").info("once %s", TOKEN)
    assert capsys.readouterr().err.count(REDACTED) == 1


def test_an_uncaught_error_goes_through_the_log() -> None:
    program = (
        "import sys; from bot.process.logs import configure_logging;"
        "configure_logging(secrets=[sys.argv[1]]); raise RuntimeError(f'token {sys.argv[1]}')"
    )
    ended = subprocess.run([sys.executable, "-c", program, TOKEN], capture_output=True, text=True)
    assert ended.returncode == 1
    assert SECRET not in ended.stderr + ended.stdout
    assert f"RuntimeError: token {REDACTED}" in ended.stderr


@given(st.text(min_size=4, max_size=20))
def test_a_secret_is_hidden_however_it_is_quoted(secret: str) -> None:
    around = "<{}>"
    assume(secret not in around.format(REDACTED))
    redactor = Redactor([secret])
    for spelling in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]):
        assert secret not in redactor.text(around.format(spelling))
        assert redactor.text(spelling) == REDACTED


@pytest.mark.parametrize(
    "harmless", ["", "12:30", "2026-01-05T06:29:00", "id 123456789: gửi xong", "123456:abc"]
)
def test_what_is_no_secret_stays(harmless: str) -> None:
    assert Redactor([TOKEN, "", "abc"]).text(harmless) == harmless


def test_two_tokens_in_one_text_are_both_hidden() -> None:
    assert Redactor([TOKEN]).text(f"{TOKEN},{quote(OTHER_TOKEN)}") == f"{REDACTED},{REDACTED}"


def test_a_password_that_is_no_utf_8_is_hidden() -> None:
    password = b"m\xe2t kh\xfeu".decode("utf-8", "surrogateescape")
    assert Redactor([password]).text(f"pw={password}") == f"pw={REDACTED}"
