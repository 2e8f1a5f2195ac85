"""A real bot with articles that never end the work on them, or that end the process at work on them."""

import asyncio
import json
import os
import time
from pathlib import Path

import pytest

from bot.emulator.client import Control
from tests.bot.processes.conftest import ADMIN, Start, is_polling, until
from tests.bot.processes.test_a_readers_day import asked, is_told, until_true
from tests.bot.processes.test_application import ARTICLE

WITH_POISON = """\
from bot.text_work import worker

worker.PROGRAM = "tests.bot.text_work.poison_process"
worker.TextWorker.__init__.__kwdefaults__["cpu_seconds"] = 1.0
"""


def write(folder: Path, name: str, *titles: str) -> None:
    """Put articles into the inbox; the texts differ."""
    file = folder / "tin-vao" / name
    rows = [{**ARTICLE, "title": title, "sapo": f"{title}. {ARTICLE['sapo']}"} for title in titles]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))


@pytest.mark.lasts(seconds=12)
async def test_a_poisonous_article_is_named_and_neither_holds_up_answers_nor_the_end(
    start: Start, server: str, hands: Control
) -> None:
    an = await hands.user("An", started=True)
    await hands.user("Quản trị", id=ADMIN, started=True)
    async with start(server, prelude=WITH_POISON, DIEMTIN_CLOCK_RATE="10") as run:
        await until(lambda: is_polling(hands))
        write(run.folder, "mot.jsonl", "Cầu mới thông xe", "độc: regex", "độc: crash", "Chợ quê họp sớm")
        assert await hands.ask(an, "/trogiup", timeout=20), "an answer waits for a text"
        await until(lambda: is_told(hands, ADMIN, "độc: regex"), within=90)
        await until_true(run.folder, "SELECT count(processed_at) = 2 FROM articles")
        refused = asked(run.folder, "SELECT reason FROM refusals ORDER BY reason")
        assert len(refused) == 2, refused
        write(run.folder, "hai.jsonl", "Trường làng có thư viện", "độc: regex, lần hai", "độc: regex")
        await asyncio.sleep(3)  # it is at work on them, or is about to be
        began = time.monotonic()
        code, log = await run.stop()
    assert code == 0, log
    assert "Traceback" not in log
    assert time.monotonic() - began < 10 + 5  # the machine may be busy
