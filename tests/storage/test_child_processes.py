"""A child process is isolated: from the folder it starts in, from secrets, from what it may not use; and it
does not outlive its parent."""

import ast
import json
import subprocess
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest

from bot.charts.chart import DrawingError, draw_in_process
from bot.emulator.client import emulator_process
from storage import off_loop
from storage.intake import child_parsing
from storage.intake.child_parsing import FEED, OPML, PAGE, Parser, parse_in_child
from storage.intake.drafts import UnreadableError
from storage.off_loop import Limits, Program, for_hostile_input, start
from tests.bot.charts.test_charts import chart

pytestmark = pytest.mark.usefixtures("fresh_children")

ROOT = Path(__file__).parents[2]
TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"  # noqa: S105 - nobody's
FEED_BYTES = b'<rss version="2.0"><channel><item><title>Mua</title></item></channel></rss>'


@pytest.fixture
def hostile_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that holds a stranger's packages; each leaves a witness when it is imported."""
    trap = f"open({str(tmp_path / 'witness')!r}, 'a').write(__name__)\n"
    names = [
        "json.py",
        "resource.py",
        "ctypes.py",
        "feedparser.py",
        "trafilatura.py",
        "numpy.py",
        "aiohttp.py",
    ]
    packages = ["bot", "storage", "bot/charts", "bot/emulator"]
    folder = tmp_path / "folder"
    for package in packages:
        (folder / package).mkdir(parents=True)
        names += [f"{package}/__init__.py", f"{package}/__main__.py"]
    for name in names:
        (folder / name).write_text(trap)
    (folder / "matplotlibrc").write_text("figure.dpi: nonsense\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return tmp_path


def run(tmp_path: Path, words: str, limits: Limits | None = None) -> bytes:
    """Return what a child with this program prints."""
    file = tmp_path / "program.py"
    file.write_text(words)
    program = Program(str(file), limits=limits or off_loop.UNLIMITED)
    with start(program, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL) as child:
        return child.communicate()[0]


async def test_no_child_runs_what_lies_in_the_folder_it_was_started_in(hostile_folder: Path) -> None:
    assert parse_in_child(FEED, FEED_BYTES, 10).items[0].title == "Mua"
    assert not parse_in_child(OPML, b"<opml/>", 10).feeds
    assert not parse_in_child(PAGE, b"<p>Mua</p>", 10).body
    assert await draw_in_process(chart(1, 2, 3))
    async with emulator_process() as url:
        assert url.startswith("http://127.0.0.1:")
    assert not (hostile_folder / "witness").exists()


def test_a_child_inherits_no_token_and_no_address_of_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = (
        "DIEMTIN_BOT_TOKEN",
        "DIEMTIN_DATABASE_URL",
        "diemtin_webhook_secret",
        "PGPASSWORD",
        "HTTPS_PROXY",
    )
    for name in secrets:
        monkeypatch.setenv(name, TOKEN)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    seen = json.loads(run(tmp_path, "import json, os; print(json.dumps(dict(os.environ)))"))
    assert TOKEN not in seen.values()
    assert set(seen) <= {"LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ"}
    assert seen["LC_ALL"] == "C.UTF-8"


def test_a_child_for_strangers_text_has_limits_of_its_own_and_a_process_group(tmp_path: Path) -> None:
    words = """
import json, os, resource as r
kinds = (r.RLIMIT_CPU, r.RLIMIT_AS, r.RLIMIT_FSIZE, r.RLIMIT_NOFILE, r.RLIMIT_CORE)
print(json.dumps([os.getpgrp() == os.getpid(), os.getcwd(), *(r.getrlimit(kind) for kind in kinds)]))
"""
    seen = json.loads(run(tmp_path, words, for_hostile_input(7)))
    assert seen == [True, "/", [7, 7], [768 << 20] * 2, [0, 0], [64, 64], [0, 0]]


PARENT = """
import sys, time
from pathlib import Path
from subprocess import DEVNULL
from storage import child_main, off_loop
from storage.off_loop import Program, start
child = start(Program(sys.argv[1]), stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("way", ["by the kernel", "by watching the parent"])
def test_a_child_is_gone_soon_after_its_parent_was_killed(tmp_path: Path, way: str) -> None:
    program, started = tmp_path / "child.py", tmp_path / "started"
    program.write_text(f"import pathlib, time\npathlib.Path({str(started)!r}).touch()\ntime.sleep(60)\n")
    words = PARENT
    if way != "by the kernel":  # as on a system other than Linux
        main = tmp_path / "main.py"
        text = Path(off_loop.__file__).with_name("child_main.py").read_text("utf-8")
        main.write_text(text.replace('sys.platform.startswith("linux")', "False"))
        words = words.replace("child = start", f"off_loop._MAIN = Path({str(main)!r})\nchild = start")
    command = [sys.executable, "-c", words, str(program)]
    with subprocess.Popen(command, stdout=PIPE, cwd=ROOT) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        until(started.exists)
        parent.kill()
    until(lambda: not is_running(child))


def until(check: object) -> None:
    """Wait until `check` holds, at most twenty seconds."""
    deadline = time.monotonic() + 20
    assert callable(check)
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Tell whether a process is there, other than as a zombie that its new parent has yet to collect."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"null",
        b"[1",
        b"[" * 100_000,
        b'{"is_feed": true}',
        b'{"is_feed": 1, "is_well_formed": true, "title": "", "home": "", "items": []}',
        b'{"is_feed": true, "is_well_formed": true, "title": "", "home": "", "items": [{"title": 5}]}',
        b'{"is_feed": true, "is_well_formed": true, "title": "", "home": "", "items": [], "more": 1}',
    ],
)
def test_an_answer_of_the_wrong_type_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(f"import sys; sys.stdout.buffer.write({answer!r})")
    monkeypatch.setattr(child_parsing, "_WORKER", worker)
    with pytest.raises(UnreadableError, match="sai dạng"):
        parse_in_child(FEED, b"", 10)


@pytest.mark.parametrize("parser", [FEED, PAGE, OPML], ids=lambda parser: parser.module)
def test_an_answer_that_is_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parser: Parser[child_parsing.Feed]
) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text("import sys; sys.stdout.write('[' * 3_000)")
    monkeypatch.setattr(child_parsing, "_WORKER", worker)
    monkeypatch.setattr(child_parsing, "_MAX_ANSWER_BYTES", 2_000)
    with pytest.raises(UnreadableError, match="quá lớn"):
        parse_in_child(parser, b"", 10)


@pytest.mark.parametrize(
    "program",
    [
        "print('<html>')",
        "import sys; sys.stdout.write('x' * 9_000_000)",
        "import struct, sys; sys.stdout.buffer.write("
        "struct.pack('>8s4x4sII', b'\\x89PNG\\r\\n\\x1a\\n', b'IHDR', 90_000, 1) + b'x' * 50)",
    ],
)
async def test_what_is_no_picture_is_not_sent_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    file = tmp_path / "draws.py"
    file.write_text(program)
    real = off_loop.start_async

    async def other(_program: Program, **streams: int) -> object:
        return await real(Program(str(file)), **streams)

    monkeypatch.setattr("bot.charts.chart.start_async", other)
    with pytest.raises(DrawingError):
        await draw_in_process(chart(1))


STARTERS = {
    *("Popen", "check_output", "check_call", "create_subprocess_exec", "create_subprocess_shell"),
    *("ProcessPoolExecutor", "fork", "system", "posix_spawn", "Process"),
}


def test_children_are_started_in_one_place_only() -> None:
    calls = [
        (file.name, node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id)
        for package in ("bot", "storage", "summarizer", "config")
        for file in (ROOT / package).rglob("*.py")
        if any(name in (source := file.read_text("utf-8")) for name in STARTERS)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
    ]
    starts = {(file, name) for file, name in calls if name in STARTERS}
    places = {("off_loop.py", "Popen"), ("off_loop.py", "create_subprocess_exec")}
    assert starts == places
