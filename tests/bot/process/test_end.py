"""The end of the process, whatever hangs."""

import subprocess
import sys

_HANGS = """
import asyncio
from bot.process.lifetime import end_process_within

async def never_ends():
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass

async def main():
    end_process_within(0.2)
    await never_ends()

asyncio.run(main())
"""


def test_a_process_that_is_ended_by_force_says_what_hung() -> None:
    done = subprocess.run([sys.executable, "-c", _HANGS], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "ended at once" in said
    assert "main" in said
    assert "Traceback" not in said
