"""The running bot after two days away: what lay in the inbox is told by the late issue."""

import datetime as dt
import json
import os
from pathlib import Path

from bot.emulator.client import Control
from tests.bot.processes.conftest import Start, is_polling, until
from tests.bot.processes.test_a_readers_day import is_told, until_true

STOPPED_AT = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)  # Monday 8:00 in Việt Nam
STARTED_AT = dt.datetime(2026, 3, 4, 0, 15, tzinfo=dt.UTC)  # Wednesday 7:15, half an hour after the slot


def lay_out(folder: Path, published: dt.datetime) -> None:
    """Put an article into the inbox, as one that has been lying there for a while."""
    row = {
        "id": "cau",
        "title": "Cầu phao sông Lở thông xe",
        "sapo": "Cầu phao bắc qua sông Lở đã thông xe sau ba tháng thi công, bà con hai bờ mừng rỡ.",
        "body": "Chợ vẫn họp như mọi ngày.",
        "published": published.isoformat(),
    }
    file = folder / "tin-vao" / "cau.jsonl"
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))


async def test_after_two_days_away_the_late_issue_tells_what_came_meanwhile(
    start: Start, server: str, hands: Control, tmp_path: Path
) -> None:
    async with start(server, DIEMTIN_NOW=STOPPED_AT.isoformat()) as bot:
        await until(lambda: is_polling(hands))
        an = await hands.user("An")
        await hands.ask(an, "/start")
        await until_true(tmp_path, "SELECT count(*) = 1 FROM subscribers")
        await bot.stop()
    lay_out(tmp_path, STARTED_AT - dt.timedelta(hours=30))
    async with start(server, DIEMTIN_NOW=STARTED_AT.isoformat()):
        await until(lambda: is_told(hands, an, "Cầu phao sông Lở"), within=60)
        await until_true(tmp_path, "SELECT count(*) = 2 FROM issues WHERE status IN ('made', 'skipped')")
