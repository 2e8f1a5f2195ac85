"""Rows of the fault map whose other tests look at single modules, seen from outside: the bot as a process.

Nothing here knows how the bot is built, so each can be run against an older one, which fails it.
"""

import asyncio
import contextlib
import json
import os
import stat
import time
from pathlib import Path

import pytest

from bot.charts.chart import DrawingError, draw_in_process
from bot.emulator.client import Control
from tests.bot.charts.test_charts import chart
from tests.bot.processes.conftest import ADMIN, Start, is_polling, until
from tests.bot.processes.test_a_readers_day import asked, is_told, until_true
from tests.bot.processes.test_application import ARTICLE
from tests.faults.conftest import Ledger, copies, make_chats

pytestmark = pytest.mark.timeout(300)  # each starts a bot, or two
LONG_WAIT = 43_837  # seconds: a value that Telegram has sent
REFUSED = "essage text is odd"
# Read for hours by what finds the line that names a source, in an older version.
FREEZES = "theo" + "\u3164" * 400 + "x"
STRANGE = """\
import pathlib
pathlib.Path(__file__).with_name("da-chay").write_text("")
raise SystemExit(1)
"""


def lay_out(folder: Path, *rows: dict[str, str]) -> None:
    """Put articles into the inbox."""
    file = folder / "tin-vao" / "bai.jsonl"
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))


async def test_row_36_one_chats_long_wait_holds_no_other(
    start: Start, server: str, hands: Control, sqlite_ledger: Ledger
) -> None:
    chats = await make_chats(hands, 40)
    held, *others = chats
    await hands.post("fault", kind="429", retry_after=LONG_WAIT, method="sendMessage", chat=held)
    await sqlite_ledger.publish(await sqlite_ledger.subscribe(chats))
    async with start(server, DIEMTIN_DATABASE_URL=sqlite_ledger.url):

        async def have_all_others() -> bool:
            return set((await copies(hands, others)).values()) == {1}

        await until(have_all_others, within=40)
    assert await copies(hands, [held]) == {held: 0}


async def test_rows_38_and_39_an_admin_hears_of_refused_copies_and_a_reader_of_a_missing_part(
    start: Start, server: str, hands: Control, sqlite_ledger: Ledger
) -> None:
    await hands.user("Quản trị", id=ADMIN, started=True)
    refused = await make_chats(hands, 10)
    [reader] = await make_chats(hands, 1, first=5_000)
    for chat in refused:
        await hands.post("fault", kind="400", description=f"m{REFUSED}", chat=chat, times=99)
    await hands.post("fault", kind="400", description=f"m{REFUSED}", method="sendMessage", chat=reader)
    profile = await sqlite_ledger.subscribe([*refused, reader])
    await sqlite_ledger.publish(profile, "Phần một (1/2)", "Phần hai (2/2)")
    async with start(server, DIEMTIN_DATABASE_URL=sqlite_ledger.url, DIEMTIN_CLOCK_RATE="10"):
        await until(lambda: is_told(hands, reader, "Phần hai"), within=90)
        await until(lambda: is_told(hands, ADMIN, REFUSED), within=90)
    [second] = [one["text"] for one in (await hands.chat(reader))["messages"] if "Phần hai" in one["text"]]
    assert "Thiếu phần 1/2" in second


async def test_row_41_a_stored_update_that_cannot_be_read_costs_nobody_an_answer(
    start: Start, server: str, hands: Control
) -> None:
    an = await hands.user("An", started=True)
    async with start(server) as run:
        await until(lambda: is_polling(hands))
        await run.stop()
        odd = json.dumps({"update_id": 1, "message": {"message_id": 1}})
        values = f"(1, '{odd}', {time.time_ns() // 1_000})"
        asked(run.folder, f"INSERT INTO updates (update_id, payload, received_at) VALUES {values}")  # noqa: S608 - our own
    async with start(server) as run:
        assert await hands.ask(an, "/trogiup", timeout=40), run.log()


async def test_row_50_a_line_that_froze_the_bot_costs_nobody_an_answer(
    start: Start, server: str, hands: Control, tmp_path: Path
) -> None:
    an = await hands.user("An", started=True)
    freezing = {**ARTICLE, "title": "Chợ quê họp sớm hơn mọi năm", "body": f"{ARTICLE['body']}\n{FREEZES}"}
    lay_out(tmp_path, ARTICLE, freezing)
    async with start(server, DIEMTIN_CLOCK_RATE="10") as run:
        await until(lambda: is_polling(hands))
        await asyncio.sleep(5)  # the files are read
        assert await hands.ask(an, "cầu mới", timeout=20), "the loop stands still"
        await until_true(run.folder, "SELECT count(processed_at) > 0 FROM articles")
        began = time.monotonic()
        code, log = await run.stop()
    assert code == 0, log
    assert time.monotonic() - began < 10 + 5  # the machine may be busy


async def test_row_53_a_start_with_the_clock_a_year_ahead_deletes_nothing(
    start: Start, server: str, hands: Control, tmp_path: Path
) -> None:
    lay_out(tmp_path, ARTICLE)
    clocks = {"DIEMTIN_NOW": "2026-03-01T20:30:00Z"}, {"DIEMTIN_NOW": "2027-06-01T20:30:00Z"}  # 3:30 here
    for clock in clocks:
        async with start(server, DIEMTIN_CLOCK_RATE="60", **clock) as run:
            await until(lambda: is_polling(hands))
            if clock is clocks[0]:
                await until_true(run.folder, "SELECT count(*) = 1 FROM articles")
            if clock is clocks[-1]:

                async def is_over() -> bool:
                    is_gone = not asked(run.folder, "SELECT 1 FROM articles")
                    return is_gone or "the clock is wrong" in run.log()

                await until(is_over)
                assert asked(run.folder, "SELECT count(*) FROM articles") == [(1,)]
            await run.stop()


async def test_row_61_what_the_bot_keeps_of_readers_is_its_owners_only(
    start: Start, server: str, hands: Control
) -> None:
    before = os.umask(0o022)
    try:
        async with start(server) as run:
            await until(lambda: is_polling(hands))
            files = [file for file in run.folder.glob("diemtin.db*") if file.is_file()]
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    finally:
        os.umask(before)


async def test_row_42_nothing_runs_out_of_the_folder_in_which_the_bot_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture is drawn in a child process."""
    (tmp_path / "bot").mkdir()
    for place in (tmp_path / "bot" / "__init__.py", tmp_path / "json.py"):
        place.write_text(STRANGE)
    monkeypatch.chdir(tmp_path)
    with contextlib.suppress(DrawingError):  # a busy machine may take too long; that is not asked here
        await draw_in_process(chart(1, 2, 3))
    assert not any((folder / "da-chay").exists() for folder in (tmp_path, tmp_path / "bot"))
