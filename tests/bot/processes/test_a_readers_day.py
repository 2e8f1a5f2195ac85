"""A reader's morning from start to deletion, two minutes passing each second; the database is the witness."""

import asyncio
import datetime as dt
import json
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from bot.emulator.client import Control
from bot.samples import load_samples
from tests.bot.processes.conftest import Start, is_polling, until

MORNING = dt.datetime(2026, 11, 22, 23, 50, tzinfo=dt.UTC)  # Monday 6:50 in Việt Nam
RATE = 120
VIETNAM = dt.timezone(dt.timedelta(hours=7))
FIVE_MINUTES = dt.timedelta(minutes=5)


def lay_out_samples(folder: Path) -> int:
    """Put the sample articles into the inbox; return how many."""
    samples = load_samples(MORNING)
    file = folder / "tin-vao" / "bai.jsonl"
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in samples), encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    return len(samples)


def coming_slot(began: float) -> dt.datetime:
    """Return whole five minutes, twenty of the bot's minutes ahead at least; its clock began after that."""
    latest = MORNING + dt.timedelta(seconds=(time.monotonic() - began) * RATE) + 4 * FIVE_MINUTES
    midnight = latest.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + -(-(latest - midnight) // FIVE_MINUTES) * FIVE_MINUTES


def asked(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask the bot's database."""
    with sqlite3.connect(folder / "diemtin.db", timeout=10) as connection:
        rows = connection.execute(query).fetchall()
    connection.close()
    return rows


async def is_told(hands: Control, chat: int, words: str) -> bool:
    """Tell whether the chat shows `words`."""
    return any(words in message["text"] for message in (await hands.chat(chat))["messages"])


async def until_true(folder: Path, query: str, *, within: float = 60) -> None:
    """Wait until the database answers `query` with one row that is true."""

    async def is_true() -> bool:
        rows = await asyncio.to_thread(asked, folder, query)
        return bool(rows and rows[0][0])

    await until(is_true, within=within)


def answer_and_first_four(text: str) -> str:
    """Return what marks must not change: the answer and the first articles; further down they may decide."""
    return text.partition("\n")[2].partition("\n5. ")[0]


@pytest.mark.lasts(seconds=20)
async def test_a_reader_subscribes_gets_the_slot_asks_pauses_takes_the_data_along_and_leaves(
    start: Start, server: str, hands: Control, tmp_path: Path
) -> None:
    count = lay_out_samples(tmp_path)
    an = await hands.user("An")
    clock = {"DIEMTIN_NOW": MORNING.isoformat(), "DIEMTIN_CLOCK_RATE": str(RATE)}
    began = time.monotonic()
    async with start(server, **clock) as run:
        await until(lambda: is_polling(hands), within=60)
        await until_true(run.folder, f"SELECT count(processed_at) = {count} FROM articles")  # noqa: S608 - a number

        said = await hands.say(an, "/start")
        await until(
            lambda: is_told(hands, an, "Chạm số để đọc kỹ"), within=60
        )  # the last line of the last part
        welcome, digest, *_ = await hands.wait(an, after=said["message_id"])
        assert "06:45" in welcome["text"]
        assert "Hạ Long" in digest["text"]
        assert digest["entities"]

        slot = coming_slot(began)
        [settled] = await hands.ask(an, f"/lich {slot.astimezone(VIETNAM):%Hh%M}")
        assert f"{slot.astimezone(VIETNAM):%H:%M}" in settled["text"]
        issue = await hands.wait(an, after=settled["message_id"], timeout=60)
        assert issue, "the slot's issue did not come"
        assert "Thứ Hai, 23/11/2026" in issue[0]["text"]
        [(made_for, status, late)] = asked(
            run.folder,
            "SELECT i.slot_at / 1000000, d.status, (d.changed_at - i.slot_at) / 60000000"
            " FROM issues i JOIN messages m ON m.issue_id = i.id JOIN deliveries d ON d.message_id = m.id"
            " WHERE m.part = 0",
        )
        assert dt.datetime.fromtimestamp(made_for, dt.UTC) == slot
        assert status in ("sent", "sending")
        assert late <= 10, "minutes; each is half a second"
        await until_true(run.folder, "SELECT count(*) = 0 FROM deliveries WHERE status <> 'sent'")

        [accented] = await hands.ask(an, "mưa lớn Hạ Long")
        [plain] = await hands.ask(an, "mua lon ha long")
        assert answer_and_first_four(accented["text"]) == answer_and_first_four(plain["text"])
        [many] = await hands.ask(an, "Quảng Ninh")
        await hands.tap(an, "Sau ›", message_id=many["message_id"], wait_seconds=5)
        await until(lambda: is_told(hands, an, "trang 2/"))

        [paused] = await hands.ask(an, "/tamdung")
        assert asked(run.folder, "SELECT status FROM subscribers") == [("paused",)]
        await hands.tap(an, [0, 0], message_id=paused["message_id"], wait_seconds=5)
        await until_true(run.folder, "SELECT status = 'active' FROM subscribers")

        [kept] = await hands.ask(an, "/dulieucuatoi")
        assert kept["document"]
        [sure] = await hands.ask(an, "/xoadulieu")
        await hands.tap(an, [0, 0], message_id=sure["message_id"], wait_seconds=5)
        await until_true(run.folder, "SELECT count(*) = 0 FROM subscribers")
        assert asked(run.folder, "SELECT count(*) FROM deliveries") == [(0,)]
        assert asked(run.folder, "SELECT count(*) FROM questions") == [(0,)]
        code, log = await run.stop()
    assert code == 0, log
    assert "Traceback" not in log
