"""Make the pictures of the README: `make pictures`.

Starts the demo, opens the chat page in Debian's Chromium at the size of a phone, asks a question, and writes
`docs/images/digest.png` and `question.png`.
"""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from playwright.async_api import Page, async_playwright

_IMAGES = Path(__file__).parent / "images"
_PHONE = {"width": 412, "height": 860}
_QUESTION = "mua lon ha long"


async def main() -> None:
    """Take both pictures."""
    _IMAGES.mkdir(exist_ok=True)
    demo = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "demo", stdout=PIPE)
    try:
        await _take(await _address(demo))
    finally:
        demo.send_signal(signal.SIGINT)
        await demo.wait()


async def _address(demo: asyncio.subprocess.Process) -> str:
    assert demo.stdout is not None  # noqa: S101 - it was asked for
    async for line in demo.stdout:
        if found := re.search(rb"http://127\.0\.0\.1:\d+/", line):
            return found.group().decode()
    raise RuntimeError("the demo named no address")


async def _take(address: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
        )
        page = await browser.new_page(viewport=_PHONE, device_scale_factor=2, timezone_id="Asia/Ho_Chi_Minh")
        await page.goto(address)
        digest = page.get_by_text("âm lịch").last
        await digest.wait_for()
        await _to_top(page, "âm lịch")
        await page.screenshot(path=_IMAGES / "digest.png")
        await page.get_by_role("textbox").fill(_QUESTION)
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Sau ›").wait_for()
        await _to_top(page, _QUESTION)
        await page.screenshot(path=_IMAGES / "question.png")
        await browser.close()


async def _to_top(page: Page, words: str) -> None:
    """Scroll the message with `words` to the top of the chat."""
    await page.get_by_text(words).last.evaluate("e => e.scrollIntoView({block: 'start'})")
    await page.wait_for_timeout(300)


if __name__ == "__main__":
    asyncio.run(main())
