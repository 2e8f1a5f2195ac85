"""A watch in the running bot: an article laid into the inbox alerts once, restarts or not; inline mode."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from bot.emulator.client import Control
from tests.bot.processes.conftest import Start, is_polling, until
from tests.bot.processes.test_a_readers_day import MORNING, RATE, is_told


def lay_out(folder: Path, name: str, title: str) -> None:
    """Put an article into the inbox, as one that has been lying there for a while."""
    row = {"id": name, "title": title, "sapo": f"{title}, bà con xóm Lở cho biết.", "body": "Chợ vẫn họp."}
    row["published"] = MORNING.isoformat()
    file = folder / "tin-vao" / f"{name}.jsonl"
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))


@pytest.mark.faults  # two intakes of twenty seconds
async def test_an_article_alerts_who_watches_its_words_once(
    start: Start, server: str, hands: Control, tmp_path: Path
) -> None:
    environment = {"DIEMTIN_NOW": MORNING.isoformat(), "DIEMTIN_CLOCK_RATE": str(RATE)}
    async with start(server, **environment) as bot:
        await until(lambda: is_polling(hands))
        an = await hands.user("An")
        await hands.ask(an, "/start")
        await hands.ask(an, "/theodoi cau phao")
        lay_out(tmp_path, "mot", "Cầu phao sông Lở thông xe")
        await until(lambda: is_told(hands, an, "Theo dõi «cau phao»"))
        await bot.stop()
    async with start(server, **environment):
        await until(lambda: is_polling(hands))
        lay_out(tmp_path, "hai", "Trường xóm núi khai giảng sớm")
        answer = None
        while not (answer and answer["results"]):
            asked = await hands.post("inline", **{"from": an}, query="truong xom nui", wait_seconds=5)
            answer = asked["answer"]
            await asyncio.sleep(0.2)
        assert answer["results"][0]["title"] == "Trường xóm núi khai giảng sớm"
        alerts = [m for m in (await hands.chat(an))["messages"] if "Theo dõi «cau phao»" in m["text"]]
        assert len(alerts) == 1
