"""Two processes share the roles of one bot on a PostgreSQL database: each goes on from what the other did."""

import asyncio
import json
import os
from pathlib import Path

from bot.emulator.client import Control
from storage.engine import Database
from storage.processes.registry import find_processes
from tests.bot.processes.conftest import Start, until
from tests.bot.processes.test_application import ARTICLE


async def test_an_article_taken_in_by_one_process_is_sent_and_found_by_another(
    start: Start, server: str, hands: Control, postgres_database: Database, tmp_path: Path
) -> None:
    url = {"DIEMTIN_DATABASE_URL": postgres_database.url.render_as_string(hide_password=False)}
    an = await hands.user("An")
    article = tmp_path / "tin-vao" / "bai.jsonl"
    article.parent.mkdir()
    article.write_text(json.dumps(ARTICLE), encoding="utf-8")
    os.utime(article, (1_700_000_000, 1_700_000_000))
    async with (
        start(server, "--role", "intake,process,schedule", **url) as maker,
        start(server, "--role", "send,chat", **url) as talker,
    ):
        await talker.until_logged("left_over")

        async def is_found() -> bool:
            [answer] = await hands.ask(an, "ben lo")
            await asyncio.sleep(0.3)
            return "Cầu mới ở Bến Lở" in answer["text"]

        await until(is_found, within=60)
        async with postgres_database.read() as connection:
            active = {one.row.active for one in await find_processes(connection)}
        assert active == {"intake,process,schedule", "send,chat"}
        for code, log in await asyncio.gather(maker.stop(), talker.stop()):
            assert code == 0, log
            assert "Traceback" not in log
