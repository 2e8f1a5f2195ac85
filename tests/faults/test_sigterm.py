"""SIGTERM ends the bot within ten seconds at any moment: while it starts, takes in, sends, answers."""

import asyncio
import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

from bot.emulator.client import Control
from tests.bot.processes.conftest import Run, Start
from tests.bot.processes.test_application import ARTICLE
from tests.faults.conftest import Figure, Ledger, make_chats

MOMENTS = 12
LONGEST_WAIT = 12.0  # a start takes some of that
ENDED = (0, -signal.SIGTERM)  # before anything is open there is nothing to finish


def lay_out(folder: Path, name: int) -> None:
    """Put a hundred articles into the inbox, as ones that have been lying there."""
    file = folder / "tin-vao" / f"{name}.jsonl"
    rows = [
        {**ARTICLE, "title": f"Tin {name}.{n} về chợ quê", "sapo": f"Chợ {name}.{n} đông."}
        for n in range(100)
    ]
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))


async def keep_asking(hands: Control, chats: list[int]) -> None:
    """Ask without end."""
    number = 0
    while True:
        await hands.say(chats[number % len(chats)], f"chợ quê {number}")
        number += 1
        await asyncio.sleep(0.1)


async def seconds_to_end(run: Run) -> float:
    """Ask the bot to end; return how long that took."""
    began = time.monotonic()
    code, log = await run.stop()
    took = time.monotonic() - began
    assert code in ENDED, log
    assert "Traceback" not in log, log
    return took


@pytest.mark.faults
@pytest.mark.timeout(900)
async def test_sigterm_at_random_moments_ends_the_bot_within_ten_seconds(
    start: Start,
    server: str,
    hands: Control,
    process_ledger: Ledger,
    tmp_path: Path,
    record_property: Figure,
) -> None:
    readers, askers = await make_chats(hands, 60), await make_chats(hands, 10, first=500)
    profile, chance = await process_ledger.subscribe(readers), random.Random(3)
    asking = asyncio.create_task(keep_asking(hands, askers))
    took = []
    try:
        for number in range(MOMENTS):
            lay_out(tmp_path, number)
            await process_ledger.publish(profile)
            async with start(server, DIEMTIN_DATABASE_URL=process_ledger.url) as run:
                await asyncio.sleep(chance.uniform(0.2, LONGEST_WAIT))
                took.append(await seconds_to_end(run))
    finally:
        asking.cancel()
        await asyncio.wait([asking])
    record_property("figure", f"{MOMENTS} x SIGTERM, slowest {max(took):.1f} s")
    assert max(took) <= 10
